"""Looking at every value of every column, in few scans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personae import progress
from personae.audit.shapes import shape, trimmed
from personae.model.table import Column, Table

CELLS = 3_000_000
"""Cells whose values are grouped in one query."""
APART = 100_000
"""Rows from which every column has a query of its own, which is faster then."""
MANY = 2_000_000
"""Distinct values beyond which they are not grouped: their number is then an estimate within a few per cent."""


@dataclass(frozen=True)
class Group:
    """Values of one shape: rows, distinct values, an example, the longest, and most digits after the mark."""

    rows: int
    distinct: int
    example: str
    longest: int
    shortest: int
    scale: int


@dataclass(frozen=True)
class Seen:
    """All that was seen of a column of text: rows by shape, and its most frequent values."""

    column: Column
    rows: int
    groups: Mapping[str, Group]
    frequent: tuple[tuple[str, int], ...]
    markers: tuple[tuple[str, int], ...] = field(default=())

    @property
    def filled(self) -> int:
        """Rows with a value."""
        return sum(g.rows for g in self.groups.values())

    @property
    def distinct(self) -> int:
        """Different values."""
        return sum(g.distinct for g in self.groups.values())

    @property
    def longest(self) -> int:
        """Characters of the longest value."""
        return max((g.longest for g in self.groups.values()), default=0)

    def count(self, *shapes: str) -> int:
        """Rows of these shapes."""
        return sum(self.groups[s].rows for s in shapes if s in self.groups)

    @property
    def values(self) -> int:
        """Rows that hold more than blanks or a marker."""
        return self.filled - self.count("blank", "marker")


def look(engine: Any, table: Table, columns: Sequence[Column]) -> list[Seen]:
    """Every column of text, seen in full."""
    seen: dict[str, Seen] = {}
    if not columns:
        return []
    for part in _chunks(engine, table, columns):
        progress.step("read", f"{table.source}: looking at every value", len(seen), len(columns), "columns")
        seen |= {s.column.name: s for s in _look(engine, table, *part)}
    return [seen[c.name] for c in columns]


def _chunks(engine: Any, table: Table, columns: Sequence[Column]) -> Iterator[tuple[list[Column], bool]]:
    """Columns to be looked at together, and whether equal values are grouped first."""
    if table.used > MANY:
        guesses = ", ".join(f"approx_count_distinct({engine.quote(c.name)})" for c in columns)
        ((*distinct,),) = engine.rows(f"SELECT {guesses} FROM {engine.quote(table.relation)}")
        yield from (([c], d <= MANY) for c, d in zip(columns, distinct, strict=True))
        return
    width = max(1, min(200, CELLS // max(table.used, 1))) if table.used < APART else 1
    yield from ((list(columns[i : i + width]), True) for i in range(0, len(columns), width))


def _look(engine: Any, table: Table, columns: Sequence[Column], grouped: bool) -> Iterator[Seen]:
    """One query over some columns."""
    relation = engine.quote(table.relation)
    if len(columns) == 1:
        name = engine.quote(columns[0].name)
        cells = f"SELECT '0' AS k, {name} AS v FROM {relation} WHERE {name} IS NOT NULL"
    else:
        picked = ", ".join(f'{engine.quote(c.name)} AS "{i}"' for i, c in enumerate(columns))
        cells = f"SELECT k, v FROM (UNPIVOT (SELECT {picked} FROM {relation}) ON COLUMNS(*) INTO NAME k VALUE v)"
    counted = "SELECT k, v, count(*) AS n FROM cells GROUP BY k, v" if grouped else "SELECT k, v, 1 AS n FROM cells"
    distinct = "count(*)" if grouped else "approx_count_distinct(v)"
    found = engine.rows(f"""
        WITH cells AS ({cells}), counted AS ({counted}),
        trimmed AS (SELECT *, {trimmed("v")} AS w FROM counted),
        shaped AS (SELECT *, {shape("w", engine.strptime("w", "named"))} AS s FROM trimmed)
        SELECT k, s, sum(n), {distinct}, min(v), max(length(v)), min(length(v)),
          max(CASE WHEN s IN ('dec', 'us', 'spdot') THEN length(w) - instr(w, '.')
                   WHEN s IN ('comdec', 'eu', 'spcom') THEN length(w) - instr(w, ',')
                   WHEN s IN ('dot3', 'com3') THEN 3 ELSE 0 END),
          max(struct_pack(n := n, v := v), 3),
          CASE WHEN s = 'marker' OR s = 'blank' THEN max(struct_pack(n := n, v := v), 50) END
        FROM shaped GROUP BY k, s ORDER BY k, s""")
    for i, column in enumerate(columns):
        rows = [r for r in found if r[0] == str(i)]
        groups = {r[1]: Group(int(r[2]), int(r[3]), r[4], int(r[5]), int(r[6]), int(r[7])) for r in rows}
        tops = sorted(((t["v"], int(t["n"])) for r in rows for t in r[8]), key=lambda t: (-t[1], t[0]))
        marks = sorted(((t["v"], int(t["n"])) for r in rows for t in r[9] or ()), key=lambda t: (-t[1], t[0]))
        yield Seen(column, table.used, groups, tuple(tops[:3]), tuple(marks))


def find(engine: Any, table: Table, column: Column, shapes: Sequence[str], most: int = 5) -> list[tuple[str, int, str]]:
    """(file, line, text) of the first values of these shapes."""
    wanted = ", ".join(f"'{s}'" for s in shapes)
    return where(engine, table, column, f"{shape('w', engine.strptime('w', 'named'))} IN ({wanted})", most)


def where(engine: Any, table: Table, column: Column, condition: str, most: int = 5) -> list[tuple[str, int, str]]:
    """(file, line, text) of the first values `v` (`w` without blanks around) that meet a condition."""
    # The engine keeps the order of insertion, so the first rows come first and the scan stops as soon as there are enough.
    rows = engine.rows(
        f"SELECT p, v FROM (SELECT row_number() OVER () - 1 AS p, CAST({engine.quote(column.name)} AS VARCHAR) AS v, "
        f"{trimmed('v')} AS w FROM {engine.quote(table.relation)}) WHERE v IS NOT NULL AND {condition} LIMIT {most}"
    )
    places = engine.locate(table.relation, [r[0] for r in rows]) or [(table.source, int(p) + 2) for p, _ in rows]
    return [(file, line, v) for (file, line), (_, v) in zip(places, rows, strict=True)]
