"""The report as Markdown says what the page says, and nothing in the data becomes mark-up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exporters import worlds
from personae.exporters import markdown
from personae.model.persona import Claim, Opportunity, Quadrant
from personae.report.page import page
from personae.words.legible import literal


@pytest.mark.parametrize("world", worlds.ALL)
def test_every_kind_of_cast_has_its_verdict_in_every_part(world: str, tmp_path: Path) -> None:
    cast = worlds.ALL[world]()
    text = markdown.export(cast, tmp_path / "a.md").read_text(encoding="utf-8")
    view = page(cast)
    heads = [line for line in text.splitlines() if line.startswith("## ")]
    assert text.startswith(f"# {view.title}\n")
    assert sum(f"**{view.badge.word}**" in h for h in heads) >= 2
    assert all(f"### {literal(c.name)}" in text for c in view.cards)
    assert text.endswith("\n") and not text.endswith("\n\n")


def test_a_persona_has_the_blocks_of_its_card_and_its_empathy_map(tmp_path: Path) -> None:
    cast = worlds.natural()
    said = {x: Claim(f"Known of {x}.", "S", ()) for x in ("does", "wants", "hinders", "meets", "value")}
    idea = Opportunity("P1.a", "a", "", "A list *for* all", said["does"], "Do", "m", "quick win", "low", "", "t")
    quadrants = (Quadrant("says", (said["does"],)), Quadrant("feels", (), "How do they feel?"))
    first = replace(cast.personas[0], opportunities=(idea,), empathy=quadrants, **{x: (claim,) for x, claim in said.items()})
    text = markdown.export(replace(cast, personas=(first, *cast.personas[1:])), tmp_path / "a.md").read_text(encoding="utf-8")
    heads = ("What they do", "What they want", "What gets in the way", "Where we meet them", "Value")
    for head, x in zip(heads, said, strict=True):
        assert f"**{head}**\n\n- Known of {x}. `S`\n" in text
    assert "**Opportunities**\n\n- A list \\*for\\* all (quick win)\n" in text
    assert "| Says | Known of does. |  |\n| Feels |  | How do they feel? |" in text


def test_nothing_from_the_data_is_mark_up(tmp_path: Path) -> None:
    text = markdown.export(worlds.long_names(), tmp_path / "a.md").read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "\\<script\\>" in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and "alert" in line]
    assert rows


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a|b", "a\\|b"),
        ("# no head", "\\# no head"),
        ("- no list", "\\- no list"),
        ("1. no list", "\\1. no list"),
        ("a\nb", "a b"),
        ("`x` *y* [z](u)", "\\`x\\` \\*y\\* \\[z\\](u)"),
        ("&lt;", "&amp;lt;"),
        ("-5", "-5"),
        ("a\0b", "a␀b"),
    ],
)
def test_a_text_is_shown_letter_by_letter(text: str, shown: str) -> None:
    assert literal(text) == shown


def test_the_same_cast_gives_the_same_bytes(tmp_path: Path) -> None:
    """DET-01."""
    one, two = (markdown.export(worlds.natural(), tmp_path / n).read_bytes() for n in ("a.md", "b.md"))
    assert one == two
    assert b"id-of-a-user" not in one
