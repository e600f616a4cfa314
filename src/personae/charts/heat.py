"""Where do the groups differ?"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.look import Mark, mark, tint
from personae.charts.numbers import times
from personae.model.fact import Fact
from personae.model.persona import Persona

ROWS, COLUMNS, SAID, OWN = 16, 12, 2, 2
"""What fits a page, rows of words in free text beside others, and what each persona does most times the average that has a row
before anything else; the full table is in the appendix, and the caption says so when something is left out."""

MENTIONS = "mentions \u201c"
"""How the label of a word in free text begins."""
Rows = dict[tuple[str, str], dict[str, Fact]]

FEW = "few"
"""Stands where too few users did something for a number to be shown."""


@dataclass(frozen=True)
class Cell:
    """A multiple and its fill; `text` is empty where the number may not be shown or does not exist."""

    text: str
    fill: str
    persona: str
    multiple: float


@dataclass(frozen=True)
class Heat:
    """Multiples of the average: measures down, personas across, the measures that separate most on top."""

    chart: Chart
    heads: tuple[tuple[Mark, str], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def heat(personas: Sequence[Persona], facts: Sequence[Fact], forms: Collection[str] = ()) -> Heat | None:
    """The heat map of all `facts` that have a multiple; None when no measure has one for two personas or more. Measures that
    are in `forms` come first: they are known of everyone. Words in free text, known of few, come last and are few."""
    people = sorted(personas, key=lambda p: (-p.users, p.index))[:COLUMNS]
    keys = {p.key for p in personas}
    table: Rows = {}
    for f in facts:
        if f.multiple is not None and f.subject in keys:
            table.setdefault((f.measure, f.statistic), {})[f.subject] = f
    share = {p.key: p.share for p in personas}
    many = {key: row for key, row in table.items() if len(row) > 1}
    if not many:
        return None
    rows = []
    for key in _ranked(many, share, forms, [p.key for p in people]):
        row = many[key]
        rows.append((next(iter(row.values())).label, tuple(_cell(row.get(p.key), p) for p in people)))
    return Heat(_chart(people, rows, len(many), len(personas)), tuple((mark(p.index), p.name) for p in people), tuple(rows))


def _ranked(table: Rows, share: dict[str, float], forms: Collection[str], keys: Sequence[str]) -> list[tuple[str, str]]:
    """The keys of the rows to be drawn, in order; what marks a persona has a row however small that persona is."""
    order = sorted(table, key=lambda k: (-_spread(table[k], share), k))
    said = [k for k in order if MENTIONS in next(iter(table[k].values())).label]
    done = [k for k in order if k not in said]
    first = [k for k in done if k[0].partition("=")[0] in forms]
    kept = [*first, *(k for k in done if k not in first)]
    marks = _marks(table, first or done, keys)
    chosen = set(list(dict.fromkeys((*marks, *kept)))[:ROWS])
    return ([k for k in kept if k in chosen] + said[:SAID])[:ROWS] if kept else said[:ROWS]


def _marks(table: Rows, among: Sequence[tuple[str, str]], keys: Sequence[str]) -> list[tuple[str, str]]:
    """What each persona does most times the average: the first of each persona, then the second of each."""
    own = []
    for key in keys:
        more = [(-(table[k][key].multiple or 0.0), k) for k in among if key in table[k] and (table[k][key].multiple or 0.0) > 1]
        own.append([k for _, k in sorted(more)[:OWN]])
    return [marks[i] for i in range(OWN) for marks in own if i < len(marks)]


def _spread(row: dict[str, Fact], share: dict[str, float]) -> float:
    """How much a measure separates the groups: the mean square of its log multiples, weighted by size."""
    return math.fsum(share[k] * math.log2(max(f.multiple or 0.0, 1 / 64)) ** 2 for k, f in sorted(row.items()))


def _cell(fact: Fact | None, persona: Persona) -> Cell:
    if fact is None or fact.multiple is None:
        return Cell("", "", persona.name, 0.0)
    return Cell(times(fact.multiple), tint(fact.multiple), persona.name, fact.multiple)


def _chart(people: Sequence[Persona], rows: list[tuple[str, tuple[Cell, ...]]], measures: int, personas: int) -> Chart:
    label, cells = rows[0]
    filled = [c for c in cells if c.text]
    low, high = min(filled, key=lambda c: c.multiple), max(filled, key=lambda c: c.multiple)
    most = f"the {len(rows)} measures of {measures} that mark one of the groups or separate most"
    cut = [most] if measures > len(rows) else []
    cut += [f"the {len(people)} largest groups of {personas}"] if personas > len(people) else []
    gaps = f' "{FEW}" stands where too few did it for a number.' if any(not c.text for _, cs in rows for c in cs) else ""
    rest = f" Shown are {' and '.join(cut)}; every number is in the appendix." if cut else ""
    ends = f"from {low.text[:-1]} times the average ({low.persona}) to {high.text[:-1]} ({high.persona})"
    return Chart(
        "heat",
        f"The groups differ most in {label}: {ends}",
        "Times the average of everyone. Orange is more, blue is less, white is about the same (0.8 to 1.25); "
        f"the measures that formed the groups come first, and of them those that separate most.{gaps}{rest}",
        "Heat map of multiples of the average. "
        + "; ".join(f"{lab}: " + ", ".join(f"{c.persona} {c.text or FEW}" for c in cs) for lab, cs in rows[:3]),
        ("measure", *(p.name for p in people)),
        tuple((lab, *(c.text or FEW for c in cs)) for lab, cs in rows),
    )
