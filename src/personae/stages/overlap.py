"""The same export twice: events that stand in several files of one log are counted once, or asked about (ING-19)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from personae.errors import DataError
from personae.model.study import Role, Study
from personae.model.table import Level, Note, Table
from personae.sql import repeats

MOST = 5_000_000
"""Rows of larger logs are not compared: it would cost as much as everything else together."""
FINDING = "overlap"
"""What --accept calls it."""


def overlap(engine: Any, table: Table, study: Study) -> Table:
    """The log with each event once, where files of it overlap and `study.on_duplicate` says so.

    Rows are the same event when they agree in every column, the time among them; as many stay as the file with most of them
    has.
    Raises DataError P104 where files overlap and neither `on_duplicate` nor `accept` says what to do.
    """
    known = len(table.parts) > 1 and sum(table.parts) == table.used and table.column(Role.TIME) is not None
    if not known or table.used > MOST:
        return table
    q = engine.quote
    names = [q(c.name) for c in table.columns]
    ((again, first, second, files),) = engine.rows(repeats.overlapping(q(table.relation), names, table.parts))
    if not again:
        return table
    one, two = (table.files[int(i) - 1][0] for i in (first, second))
    more = f", and others in {files - 2:,} more files" if files > 2 else ""
    said = f"{again:,} events stand both in {one} and in {two}{more}"
    if FINDING in study.accept:
        note = Note(Level.WARN, "P104", f"{said}; each is counted, because you said --accept {FINDING}", table.source)
        return replace(table, notes=(*table.notes, note))
    if not study.on_duplicate:
        fix = (
            f"if it is the same export twice, count each event once: --on-duplicate first; if all happened: --accept {FINDING}"
        )
        raise DataError("P104", said, where=", ".join(f[0] for f in table.files[:5]), fix=fix)
    into = f"{table.relation}__apart"
    engine.execute(repeats.apart(q(into), q(table.relation), names, table.parts))
    ((used, *filled),) = engine.rows(repeats.filled(q(into), names))
    columns = tuple(replace(c, rows=used, empty=used - n) for c, n in zip(table.columns, filled, strict=True))
    note = Note(Level.WARN, "P104", f"{said}; each is counted once", table.source)
    folded = table.folded + table.used - used
    return replace(table, relation=into, used=used, folded=folded, columns=columns, parts=(), notes=(*table.notes, note))
