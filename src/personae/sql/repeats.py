"""Rows and ids that come more than once, as SQL texts. Names arrive quoted."""

from __future__ import annotations

from collections.abc import Sequence

PLACE = '"personae place"'
"""The column that holds the position of a row, from 1 on, in the tables made here."""


def merged(into: str, relation: str, key: str, columns: Sequence[str]) -> str:
    """A table of the different rows of a relation that have an id, each at the place of its first appearance."""
    listed = ", ".join(columns)
    numbered = f"SELECT {listed}, row_number() OVER () AS {PLACE} FROM {relation}"
    return (
        f"CREATE OR REPLACE TABLE {into} AS SELECT {listed}, min({PLACE}) AS {PLACE} FROM ({numbered}) AS n "
        f"WHERE {key} IS NOT NULL GROUP BY {listed} ORDER BY {PLACE}"
    )


def sizes(relation: str, key: str) -> str:
    """Rows and different ids."""
    return f"SELECT count(*), count(DISTINCT {key}) FROM {relation}"


def once_each(relation: str) -> str:
    """The number of different rows."""
    return f"SELECT count(*) FROM (SELECT DISTINCT * FROM {relation}) AS d"


def several(relation: str, key: str) -> str:
    """Ids with more than one row: their number and the number of their rows."""
    counts = f"SELECT count(*) AS n FROM {relation} GROUP BY {key} HAVING count(*) > 1"
    return f"SELECT count(*), coalesce(sum(n), 0) FROM ({counts}) AS s"


def first_several(relation: str, key: str, columns: Sequence[str], ids: int) -> str:
    """Place, id and columns as text of all rows of the first ids that have more than one."""
    listed = "".join(f", CAST(p.{c} AS VARCHAR)" for c in columns)
    some = f"SELECT {key} AS k, min({PLACE}) AS at FROM {relation} GROUP BY {key} HAVING count(*) > 1 ORDER BY 2 LIMIT {ids}"
    return (
        f"SELECT p.{PLACE}, CAST(p.{key} AS VARCHAR){listed} FROM {relation} AS p JOIN ({some}) AS s ON p.{key} = s.k "
        f"ORDER BY s.at, p.{PLACE}"
    )


def differing(relation: str, key: str, columns: Sequence[str]) -> str:
    """For each column, whether rows of the same id differ in it anywhere."""
    flags = (
        f"count(DISTINCT {c}) > 1 OR (count(DISTINCT {c}) = 1 AND count({c}) < count(*)) AS d{i}" for i, c in enumerate(columns)
    )
    some = f"SELECT {', '.join(flags)} FROM {relation} GROUP BY {key} HAVING count(*) > 1"
    return f"SELECT {', '.join(f'bool_or(d{i})' for i in range(len(columns)))} FROM ({some}) AS s"


def keep(relation: str, key: str, policy: str) -> str:
    """Leave the first or the last row of each id, or no row of ids that have several."""
    if policy == "drop":
        return f"DELETE FROM {relation} WHERE {key} IN (SELECT {key} FROM {relation} GROUP BY {key} HAVING count(*) > 1)"
    which = {"first": "min", "last": "max"}[policy]
    return f"DELETE FROM {relation} WHERE {PLACE} NOT IN (SELECT {which}({PLACE}) FROM {relation} GROUP BY {key})"


def levels(relation: str, columns: Sequence[str]) -> str:
    """The different values of each column, as one list a column."""
    return f"SELECT {', '.join(f'list(DISTINCT {c})' for c in columns)} FROM {relation}"


def identical(relation: str, columns: Sequence[str]) -> str:
    """How many rows repeat another row exactly."""
    groups = f"SELECT count(*) AS n FROM {relation} GROUP BY {', '.join(columns)} HAVING count(*) > 1"
    return f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS g"


def overlapping(relation: str, columns: Sequence[str], parts: Sequence[int]) -> str:
    """Rows that stand in several parts of a relation, beyond those of the part with most of them; the two parts that share
    most, numbered from 1; and how many parts share any."""
    listed = ", ".join(columns)
    counted = f"SELECT {listed}, {_PART}, count(*) AS n FROM ({_parted(relation, parts)}) GROUP BY ALL"
    shared = f"SELECT sum(n) - max(n) AS again, list({_PART}) AS p FROM ({counted}) GROUP BY {listed} HAVING count(*) > 1"
    pairs = "SELECT list_min(p) AS a, list_max(p) AS b, sum(again) AS n FROM s GROUP BY ALL ORDER BY n DESC, a, b LIMIT 1"
    return (
        f"WITH s AS ({shared}), best AS ({pairs}) SELECT coalesce((SELECT sum(again) FROM s), 0)::BIGINT, "
        f"(SELECT a FROM best), (SELECT b FROM best), (SELECT count(DISTINCT x) FROM (SELECT unnest(p) AS x FROM s))"
    )


def apart(into: str, relation: str, columns: Sequence[str], parts: Sequence[int]) -> str:
    """A table of the same rows in their order, those that stand in several parts only as often as in the part with most."""
    listed = ", ".join(columns)
    counted = f"SELECT *, count(*) OVER (PARTITION BY {listed}, {_PART}) AS {_TIMES} FROM ({_parted(relation, parts)})"
    best = f"first_value({_PART}) OVER (PARTITION BY {listed} ORDER BY {_TIMES} DESC, {_PART})"
    kept = f"SELECT {listed}, {PLACE} FROM ({counted}) QUALIFY {_PART} = {best}"
    return f"CREATE OR REPLACE TABLE {into} AS SELECT {listed} FROM ({kept}) ORDER BY {PLACE}"


def filled(relation: str, columns: Sequence[str]) -> str:
    """Rows, and rows with a value in each column."""
    return f"SELECT count(*), {', '.join(f'count({c})' for c in columns)} FROM {relation}"


_PART, _TIMES = '"personae part"', '"personae times"'


def _parted(relation: str, parts: Sequence[int]) -> str:
    """The rows with their place and the number of the part they are in."""
    firsts = [1 + sum(parts[:i]) for i in range(len(parts))]
    listed = ", ".join(f"({first}, {i})" for i, (first, n) in enumerate(zip(firsts, parts, strict=True), 1) if n)
    return (
        f"SELECT n.*, f.part AS {_PART} FROM (SELECT *, row_number() OVER () AS {PLACE} FROM {relation}) AS n "
        f"ASOF JOIN (VALUES {listed}) AS f(first, part) ON n.{PLACE} >= f.first"
    )


def different(into: str, relation: str, key: str) -> str:
    """A table of the different ids."""
    return f"CREATE OR REPLACE TABLE {into} AS SELECT DISTINCT {key} FROM {relation} WHERE {key} IS NOT NULL"


def alike(ids: str, key: str) -> str:
    """Groups of different ids that differ only in case, blanks around them or zeros before them: how many, and one pair."""
    groups = f"SELECT min({key}) AS a, max({key}) AS b FROM {ids} GROUP BY lower(ltrim(trim({key}), '0')) HAVING count(*) > 1"
    return f"SELECT count(*) OVER (), a, b FROM ({groups}) AS g ORDER BY a LIMIT 1"


def numbered(view: str, relation: str, name: str) -> str:
    """A view with the number of each row, from 1 on, as its first column."""
    return f"CREATE OR REPLACE VIEW {view} AS SELECT row_number() OVER () AS {name}, * FROM {relation}"
