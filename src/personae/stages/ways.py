"""Which columns lead from the rows of one table to those of another: by what was declared, then by names and values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from personae.errors import UsageError
from personae.model.study import Study
from personae.model.table import Column, Kind, Table
from personae.model.vocabulary import Topic, singular, topics, words
from personae.progress import warn
from personae.sql import joins

LEAST = 0.1
"""Share of rows that must find a partner before two columns of one name are believed to mean the same."""
LEAST_TEXT = 0.5
"""The same where nothing in the name says that it is a key."""
_KEYS = frozenset(("id", "ids", "key", "no", "nr", "num", "number", "code", "ref", "uuid", "guid", "pk", "codigo", "hash"))
_COMMON = """name names title type kind status state date time day month year week hour value amount price count quantity total
    index row label description note notes comment category class group level score rank position order nombre nom nome tipo typ
    data datum fecha"""
_VAGUE = _KEYS.union(_COMMON.split())
"""Names that stand in many tables and mean another thing in each."""
_ENDING = r"(\.(csv|tsv|tab|txt|dat|psv|jsonl?|ndjson|parquet|pq|xls[xmb]?|ods|gz|zip|bz2|xz))+$"
_NEVER = (Kind.DATE, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.DECIMAL, Kind.EMPTY)


@dataclass(frozen=True)
class Way:
    """Rows of `child` find at most one row of `parent`: tables by their place, `matched` of the `filled` cells do."""

    child: int
    column: Column
    parent: int
    key: Column
    matched: int
    filled: int
    said: bool

    def flag(self, tables: Sequence[Table]) -> str:
        """The flag that declares it."""
        child, parent = tables[self.child], tables[self.parent]
        return flag(child, self.column, parent, self.key)


def flag(child: Table, column: Column, parent: Table, key: Column) -> str:
    """The flag that declares a way; of a workbook without the sheet, since a comma parts two ways."""
    left, right = (stem(t).partition(", sheet ")[0] for t in (child, parent))
    return f'--link "{left}.{column.name}={right}.{key.name}"'


def stem(table: Table) -> str:
    """The name of a source without ending and folders."""
    name = PurePath(table.source.replace("\\", "/")).name.rpartition("::")[2]
    head, comma, sheet = name.partition(", sheet ")
    plain = re.sub(_ENDING, "", head, flags=re.IGNORECASE)
    return f"{plain}{comma}{sheet}"


def same(a: Column, b: Column) -> bool:
    """Whether two names are the same words."""
    return a.name == b.name or ("".join(words(a.name)) == "".join(words(b.name)) != "")


def names_row_of(column: Column, table: Table) -> bool:
    """Whether a column is named after the table and "id": order_id is the id of orders.csv."""
    parts = words(column.name)
    about = {singular(w) for w in parts if w not in _KEYS}
    return bool(about) and len(about) < len(parts) and about <= {singular(w) for w in words(stem(table))}


def bare(column: Column) -> bool:
    """Whether a column is called "id" and nothing else."""
    return words(column.name) in (("id",), ("ids",), ("pk",))


def different(column: Column) -> bool:
    """Whether every filled row has a value of its own."""
    return column.distinct == column.rows - column.empty > 0


def ways(engine: Any, tables: Sequence[Table], study: Study, held: Mapping[int, Column]) -> tuple[list[Way], list[str]]:
    """All ways between any two tables, declared ones first; and in words why columns of one name are none.

    `held` are the id columns of tables that have one: the same ids in two tables are no way from one to the other.

    Raises UsageError P114 when a declared way does not exist, or leads to rows that share their key.
    """
    found = [_declared(engine, tables, text) for text in study.link]
    known = {(w.child, w.column.name, w.parent) for w in found}
    doubts: list[str] = []
    for c, a, p, b in _named_alike(tables):
        if (c, a.name, p) in known or (c in held and p in held and (held[c].name, held[p].name) == (a.name, b.name)):
            continue
        matched, filled, numbers = shared(engine, tables[c], a, tables[p], b)
        least = LEAST if Topic.KEY in topics(a.name) else LEAST_TEXT
        if filled and matched >= max(1, least * filled):
            found.append(Way(c, a, p, b, matched, filled, False))
        elif filled:
            doubts.append(_doubt(tables[c], a, tables[p], b, matched, filled, numbers))
    return found, doubts


def shared(engine: Any, left: Table, a: Column, right: Table, b: Column) -> tuple[int, int, int]:
    """Rows of `left` that find a value of `b`, rows with a filled cell, and rows that would find one if both were numbers."""
    q = engine.quote
    filled, matched, numbers = engine.rows(joins.overlap(q(left.relation), q(a.name), q(right.relation), q(b.name)))[0]
    return int(matched), int(filled), int(numbers)


def _named_alike(tables: Sequence[Table]) -> Iterator[tuple[int, Column, int, Column]]:
    """Columns of two tables that mean the same by their names, the second with a different value in every row."""
    for p, parent in enumerate(tables):
        for b in (c for c in parent.columns if different(c) and c.kind not in _NEVER):
            for c, child in enumerate(tables):
                if c != p:
                    yield from ((c, a, p, b) for a in child.columns if a.kind not in _NEVER and _alike(a, b, child, parent))


def _alike(a: Column, b: Column, child: Table, parent: Table) -> bool:
    if bare(b):
        return not bare(a) and names_row_of(a, parent)
    if bare(a):
        return names_row_of(b, child)
    if not same(a, b) or _vague(a):
        return False
    hints = topics(a.name)
    return Topic.KEY in hints or Topic.PERSON in hints or not (a.kind.numeric or b.kind.numeric)


def _vague(column: Column) -> bool:
    """Whether a name says nothing of what it is about: one common word, or only words for keys."""
    parts = set(words(column.name))
    return parts <= _KEYS or (len(parts) == 1 and parts <= _VAGUE)


def _doubt(child: Table, a: Column, parent: Table, b: Column, matched: int, filled: int, numbers: int) -> str:
    said = f'"{a.name}" of {child.source} and "{b.name}" of {parent.source} were not joined: '
    said += f"{matched:,} of {filled:,} rows find a partner"
    return said + (f", {numbers:,} if both were read as numbers" if numbers > matched else "")


# ---------------------------------------------------------------- what was declared


def _declared(engine: Any, tables: Sequence[Table], text: str) -> Way:
    """A way from "orders.customer_id=customers.id"; the side with a different value in every row is looked up."""
    left, equals, right = text.partition("=")
    if not equals:
        fix = "write it as --link orders.customer_id=customers.id"
        raise UsageError("P001", f'"{text}" names no two columns', where="--link", fix=fix)
    (c, a), (p, b) = _place(tables, left, text), _place(tables, right, text)
    if c == p:
        fix = "name columns of two files"
        raise UsageError("P114", f'"{text}" joins {tables[c].source} to itself', where="--link", fix=fix)
    if not different(b) and different(a):
        (c, a), (p, b) = (p, b), (c, a)
    matched, filled, numbers = shared(engine, tables[c], a, tables[p], b)
    if not matched:
        what = f'no value of "{a.name}" in {tables[c].source} is in "{b.name}" of {tables[p].source}'
        as_numbers = f"; read as numbers {numbers:,} of {filled:,} would be: write them alike in both" if numbers else ""
        raise UsageError("P114", what, where=f"--link {text}", fix=f"name the columns that hold the same keys{as_numbers}")
    return Way(c, a, p, b, matched, filled, True)


def again(tables: Sequence[Table], recorded: Sequence[Table], link: Sequence[str]) -> tuple[str, ...]:
    """The ways that were declared for a run, in new data: of files of these names, or of those with such columns. A way whose
    files did not come is left out, with a word."""
    found = []
    for text in link:
        sides = [_side(tables, recorded, side) for side in text.partition("=")[::2]]
        if "" in sides:
            warn(f"the run was joined by --link {text}, and no file here has both columns: its rows are joined by their names")
        else:
            found.append("=".join(sides))
    return tuple(found)


def _side(tables: Sequence[Table], recorded: Sequence[Table], side: str) -> str:
    """One side of a declared way among new files: the file of that name, else the one that resembles it most."""
    if _found(tables, side) is not None:
        return side
    then = _found(recorded, side)
    if then is None:
        return ""
    names = {c.name for c in recorded[then[0]].columns}
    like = [t for t in tables if any(c.name == then[1].name for c in t.columns)]
    best = max(like, key=lambda t: len(names & {c.name for c in t.columns}), default=None)
    return f"{best.source}.{then[1].name}" if best else ""


def _place(tables: Sequence[Table], side: str, text: str) -> tuple[int, Column]:
    """The table and column of one side. Raises UsageError P002 when there is none."""
    found = _found(tables, side)
    if found is not None:
        return found
    listed = "; ".join(f"{stem(t)}: {', '.join(c.name for c in t.columns[:8])}" for t in tables)
    what = f'"{side.strip()}" is no column of the files'
    raise UsageError("P002", what, where=f"--link {text}", fix=f"write file.column; there are {listed}")


def _found(tables: Sequence[Table], side: str) -> tuple[int, Column] | None:
    """The table and column of one side: the name of a source, with or without its ending, a dot, and the column."""
    side = side.strip().strip('"')
    for i, table in enumerate(tables):
        for name in sorted({table.source, stem(table), stem(table).partition(", sheet ")[0]}, key=len, reverse=True):
            column = next((c for c in table.columns if side == f"{name}.{c.name}"), None)
            if column is not None:
                return i, column
    return None
