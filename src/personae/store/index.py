"""The index of the record: one SQLite file, opened, brought to the present version, and read and written row by row.

A record of an earlier version is read as it is. The first writer brings it to the present one in a single transaction, after a
copy of the file as it was; a newer version is refused unchanged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import MISSING, asdict, fields, replace
from pathlib import Path

from personae.errors import DataError, MachineError
from personae.store import given, switches
from personae.store.atomic import on_disk, whole_file
from personae.store.entry import Entry

SCHEMA = 3
"""The highest version of the index that is understood. 1: runs. 2: the end of the data, pins, seals and switches.
3: the highest key ever given."""

_FIRST = """
create table if not exists runs (
  number integer primary key autoincrement,
  digest text not null, date text not null, folder text not null, sources text not null,
  verdict text not null, personas integer not null, users integer not null, seed integer not null
)
"""
_ADDED = ("ended", "rests", "pinned", "seal")


@contextmanager
def opened(path: Path, write: bool) -> Iterator[sqlite3.Connection]:
    """A connection to the index `path`; `write` makes or moves it where need be.

    Raises DataError P202 for a newer, a damaged or a lost index, MachineError P501 when it cannot be read or written.
    """
    if write:
        _not_lost(path)
    try:
        with closing(_connected(path, write)) as index:
            version = index.execute("pragma user_version").fetchone()[0]
            if version > SCHEMA:
                raise DataError(
                    "P202",
                    f"the record of runs was written by a newer personae (version {version}, this one knows {SCHEMA})",
                    where=str(path),
                    did="nothing was changed",
                    fix="upgrade personae, or keep a record elsewhere with --store DIR",
                )
            if write and version < SCHEMA:
                _move(index, path, version)
            yield index
    except sqlite3.OperationalError as no:
        raise MachineError(
            "P501",
            f"the record of runs cannot be {'written' if write else 'read'}: {no}",
            where=str(path),
            fix="see to room and rights there, or keep a record elsewhere with --store DIR",
        ) from no
    except sqlite3.DatabaseError as no:
        raise DataError(
            "P202",
            f"the record of runs is damaged: {no}",
            where=str(path),
            did="nothing was changed",
            fix="name a run by its folder under reports/, or start a new record with --store DIR",
        ) from no


def runs(index: sqlite3.Connection) -> list[Entry]:
    """All runs, oldest first, of a record of any version."""
    there = {row[1] for row in index.execute("pragma table_info(runs)")}
    names = [n for n in Entry.__annotations__ if n in there]
    if lost := [f.name for f in fields(Entry) if f.default is MISSING and f.name not in there and there]:
        raise sqlite3.DatabaseError(f"it lists no {lost[0]} of a run")
    return [
        Entry(**dict(zip(names, row, strict=True)))
        for row in index.execute(f"select {', '.join(names)} from runs order by number")
    ]


def insert(index: sqlite3.Connection, entry: Entry) -> None:
    """List a run."""
    values = asdict(entry.sealed())
    marks = ", ".join("?" for _ in values)
    index.execute(f"insert into runs ({', '.join(values)}) values ({marks})", list(values.values()))


def update(index: sqlite3.Connection, entry: Entry) -> None:
    """Write what is known of a listed run anew; where its line was damaged the broken seal stays, and goes on to say so."""
    there = next((e for e in runs(index) if e.number == entry.number), entry)
    values = asdict(entry.sealed() if there.whole else replace(entry, seal=there.seal))
    sets = ", ".join(f"{n} = ?" for n in values)
    index.execute(f"update runs set {sets} where number = ?", [*values.values(), entry.number])


def following(index: sqlite3.Connection) -> int:
    """One more than any number ever given, so that ids never come back."""
    row = index.execute("select seq from sqlite_sequence where name = 'runs'").fetchone()
    return int(row[0]) + 1 if row else 1


@contextmanager
def at_once(index: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside the block, or nothing of it."""
    index.execute("begin immediate")
    try:
        yield
        index.execute("commit")
    except BaseException:
        with suppress(sqlite3.Error):
            index.execute("rollback")
        raise


def _connected(path: Path, write: bool) -> sqlite3.Connection:
    if write:
        index = sqlite3.connect(path, timeout=30, isolation_level=None)
        index.execute("pragma synchronous=full")
        index.execute("pragma secure_delete=on")  # what is deleted is overwritten
        with on_disk(path):
            path.chmod(0o600)
    else:
        index = _to_read(path)
    index.text_factory = lambda raw: raw.decode("utf-8", "replace")  # a damaged text is told by its seal
    return index


def _to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads. Where this account cannot hold the memory that readers share (a read-only disk, another's
    folder), the file is read as it lies, as long as that is all of it: what was written last may lie beside it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    index = sqlite3.connect(address, uri=True, timeout=30)
    try:
        index.execute("pragma user_version").fetchone()
        return index
    except sqlite3.OperationalError as no:
        index.close()
        if no.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        late = path.with_name(f"{path.name}-wal")
        with on_disk(path):
            whole = not late.exists() or late.stat().st_size == 0
        if not whole:
            raise MachineError(
                "P501",
                f"the record of runs cannot be read: its last changes lie in {late.name}, and this account may not write there",
                where=str(path),
                fix="list the runs once with an account that may: personae runs; or keep a record elsewhere with --store DIR",
            ) from no
    return sqlite3.connect(f"{address}&immutable=1", uri=True, timeout=30)


def _not_lost(path: Path) -> None:
    """See that results are not left without their index: a new one would list none of them, and clear them away."""
    results = path.parent / "runs"
    empty = not path.exists() or path.stat().st_size == 0
    if empty and results.is_dir() and any(len(p.name) == 32 for p in results.iterdir()):
        raise DataError(
            "P202",
            f"{path.name} is {'empty' if path.exists() else 'missing'}, though results lie beside it",
            where=str(path),
            did="nothing was changed",
            fix="put the file back from a copy, or start a new record with --store DIR",
        )


def _move(index: sqlite3.Connection, path: Path, version: int) -> None:
    """Bring an index to the present version: all of it or nothing."""
    index.execute("pragma journal_mode=wal")
    if version:
        _copy(index, path.with_name(f"index-v{version}.db"))
    with at_once(index):
        if index.execute("pragma user_version").fetchone()[0] == SCHEMA:
            return
        index.execute(_FIRST)
        there = {row[1] for row in index.execute("pragma table_info(runs)")}
        for name in _ADDED:
            if name not in there:
                index.execute(f"alter table runs add column {name} text not null default ''")
        index.execute(switches.TABLE)
        known = runs(index)
        for entry in known if version < 2 else ():
            update(index, replace(entry, ended=_ended(path.parent / "runs" / entry.digest)))
            switches.switch(index, entry.number, entry.date, "moved")  # each was current in its turn
        given.filled(index, known, path.parent / "runs")
        index.execute(f"pragma user_version={SCHEMA}")


def _copy(index: sqlite3.Connection, to: Path) -> None:
    """The index as it is, in a file beside it."""
    with whole_file(to, overwrite=True) as temp, closing(sqlite3.connect(temp)) as copy:
        index.backup(copy)
        temp.chmod(0o600)


def _ended(folder: Path) -> str:
    """The end of the data of a run that was listed without it."""
    with suppress(OSError, ValueError, AttributeError, KeyError):
        window = json.loads((folder / "run.json").read_text(encoding="utf-8"))["window"]
        return str(window["end"]) if window else ""
    return ""
