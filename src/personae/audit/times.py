"""Times written as numbers: seconds since 1970 and 20240131."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from personae.audit.headers import names_time
from personae.errors import DataError
from personae.model.study import Study
from personae.model.table import Column, Kind, Level, Note, Table

_UNITS = {"s": (1e8, 4.2e9), "ms": (1e11, 4.2e12), "us": (1e14, 4.2e15)}
"""Absolute values that fall between 1973 and 2103 in each unit."""
_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds"}


def as_times(engine: Any, table: Table, columns: Sequence[Column], study: Study) -> tuple[list[Column], list[Note]]:
    """The same columns, numbers that are times made TIMESTAMP or DATE, with a note for each.

    Only columns that `study.time` names or whose name speaks of time are looked at. Raises DataError P105 when one column
    holds several epoch units.
    """
    notes: list[Note] = []
    done = [c if c.name in study.ignore else _as_time(engine, table, c, study, notes) for c in columns]
    return done, notes


def _as_time(engine: Any, table: Table, column: Column, study: Study, notes: list[Note]) -> Column:
    asked = column.name == study.time
    long = column.native == "VARCHAR" and column.kind in (Kind.TEXT, Kind.CATEGORY)
    if not (asked or names_time(column.name)) or not (column.kind.numeric or long) or column.format:
        return column
    if long and not all(e.isdigit() and len(e) == 16 for e in column.examples):
        return column
    if (unit := _whole_unit(engine, table, column)) is not None:
        notes.append(_in_unit(table, column, unit))
        return replace(column, kind=Kind.TIMESTAMP, format=unit)
    name = engine.quote(column.name)
    x = f"TRY_CAST({name} AS DOUBLE)"
    text = f"CAST({name} AS VARCHAR)" if column.native == "VARCHAR" else f"CAST(TRY_CAST({name} AS BIGINT) AS VARCHAR)"
    valid = f"length({text}) = 8 AND {text} BETWEEN '19000101' AND '21001231' AND try_strptime({text}, '%Y%m%d') IS NOT NULL"
    spans = ", ".join(f"count_if({x} >= {low} AND {x} < {high})" for low, high in _UNITS.values())
    ((filled, zeros, dates, *counts),) = engine.rows(
        f"SELECT count({x}), count_if({x} = 0), count_if({valid}), {spans} FROM {engine.quote(table.relation)}"
    )
    if dates and dates == column.rows - column.empty:
        notes.append(Note(Level.PASS, "P105", f'"{column.name}": dates written as 20240131', table.source))
        return replace(column, kind=Kind.DATE, format="ymd")
    units = {u: n for u, n in zip(_UNITS, counts, strict=True) if n}
    if not units or sum(units.values()) + zeros < filled or filled < column.rows - column.empty:
        return column
    if len(units) > 1:
        raise _mixed(engine, table, column, x, list(units))
    unit = next(iter(units))
    notes.append(_in_unit(table, column, unit))
    if zeros:
        words = f'{zeros:,} values of "{column.name}" are 0, which is 1 January 1970'
        notes.append(Note(Level.WARN, "P103", words, table.source, "if they stand for no time, leave those rows out"))
    return replace(column, kind=Kind.TIMESTAMP, format=unit)


def _whole_unit(engine: Any, table: Table, column: Column) -> str | None:
    """The one epoch unit that both the lowest and the highest of a column of integers fall in: no need to look at each."""
    if column.native not in ("INTEGER", "BIGINT", "UINTEGER", "UBIGINT"):
        return None
    name = engine.quote(column.name)
    ((low, high),) = engine.rows(f"SELECT min({name}), max({name}) FROM {engine.quote(table.relation)}")
    if low is None:
        return None
    return next((u for u, (least, most) in _UNITS.items() if least <= low and high < most), None)


def _in_unit(table: Table, column: Column, unit: str) -> Note:
    return Note(Level.PASS, "P105", f'"{column.name}": {_WORDS[unit]} since 1970, read as UTC', table.source)


def _mixed(engine: Any, table: Table, column: Column, x: str, units: Sequence[str]) -> DataError:
    """P105: a column in several epoch units, with a line of each."""
    parts = []
    for unit in units:
        low, high = _UNITS[unit]
        ((p, v),) = engine.rows(
            f"SELECT p, v FROM (SELECT row_number() OVER () - 1 AS p, {x} AS v FROM {engine.quote(table.relation)}) "
            f"WHERE v >= {low} AND v < {high} ORDER BY p LIMIT 1"
        )
        places = engine.locate(table.relation, [p]) or [(table.source, p + 2)]
        parts.append(f"{places[0][0]}: line {places[0][1]:,} has {v:.0f} ({_WORDS[unit]})")
    fix = f'write all times in one unit, or leave the column out: --ignore "{column.name}"'
    return DataError("P105", f'times in column "{column.name}" are in several units', where=", ".join(parts), fix=fix)


def wild_dates(columns: Sequence[Column], table: Table) -> list[Note]:
    """Notes about dates that are hardly meant."""
    notes = []
    for c in columns:
        if c.kind not in (Kind.DATE, Kind.TIMESTAMP) or c.format in _UNITS:
            continue
        if c.low[:4] < "1900" or c.low[:10] == "1970-01-01":
            notes.append(
                Note(
                    Level.WARN,
                    "P103",
                    f'the earliest date in "{c.name}" is {c.low}',
                    table.source,
                    "check whether it stands for no date",
                )
            )
        if c.high[:4] > "2100":
            notes.append(
                Note(
                    Level.WARN,
                    "P103",
                    f'the latest date in "{c.name}" is {c.high}',
                    table.source,
                    "check whether it stands for no date",
                )
            )
    return notes
