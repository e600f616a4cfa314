"""Take people out of the record: out of every result, every list, every edit, and out of the free pages of the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from personae.store import casts, edits, index
from personae.store.atomic import on_disk, recover, whole_folder
from personae.store.entry import Entry
from personae.store.record import Record
from personae.store.scrub import Ids, names, scrubbed
from personae.store.tally import REMEMBERED

OWN = ("runs", "lock", "index.db", "index.db-wal", "index.db-shm", ".gitignore", REMEMBERED)
"""What the record itself puts into its folder."""


@dataclass(frozen=True)
class Forgotten:
    """What was done: runs whose results were written anew, rows of lists that went, edits with words that were blanked, kept
    answers of language models that went, folders of readable files that were written anew; and files and folders that still
    name somebody and are not ours to change, such as folders with files of others."""

    runs: tuple[str, ...]
    lists: int
    edits: int
    answers: int
    reports: tuple[Path, ...]
    left: tuple[Path, ...]


def forget(record: Record, ids: Collection[str]) -> Forgotten:
    """Take people out of the record for good.

    Every result is written anew without them and sealed again; what was measured over everyone stays as it was measured. The
    folders of readable files of listed runs follow, where they hold nothing else. Once the new results are whole, one
    transaction of the index names them; then the old ones go, and the index is compacted. When the machine refuses or the
    process is killed on the way, the record is as it was or as it will be, and the same call finishes the work.

    Raises MachineError when the machine says no.
    """
    if not (record.root / "index.db").is_file():
        return Forgotten((), 0, 0, 0, (), ())
    whom = Ids(frozenset(ids))
    with record.writing() as rows:
        record.clean(rows)
        known = index.runs(rows)
        results = sorted((record.root / "runs").iterdir())
        damaged = [p for p in results if casts.damage(p, p.name, whole=True)]
        found = (p for p in results if p not in damaged)
        anew = {p.name: made for p in found if (made := record.keep(partial(scrubbed, p, whom)))}
        with on_disk(record.root), index.at_once(rows):
            lists = _unlisted(rows, whom)
            said = edits.rewritten(rows, anew, whom.field)
            _renamed(rows, known, anew)
        record.clean(rows)
        with on_disk(record.root):
            _compacted(rows, record.root)
        answers = _answered(record.root / "ai", whom)
        for entry in known:
            recover(record.place(entry))
        places = {record.place(e): None for e in known if record.place(e).is_dir()}
        reports = tuple(p for p in places if _reported(p, whom))
    left = (*_others(record.root, whom), *(p for p in (*damaged, *places) if names(p, whom)))
    return Forgotten(tuple(e.id for e in known if e.digest in anew), lists, said, answers, reports, left)


def _compacted(rows: sqlite3.Connection, root: Path) -> None:
    """Leave nothing of deleted rows in the index: neither in free pages nor in its journal, nor in copies of older versions."""
    for old in root.glob("index-v*.db"):
        old.unlink()
    rows.execute("pragma wal_checkpoint(truncate)")
    rows.execute("vacuum")
    rows.execute("pragma wal_checkpoint(truncate)")


def _renamed(rows: sqlite3.Connection, known: Sequence[Entry], anew: Mapping[str, str]) -> None:
    """Let runs and lists name the results as they are now."""
    for entry in known:
        if entry.digest in anew:
            index.update(rows, replace(entry, digest=anew[entry.digest]))
    for table, columns in _tables(rows).items():
        if table not in ("runs", "edits") and "digest" in columns:
            rows.executemany(f"update {table} set digest = ? where digest = ?", [(new, old) for old, new in anew.items()])


def _unlisted(rows: sqlite3.Connection, whom: Ids) -> int:
    """Delete the rows of every list of people in the index."""
    listing = [table for table, columns in _tables(rows).items() if "id" in columns]
    ids = [(i,) for i in sorted(whom.all)]
    return sum(rows.executemany(f"delete from {table} where id = ?", ids).rowcount for table in listing)


def _tables(rows: sqlite3.Connection) -> dict[str, set[str]]:
    """The tables of the index with their columns."""
    tables = rows.execute("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'").fetchall()
    return {name: {row[1] for row in rows.execute(f"pragma table_info({name})")} for (name,) in tables}


def _answered(folder: Path, whom: Ids) -> int:
    """Remove kept answers of language models that name them."""
    found = [p for p in folder.glob("*") if p.is_file() and whom.said(p.read_text(encoding="utf-8", errors="replace"))]
    for path in found:
        path.unlink()
    return len(found)


def _reported(place: Path, whom: Ids) -> bool:
    """Write the readable files of a run anew without them; whether that had to be done and could be."""
    if not casts.is_run(place) or not names(place, whom):
        return False
    with whole_folder(place, lambda _: True) as temp:
        scrubbed(place, whom, temp)
    return True


def _others(root: Path, whom: Ids) -> tuple[Path, ...]:
    """Files of other hands in the folder of the record that name them."""
    others = (p for p in sorted(root.rglob("*")) if p.is_file() and p.relative_to(root).parts[0] not in OWN)
    return tuple(p for p in others if whom.amid(p.read_text(encoding="utf-8", errors="replace")))
