"""Which run is the current one: the newest whose data are not older, unless a person went back to another.

Every switch is a row with its date. A run whose data end earlier than those of the current one (a back-filled window of the
same people) is recorded without becoming current; where no switch is recorded, the newest run is current.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from personae.store.entry import Entry

TABLE = """create table if not exists switches (
  number integer primary key autoincrement, run integer not null, date text not null, why text not null, seal text not null
)"""


@dataclass(frozen=True)
class Switch:
    """A run became current; `why` is "run", "rollback" or "moved" (the record is older than switches)."""

    run: str
    date: str
    why: str


def current(index: sqlite3.Connection, runs: Sequence[Entry]) -> Entry | None:
    """The current one of the runs, which are in order of age; None where there is none."""
    by_number = {r.number: r for r in runs}
    for number, _, _ in reversed(_rows(index)):
        if number in by_number:
            return by_number[number]
    return runs[-1] if runs else None


def earlier(index: sqlite3.Connection, runs: Sequence[Entry]) -> Entry | None:
    """The run that was current before; None where no other was."""
    now = current(index, runs)
    by_number = {r.number: r for r in runs}
    for number, _, _ in reversed(_rows(index)):
        if now and number in by_number and number != now.number:
            return by_number[number]
    return None


def switches(index: sqlite3.Connection) -> tuple[Switch, ...]:
    """Every switch, oldest first."""
    return tuple(Switch(f"r{number:02d}", date, why) for number, date, why in _rows(index))


def switch(index: sqlite3.Connection, number: int, date: str, why: str) -> None:
    """Make a run current."""
    index.execute(
        "insert into switches (run, date, why, seal) values (?, ?, ?, ?)", (number, date, why, _seal(number, date, why))
    )


def _rows(index: sqlite3.Connection) -> list[tuple[int, str, str]]:
    """The switches that are as they were written, oldest first; a damaged one does not count."""
    if not index.execute("select 1 from sqlite_master where type = 'table' and name = 'switches'").fetchone():
        return []
    rows = index.execute("select run, date, why, seal from switches order by number")
    return [(run, date, why) for run, date, why, seal in rows if seal == _seal(run, date, why)]


def _seal(number: object, date: object, why: object) -> str:
    return hashlib.sha256(f"{number}\n{date}\n{why}".encode("utf-8", "surrogatepass")).hexdigest()
