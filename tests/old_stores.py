"""Records as earlier versions wrote them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_FIRST = """create table runs (
  number integer primary key autoincrement,
  digest text not null, date text not null, folder text not null, sources text not null,
  verdict text not null, personas integer not null, users integer not null, seed integer not null
)"""
"""The index of version 1, as it was made then."""


def aged(root: Path) -> None:
    """Make the index of a record one of version 1, with the same runs and edits."""
    path = root / "index.db"
    names = "number, digest, date, folder, sources, verdict, personas, users, seed"
    with closing(sqlite3.connect(path, isolation_level=None)) as index:
        index.execute("pragma journal_mode=wal")
        index.execute("alter table runs rename to newer")
        index.execute(_FIRST)
        index.execute(f"insert into runs ({names}) select {names} from newer order by number")
        index.execute("drop table newer")
        index.execute("drop table switches")
        index.execute("pragma user_version=1")
        index.execute("pragma wal_checkpoint(truncate)")
