"""Values that break a column which is otherwise numbers or dates, and the rows they stand in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from personae.audit.headers import names_id
from personae.audit.look import Seen, find
from personae.audit.shapes import DATES, NUMBERS, shape, trimmed
from personae.errors import DataError
from personae.model.study import Study
from personae.model.table import Column, Reject, Table

NEARLY = 0.999
"""Share of values of one kind from which the others count as mistakes."""


def breaking(engine: Any, table: Table, study: Study, seen: Iterable[Seen]) -> dict[int, Reject]:
    """Rows to set aside, by position, because a value breaks its column.

    Raises DataError P103 when they are more than `study.allow_rejects`, naming column, lines and flags.
    """
    rows: dict[int, Reject] = {}
    for s in seen:
        what = "number" if s.count(*NUMBERS) >= s.count(*DATES) else "date"
        wanted = NUMBERS if what == "number" else DATES
        good = s.count(*wanted)
        if good == s.values or good < NEARLY * s.values or s.count("long", "int16") or _no_measure(s.column.name, study):
            continue
        shapes = [k for k in s.groups if k not in wanted and k not in ("marker", "blank")]
        left = study.allow_rejects - len(table.rejects) - len(rows)
        if s.values - good > left:
            raise misfit(s.column, find(engine, table, s.column, shapes), what, s.values - good)
        wanted_shapes = ", ".join(f"'{k}'" for k in shapes)
        condition = f"{shape('w', engine.strptime('w', 'named'))} IN ({wanted_shapes})"
        rows = {**aside(engine, table, s.column, condition, what), **rows}
    return rows


def misfit(column: Column, places: Sequence[tuple[str, int, str]], what: str, count: int) -> DataError:
    """P103: values that do not fit their column, first lines and the two ways on."""
    file = places[0][0]
    lines = ", ".join(f'line {line:,} has "{text[:60]}"' for _, line, text in places[:5])
    more = f" and {count - 5:,} more" if count > 5 else ""
    are = "values are" if count > 1 else "value is"
    return DataError(
        "P103",
        f'{count:,} {are} not a {what} in column "{column.name}" of {file}',
        where=f"{file}: {lines}{more}; all other values are {what}s",
        fix=f'correct them, set the rows aside: --allow-rejects {count}, or leave the column out: --ignore "{column.name}"',
    )


def set_aside(engine: Any, table: Table, rejects: Mapping[int, Reject]) -> Table:
    """The table without some rows, which join its rejects."""
    relation, before = engine.quote(table.relation), engine.quote(f"{table.relation} before")
    bad = sorted(rejects)
    kind = "VIEW" if engine.rows("SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table.relation]) else "TABLE"
    engine.execute(f"ALTER {kind} {relation} RENAME TO {before}")
    engine.execute(
        f"CREATE {kind} {relation} AS SELECT * EXCLUDE (personae_position) FROM "
        f"(SELECT *, row_number() OVER () - 1 AS personae_position FROM {before}) "
        f"WHERE personae_position NOT IN ({', '.join(map(str, bad))})"
    )
    if kind == "TABLE":
        engine.execute(f"DROP TABLE {before}")
    if (locate := engine.locator(table.relation)) is not None:
        engine.remember(table.relation, lambda positions: locate([_shifted(p, bad) for p in positions]))
    together = sorted((*table.rejects, *rejects.values()), key=lambda r: (r.source, r.line))
    return replace(table, used=table.used - len(bad), rejects=tuple(together))


def _shifted(position: int, gone: Sequence[int]) -> int:
    """Where a row stood before the rows `gone` were taken out."""
    for g in gone:
        if g > position:
            break
        position += 1
    return position


def _no_measure(name: str, study: Study) -> bool:
    """Whether a column is named or looks like one that is never an amount."""
    return name in (study.id, study.event, *study.ignore) or names_id(name)


def aside(engine: Any, table: Table, column: Column, condition: str, what: str) -> dict[int, Reject]:
    """The rows whose value `v` (`w` without blanks around) meets a condition, by position."""
    values = ", ".join(f"coalesce(CAST({engine.quote(c.name)} AS VARCHAR), '')" for c in table.columns)
    found = engine.rows(
        f"SELECT p, row, v FROM (SELECT row_number() OVER () - 1 AS p, concat_ws(',', {values}) AS row, "
        f"CAST({engine.quote(column.name)} AS VARCHAR) AS v, {trimmed('v')} AS w FROM {engine.quote(table.relation)}) "
        f"WHERE v IS NOT NULL AND {condition} ORDER BY p"
    )
    positions = [int(p) for p, _, _ in found]
    places = engine.locate(table.relation, positions) or [(table.source, p + 2) for p in positions]
    return {
        p: Reject(file, line, f'"{v[:80]}" in column "{column.name}" is not a {what}', str(row))
        for p, (file, line), (_, row, v) in zip(positions, places, found, strict=True)
    }
