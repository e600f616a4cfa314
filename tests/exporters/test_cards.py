"""The card of a persona: every block in its order, nothing decided by name, picture or story, sizes that add up."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from exporters import worlds
from personae.exporters import html
from personae.model.cast import Cast
from personae.model.persona import Claim, Quadrant

BLOCKS = {
    "does": "What they do", "wants": "What they want", "hinders": "What gets in the way", "meets": "Where we meet them",
}  # fmt: skip


def _filled() -> Cast:
    """A cast whose personas say something in every block, each another sentence."""
    cast = worlds.natural()
    made = []
    for p in cast.personas:
        blocks = {b: (Claim(f"{b} of {p.key}.", "M", p.tagline.facts),) for b in (*BLOCKS, "value", "demographics")}
        ask = (Quadrant("thinks", (), f"What does {p.key} think?"), Quadrant("feels", (Claim("Fine.", "S", ()),), "How?"))
        made.append(replace(p, **blocks, empathy=ask))  # type: ignore[arg-type]
    return replace(cast, personas=tuple(made))


def _cards(cast: Cast, folder: Path) -> list[str]:
    page = html.export(cast, folder / "report.html").read_text(encoding="utf-8")
    return re.findall(r'<article class="card" id=.*?</article>', page, re.DOTALL)


def test_blocks_stand_in_the_order_of_the_card_and_questions_only_where_nothing_is_known(tmp_path: Path) -> None:
    """EXPERIENCE 4: apart, does, wants, in the way, meet, who, value, questions, most like."""
    first, *_ = _cards(_filled(), tmp_path)
    wanted = ["What sets them apart", "In short", *BLOCKS.values(), "Who they are", "Value", "Ask them"]
    heads = re.findall(r"<h4>(.*?)</h4>", first)
    assert [h for h in heads if h in wanted] == wanted
    asked = first[first.index("Ask them") : first.index("Most like")]
    assert "What does P1 think?" in asked and "How?" not in asked
    assert 'role="img" aria-label="Abstract drawing of' in first and "from data" in first


def test_empty_blocks_are_left_out(tmp_path: Path) -> None:
    first, *_ = _cards(worlds.natural(), tmp_path)
    assert not [words for words in (*BLOCKS.values(), "Ask them") if words in first]


def test_name_picture_and_story_can_go_and_every_number_stays(tmp_path: Path) -> None:
    """Requirement 16: what decides stands beside them: size, share, steadiness, differences, outcomes, opportunities."""
    cast = _filled()
    bare = replace(cast, personas=tuple(replace(p, name=p.key, story=()) for p in cast.personas))
    whole, without = (_cards(c, tmp_path)[0] for c in (cast, bare))
    without = re.sub(r'<div class="portrait">.*?</div>', "", without, flags=re.DOTALL)
    p = cast.personas[0]
    for text in (f"{p.users:,}", p.steady, *(f"{b} of P1." for b in (*BLOCKS, "value", "demographics"))):
        assert text in re.sub(r"<[^>]+>", "", without), text
    rows = re.compile(r'<tr role="row"><th scope="row".*?</tr>', re.DOTALL)
    assert [re.sub(r"<svg.*?</svg>", "", r, flags=re.DOTALL) for r in rows.findall(whole)] == [
        re.sub(r"<svg.*?</svg>", "", r, flags=re.DOTALL) for r in rows.findall(without)
    ]


def test_size_and_share_on_the_cards_are_those_of_the_file_and_add_up() -> None:
    """Requirements 103, 115, 118: shares are of all users, those in no group included, and n over share is all users."""
    cast = worlds.natural()
    outside = cast.users - sum(p.users for p in cast.personas)
    assert outside >= 0 and sum(p.share for p in cast.personas) + outside / cast.users == pytest.approx(1.0, abs=1e-9)
    assert all(p.users / p.share == pytest.approx(cast.users, rel=1e-6) for p in cast.personas)


def test_the_notebook_shows_the_same_blocks(tmp_path: Path) -> None:
    cast = _filled()
    fragment = html.card(cast, cast.personas[0])
    assert all(words in fragment for words in BLOCKS.values()) and "Abstract drawing of" in fragment
    assert "<script" not in fragment
