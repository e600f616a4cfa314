"""Can the inputs of a rule be had from the raw tables by SQL alone? Counts of events and columns of users can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

from personae.errors import Refused
from personae.model.cast import Cast
from personae.model.features import Window as Looked
from personae.model.raw import Cell, Doings, People, Raw, Read, Window
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.model.vocabulary import repeats
from personae.stages.hidden import hidden
from personae.stages.part import LEVELS
from personae.stages.when import asked

_PER = {"s": 1, "ms": 1_000, "us": 1_000_000}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*){0,2}")


def raw(cast: Cast, rule: Rule) -> Raw:
    """The raw tables of a run, and where in them the rule finds its inputs. Raises Refused with the first reason why not."""
    if cast.study.exclude:
        raise Refused("people on a list of those to leave out are not to be placed")
    tables = [t for t in cast.tables if t.measured]
    for t in tables:
        _check_plain(t)
    listed = {m.name: m for m in cast.measures}
    cells: dict[str, list[Cell]] = {}
    for name in dict.fromkeys(f.column for f in rule.features if f.of == "measure"):
        source = listed[name].source if name in listed else ""
        table = next((t for t in tables if t.source == source and t.shape == "entities"), None)
        column = next((c for c in table.columns if c.name == name), None) if table else None
        if table is None or column is None:
            raise Refused(f'"{name}" is worked out and no column of a table with one row a {cast.study.entity}')
        cells.setdefault(table.source, []).append(_cell(column, name, rule))
    names = _names(tables)
    people = tuple(People(t.source, n, _id(t), tuple(cells.get(t.source, ()))) for t, n in zip(tables, names, strict=True))
    counted = [f.column for f in rule.features if f.of == "event"]
    log = _log(cast, tables, people) if counted else None
    return Raw(people, log, cast.study.missing)


def _check_plain(table: Table) -> None:
    if table.tool:
        raise Refused(f"{table.source} is an export of a tool, which is brought into another shape first")
    if table.links:
        raise Refused(f"the rows of {table.source} got columns from another table")


def _id(table: Table) -> str:
    key = table.column(Role.ID)
    if key is None:
        raise Refused(f"{table.source} has no id of its own")
    return key.name


def _cell(column: Column, measure: str, rule: Rule) -> Cell:
    """How a column is read. Raises Refused for one that means more than its values."""
    levels = [str(s.learned["level"]) for f in rule.features if f.column == measure for s in f.steps if s.name == "level"]
    if column.scheme is not None:
        raise Refused(f'the words of "{column.name}" are scored')
    if levels:
        if column.kind.numeric or column.kind in (Kind.BOOLEAN, Kind.DATE, Kind.TIMESTAMP) or column.distinct > LEVELS:
            raise Refused(f'"{column.name}" has its levels by what else there is')
        return Cell(measure, column.name, Read.TEXT)
    if column.kind is Kind.BOOLEAN:
        true, _, false = column.format.partition("|")
        return Cell(measure, column.name, Read.FLAG, (true.lower() or "true", false.lower() or "false"))
    if column.kind.numeric:
        return Cell(measure, column.name, Read.NUMBER)
    raise Refused(f'"{column.name}" is {column.kind}, from which a number is worked out')


def _log(cast: Cast, tables: Sequence[Table], people: Sequence[People]) -> Doings:
    """The log that gives the counts. Raises Refused where they come from elsewhere, or from more than one table."""
    sources = {m.source for m in cast.measures if m.kind == "event"}
    logs = [(t, p) for t, p in zip(tables, people, strict=True) if t.shape == "events" and t.column(Role.EVENT)]
    if len(logs) != 1 or sources != {logs[0][0].source}:
        raise Refused("the counts are columns, or come from several tables")
    table, own = logs[0]
    event, time, value = (table.column(r) for r in (Role.EVENT, Role.TIME, Role.VALUE))
    assert event is not None  # noqa: S101 - asked for above
    if any(r.split("(")[0].strip() == "counts" for r in cast.study.features):
        raise Refused("events are counted together with a property of theirs")
    dated = time is not None and time.kind in (Kind.DATE, Kind.TIMESTAMP)
    if value is not None and repeats(value.name) and not dated:
        raise Refused(f'"{value.name}" says how often each row happened')
    left = hidden(cast.study, tables).get(event.name, ())
    if time is None or not dated:
        return Doings(own, event.name, hidden=left)
    zoned = time.native == "TIMESTAMP WITH TIME ZONE" or time.format in (*_PER, "zoned")
    window = _window(cast.study, cast.window)
    if zoned and window != Window() and cast.study.timezone not in ("", "UTC"):
        raise Refused(f"the window is of days in {cast.study.timezone}")
    return Doings(own, event.name, time.name, zoned, _PER.get(time.format, 0), time.kind is Kind.TIMESTAMP, window, left)


def _window(study: Study, looked: Looked | None) -> Window:
    if looked is None:
        return Window()
    wanted = asked(study.window)
    return Window(wanted.last, wanted.first, wanted.low, wanted.high)


def _names(tables: Sequence[Table]) -> list[str]:
    """What each table is called: the table of a database, or the name of the file, told apart where two are alike."""
    names: list[str] = []
    for t in tables:
        after = t.source.rpartition("::")[2]
        stem = (
            after if "::" in t.source and _PLAIN.fullmatch(after) else PurePath(t.source.rpartition("::")[0] or t.source).stem
        )
        plain = re.sub(r"\W+", "_", stem).strip("_").lower() if not _PLAIN.fullmatch(stem) else stem
        name = plain or "data"
        names.append(name if name not in names else f"{name}_{len(names) + 1}")
    return names
