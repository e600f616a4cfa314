"""Columns that come with a type of their own (Parquet, data frames): the type stands, the values are counted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from personae.audit.look import MANY
from personae.model.table import Column, Kind, Table

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "UHUGEINT")
_FLOATS = ("FLOAT", "DOUBLE")
_FORMATS = {"TIMESTAMP WITH TIME ZONE": "zoned", "BOOLEAN": "true|false"}
"""What the same values would be as text, so that their measures have the same names."""


def audit_native(engine: Any, table: Table) -> list[Column]:
    """Kinds, counts and ranges of the columns that are not text, in one scan.

    Not-a-number counts as empty. Floats that are whole throughout are integers. Above two million rows `distinct` is an
    estimate, and the examples are the lowest and highest value.
    """
    columns = [c for c in table.columns if c.native != "VARCHAR"]
    if not columns:
        return []
    ((*found,),) = engine.rows(
        f"SELECT {', '.join(_questions(engine, c, table.used) for c in columns)} FROM {engine.quote(table.relation)}"
    )
    return [_column(engine, table, c, *found[5 * i : 5 * i + 5]) for i, c in enumerate(columns)]


def _kind(native: str) -> Kind:
    """The kind of a type."""
    if native in _INTEGERS:
        return Kind.INTEGER
    if native in _FLOATS or native.startswith("DECIMAL"):
        return Kind.DECIMAL
    if native.startswith("TIMESTAMP"):
        return Kind.TIMESTAMP
    return {"BOOLEAN": Kind.BOOLEAN, "DATE": Kind.DATE}.get(native, Kind.TEXT)


def _questions(engine: Any, column: Column, rows: int) -> str:
    """SQL: filled, distinct, lowest, highest, whether all whole."""
    name = engine.quote(column.name)
    floats = column.native in _FLOATS
    value = f"CASE WHEN NOT isnan({name}) THEN {name} END" if floats else name
    if _kind(column.native) is Kind.TEXT:
        value = f"CAST({name} AS VARCHAR)"
    distinct = f"count(DISTINCT {value})" if rows <= MANY else f"approx_count_distinct({value})"
    limit = 2**24 if column.native == "FLOAT" else 2**53
    whole = (
        f"coalesce(bool_and(isfinite({value}) AND {value} = trunc({value}) AND abs({value}) < {limit}), FALSE)"
        if floats
        else "FALSE"
    )
    ends = f"CAST(min({value}) AS VARCHAR), CAST(max({value}) AS VARCHAR)"
    return f"count({value}), {distinct}, {ends}, {whole}"


def _column(engine: Any, table: Table, column: Column, filled: int, distinct: int, low: str, high: str, whole: bool) -> Column:
    """The audited column."""
    kind = _kind(column.native) if filled else Kind.EMPTY
    if kind is Kind.TEXT and distinct <= max(20, 0.05 * filled):
        kind = Kind.CATEGORY
    found = replace(
        column,
        kind=Kind.INTEGER if kind is Kind.DECIMAL and whole else kind,
        rows=table.used,
        empty=table.used - filled,
        distinct=min(distinct, filled),
        format=_FORMATS.get(column.native, ""),
        scale=0 if whole else _scale(column.native),
    )
    return replace(found, examples=_examples(engine, table, found, low, high))


def _scale(native: str) -> int:
    """Digits after the mark that a type allows."""
    if native.startswith("DECIMAL"):
        return int(native.rstrip(")").rpartition(",")[2])
    return 9 if native in _FLOATS else 0


def _examples(engine: Any, table: Table, column: Column, low: str | None, high: str | None) -> tuple[str, ...]:
    """The most frequent values as text, the smaller first among equals."""
    if column.kind is Kind.EMPTY:
        return ()
    if table.used > MANY:
        return tuple(dict.fromkeys(v[:200] for v in (low, high) if v is not None))
    rows = engine.rows(
        f"SELECT CAST(v AS VARCHAR) FROM (SELECT {engine.typed(column)} AS v FROM {engine.quote(table.relation)}) "
        "WHERE v IS NOT NULL GROUP BY v ORDER BY count(*) DESC, v LIMIT 3"
    )
    return tuple(str(v)[:200] for (v,) in rows)
