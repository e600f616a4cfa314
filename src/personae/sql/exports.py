"""Exports of tools brought into shape: SQL of relations that stand for others."""

from __future__ import annotations

from collections.abc import Sequence

_KEPT = '"personae kept"'


def made(into: str, relation: str, row: str, select: Sequence[str], where: str) -> str:
    """A table of some expressions over the rows of another, numbered from 1 in `row` and kept in their order."""
    numbered = f"SELECT *, row_number() OVER () AS {row} FROM {relation}"
    asked = f"SELECT {', '.join(select)}, {row}, {where or 'TRUE'} AS {_KEPT} FROM ({numbered})"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT * EXCLUDE ({row}, {_KEPT}) FROM ({asked}) WHERE {_KEPT} ORDER BY {row}"


def seen(into: str, relation: str, select: Sequence[str]) -> str:
    """A view of some expressions over the rows of another, one for one."""
    return f"CREATE OR REPLACE VIEW {into} AS SELECT {', '.join(select)} FROM {relation}"


def once(into: str, relation: str, key: str, row: str) -> str:
    """A table of the first row of each key, in the order of the rows; rows without a key stay."""
    numbered = f"SELECT *, row_number() OVER () AS {row} FROM {relation}"
    first = f"{key} IS NULL OR row_number() OVER (PARTITION BY {key} ORDER BY {row}) = 1"
    kept = f"SELECT * FROM ({numbered}) QUALIFY {first}"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT * EXCLUDE ({row}) FROM ({kept}) ORDER BY {row}"


def repeated(relation: str, key: str) -> str:
    """(rows,) that repeat the key of another."""
    return f"SELECT count({key}) - count(DISTINCT {key}) FROM {relation}"


def count(relation: str) -> str:
    """(rows,) of a relation."""
    return f"SELECT count(*) FROM {relation}"


def different(relation: str, column: str) -> str:
    """(values,): how many different ones a column holds."""
    return f"SELECT count(DISTINCT upper(trim(CAST({column} AS VARCHAR)))) FROM {relation}"


def stood_in(names: Sequence[str]) -> str:
    """SQL of the first of several columns that is filled."""
    return f"coalesce({', '.join(f'CAST({n} AS VARCHAR)' for n in names)})"


def identified(names: Sequence[str]) -> str:
    """SQL of an id: the first column; where it is empty the one value that rows with the same second (third...) column have
    in it; else the second column, and so on."""
    first, *others = (f"CAST({n} AS VARCHAR)" for n in names)
    known = []
    for other in others:
        low, high = (f"{end}({first}) OVER (PARTITION BY {other})" for end in ("min", "max"))
        known.append(f"CASE WHEN {other} IS NOT NULL AND {low} = {high} THEN {low} END")
    return f"coalesce({', '.join((first, *known, *others))})"


def first_of(key: str, row: str) -> str:
    """A condition: the first row of each key."""
    return f"row_number() OVER (PARTITION BY {key} ORDER BY {row}) = 1"


def filled_down(value: str, key: str, row: str) -> str:
    """SQL of a value that stands only on the first row of each key, on all of them."""
    return f"first_value({value}) OVER (PARTITION BY {key} ORDER BY {row})"
