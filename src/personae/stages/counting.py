"""Counting: the rows of one file of a log are added to what was counted before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from personae import habits, plugins
from personae.errors import DataError, UsageError
from personae.model.study import Role, Study
from personae.model.table import Table
from personae.model.tally import Counted, Piece, Tally
from personae.progress import quietly, step, warn
from personae.sql import per_user, tally
from personae.stages import hidden
from personae.stages.addable import columns_of
from personae.stages.log import left_behind, text_of
from personae.stages.part import keyed
from personae.stages.when import Times, opened

RELATION = "personae_tally"
"""What relations of a tally begin with; "_old" ends those of the parts that were there, "_new" those of what comes now."""
_CLOCKS = ("s", "ms", "us")


def kinds(counted: Counted) -> dict[str, tuple[str, str]]:
    """The relations that hold what is counted: name -> (kind, columns)."""
    names = ["who", "names", "done", *(["hours", "stays"] if counted.clock else [])]
    of = {n: (n, tally.COLUMNS[n]) for n in names}
    return {**of, **{f"sums_{i}": ("sums", tally.COLUMNS["sums"]) for i in range(len(counted.amounts))}}


def relation(name: str, which: str = "") -> str:
    """What a relation of a tally is called in the engine."""
    return f"{RELATION}_{name}{f'_{which}' if which else ''}"


def begin(engine: Any, counted: Counted, parts: Any) -> None:
    """Open a tally in the engine: `parts` gives the Parquet files of a relation by its name."""
    text = plugins.find("engines", "duckdb").text
    for name, (_, columns) in kinds(counted).items():
        engine.execute(tally.view(relation(name, "old"), columns, [text(p) for p in parts(name)]))
        engine.execute(tally.table(relation(name, "new"), columns))
        engine.execute(tally.both(relation(name), relation(name, "old"), relation(name, "new")))


def count(engine: Any, table: Table, model: Table, study: Study, held: Tally) -> Tally:
    """Add the rows of a table, read as the log `model` of the run was, to the relations of a tally.

    Raises UsageError P002 where a column that is counted is missing, DataError P103 where times are of another unit or a column
    of another type than in the files before.
    """
    counted = held.counted
    _check(table, model, held)
    shown, _ = hidden.shown(engine, table, study, strict=False)
    whole, id = keyed(engine, table)
    event = table.column(Role.EVENT)
    with quietly():  # what it says of zone and window is said of all files together
        rows, second, times, left = opened(engine, shown, replace(study, window=""), placing=True)
    for x in left:
        warn(f"{x.name} {x.reason}; they are not counted")
    if counted.time and times is None and engine.rows(f"SELECT 1 FROM {rows} LIMIT 1"):  # hidden events alone have no row
        what = f'no row of {table.source} has a time in "{counted.time}"'
        raise DataError("P103", what, where=table.source, did="nothing was counted", fix="export it again")
    step("count", table.source)
    name = relation
    what = text_of(event) if event is not None and counted.event else ""
    engine.execute(tally.newcomers(whole, id, name("who"), name("who", "new"), held.people))
    if what:
        engine.execute(tally.unheard(rows, what, name("names"), name("names", "new"), held.names))
    exact, there = plugins.find("engines", "duckdb").exact, {c.name: c for c in table.columns}
    typed = [exact(there[n]) for n, _ in counted.amounts]
    engine.execute(
        tally.rows(name("rows"), rows, id, what, second, _clock(times), typed, counted.days, bool(times and times.naive),
                   f"(SELECT DISTINCT u, id FROM {name('who')} WHERE id IS NOT NULL)", name("names"))
    )  # fmt: skip
    _add(engine, counted, bool(second))
    ((nobody,),) = engine.rows(per_user.of_nobody(whole, id))
    left_behind(table, nobody, event)
    ((used, low, high),) = engine.rows(f"SELECT count(*), min(s), max(s) FROM {name('rows')}")
    engine.execute(f"DROP TABLE {name('rows')}")
    file, sha256, _ = table.files[0]
    piece = Piece(file, sha256, used, table.set_aside, *((low, high) if second else (None, None)))
    return replace(
        held,
        files=(*held.files, piece),
        types=tuple((c.name, c.native) for c in table.columns if c.name in columns_of(counted)),
        people=_next(engine, "who", "u", held.people),
        names=_next(engine, "names", "e", held.names),
    )


def _add(engine: Any, counted: Counted, timed: bool) -> None:
    """Everything that is kept of the rows."""
    rows = relation("rows")
    engine.execute(tally.seen(rows, relation("who", "new"), timed))
    engine.execute(tally.done(rows, relation("done", "new")))
    if counted.clock:
        engine.execute(tally.hours(rows, relation("hours", "new"), habits.PARTS))
        engine.execute(tally.stayed(rows, relation("stays", "new")))
    for i in range(len(counted.amounts)):
        engine.execute(tally.summed(rows, relation(f"sums_{i}", "new"), f"v{i}"))


def _next(engine: Any, name: str, number: str, before: int) -> int:
    ((last,),) = engine.rows(f"SELECT max({number}) FROM {relation(name, 'new')}")
    return before if last is None else max(before, last + 1)


def _clock(times: Times | None) -> tuple[list[int], list[int], list[int]]:
    """The clock of a file as three lists."""
    clock = times.clock if times is not None else habits.clock("", 0, 0)
    return clock.since.tolist(), clock.offset.tolist(), clock.turns.tolist()


def _check(table: Table, model: Table, held: Tally) -> None:
    """What would be counted is there, and is what it was."""
    there, before = {c.name: c for c in table.columns}, dict(held.types)
    lost = [n for n in columns_of(held.counted) if n not in there]
    if lost:
        raise UsageError(
            "P002", f"{table.source} has no column {', '.join(lost)}, which is counted", where=f"it has {', '.join(there)}",
            did="nothing was counted", fix=f"bring files like those of the run, which were {model.source}",
        )  # fmt: skip
    for name in columns_of(held.counted):
        was, now = before.get(name, there[name].native), there[name].native
        if was != now:
            raise DataError(
                "P103", f'"{name}" of {table.source} is {now.lower()}, and was {was.lower()} in the files before',
                where=table.source, did="nothing was counted", fix="export it with the types of the files before",
            )  # fmt: skip


def check_unit(read: Table, model: Table) -> None:
    """Raise DataError P103 where the times of a file, as it was read by itself, are of another unit than the run's."""
    known = {c.name: c for c in model.columns if c.role is Role.TIME}
    for c in read.columns:
        was = known[c.name].format if c.name in known else ""
        if was in _CLOCKS and c.format in _CLOCKS and c.format != was:
            what = f'the times in "{c.name}" of {read.source} are in {c.format}, and were in {was}'
            raise DataError("P103", what, where=read.source, did="nothing was counted", fix="export them in the unit of before")
