"""The report as Markdown, for pull requests and wikis: the same order and the same numbers as the page, as text and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from personae.model.cast import Cast
from personae.model.sheet import Sheet
from personae.report.cards import Card
from personae.report.empathy import Part
from personae.report.page import Page, page
from personae.report.proof import Said
from personae.report.tabled import Tabled, tabled
from personae.words.legible import legible, literal

ROWS = 60
"""Rows of a table that are shown; the sheet has them all, and the line below says so."""


def export(cast: Cast, path: Path) -> Path:
    """Write the report as Markdown (CommonMark with the tables of GitHub); the same cast gives the same bytes."""
    text = "\n".join(_squeezed(_report(page(cast))))
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def sheet(sheet: Sheet) -> str:
    """A table for readers by itself."""
    made = tabled(sheet, {})
    lines = (f"# {literal(made.title)}", "", literal(made.about), "", *_tabled(made))
    return "\n".join(_squeezed(lines))


def _report(view: Page) -> Iterator[str]:
    said = f"**{view.badge.word}**: {literal(view.badge.phrase)}"
    yield from (
        f"# {literal(view.title)}",
        "",
        f"> {said}. {literal(view.badge.sentences)}",
        ">",
        f"> {literal(view.number.why)}",
        "",
    )
    for line in (*view.lead, " · ".join(view.meta)):
        yield from (literal(line), "")
    yield from _changed(view, said)
    if view.sizes is not None:
        yield from ("## At a glance", "", f"{literal(view.sizes.chart.title)}. ({said})", "")
        words = {c.key: c.tagline.text for c in view.cards}
        rows = [(b.name, b.users, b.share, words.get(b.key, "")) for b in view.sizes.bars]
        yield from (*_table(("persona", view.entities, "share", "what sets them apart"), rows, (False, True, True, False)), "")
        yield from (f"## The personas ({said})", "")
    for c in view.cards:
        yield from _card(c, view)
    if view.heat is not None:
        yield from (
            f"## Side by side ({said})",
            "",
            f"{literal(view.heat.chart.title)}. {literal(view.heat.chart.caption)}",
            "",
        )
        yield from (*_table(view.heat.chart.columns, view.heat.chart.rows, (False, *(True for _ in view.heat.heads))), "")
    for part, called in view.parts:
        yield from (f"## {called} ({said})", "")
        yield from _sheets(view, part)
    yield from _number(view, said)
    yield from _sure(view, said)
    yield from _data(view)


def _changed(view: Page, said: str) -> Iterator[str]:
    """What changed since the run before; nothing where the run is no refresh."""
    c = view.changed
    if c is None:
        return
    yield from (f"## What changed since {literal(c.before)} ({said})", "", literal(c.title), "")
    gates = (f"{name}: {words} {fix}".strip() for name, words, fix in c.gates)
    yield from (*(f"- {literal(x)}" for x in (*c.sentences, *((c.data,) if c.data else ()), *gates)), "")
    yield from _sheets(view, "changes")


def _card(c: Card, view: Page) -> Iterator[str]:
    """A persona: what it is in a line, its differences as a table, and its sentences."""
    yield from (
        f"### {literal(c.name)}",
        "",
        f"{c.users} {view.entities}, {c.share} of all; {c.steady}. {literal(c.steady_words)}",
        "",
    )
    yield from (_sentence(c.tagline), "")
    chart = c.differences.chart
    if chart.rows:
        yield from (f"{literal(chart.title)}.", "", *_table(chart.columns, chart.rows, (False, *(True,) * 5)), "")
    blocks = (
        ("In short", c.story), ("What they do", c.does), ("What they want", c.wants), ("What gets in the way", c.hinders),
        ("Where we meet them", c.meets), ("Who they are", c.demographics), ("Value", c.value), ("What comes of it", c.outcomes),
    )  # fmt: skip
    for head, claims in blocks:
        if claims:
            yield from (f"**{head}**", "", *(f"- {_sentence(x)}" for x in claims), "")
    if c.opportunities:
        yield from ("**Opportunities**", "", *(f"- {literal(title)} ({horizon})" for title, horizon in c.opportunities), "")
    yield from _empathy(view.empathy.get(c.key, ()))
    if c.difference:
        yield from (f"**Most like** {_sentence(c.difference)}", "")


def _empathy(parts: Sequence[Part]) -> Iterator[str]:
    """The empathy map as a table: its parts, what is known, and what to ask."""
    rows = [(q.title, " ".join(x.text for x in q.claims), q.ask) for q in parts]
    if rows:
        yield from ("**Empathy map**", "", *_table(("part", "what is known", "to ask"), rows, (False,) * 3), "")


def _sentence(claim: Said) -> str:
    return f"{literal(claim.text)} `{claim.grade}`" if claim.grade else literal(claim.text)


def _sheets(view: Page, part: str) -> Iterator[str]:
    for t in view.sheets:
        if t.part == part:
            yield from (f"### {literal(t.title)}", "", literal(t.about), "", *_tabled(t), "")


def _tabled(t: Tabled) -> Iterator[str]:
    rows = [tuple(c.text if isinstance(c, Said) else c for c in row) for row in t.rows]
    yield from _table(t.heads, rows[:ROWS], t.numeric)
    if len(rows) > ROWS:
        yield from ("", f"{len(rows) - ROWS:,} more rows: `personae export --sheet {t.id} --out {t.id}.csv`")


def _number(view: Page, said: str) -> Iterator[str]:
    yield from (f"## {'Why this number' if view.cards else 'What was tested'} ({said})", "", literal(view.number.why), "")
    if view.number.asked:
        yield from (literal(view.number.asked), "")
    votes = [(v.criterion, v.shown, v.words) for v in view.number.votes]
    if votes:
        yield from (*_table(("criterion", "groups", "why"), votes, (False, True, False)), "")
    yield from (literal(view.number.methods), "")


def _sure(view: Page, said: str) -> Iterator[str]:
    f = view.firmness
    yield from (f"## How sure are we? ({said})", "")
    if f.steadiness:
        rows = [(name, hundred, words) for _, name, _, hundred, words in f.steadiness.rows]
        yield from (f"{literal(f.steadiness.chart.title)}.", "")
        yield from (*_table(("persona", "comes back, times in 100", "which is"), rows, (False, True, False)), "")
    if f.pairs:
        pairs = [(p.first[1], p.second[1], p.words) for p in f.pairs]
        yield from (f"{literal(f.merging)}.", "", *_table(("between", "and", "the border is"), pairs, (False,) * 3), "")
    for line in (f.borderline, f.fidelity, f.empties, f.seeds):
        if line:
            yield from (literal(line), "")
    yield from ("### Limits", "", *(f"- {literal(x)}" for x in f.limits), "")
    yield from _sheets(view, "sure")
    if view.holds("analysts"):
        yield from ("## For analysts", "")
        yield from _sheets(view, "analysts")


def _data(view: Page) -> Iterator[str]:
    """Data, privacy, and how to make it again."""
    rows = [(s.name, s.shape, s.seen, s.used, s.aside) for s in view.sources]
    yield from (
        "## Data",
        "",
        *_table(("source", "shape", "rows", "used", "set aside"), rows, (False, False, True, True, True)),
        "",
    )
    for line in (*view.matches, view.window and f"Time: {view.window}.", view.space):
        if line:
            yield from (literal(line), "")
    if view.warnings:
        yield from ("Warnings:", "", *(f"- {literal(x)}" for x in view.warnings), "")
    yield from (
        "## Privacy",
        "",
        f"No number here stands for fewer than {view.floor} {view.entities}, and no row of anyone is shown.",
        "",
    )
    for line in view.apart:
        yield from (literal(line), "")
    if view.worded:
        yield from (literal(f"{view.worded} {view.sent}"), "")
    yield from ("## Made again by", "", "```sh", legible(view.command).replace("```", "'''"), "```", "")
    yield from ("Made by personae" + "".join(f" {v}" for n, v in view.versions if n == "personae") + f", seed {view.seed}.", "")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool]) -> Iterator[str]:
    yield f"| {' | '.join(map(literal, heads))} |"
    yield f"|{'|'.join('---:' if r else '---' for r in right)}|"
    for row in rows:
        yield f"| {' | '.join(map(literal, row))} |"


def _squeezed(lines: Iterable[str]) -> Iterator[str]:
    """Never two empty lines in a row; one line feed at the end."""
    before = "x"
    for line in lines:
        if line or before:
            yield line
        before = line
