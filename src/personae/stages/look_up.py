"""Look up: the rows of a table get columns of the rows of other tables that they name; their number stays as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from personae.audit.columns import SHORT
from personae.errors import PersonaeError
from personae.model.study import Role
from personae.model.table import Column, Kind, Level, Link, Note, Table
from personae.progress import tell
from personae.sql import joins
from personae.stages.ways import Way, stem

Lookup = tuple[Way, Table, Sequence[tuple[Column, str]]]
"""A way, the table it leads to, and the columns that are taken there with their names here."""


def look_up(engine: Any, table: Table, lookups: Sequence[Lookup]) -> Table:
    """The table with columns of other tables. Raises PersonaeError P900 if that changed the number of its rows."""
    q, into = engine.quote, f"{table.relation}__linked"
    asked = [
        (q(way.column.name), q(there.relation), q(way.key.name), [(q(c.name), q(name)) for c, name in given])
        for way, there, given in lookups
    ]
    engine.execute(joins.looked_up(q(into), q(table.relation), asked))
    flat = [(c, name) for *_, given in lookups for c, name in given]
    rows, *cells = engine.rows(joins.filled(q(into), [q(name) for _, name in flat]))[0]
    before = engine.rows(joins.filled(q(table.relation), []))[0][0]  # of a log that a database added up, fewer than its rows
    if rows != before:
        raise PersonaeError("P900", f"a join changed {table.source} from {before:,} to {rows:,} rows", fix="please report this")
    new = tuple(
        replace(c, name=name, role=Role.IGNORE, rows=rows, empty=rows - n, distinct=d, markers=(), kind=_kind(c, n, d))
        for (c, name), n, d in zip(flat, cells[::2], cells[1::2], strict=True)
    )
    locate = engine.locator(table.relation)
    if locate is not None:
        engine.remember(into, locate)
    return replace(table, relation=into, columns=_labelled([*table.columns, *new], lookups))


def _labelled(columns: list[Column], lookups: Sequence[Lookup]) -> tuple[Column, ...]:
    """A name that a list of names gives for a code goes before the code, so that it is what a reader meets."""
    for way, _, given in lookups:
        if len(given) == 1 and not given[0][0].kind.numeric:
            label = next(c for c in columns if c.name == given[0][1])
            columns.remove(label)
            columns.insert(next(i for i, c in enumerate(columns) if c.name == way.column.name), label)
    return tuple(columns)


def _kind(column: Column, cells: int, distinct: int) -> Kind:
    """The kind of a column that was lent: texts that repeat in the new rows are categories."""
    short = column.kind is Kind.TEXT and all(len(e) <= SHORT for e in column.examples)
    return Kind.CATEGORY if short and distinct <= max(20, 0.05 * cells) else column.kind


def named(name: str, giver: Table) -> Iterator[str]:
    """The names that a column of another table may get here, the plainest first."""
    yield name
    yield f"{stem(giver)}_{name}"
    yield from (f"{stem(giver)}_{name}_{i}" for i in range(2, 10_000))


def free(name: str, giver: Table, taken: Collection[str]) -> str:
    """The first of these names that is not taken."""
    return next(n for n in named(name, giver) if n not in taken)


def told(table: Table, done: Link) -> Table:
    """The table with a link, and a note where rows found nothing."""
    tell("link", f"{table.source} -> {done.to} by {done.by}: {done.matched:,} rows found, {done.unmatched:,} not")
    notes = table.notes
    if done.unmatched:
        fate = "they belong to nobody" if done.gives == "id" else "what it would tell of them stays empty"
        rows = f"{done.unmatched:,} of {table.used:,} rows of {table.source}"
        said = f'{rows} find no row of {done.to} by "{done.by}": {fate}'
        notes = (*notes, Note(Level.WARN, "P114", said, table.source))
    return replace(table, links=(*table.links, done), notes=notes)
