"""Tables that look each other up, as SQL texts. Names arrive quoted; keys are compared as text, byte for byte.

No text here can multiply rows: what is looked up has a different key in every row, and rows without a partner stay.
"""

from __future__ import annotations

from collections.abc import Sequence

ROW = '"personae row"'
"""The position of a row while tables are joined, so that rows keep their order."""


def overlap(left: str, key: str, right: str, other: str) -> str:
    """Rows of `left` with a filled key; those whose key is among the values of `other`, as text; and the same as numbers."""
    rows = f"SELECT {_text(key)} AS k, count(*) AS n FROM {left} WHERE {key} IS NOT NULL GROUP BY 1"
    there = f"SELECT DISTINCT {_text(other)} AS k FROM {right} WHERE {other} IS NOT NULL"
    numbers = f"SELECT DISTINCT {_number('k')} AS k FROM there WHERE {_number('k')} IS NOT NULL"
    return (
        f"WITH mine AS ({rows}), there AS ({there}), numbers AS ({numbers}) "
        "SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (WHERE t.k IS NOT NULL), 0), "
        "coalesce(sum(n) FILTER (WHERE m.k IS NOT NULL), 0) FROM mine AS r LEFT JOIN there AS t ON t.k = r.k "
        f"LEFT JOIN numbers AS m ON m.k = {_number('r.k')} WHERE r.k <> ''"
    )


def numbers(left: str, key: str, right: str, other: str) -> str:
    """How many values of two columns are the same if both are read as numbers."""
    sides = (f"SELECT DISTINCT {_number(_text(k))} AS k FROM {r}" for k, r in ((key, left), (other, right)))
    a, b = sides
    return f"SELECT count(*) FROM ({a}) AS a JOIN ({b}) AS b ON a.k = b.k"


def differing(relation: str, ways: Sequence[tuple[str, str, str, str]]) -> str:
    """Rows that two ways lead to different ids; a way is (column, relation, its key, its id)."""
    ids = ", ".join(f"{_text(f'w{i}.v')} AS v{i}" for i in range(len(ways)))
    joins = " ".join(_lookup(f"w{i}", column, there, key, [f"{id} AS v"]) for i, (column, there, key, id) in enumerate(ways))
    pairs = " OR ".join(f"v{i} <> v{j}" for i in range(len(ways)) for j in range(i))
    return f"SELECT count(*) FROM (SELECT {ids} FROM {relation} AS t {joins}) AS d WHERE {pairs}"


def looked_up(into: str, relation: str, lookups: Sequence[tuple[str, str, str, Sequence[tuple[str, str]]]]) -> str:
    """A table of all rows of a relation in their order, with columns of the tables they look up.

    A lookup is (column, relation, its key, columns as (name there, name here)).
    """
    taken = "".join(f", l{i}.{here}" for i, (*_, columns) in enumerate(lookups) for _, here in columns)
    joins = " ".join(
        _lookup(f"l{i}", column, there, key, [f"{a} AS {b}" for a, b in columns])
        for i, (column, there, key, columns) in enumerate(lookups)
    )
    numbered = f"SELECT *, row_number() OVER () AS {ROW} FROM {relation}"
    return (
        f"CREATE OR REPLACE TABLE {into} AS SELECT t.* EXCLUDE ({ROW}){taken} FROM ({numbered}) AS t {joins} ORDER BY t.{ROW}"
    )


def renamed(view: str, relation: str, column: str, name: str) -> str:
    """A view with a column once more, under another name."""
    return f"CREATE OR REPLACE VIEW {view} AS SELECT *, {column} AS {name} FROM {relation}"


def filled(relation: str, columns: Sequence[str]) -> str:
    """Rows; then for each column its filled cells and its different values."""
    counts = "".join(
        f", count({c}) FILTER (WHERE {_text(c)} <> ''), count(DISTINCT {c}) FILTER (WHERE {_text(c)} <> '')" for c in columns
    )
    return f"SELECT count(*){counts} FROM {relation}"


def _lookup(alias: str, column: str, there: str, key: str, columns: Sequence[str]) -> str:
    """The join of one lookup; empty keys find nothing."""
    found = f"SELECT {_text(key)} AS k, {', '.join(columns)} FROM {there} WHERE {_text(key)} <> ''"
    return f"LEFT JOIN ({found}) AS {alias} ON {alias}.k = {_text(f't.{column}')}"


def _text(expression: str) -> str:
    return f"CAST({expression} AS VARCHAR)"


def _number(expression: str) -> str:
    return f"TRY_CAST({expression} AS HUGEINT)"
