"""Rows of the same id: one row for each user of a table, and every row of a log an event of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from personae.errors import DataError, UsageError
from personae.model.study import Study
from personae.model.table import Level, Note, Table
from personae.sql import repeats
from personae.stages.overlap import overlap
from personae.stages.part import id_of
from personae.stages.roles import unique

COUNTED = 5_000_000
"""Identical rows of larger logs are not counted: it would cost as much as everything else together."""


def one_row_each(engine: Any, table: Table, study: Study) -> Table:
    """A table in which every id has one row: identical rows merged, others refused or decided by a policy (ING-04)."""
    key = id_of(table)
    if unique(key) or key.rows - key.empty <= 1:
        return table
    q, once = engine.quote, f"{table.relation}__once"
    kept = [q(c.name) for c in table.columns if c.name == key.name or c.name not in study.ignore]
    engine.execute(repeats.merged(q(once), q(table.relation), q(key.name), kept))
    rows, users = engine.rows(repeats.sizes(q(once), q(key.name)))[0]
    notes = list(table.notes)
    if same := key.rows - key.empty - rows:
        apart = ", apart from what --ignore names," if len(kept) < len(table.columns) else ""
        said = f"{'repeats' if same == 1 else 'repeat'} another row exactly{apart} and {'was' if same == 1 else 'were'} merged"
        notes.append(Note(Level.WARN, "P104", f"{_number(same, 'row')} of {table.source} {said}", table.source))
    if rows > users:
        notes.append(_decided(engine, table, once, study))
    rows = engine.rows(repeats.sizes(q(once), q(key.name)))[0][0]
    columns = tuple(replace(c, rows=rows, distinct=rows, empty=0) if c.name == key.name else c for c in table.columns)
    return replace(table, relation=once, columns=columns, notes=tuple(notes))


def _decided(engine: Any, table: Table, once: str, study: Study) -> Note:
    """Keep the first or last row of each id, or none of those that disagree; refuse without a policy."""
    q, key, policy = engine.quote, id_of(table).name, study.on_duplicate
    if not policy:
        raise _disagree(engine, table, once, study)
    if policy not in ("first", "last", "drop"):
        fix = "use --on-duplicate first, last or drop"
        raise UsageError("P001", f'"{policy}" is no way to treat duplicates', where="--on-duplicate", fix=fix)
    if policy != "drop" and not table.ordered:
        what = f"rows of {table.source} have no order, so which of them comes {policy} is chance"
        fix = "leave these users out: --on-duplicate drop, or ask for rows in an order: ...::select * from ... order by ..."
        raise UsageError("P001", what, where="--on-duplicate", fix=fix)
    users, rows = engine.rows(repeats.several(q(once), q(key)))[0]
    engine.execute(repeats.keep(q(once), q(key), policy))
    these = "this user is" if users == 1 else "these users are"
    kept = f"none was kept, {these} left out" if policy == "drop" else f"the {policy} of each was kept"
    said = f"{_number(users, 'id')} of {table.source} had {rows:,} rows that disagree: {kept}"
    return Note(Level.WARN, "P104", said, table.source, "--on-duplicate first|last|drop")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _disagree(engine: Any, table: Table, once: str, study: Study) -> DataError:
    """Which ids, on which lines, in which columns, and the ways on."""
    q, key = engine.quote, id_of(table).name
    others = [c.name for c in table.columns if c.name not in (key, *study.ignore)]
    users, rows = engine.rows(repeats.several(q(once), q(key)))[0]
    found: dict[str, list[tuple[object, ...]]] = {}
    for place, id, *values in engine.rows(repeats.first_several(q(once), q(key), [q(c) for c in others], 3)):
        found.setdefault(id, []).append((place, *values))
    parts = []
    for id, several in found.items():
        differ = [c for i, c in enumerate(others) if len({r[i + 1] for r in several}) > 1]
        parts.append(f"{id} ({_lines(engine, table, [int(str(r[0])) - 1 for r in several])}: {', '.join(differ)})")
    more = f" and {users - len(parts):,} more" if users > len(parts) else ""
    s, verb = ("id", "has") if users == 1 else ("ids", "have")
    what = f"{users:,} {s} of {table.source} {verb} {rows:,} rows that disagree: {'; '.join(parts)}{more}"
    (flags,) = engine.rows(repeats.differing(q(once), q(key), [q(c) for c in others]))
    columns = [c for c, differs in zip(others, flags, strict=True) if differs]
    fix = "correct the file, or say what to do: --on-duplicate first keeps the first row of each, last keeps the last, drop "
    fix += "leaves these users out"
    if len(columns) < len(others):
        fix += f'; or leave out what differs: --ignore "{",".join(columns)}"'
    return DataError("P104", what, where=f'{table.source}, column "{key}"', fix=fix)


def _lines(engine: Any, table: Table, positions: Sequence[int]) -> str:
    """The lines of rows in words; rows count from 1 where a source has no lines."""
    places = engine.locate(table.relation, list(positions))
    if not places:
        return "rows " + " and ".join(f"{p + 1:,}" for p in positions)
    several = len({file for file, _ in places}) > 1 or len(table.files) > 1
    return "lines " + " and ".join(f"{file}:{line:,}" if several else f"{line:,}" for file, line in places)


def events(engine: Any, table: Table, study: Study) -> Table:
    """A log whose files do not overlap, with a word on rows that are identical."""
    return _identical(engine, overlap(engine, table, study))


def _identical(engine: Any, table: Table) -> Table:
    """Count identical rows of a log; each of them is an event and stays."""
    if table.used > COUNTED:
        said = f"{table.source} has more than {COUNTED:,} rows: identical ones were not counted, each row is an event"
        return replace(table, notes=(*table.notes, Note(Level.PASS, "P104", said, table.source)))
    found = engine.rows(repeats.identical(engine.quote(table.relation), [engine.quote(c.name) for c in table.columns]))[0][0]
    if not found:
        return table
    said = f"{found:,} rows of {table.source} repeat another row exactly; each counts as an event of its own"
    return replace(table, notes=(*table.notes, Note(Level.PASS, "P104", said, table.source)))


def alike(engine: Any, table: Table) -> Table:
    """Count ids that differ only in case, blanks around them or zeros before them; they stay different users (ING-01)."""
    key = id_of(table)
    if key.native != "VARCHAR":
        return table
    name, ids = engine.quote(key.name), f"{table.relation}__ids"
    engine.execute(repeats.different(engine.quote(ids), engine.quote(table.relation), name))
    table = replace(table, ids=ids)
    for found, a, b in engine.rows(repeats.alike(engine.quote(ids), name)):
        said = f"{found:,} groups of ids in {table.source} look alike; they stay different users"
        where = f'such as "{a}" and "{b}"'  # ids stand apart from the words, which the report repeats
        return replace(table, notes=(*table.notes, Note(Level.WARN, "P104", said, where)))
    return table
