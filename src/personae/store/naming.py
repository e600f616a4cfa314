"""Where people are named: in the runs of a record, in the folders of their reports, and in files beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from personae.store import tables
from personae.store.record import Record
from personae.store.scrub import Ids, named, names
from personae.store.tally import remembered

LARGEST = 64_000_000
"""Bytes of a file that is looked into beside the record."""
MOST = 5_000
"""Files that are looked at there."""
_LISTS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".html", ".md")


@dataclass(frozen=True)
class Named:
    """Runs (ids) whose users they are among, how many of them are in any, folders of reports that name them, files beside the
    record that do, files there that were not looked into (other kinds, too large, too many), and ids that no run knows."""

    runs: tuple[str, ...]
    known: int
    reports: tuple[Path, ...]
    beside: tuple[Path, ...]
    unread: tuple[Path, ...]
    unknown: tuple[str, ...]


def naming(record: Record, ids: Collection[str]) -> Named:
    """Where they are named now; nothing is changed."""
    whom, entries = Ids(frozenset(ids)), record.entries()
    places = {record.place(e): None for e in entries}
    found = {e.id: _known(record.root / "runs" / e.digest, ids) for e in entries}
    reports = tuple(p for p in places if p.is_dir() and names(p, whom))
    beside, unread = _beside(record, [*places], whom)
    known = frozenset[str]().union(*found.values())
    return Named(
        tuple(e for e, some in found.items() if some),
        len(known),
        reports,
        beside,
        unread,
        tuple(sorted(frozenset(ids) - known)),
    )


def _known(result: Path, ids: Collection[str]) -> frozenset[str]:
    """Those who are users of a run; nobody where its users cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        column = pq.read_table(result / "users.parquet", columns=["id"])["id"]
    except (OSError, pa.ArrowException, KeyError):
        return frozenset()
    return frozenset(column.filter(pc.is_in(column, value_set=pa.array(sorted(ids), column.type))).to_pylist())


def _beside(record: Record, places: Collection[Path], whom: Ids) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Files of the project around the record that name them, and those that were not looked into."""
    own = {p.resolve() for p in (record.root, *places, *remembered(record.root))}
    found, unread = list[Path](), list[Path]()
    for i, path in enumerate(_files(record.root.parent, own)):
        if i >= MOST or path.stat().st_size > LARGEST or not (path.suffix.lower() in _LISTS or tables.readable(path)):
            unread.append(path)
        elif named(path, whom):
            found.append(path)
    return tuple(found), tuple(unread)


def _files(folder: Path, own: Collection[Path]) -> Iterator[Path]:
    """Files of a folder and its folders, without hidden ones and without the folders that are looked into elsewhere."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink() or path.resolve() in own:
            continue
        if path.is_dir():
            yield from _files(path, own)
        elif path.is_file():
            yield path
