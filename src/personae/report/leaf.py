"""One answer on one page: what was found, a picture, tables, and what else to know."""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.bands import bands as chart
from personae.charts.chart import Chart
from personae.charts.numbers import count, plural, sentence
from personae.model.bands import Bands
from personae.model.portrait import Portrait
from personae.words.banding import said
from personae.words.portraying import PARTS, lift, number, percent_of, span


@dataclass(frozen=True)
class Grid:
    """A table: `right` are positions of columns of numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()


@dataclass(frozen=True)
class Section:
    """A part of a page: sentences, pictures and tables under a title."""

    title: str
    words: tuple[str, ...]
    grids: tuple[Grid, ...] = ()
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True)
class Leaf:
    """A page. `code` is shown as it is to be typed, under `code_title`."""

    kicker: str
    title: str
    lead: str
    charts: tuple[Chart, ...]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()
    code_title: str = ""
    code: str = ""
    sections: tuple[Section, ...] = ()


def bands(made: Bands) -> Leaf:
    """The page of one measure's bands."""
    many = plural(made.entity)
    picture = chart(made)
    some = "a few" if made.empty is None else count(made.empty)
    empty = f"; {some} have no value and are in no band" if made.empty != 0 else ""
    cuts = tuple((said(c.value), said(c.at), interval(c.low, c.high), chance(c.p)) for c in made.cuts if c.kind != "zero")
    grids = [Grid("The bands", picture.columns, picture.rows, tuple(range(1, len(picture.columns))))]
    if cuts:
        grids.append(Grid("The cuts", ("cut at", "found at", "95 % interval", "p by chance"), cuts, (0, 1, 2, 3)))
    contest = (sentence(made.contest.words),) if made.contest else ()
    code = (f"The same in SQL, over a numeric column {made.column}", made.case()) if made.cuts else ("", "")
    lead = f"{count(made.users)} {many}{empty}."
    return Leaf(
        f"Bands of {made.label}", picture.title, lead, (picture,), tuple(grids),
        (*contest, *map(sentence, made.notes)), *code,
    )  # fmt: skip


def interval(low: float, high: float) -> str:
    """ "25 to 28", or one number where both ends are the same."""
    a, b = said(low), said(high)
    return a if a == b else f"{a} to {b}"


def chance(p: float | None) -> str:
    """A p as a reader takes it: "under 0.001"."""
    return "-" if p is None else "under 0.001" if p < 0.001 else f"{p:.3f}"


def portrait(made: Portrait) -> Leaf:
    """The page of some users against the rest: a table a part, sure differences first."""
    many = plural(made.entity)
    grids = []
    for part, title in PARTS.items():
        rows = tuple(
            (
                d.label,
                number(d.value, d.statistic, d.unit),
                span(d.low, d.high, d.statistic, d.unit),
                number(d.rest, d.statistic, d.unit),
                lift(d) or "-",
                "yes" if d.sure else "no",
            )
            for d in made.differences
            if d.part == part
        )
        columns = (
            percent_of([d for d in made.differences if d.part == part]),
            "these",
            "95 % interval",
            f"other {many}",
            "times the others",
            "surely different",
        )
        grids += [Grid(title, columns, rows, (1, 2, 3, 4))] if rows else []
    alone = f"{count(made.users)} {many} against {count(made.rest)} others."
    tested = "Differences are tested against the others and corrected for their number. They do not say what causes what."
    return Leaf(f"Who: {made.who}", made.words[0], alone, (), tuple(grids), (*made.words[1:], tested))
