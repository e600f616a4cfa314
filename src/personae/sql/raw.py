"""The inputs of a rule as a question to the raw tables: one row a user with their columns, and counts of what they did.

The types of raw tables are not known here, so that every cell is cast. Times are whole seconds of the epoch and days are taken
by remainders, as everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from personae.model.raw import Cell, Doings, People, Raw, Read
from personae.sql.events import DAY, day, floored

Spell = Callable[[str], str]
"""A name as the dialect has it."""


def raw_inputs(raw: Raw, spell: Spell, utc: bool) -> tuple[Any, Any | None]:
    """The relations `users` (id and one column a measure) and `counts` (id, event, count) that `assign` reads.

    Tables are called by their `People.name`. `utc` reads times without a zone as instants, for a dialect that has seconds of no
    others.
    """
    import ibis

    tables = {p.name: _table(ibis, p, raw, spell) for p in raw.people}
    ids = [tables[p.name].select(id=_text(tables[p.name][spell(p.id)], raw.missing)) for p in raw.people]
    ids = [i.filter(i.id != "").distinct() for i in ids]
    users = reduce(lambda a, b: a.union(b, distinct=True), ids) if len(ids) > 1 else ids[0]
    for p in (p for p in raw.people if p.cells):
        t = tables[p.name]
        cells = t.select(
            who=t[spell(p.id)].cast("string"), **{c.measure: _read(ibis, t[spell(c.column)], c, raw.missing) for c in p.cells}
        )
        users = users.left_join(cells, users.id == cells.who).drop("who")
    return users, None if raw.log is None else _counts(tables[raw.log.people.name], raw, raw.log, spell, utc)


def _table(ibis: Any, people: People, raw: Raw, spell: Spell) -> Any:
    """A table with the types that make every cast stand in the text."""
    log = raw.log if raw.log is not None and raw.log.people.name == people.name else None
    kinds = {spell(c.column): "int64" for c in people.cells}
    if log is not None:
        kinds |= {spell(log.event): "int64"} | ({spell(log.time): "string"} if log.time else {})
    return ibis.table({**kinds, spell(people.id): "int64"}, name=people.name)


def _text(column: Any, missing: tuple[str, ...]) -> Any:
    """A cell as text, NULL where it holds what stands for nothing."""
    import ibis

    text = column.cast("string")
    return ibis.ifelse(text.isin(missing), ibis.null("string"), text) if missing else text


def _read(ibis: Any, column: Any, cell: Cell, missing: tuple[str, ...]) -> Any:
    """A cell as an input: a number, 1 or 0, or a text; NULL where it is empty or means nothing."""
    text, nothing = _text(column, missing), ibis.null("float64")
    if cell.read is Read.NUMBER:
        number = column.try_cast("float64")
        return ibis.ifelse(text.isnull(), nothing, number) if missing else number
    if cell.read is Read.TEXT:
        return ibis.ifelse(_closed(text) == "", ibis.null("string"), text)
    word = _closed(text.lower())
    yes, no = (w.replace(" ", "") for w in cell.words)
    return ibis.ifelse(word.isin((yes, "true")), 1.0, ibis.ifelse(word.isin((no, "false")), 0.0, nothing))


def _closed(text: Any) -> Any:
    """A text without its spaces; trimming means other characters in every dialect."""
    return text.replace(" ", "")


def _counts(table: Any, raw: Raw, log: Doings, spell: Spell, utc: bool) -> Any:
    """Rows (id, event, count) of the log inside its window."""
    import ibis

    rows = table.select(
        id=_text(table[spell(log.people.id)], raw.missing),
        event=table[spell(log.event)].cast("string"),
        **({"t": _second(table[spell(log.time)], log, utc)} if log.time else {}),
    )
    if log.hidden:
        rows = rows.filter(rows.event.isnull() | ~rows.event.isin(log.hidden))
    if log.time:
        rows = _inside(ibis, rows.filter(rows.t.notnull()), log)
    rows = rows.filter(rows.id != "", rows.event != "")
    if raw.missing:
        rows = rows.filter(~rows.event.isin(raw.missing))
    return rows.group_by("id", "event").agg(count=rows.count().cast("float64"))


def _second(time: Any, log: Doings, utc: bool) -> Any:
    """The second of the epoch, whole."""
    if log.per:
        return (time.cast("float64") / log.per).floor().cast("int64")
    instant = time.cast("timestamp('UTC')" if log.zoned or utc else "timestamp")
    return instant.epoch_seconds().cast("float64").floor().cast("int64")


def _inside(ibis: Any, rows: Any, log: Doings) -> Any:
    """The rows that the window of the run holds, counted from the end of these data where the run's was."""
    w = log.window
    rows = rows.mutate(day=day(rows.t))
    if w.first:
        begun = rows.filter(rows.id != "").group_by("id").agg(begun=rows.day.min())
        joined = rows.join(begun, "id")
        return joined.filter(joined.day < joined.begun + w.first).drop("begun")
    if not (w.last or w.low or w.high):
        return rows
    clock = ibis.ifelse(floored(rows.t, DAY) > 0, 1, 0) if log.clock else ibis.literal(0)
    ends = rows.agg(high=rows.t.max(), lowest=rows.day.min(), newest=rows.day.max(), clock=clock.max())
    open_day = (ends.clock > 0) & (floored(ends.high, DAY) < DAY - 3600) & (ends.newest > ends.lowest)
    ends = ends.mutate(final=ends.newest - ibis.ifelse(open_day, 1, 0))
    days = w.last or (w.high - w.low + 1)
    if w.last:
        edges = ends.select(start=ends.final - (days - 1), stop=ends.final)
    else:
        away = (ends.newest < w.low) | (ends.lowest > w.high)
        edges = ends.select(start=ibis.ifelse(away, ends.final - (days - 1), w.low), stop=ibis.ifelse(away, ends.final, w.high))
    both = rows.cross_join(edges)
    return both.filter(both.day >= both.start, both.day <= both.stop)
