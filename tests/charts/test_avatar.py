"""The drawing of a persona: of its key traits and nothing else, the same every time, and it says what it shows."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from described import shop
from personae.charts.avatar import ICONS, avatar, icon
from personae.charts.look import mark
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.names import content

PROFILES = shop(users=1500).profiles


def _drawn(i: int, name: str = "Coupon redeemers") -> str:
    return avatar(PROFILES[i], mark(i), name).svg


def test_the_same_traits_give_the_same_bytes_and_other_traits_another_drawing() -> None:
    """Requirement 111: deterministic and of one style; the drawing follows the traits and neither name nor size."""
    assert _drawn(0) == _drawn(0)
    assert len({_drawn(i) for i in range(4)}) == 4
    bigger = replace(PROFILES[0], users=1, share=0.5)
    assert avatar(bigger, mark(0), "x").svg == avatar(PROFILES[0], mark(0), "x").svg
    weaker = replace(PROFILES[0], above=tuple(replace(t, multiple=1.3) for t in PROFILES[0].above))
    assert avatar(weaker, mark(0), "x").svg != avatar(PROFILES[0], mark(0), "x").svg


def test_a_drawing_is_one_well_formed_picture_with_words_and_nothing_from_outside() -> None:
    """A name that looks like markup stays a name (WCAG 1.1.1)."""
    picture = avatar(PROFILES[1], mark(1), 'A "<script>" & co')
    root = ET.fromstring(picture.svg)  # noqa: S314 - made here
    assert root.attrib["role"] == "img" and root.attrib["aria-label"] == picture.alt
    assert {e.tag.rpartition("}")[2] for e in root.iter()} <= {"svg", "rect", "path", "circle"}
    assert not any(k.endswith("href") for e in root.iter() for k in e.attrib)


def test_icons_are_of_what_is_done_and_never_of_who_does_it() -> None:
    """LLM-10 for pictures: no word for people leads to an icon; nouns go before the verbs beside them."""
    assert [icon([x]) for x in ("view offers", "add to basket", "read recipe", "weekend share", "pdays")] == [
        "tag", "cart", "page", "day", "bars",
    ]  # fmt: skip
    assert all(icon([word]) == "bars" for word in DEMOGRAPHIC if word not in ("parents",))
    assert not any(content(name) & DEMOGRAPHIC for name in ICONS)
