"""A table or a query of a database, moved as typed columns in one snapshot, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from personae import plugins, progress
from personae.databases.address import Address, parted
from personae.databases.moving import filled, settled
from personae.databases.refusals import changed
from personae.databases.summed import summed
from personae.databases.tables import Database, Field, chosen, is_query, rows_of
from personae.errors import DataError
from personae.files.names import name_columns
from personae.files.rows import check_width, waiting
from personae.model.study import Study
from personae.model.table import Table

ENDINGS: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Asked:
    """What is to be moved: the query that gives the rows, the name people know them by, whether they are a whole table."""

    query: str
    source: str
    whole: bool


def read(engine: Any, location: str, study: Study, relation: str, *, rows: bool = False) -> tuple[Table, ...]:
    """One table over `URL::table`, `env:NAME::table`, `file:PATH::select ...` or the path of a database file.

    A whole table is counted on both sides. A log of a slow database is added up there, unless `rows` says that its rows are
    needed: then the table has `sums`. Raises P116 when the database refuses, UsageError P001 for a password among the
    arguments, DataError P101 or P108 for a file that is missing or no database, P107 when there is no row.
    """
    address, wanted = parted(location)
    progress.step("read", f"{wanted if not is_query(wanted) else 'a query'} of {address.label}")
    with closing(plugins.find("engines", address.engine).reach(address, engine.folder)) as database:
        asked = _asked(database, wanted, address)
        fields = database.fields(asked.query)
        check_width(asked.source, len(fields))
        counted = rows_of(database, asked.query) if asked.whole else 0
        table = None if rows else summed(engine, database, asked.query, asked.source, fields, counted, study, relation)
        return (table or _moved(engine, database, asked, fields, counted, study, relation, address),)


def _asked(database: Database, wanted: str, address: Address) -> _Asked:
    if is_query(wanted):
        return _Asked(wanted.strip().rstrip(";").rstrip(), f"query ({address.label})", False)
    schema, name = chosen(database.tables(), wanted, address)
    place = ".".join(database.quote(p) for p in (schema, name) if p)
    return _Asked(f"SELECT * FROM {place}", f"{name} ({address.label})", True)


def _moved(
    engine: Any,
    database: Database,
    asked: _Asked,
    fields: Sequence[Field],
    counted: int,
    study: Study,
    relation: str,
    address: Address,
) -> Table:
    """The rows in a table of the engine, each column of the type that all its values have."""
    names, notes = name_columns([f.name for f in fields])
    rows = filled(engine, database, asked.query, fields, relation, names, study, (asked.source, counted))
    if asked.whole and rows != counted:
        raise changed(address, asked.source, counted, rows)
    if not rows:
        fix = "check that it is the table you mean, or ask for other rows"
        raise DataError("P107", f"{asked.source} has no rows", where=address.place, fix=fix)
    types, more = settled(engine, relation, names, fields, asked.source)
    return Table(
        source=asked.source,
        relation=relation,
        shape="",
        columns=tuple(waiting([n], t)[0] for n, t in zip(names, types, strict=True)),
        seen=rows,
        used=rows,
        format=f"{address.label} {'table' if asked.whole else 'query'}, types as stored",
        ordered=not (asked.whole and address.served),
        notes=(*notes, *more),
    )
