"""SQLite files, read only and in one snapshot. A column holds whatever was put into it, so every value is looked at first."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.databases.address import Address
from personae.databases.refusals import refusal, translated
from personae.databases.tables import Field, quoted
from personae.errors import DataError, PersonaeError
from personae.sql import standing

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 50_000
"""Rows of a batch."""
_AT_ONCE = 150
"""Columns looked at in one scan; SQLite allows 2,000 results."""
_EXACT = 2**53
"""Whole numbers up to here are exact as floats."""


class SQLite:
    """One SQLite file in one read transaction."""

    dialect = "sqlite"
    hexed = False

    def __init__(self, address: Address) -> None:
        self._address = address
        path = Path(address.database).absolute()
        # a write-ahead log that nobody may write to cannot be shared; then nothing can change under us either
        still = "" if os.access(path.parent, os.W_OK) or Path(f"{path}-wal").exists() else "&immutable=1"
        with self._own_errors():
            self._con = sqlite3.connect(f"{path.as_uri()}?mode=ro{still}", uri=True, isolation_level=None, timeout=30)
            self._con.execute("PRAGMA query_only = on")
            self._con.execute("PRAGMA trusted_schema = off")
            self._con.execute("BEGIN")

    def tables(self) -> list[tuple[str, str, bool]]:
        """Tables and views, without those SQLite keeps for itself."""
        listed = self.rows("SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY 1")
        return [("", str(name), True) for (name,) in listed if not str(name).startswith("sqlite_")]

    quote = staticmethod(quoted)

    @staticmethod
    def text(column: str) -> str:
        """A column as text, whatever its collation."""
        return f"CAST({column} AS TEXT) || ''"

    @staticmethod
    def second(column: str, per: int) -> str:
        """The second of a time as a number; SQLite has no other type for times."""
        return f"{column} / {per}"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of a small query."""
        with self._own_errors():
            return self._con.execute(query).fetchall()

    def fields(self, query: str) -> tuple[Field, ...]:
        """The columns of a query, each of the one type that all its values have, or of text."""
        with self._own_errors():
            cursor = self._con.execute(f"SELECT * FROM ({query}\n) LIMIT 0")
            names = _names([d[0] for d in cursor.description])
        declared = self._declared(query)
        fields: list[Field] = []
        for i in range(0, len(names), _AT_ONCE):
            some = range(i, min(i + _AT_ONCE, len(names)))
            asked = ", ".join(_counts(j) for j in some)
            (found,) = self.rows(f"{_numbered(query, len(names))} SELECT {asked} FROM q")
            fields += [_field(names[j], declared.get(names[j], ""), *found[6 * k : 6 * k + 6]) for k, j in enumerate(some)]
        return tuple(fields)

    def _declared(self, query: str) -> dict[str, str]:
        """The declared types of the columns of a table; a query has none."""
        table = query.removeprefix("SELECT * FROM ")
        if table == query or not (table.startswith('"') and table.endswith('"')):
            return {}
        with self._own_errors():
            return {row[1]: row[2].upper() for row in self._con.execute(f"PRAGMA table_info({table})")}

    def batches(self, query: str, fields: Sequence[Field]) -> Iterator[pa.RecordBatch]:
        """The rows of a query in pieces."""
        import pyarrow as pa

        names = [f"c{i}" for i in range(len(fields))]
        with self._own_errors():
            cursor = self._con.execute(query)
            while rows := cursor.fetchmany(BATCH):
                columns = zip(*rows, strict=True)
                yield pa.record_batch([_array(c, f.carried) for c, f in zip(columns, fields, strict=True)], names=names)

    def close(self) -> None:
        """End the transaction."""
        self._con.close()

    def _own_errors(self) -> AbstractContextManager[None]:
        return translated(sqlite3.Error, lambda error: _refused(error, self._address))


def reach(address: Address, scratch: Path) -> SQLite:
    """Open a file for reading. Raises P116 when it is in use or not allowed, P108 when it is damaged."""
    return SQLite(address)


def put(address: Address, tables: Mapping[str, pa.Table], run: str) -> None:
    """Bring `standing`'s tables to these rows in one transaction, in a file that is made where there is none. Raises P116."""
    path = Path(address.database).absolute()
    with translated(sqlite3.Error, lambda error: _not_put(error, address)):
        path.touch(mode=0o600)
        con = sqlite3.connect(path, isolation_level=None, timeout=30)
        with closing(con):
            con.execute("BEGIN IMMEDIATE")
            for name, rows in tables.items():
                con.execute(standing.create(name))
                con.execute(standing.check(name))
                columns = list(standing.COLUMNS[name])
                quoted_names, marks = ", ".join(f'"{c}"' for c in columns), ", ".join("?" for _ in columns)
                con.execute(f'CREATE TEMP TABLE "{standing.STAGED}{name}" ({quoted_names})')
                batches = rows.select(columns).to_batches(max_chunksize=BATCH)
                values = (v for b in batches for v in zip(*(c.to_pylist() for c in b.columns), strict=True))
                con.executemany(f'INSERT INTO "{standing.STAGED}{name}" VALUES ({marks})', values)
                con.execute(f'CREATE INDEX temp."{standing.STAGED}{name}_id" ON "{standing.STAGED}{name}" ("id")')
                for statement in standing.merge(name, run, "is not"):
                    con.execute(statement)
            con.execute("COMMIT")


def _not_put(error: sqlite3.Error, address: Address) -> PersonaeError:
    """An error of SQLite while writing."""
    said = str(error)
    busy = "locked" in said or "busy" in said
    damaged = "malformed" in said or "not a database" in said
    return _refused(error, address) if busy or damaged else refusal("put", address, said)


def _names(columns: Sequence[str]) -> list[str]:
    """The names of columns as they were asked for: of two that are called a, a query around them sees the second as a:1."""
    bases = [c.rpartition(":")[0] if c.rpartition(":")[2].isdigit() else "" for c in columns]
    return [base if base in columns[:i] else column for i, (base, column) in enumerate(zip(bases, columns, strict=True))]


def _numbered(query: str, columns: int) -> str:
    """The start of a statement in which the query is q and its columns c0, c1..."""
    return f"WITH q ({', '.join(f'c{i}' for i in range(columns))}) AS ({query}\n)"


def _counts(i: int) -> str:
    """How many values of column i are of which type, and the ends of its whole numbers."""
    whole = f"CASE typeof(c{i}) WHEN 'integer' THEN c{i} END"
    kinds = ", ".join(f"count(CASE typeof(c{i}) WHEN '{t}' THEN 1 END)" for t in ("integer", "real", "text", "blob"))
    return f"{kinds}, min({whole}), max({whole})"


def _field(name: str, declared: str, whole: int, real: int, text: int, blob: int, low: int | None, high: int | None) -> Field:
    """The narrowest type that holds every value as it is."""
    if whole and not real and not text and not blob:
        return Field(name, "BIGINT", "BOOLEAN" if declared.startswith("BOOL") else "")
    exact = not whole or (low is not None and high is not None and low >= -_EXACT and high <= _EXACT)
    if real and exact and not text and not blob:
        return Field(name, "DOUBLE")
    return Field(name, "BLOB" if blob and not whole and not real and not text else "VARCHAR")


def _array(values: Sequence[Any], carried: str) -> pa.Array:
    import pyarrow as pa

    if carried == "BIGINT":
        return pa.array(values, pa.int64())
    if carried == "DOUBLE":
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    if carried == "BLOB":
        return pa.array(values, pa.binary())
    return pa.array([v if v is None or isinstance(v, str) else _text(v) for v in values], pa.string())


def _text(value: Any) -> str:
    """A number or bytes among texts, as it would be written."""
    if not isinstance(value, bytes):
        return repr(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()


def _refused(error: sqlite3.Error, address: Address) -> PersonaeError:
    """An error of SQLite as one of ours."""
    said = str(error)
    name = Path(address.database).name
    if "decode" in said:
        fix = "write the texts as UTF-8, or leave the column out with a query: FILE::select ..."
        return DataError("P106", f"{name} holds texts that are not UTF-8", where=address.place, fix=fix)
    if "malformed" in said or "not a database" in said or "disk I/O" in said:
        fix = "restore it from a copy, or export what can be read: sqlite3 FILE .recover"
        return DataError("P108", f"{name} is damaged: {said}", where=address.place, fix=fix)
    if "locked" in said or "busy" in said:
        return refusal("busy", address, said)
    if "unable to open" in said or "readonly" in said:
        return refusal("rights", address, said)
    return refusal("query", address, said)
