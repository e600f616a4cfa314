"""The highest number that a key ever had, by lineage: a run, its refreshes, theirs, and every edit of them.

A row a run that is never removed, so that no key is given again when the run or the edit that had it is gone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from personae.errors import MachineError, PersonaeError
from personae.model.edit import Edit
from personae.model.persona import number
from personae.store import edits
from personae.store.entry import Entry

TABLE = "create table if not exists given (run integer primary key, first integer not null, highest integer not null)"
"""`first` is the number of the first run of the lineage, `highest` what is known from this run and its edits."""


def given(index: sqlite3.Connection, runs: Iterable[Entry], results: Path, run: Entry) -> int:
    """The highest number ever given in the lineage of a run. `runs` are all of the index, `results` the folder of what they
    hold: from these it is known in a record that is older than the table."""
    if index.execute("select 1 from sqlite_master where type = 'table' and name = 'given'").fetchone():
        sound = "typeof(first) = 'integer' and typeof(highest) = 'integer'"
        found = index.execute(f"select run, first, highest from given where {sound}")
        rows = {n: (first, highest) for n, first, highest in found}
    else:
        rows = _told(index, runs, results)
    first = rows.get(run.number, (run.number, 0))[0]
    return max((highest for f, highest in rows.values() if f == first), default=0)


def none_since(index: sqlite3.Connection, runs: Iterable[Entry], results: Path, name: str, known: int) -> None:
    """Raise MachineError P501 where a key was given in the lineage of a run since `known` was the highest number: what was made
    meanwhile may have the same key as a persona of the refresh of that run that is to be listed."""
    entries = list(runs)
    before = next((e for e in entries if e.id == name), None)
    highest = 0 if before is None else given(index, entries, results, before)
    if highest > known:
        what = f"a merge, a split or another refresh gave keys up to P{highest} meanwhile; this one began after P{known}"
        fix = "run the command again: it then begins with what was made"
        raise MachineError("P501", what, where=name, did="nothing was recorded", fix=fix)


def listed(index: sqlite3.Connection, runs: Iterable[Entry], run: Entry, highest: int) -> None:
    """Begin to count for a run that is listed: in the lineage of what it rests on or equals, else in one of its own."""
    rows = {n: (first, 0) for n, first in index.execute("select run, first from given")}
    index.execute("insert into given values (?, ?, ?)", (run.number, _first(rows, runs, run), highest))


def raised(index: sqlite3.Connection, digest: str, keys: Iterable[str]) -> None:
    """Count keys that an edit gave to the runs with that digest."""
    index.execute(
        "update given set highest = max(highest, ?) where run in (select number from runs where digest = ?)",
        (max(map(number, keys), default=0), digest),
    )


def filled(index: sqlite3.Connection, runs: Iterable[Entry], results: Path) -> None:
    """Make the table, from what is still there of a record without it."""
    rows = _told(index, runs, results)
    index.execute(TABLE)
    index.executemany("insert or ignore into given values (?, ?, ?)", [(n, *row) for n, row in rows.items()])


def by_edits(made: Iterable[Edit]) -> int:
    """The highest number among the keys that edits gave, those that were taken back included."""
    return max((number(k) for e in made for k in e.made), default=0)


def _told(index: sqlite3.Connection, runs: Iterable[Entry], results: Path) -> dict[int, tuple[int, int]]:
    """The rows of the table as the runs and edits that are left tell them."""
    rows: dict[int, tuple[int, int]] = {}
    known = list(runs)
    for run in known:
        highest = _kept(results / run.digest)
        with suppress(PersonaeError):  # a damaged edit has no say
            highest = max(highest, by_edits(edits.read(index, run.digest)))
        rows[run.number] = _first(rows, known, run), highest
    return rows


def _first(rows: Mapping[int, tuple[int, int]], runs: Iterable[Entry], run: Entry) -> int:
    """The first run of the lineage that a run belongs to, among those that have a row."""
    rests = number(run.rests)
    near = [rests, *(r.number for r in runs if r.digest == run.digest)]
    return next((rows[n][0] for n in near if n in rows), run.number)


def _kept(folder: Path) -> int:
    """The highest number that the files of a run know of; 0 where they cannot be read."""
    found = 0
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
        found = max([int(evidence.get("given", 0)), *map(number, evidence.get("keys", ()))])
        people = json.loads((folder / "personas.json").read_text(encoding="utf-8"))["personas"]
        found = max([found, *(number(p["key"]) for p in people)])
    return found
