"""What a notebook shows: texts for a terminal, HTML without script for a page, and no id of anybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any

from personae import plugins
from personae.charts.beside import beside
from personae.charts.chart import Chart
from personae.charts.migration import migration
from personae.errors import UsageError
from personae.model import personal
from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.features import Features
from personae.model.inspection import Finding, Inspection
from personae.model.study import Role, Study
from personae.model.table import Column, Level, Table
from personae.stages.roles import is_personal, use
from personae.words import findings
from personae.words.flagged import flagged
from personae.words.happening import happened, headline, named


@dataclass(frozen=True)
class Shown:
    """Something to look at: `text` in a terminal, `html` in a notebook."""

    text: str
    html: str = field(repr=False)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class Picture(Shown):
    """A chart: its finding and its numbers in a terminal, its drawing in a notebook."""

    data: tuple[Mapping[str, str], ...] = field(repr=False)
    """Its numbers, one mapping a row."""
    svg: str = field(repr=False)
    """The drawing as text; empty where the chart is a table."""

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the drawing as an SVG file."""
        if not self.svg:
            raise UsageError("P001", "this chart is a table and has no drawing", fix="use its .data")
        Path(path).write_text(self.svg, encoding="utf-8")
        return Path(path)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Checked(Shown):
    """What a look at the data found: it shows itself as the columns and the findings."""

    inspection: Inspection = field(repr=False)
    study: Study = field(repr=False)
    tables: tuple[Table, ...] = field(repr=False)
    features: Features = field(repr=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding: those that stop a run first, then those to look at, then those to know."""
        return self.inspection.findings

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The findings that stop a run."""
        return self.inspection.stops

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Every column: source, name, kind, used_as, why, rows, empty, distinct."""
        return [
            {
                "source": t.source, "name": c.name, "kind": str(c.kind), "used_as": use(t, c, self.study.group_by),
                "why": c.why, "rows": c.rows, "empty": c.empty, "distinct": c.distinct,
            }
            for t in self.tables
            for c in t.columns
        ]  # fmt: skip

    def report(self, path: str | PathLike[str]) -> Path:
        """Write the data report, one page of HTML that holds no row and no id."""
        uses = {f"{t.source}/{c.name}": use(t, c, self.study.group_by) for t in self.tables for c in t.columns}
        html = plugins.find("exporters", "html")
        written: Path = html.data(self.tables, self.features, self.inspection, self.study, uses, Path(path))
        return written

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Compared(Change):
    """What differs between two runs; it shows itself in words, and in a notebook with tables. Apart from that a Change."""

    drawing: str = field(default="", kw_only=True, repr=False, compare=False)
    """Who moved, as HTML; "" where there is none."""

    def __repr__(self) -> str:
        return "\n".join(_told(self))

    def _repr_html_(self) -> str:
        title, *sentences = _told(self)
        gains = [(t.name or t.key, f"{t.before:,}", f"{t.after:,}", _some(t.joined), _some(t.left)) for t in self.turnover]
        pairs = [(p.before_name or "none", p.after_name or "none", f"{p.jaccard:.0%}", p.kind) for p in self.pairs]
        tables = (
            (("persona", "then", "now", "joined", "left"), gains),
            (("before", "after", "shared", "which is"), [] if gains else pairs),
        )
        shown: str = plugins.find("exporters", "html").changes(title, sentences, tables, self.drawing)
        return shown


def compared(change: Change, drawing: str = "") -> Compared:
    """A change as a notebook shows it."""
    return Compared(**{f.name: getattr(change, f.name) for f in fields(Change)}, drawing=drawing)


def became(cast: Cast) -> Compared | None:
    """What became of each persona since the run that this one is a refresh of; None where it is none."""
    made = named(cast)
    if made is None:
        return None
    chart = migration(cast)
    return compared(made, plugins.find("exporters", "html").figure(chart) if chart is not None else "")


def _told(change: Change) -> tuple[str, ...]:
    """The sentences, the most important first."""
    if not change.descents:
        return change.words or ("Nothing was compared.",)
    gates = (f"{g.name}: {g.words} {g.fix}".strip() for g in change.gates if not g.passed)
    shifted = (change.drift.words,) if change.drift is not None and change.drift.words else ()
    return (f"{headline(change)}.", *happened(change), *shifted, *gates)


def _some(users: int | None) -> str:
    return "few" if users is None else f"{users:,}"


def picture(chart: Chart) -> Picture:
    """A chart as a notebook shows it."""
    html = plugins.find("exporters", "html")
    rows = tuple(dict(zip(chart.columns, row, strict=True)) for row in chart.rows)
    text = "\n".join((chart.title, chart.caption, "  ".join(chart.columns), *("  ".join(r) for r in chart.rows)))
    return Picture(text, html.figure(chart), rows, str(html.picture(chart)))


def why(cast: Cast) -> str:
    """The choice as text: one line a vote, then one a number that was tried."""
    evidence, names = cast.evidence, tuple(p.name for p in cast.personas)
    votes = (f"  {v.criterion}: {v.words}" for v in evidence.votes)
    tried = (
        f"  {c.method} {c.size}: left-over difference {c.inertia:.0%}, smallest group {c.smallest:.1%}"
        + (f", same grouping {c.stability:.2f}" if c.stability is not None else "")
        for c in evidence.candidates
    )
    agreed = (f"agreed: {evidence.range.words}",) if evidence.range else ()
    near = [f"  {b.size}: {'; '.join(b.groups)}" + (f" | {b.moves}" if b.moves else "") for b in beside(evidence, names)]
    flags = [f"  {x}" for x in flagged(evidence.flags, names)]
    return "\n".join(
        (
            f"{evidence.verdict.kind}: {evidence.verdict.why}",
            "votes",
            *votes,
            *agreed,
            *(("side by side", *near) if near else ()),
            *(("flags", *flags) if flags else ()),
            "tried",
            *tried,
        )
    )


def columns(tables: tuple[Table, ...], seen: Inspection, study: Study) -> Shown:
    """One row per column: what it is, what it will be used for, and why; then the findings. Ids and texts are not shown."""
    header = ("source", "column", "kind", "used as", "why", "empty", "distinct", "examples")
    hidden = {n for f in seen.findings if f.kind == "personal" for n in f.columns}
    rows = [
        (
            t.source,
            c.name,
            str(c.kind),
            use(t, c, study.group_by),
            c.why,
            f"{c.empty:,}",
            f"{c.distinct:,}",
            _examples(c, hidden),
        )
        for t in tables
        for c in t.columns
    ]
    accounts = [f"{t.source}: {t.seen:,} rows, {t.used:,} used, {t.set_aside:,} set aside. {t.format}" for t in tables]
    notes = [_noted(f) for f in reversed(seen.findings)]
    widths = [max(len(r[i]) for r in (header, *rows)) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in (header, *rows)]
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{cell}</th>' for cell in header)
    said = "".join(f"<p>{escape(line)}</p>" for line in (*accounts, *reversed(notes)))
    return Shown(
        "\n".join((*accounts, "", *lines, *notes)),
        f"{said}<table><thead><tr>{heads}</tr></thead><tbody>{cells}</tbody></table>",
    )


_LEVELS = {Level.STOP: "stop", Level.WARN: "warning", Level.PASS: "note"}


def _noted(finding: Finding) -> str:
    """A finding as one line, without what it quotes."""
    words = findings.said(finding)
    done = f"; {finding.done}" if finding.done else ""
    return f"{_LEVELS[finding.level]}: {words}{done}" + (f" -> {finding.flag}" if finding.flag else "")


def _examples(column: Column, hidden: Collection[str]) -> str:
    if column.role in (Role.ID, Role.TEXT) or is_personal(column) or column.name in hidden:
        return ""
    return ", ".join(personal.masked(e) for e in column.examples[:3])
