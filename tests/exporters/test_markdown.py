"""The report as Markdown says what the page says, and nothing in the data becomes mark-up."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporters import worlds
from personae.exporters import markdown
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
