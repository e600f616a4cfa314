"""A file of SQLite, looked into without changing it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_HEAD = b"SQLite format 3\0"


def readable(path: Path) -> bool:
    """Whether it is a file of SQLite that can be read whole as it lies: nobody has left a journal beside it."""
    with path.open("rb") as opened:
        head = opened.read(len(_HEAD))
    if head != _HEAD or any(path.with_name(path.name + end).exists() for end in ("-wal", "-journal")):
        return False
    try:
        return all(True for _ in cells(path))
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def cells(path: Path) -> Iterator[str]:
    """Every text and every number of every table, as text. Raises sqlite3.Error where it is damaged."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as rows:
        rows.text_factory = lambda raw: raw.decode("utf-8", "replace")
        for (table,) in rows.execute("select name from sqlite_master where type = 'table'").fetchall():
            quoted = table.replace('"', '""')
            for row in rows.execute(f'select * from "{quoted}"'):
                yield from (str(c) for c in row if isinstance(c, str | int))
