"""How those who arrive in tables of a database are read, by what the rule of a run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personae.databases.arrived import DATED, Arrived, Span
from personae.databases.queue import Rows
from personae.errors import UsageError
from personae.model.cast import Cast
from personae.model.intake import Intake
from personae.model.study import Role
from personae.model.table import Kind
from personae.progress import warn
from personae.stages.intake import intake
from personae.stages.when import asked

Types = Mapping[str, str]
"""The columns of a table and their types, as the server writes them."""


def arrived(cast: Cast, tables: Sequence[tuple[Rows, Types]]) -> tuple[Arrived, ...]:
    """How to read users of tables with these columns.

    Raises UsageError P002 where they lack what the rule reads, P115 where the rule needs what rows that arrive cannot give.
    """
    wanted = intake(cast)
    found = tuple(_one(cast, wanted, rows, types) for rows, types in tables)
    names = ", ".join(r.table for r, _ in tables)
    if wanted.measures:
        what = f"the rule of this run reads {', '.join(wanted.measures)}, which rows that arrive do not say"
        raise UsageError("P115", what, where=names, fix="place users by the clock instead: personae score on all rows")
    there = {name for a in found for name in a.fields}
    lacking = [f.name for f in wanted.fields if f.name not in there and any(f.makes)]
    lacking += [wanted.event or "events"] if wanted.counted and not any(a.log for a in found) else []
    needed = len([f for f in wanted.fields if any(f.makes)]) + bool(wanted.counted)
    if lacking and len(lacking) == needed:
        what = f"the rule of this run reads {_some(lacking)}, and {names} has no such column"
        where = "; ".join(f"{r.table} has {', '.join(t)}" for r, t in tables)
        raise UsageError("P002", what, where=where, fix="listen to the tables that the run was made of, or to others like them")
    if lacking:
        what = f"{len(lacking):,} of {needed:,} columns that the rule reads are not in {names} and are taken as empty"
        warn(f"{what}: {_some(lacking)}. Name all tables that the run was made of")
    return found


def ids(cast: Cast) -> tuple[str, ...]:
    """The names that id columns have in the tables of a run."""
    return tuple(dict.fromkeys(c.name for t in cast.tables for c in t.columns if c.role is Role.ID)) or (intake(cast).id,)


def _one(cast: Cast, wanted: Intake, rows: Rows, types: Types) -> Arrived:
    columns = [c for c in (wanted.event, wanted.property, wanted.times) if c]
    if not wanted.counted or not wanted.event or not all(c in types for c in columns):
        return Arrived(rows, types, wanted)
    times = (c for t in cast.tables if t.shape == "events" for c in t.columns if c.role is Role.TIME and c.name in types)
    time = next((c.name for c in times if c.kind in (Kind.DATE, Kind.TIMESTAMP)), "")
    days = asked(cast.study.window)
    span = Span(days.last, days.first, days.low, days.high, cast.study.timezone or "UTC")
    if not span.all and types.get(time) not in DATED:
        what = f"the window {cast.study.window} needs a column of times, and the database knows none of {rows.table} as such"
        raise UsageError("P115", what, where=rows.table, fix="make the column a timestamp or a date, or run without --window")
    return Arrived(rows, types, wanted, True, time, span)


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")
