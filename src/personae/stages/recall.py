"""New data read with the eyes of an old run: its roles and kinds, not those a few new rows would suggest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from personae.errors import UsageError
from personae.model.study import Role, Study
from personae.model.table import Column, Table


def recall(tables: Sequence[Table], recorded: Sequence[Table]) -> tuple[Table, ...]:
    """The tables with the shape and columns of the recorded table each resembles most.

    Columns the run did not have are ignored. Raises UsageError P002 when a table lacks the run's id column.
    """
    return tuple(_as_recorded(t, recorded) for t in tables)


def pinned(study: Study, tables: Sequence[Table], recorded: Sequence[Table]) -> Study:
    """The study for understanding new tables: the run's id, time, event and value where they exist, and nothing else named."""
    there = {c.name for t in tables for c in t.columns}
    known = [c for t in recorded for c in t.columns if c.name in there]
    id, time, event, value = (next((c.name for c in known if c.role == role), "") for role in _PINNED)
    free = replace(study, group_by=(), describe=(), outcome=(), ignore=(), override="")
    return replace(free, id=id, time=time, event=event, value=value)


_PINNED = (Role.ID, Role.TIME, Role.EVENT, Role.VALUE)


def _as_recorded(table: Table, recorded: Sequence[Table]) -> Table:
    names = {c.name for c in table.columns}
    fitting = [r for r in recorded if (key := r.column(Role.ID)) is not None and key.name in names]
    if not fitting:
        ids = sorted({key.name for r in recorded if (key := r.column(Role.ID)) is not None})
        raise UsageError(
            "P002",
            f"there is no id column {' or '.join(map(repr, ids))}, which the run was made with",
            where=f"{table.source}, which has {', '.join(sorted(names))}",
            did="nobody was placed",
            fix=f"rename the id column to {ids[0]!r}",
        )
    model = max(fitting, key=lambda r: len(names & {c.name for c in r.columns}))
    known = {c.name: c for c in model.columns}
    return replace(table, shape=model.shape, columns=tuple(_column(c, known.get(c.name)) for c in table.columns))


def _column(column: Column, known: Column | None) -> Column:
    if known is None:
        return replace(column, role=Role.IGNORE, why="the run did not have it")
    return replace(known, native=column.native, rows=column.rows, empty=column.empty)
