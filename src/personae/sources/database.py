"""A table or a query of a database, moved as typed columns in one snapshot, a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from personae import plugins, progress
from personae.databases.address import Address, parted
from personae.databases.refusals import changed
from personae.databases.tables import Database, Field, chosen, is_query
from personae.errors import DataError
from personae.files.names import name_columns
from personae.files.rows import check_width, missing, waiting
from personae.model.study import Study
from personae.model.table import Level, Note, Table

ENDINGS: tuple[str, ...] = ()
_LONGEST = 38
"""Digits of the widest decimal of the engine."""
_DECIMAL = "'-?[0-9]+([.][0-9]+)?'"


@dataclass(frozen=True)
class _Asked:
    """What is to be moved: the query that gives the rows, the name people know them by, whether they are a whole table."""

    query: str
    source: str
    whole: bool


def read(engine: Any, location: str, study: Study, relation: str) -> tuple[Table, ...]:
    """One table over `URL::table`, `env:NAME::table`, `file:PATH::select ...` or the path of a database file.

    A whole table is counted on both sides. Raises P116 when the database refuses, UsageError P001 for a password among the
    arguments, DataError P101 or P108 for a file that is missing or no database, P107 when there is no row.
    """
    address, wanted = parted(location)
    progress.step("read", f"{wanted if not is_query(wanted) else 'a query'} of {address.label}")
    with closing(plugins.find("engines", address.engine).reach(address, engine.folder)) as database:
        return (_moved(engine, database, _asked(database, wanted, address), study, relation, address),)


def _asked(database: Database, wanted: str, address: Address) -> _Asked:
    if is_query(wanted):
        return _Asked(wanted.strip().rstrip(";").rstrip(), f"query ({address.label})", False)
    schema, name = chosen(database.tables(), wanted, address)
    place = ".".join(database.quote(p) for p in (schema, name) if p)
    return _Asked(f"SELECT * FROM {place}", f"{name} ({address.label})", True)


def _moved(engine: Any, database: Database, asked: _Asked, study: Study, relation: str, address: Address) -> Table:
    """The rows in a table of the engine, each column of the type that all its values have."""
    fields = database.fields(asked.query)
    check_width(asked.source, len(fields))
    names, notes = name_columns([f.name for f in fields])
    counted = database.count(asked.query) if asked.whole else 0
    _created(engine, relation, names, fields)
    rows = 0
    for batch in database.batches(asked.query, fields):
        _added(engine, relation, batch, fields, study)
        rows += batch.num_rows
        progress.step("read", asked.source, rows, counted, "rows")
    if asked.whole and rows != counted:
        raise changed(address, asked.source, counted, rows)
    if not rows:
        fix = "check that it is the table you mean, or ask for other rows"
        raise DataError("P107", f"{asked.source} has no rows", where=address.place, fix=fix)
    types, more = _settled(engine, relation, names, fields, asked.source)
    return Table(
        source=asked.source,
        relation=relation,
        shape="",
        columns=tuple(waiting([n], t)[0] for n, t in zip(names, types, strict=True)),
        seen=rows,
        used=rows,
        format=f"{address.label} {'table' if asked.whole else 'query'}, types as stored",
        notes=(*notes, *more),
    )


def _created(engine: Any, relation: str, names: Sequence[str], fields: Sequence[Field]) -> None:
    columns = ", ".join(f"{engine.quote(n)} {f.carried}" for n, f in zip(names, fields, strict=True))
    engine.execute(f"CREATE OR REPLACE TABLE {engine.quote(relation)} ({columns})")


def _added(engine: Any, relation: str, batch: Any, fields: Sequence[Field], study: Study) -> None:
    """One more batch, with empty texts and declared markers as NULL."""
    import pyarrow as pa

    select = ", ".join(missing(f"nullif(c{i}, '')", study) if f.carried == "VARCHAR" else f"c{i}" for i, f in enumerate(fields))
    engine.register("personae_batch", pa.Table.from_batches([batch]))
    engine.execute(f"INSERT INTO {engine.quote(relation)} SELECT {select} FROM personae_batch")
    engine.unregister("personae_batch")


# ---------------------------------------------------------------- the types that values settle on


def _settled(
    engine: Any, relation: str, names: Sequence[str], fields: Sequence[Field], source: str
) -> tuple[list[str], list[Note]]:
    """The type of each column when those that wait for it have got theirs, and notes on values that do not fit."""
    types, notes = [f.carried for f in fields], []
    for i, (name, field) in enumerate(zip(names, fields, strict=True)):
        if not field.wanted:
            continue
        wanted, odd, example = _fitting(engine, relation, name, field)
        if wanted:
            engine.execute(f"ALTER TABLE {engine.quote(relation)} ALTER {engine.quote(name)} TYPE {wanted}")
            types[i] = wanted
        elif odd and field.wanted != "BOOLEAN":
            what = "numbers of at most 38 digits" if field.wanted == "NUMERIC" else "times that exist"
            said = f'"{name}" stays text: {odd:,} of its values {"is" if odd == 1 else "are"} no {what}, such as "{example}"'
            notes.append(Note(Level.WARN, "P103", said, source, "correct them, or leave them out with a query"))
    return types, notes


def _fitting(engine: Any, relation: str, name: str, field: Field) -> tuple[str, int, str]:
    """The type that every value of a column has, "" when there is none; then how many have not, and one of them."""
    value, table = engine.quote(name), engine.quote(relation)
    if field.wanted == "NUMERIC":
        return _digits(engine, table, value)
    fits = f"{value} IN (0, 1)" if field.wanted == "BOOLEAN" else f"TRY_CAST({value} AS {field.wanted}) IS NOT NULL"
    asked = f"count({value}), count_if({value} IS NOT NULL AND NOT {fits}), CAST(min({value}) FILTER (NOT {fits}) AS VARCHAR)"
    ((filled, odd, example),) = engine.rows(f"SELECT {asked} FROM {table}")
    return (field.wanted if filled and not odd else ""), odd, str(example)


def _digits(engine: Any, table: str, value: str) -> tuple[str, int, str]:
    """The narrowest exact type of decimals written as text."""
    fits = f"regexp_full_match({value}, {_DECIMAL})"
    whole, fraction = f"length(ltrim(split_part({value}, '.', 1), '-'))", f"length(split_part({value}, '.', 2))"
    asked = f"count({value}), count_if(NOT {fits}), min({value}) FILTER (NOT {fits}), max({whole}), max({fraction})"
    ((filled, odd, example, before, after),) = engine.rows(f"SELECT {asked} FROM {table}")
    if not filled or odd:
        return "", odd, str(example)
    if before + after > _LONGEST:
        ((odd, example),) = engine.rows(
            f"SELECT count_if({whole} + {after} > {_LONGEST}), max({value}) FILTER ({whole} = {before}) FROM {table}"
        )
        return "", max(odd, 1), str(example)
    if after:
        return f"DECIMAL({before + after},{after})", 0, ""
    return ("BIGINT" if before <= 18 else "HUGEINT"), 0, ""
