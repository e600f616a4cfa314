"""Rows on their way from a database into the engine, and the types that their columns settle on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personae import progress
from personae.databases.tables import Database, Field
from personae.files.rows import missing
from personae.model.study import Study
from personae.model.table import Level, Note

_LONGEST = 38
"""Digits of the widest decimal of the engine."""
_DECIMAL = "'-?[0-9]+([.][0-9]+)?'"


def filled(
    engine: Any,
    database: Database,
    query: str,
    fields: Sequence[Field],
    relation: str,
    names: Sequence[str],
    study: Study,
    said: tuple[str, int],
) -> int:
    """Fill a new table with the rows of a query, as they are carried; how many there were."""
    created(engine, relation, names, fields)
    rows = 0
    for batch in database.batches(query, fields):
        added(engine, relation, batch, fields, study)
        rows += batch.num_rows
        progress.step("read", said[0], rows, said[1], "rows")
    return rows


def created(engine: Any, relation: str, names: Sequence[str], fields: Sequence[Field]) -> None:
    """An empty table with these columns as they are carried."""
    columns = ", ".join(f"{engine.quote(n)} {f.carried}" for n, f in zip(names, fields, strict=True))
    engine.execute(f"CREATE OR REPLACE TABLE {engine.quote(relation)} ({columns})")


def added(engine: Any, relation: str, batch: Any, fields: Sequence[Field], study: Study) -> None:
    """One more batch, with empty texts and declared markers as NULL."""
    import pyarrow as pa

    select = ", ".join(missing(f"nullif(c{i}, '')", study) if f.carried == "VARCHAR" else f"c{i}" for i, f in enumerate(fields))
    engine.register("personae_batch", pa.Table.from_batches([batch]))
    engine.execute(f"INSERT INTO {engine.quote(relation)} SELECT {select} FROM personae_batch")
    engine.unregister("personae_batch")


# ---------------------------------------------------------------- the types that values settle on


def settled(
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
