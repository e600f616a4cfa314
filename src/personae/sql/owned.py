"""Whose a row is, and relations without the rows of some people, as SQL texts. Names arrive quoted; ids are texts."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.format import ROW

_ROW = f'"{ROW}"'


def people(relation: str, id: str) -> str:
    """(who,): the different ids of a relation."""
    return f"SELECT DISTINCT CAST({id} AS VARCHAR) AS who FROM {relation} WHERE {id} IS NOT NULL"


def keys(into: str, relation: str, key: str, id: str, spared: str) -> str:
    """A table (who) of the keys that name rows of the people in `spared`."""
    named = f"SELECT DISTINCT CAST({key} AS VARCHAR) AS who FROM {relation}"
    return f"CREATE OR REPLACE TABLE {into} AS {named} WHERE CAST({id} AS VARCHAR) IN (SELECT who FROM {spared})"


def gone(into: str, relation: str, owners: Sequence[tuple[str, str]]) -> str:
    """A table (n) of the rows, counted from 1, of which one of some expressions is among the texts (who) of a relation."""
    numbered = f"SELECT *, row_number() OVER () AS {_ROW} FROM {relation}"
    asked = ", ".join(f"CAST({expression} AS VARCHAR) AS w{i}" for i, (expression, _) in enumerate(owners))
    found = " OR ".join(f"w{i} IN (SELECT who FROM {there})" for i, (_, there) in enumerate(owners))
    return f"CREATE OR REPLACE TABLE {into} AS SELECT {_ROW} AS n FROM (SELECT {_ROW}, {asked} FROM ({numbered})) WHERE {found}"


def table(into: str, relation: str) -> str:
    """A table of all rows of a view, in their order."""
    return f"CREATE OR REPLACE TABLE {into} AS SELECT * FROM {relation}"


def without(relation: str, gone: str) -> str:
    """Take rows out of a table that nothing was taken out of before, so that its row n has the number n - 1. The others keep
    their order, and nothing is sorted or copied."""
    return f"DELETE FROM {relation} WHERE rowid IN (SELECT n - 1 FROM {gone})"
