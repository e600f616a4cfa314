"""Rows on their way into a relation: what all sources of text do alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from personae.errors import DataError
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Reject

MOST_COLUMNS = 5_000
"""Columns a table may have."""


def waiting(names: Iterable[str], native: str = "VARCHAR") -> tuple[Column, ...]:
    """Columns that the audit has not looked at yet."""
    return tuple(Column(n, Kind.TEXT, Role.IGNORE, "", 0, 0, 0, native=native) for n in names)


def missing(expression: str, study: Study) -> str:
    """SQL that is NULL for the markers the user declared to be empty."""
    if not study.missing:
        return expression
    words = ", ".join(sql_text(m) for m in study.missing)
    return f"CASE WHEN {expression} NOT IN ({words}) THEN {expression} END"


def sql_text(value: str) -> str:
    """A text as an SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def path_text(path: Path) -> str:
    """A path as an SQL literal for one file: characters that would make it a pattern stand for themselves."""
    return sql_text("".join(f"[{c}]" if c in "[*?" else c for c in str(path)))


def load(
    engine: Any, relation: str, names: Sequence[str], batches: Iterable[Sequence[Sequence[str | None]]], study: Study
) -> int:
    """Fill a new table of text from rows; the empty text becomes NULL. Returns the number of rows."""
    import pyarrow as pa

    name = engine.quote(relation)
    engine.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{engine.quote(n)} VARCHAR' for n in names)})")
    select = ", ".join(f"{missing(f'nullif(c{i}, {chr(39) * 2})', study)} AS {engine.quote(n)}" for i, n in enumerate(names))
    total = 0
    for rows in batches:
        if not rows:
            continue
        arrays = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
        engine.register("personae_batch", pa.table(arrays, names=[f"c{i}" for i in range(len(names))]))
        engine.execute(f"INSERT INTO {name} SELECT {select} FROM personae_batch")
        engine.unregister("personae_batch")
        total += len(rows)
    return total


def check_width(source: str, columns: int) -> None:
    """Raise DataError P111 when a table has more columns than can be read."""
    if columns > MOST_COLUMNS:
        where = f"{source}: {columns:,} columns, at most {MOST_COLUMNS:,} can be read"
        fix = "write it in long form, one row for each id and column that is not empty: id, event, value"
        raise DataError("P111", f"{source} is too wide", where=where, fix=fix)


def check_rejects(rejects: Sequence[Reject], allowed: int) -> None:
    """Raise DataError P102 when more rows are set aside than allowed, naming the first five and the total."""
    if len(rejects) <= allowed:
        return
    first = "; ".join(f"line {r.line:,}: {r.reason} ({r.text[:80]!r})" for r in rejects[:5])
    more = f"; and {len(rejects) - 5:,} more" if len(rejects) > 5 else ""
    several = len(rejects) > 1
    raise DataError(
        "P102",
        f"{len(rejects):,} row{'s do' if several else ' does'} not fit the table in {rejects[0].source}",
        where=f"{rejects[0].source}: {first}{more}",
        fix=f"correct {'these lines' if several else 'this line'}, or set {'them' if several else 'it'} aside: "
        f"--allow-rejects {len(rejects)}",
    )


def check_same(files: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Raise DataError P102 when files that should form one table have other columns than the first, naming them."""
    first, names = files[0]
    for name, columns in files[1:]:
        lacks = [c for c in names if c not in columns]
        extra = [c for c in columns if c not in names]
        if not lacks and not extra:
            continue
        parts = [f"has no {_list(lacks)}"] * bool(lacks) + [
            f"has {_list(extra)} instead" if lacks else f"has also {_list(extra)}"
        ] * bool(extra)
        fix = "if they are different tables, give them file by file: FOLDER/*.csv without quotes; else rename columns to match"
        raise DataError("P102", f"{name} does not have the columns of {first}", where=f"{name} {' and '.join(parts)}", fix=fix)


def _list(names: Sequence[str]) -> str:
    """Quoted names, five at most."""
    return ", ".join(f'"{n}"' for n in names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
