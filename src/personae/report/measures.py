"""The numbers of a cast as tables: every measure side by side, and every fact on a line of its own."""

from __future__ import annotations

from personae.charts.numbers import bounded, value
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.sheet import Cell, Heading, Sheet
from personae.report.proof import facts_shown
from personae.words.names import follow, plural


def told(fact: Fact, floor: int) -> Cell:
    """A fact's value as a number, or its bound as text."""
    return value(fact, floor) if bounded(fact, floor) else fact.value


def measures(cast: Cast) -> Sheet | None:
    """Measures down, everyone and the personas across: the value of each, and how many times everyone's it is."""
    people = sorted(cast.personas, key=lambda p: (-p.users, p.index))
    table: dict[tuple[str, str], dict[str, Fact]] = {}
    for f in facts_shown(cast).values():
        if f.statistic not in ("count", "p", "multiple"):
            table.setdefault((f.measure, f.statistic), {})[f.subject] = f
    rows = tuple(
        row for (_, s), by in table.items() if (row := _row(s, by, [p.key for p in people], cast.study.floor)) is not None
    )
    if not rows or not people:
        return None
    users = plural(cast.study.entity)
    heads = [h for p in people for h in (Heading(p.name, "number"), Heading(f"{p.name}, times everyone", "times"))]
    return Sheet(
        id="measures",
        title=f"{len(rows):,} measures of {len(people)} personas side by side",
        about=f"Values of each group and of everyone; shares from 0 to 1. What stands for too few {users} is empty or a bound.",
        headings=(
            Heading("measure"), Heading("statistic"), Heading("unit"), Heading("everyone", "number"),
            *heads,
        ),
        rows=rows,
        part="analysts",
    )  # fmt: skip


def _row(statistic: str, by: dict[str, Fact], keys: list[str], floor: int) -> tuple[Cell, ...] | None:
    """One measure; None where no persona has it."""
    mine = [by.get(k) for k in keys]
    known = [f for f in mine if f is not None]
    if not known:
        return None
    one = known[0]
    whole = by["all"].value if "all" in by else next((f.everyone for f in known if f.everyone is not None), None)
    cells: list[Cell] = [one.label, statistic, one.unit, whole]
    for f in mine:
        cells += [None, None] if f is None else [told(f, floor), None if bounded(f, floor) else f.multiple]
    return tuple(cells)


def facts(cast: Cast) -> Sheet | None:
    """Every fact that may be told, by its id; None where there is none."""
    shown, entity, floor = facts_shown(cast), cast.study.entity, cast.study.floor
    if not shown:
        return None
    names = {"all": "everyone", **{p.key: p.name for p in cast.personas}}
    rows = tuple(
        (
            f.id, names.get(f.subject, f.subject), f.label, f.statistic, told(f, floor), follow(f.unit, entity),
            *((None,) * 6 if bounded(f, floor) else (f.low, f.high, f.everyone, f.rest, f.multiple, f.p)), f.n,
        )
        for f in shown.values()
    )  # fmt: skip
    return Sheet(
        id="facts",
        title=f"{len(rows):,} facts, and who they rest on",
        about="Every number that a sentence may cite: its value, its 95 % interval, everyone's and the rest's, and the base.",
        headings=(
            Heading("fact"), Heading("persona"), Heading("measure"), Heading("statistic"), Heading("value", "number"),
            Heading("unit"), Heading("low", "number"), Heading("high", "number"), Heading("everyone", "number"),
            Heading("the rest", "number"), Heading("times everyone", "times"), Heading("p", "number"),
            Heading("based on", "count"),
        ),
        rows=rows,
        part="analysts",
    )  # fmt: skip
