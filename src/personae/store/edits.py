"""Edits and lists of people in the record: tables of its index, sealed row by row. Runs are never touched.

A record written before there were edits has no such table and opens as it always did.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from personae.errors import DataError, UsageError
from personae.model.edit import KINDS, Edit
from personae.model.plain import noun, plain

STATES = ("active", "undone", "waiting")

TABLES = (
    """create table if not exists edits (
      number integer primary key autoincrement,
      digest text not null, state text not null, body text not null, seal text not null
    )""",
    """create table if not exists asked (
      list integer not null, date text not null, digest text not null, id text not null, primary key (list, id)
    )""",
)
"""`edits`: one row an edit; `digest` is the run's, `seal` a hash of what was written. `asked`: people on interview lists."""


def read(index: sqlite3.Connection, digest: str = "") -> tuple[Edit, ...]:
    """Every edit of the run with that digest (of all when ""), oldest first. Raises DataError P202 for one that changed."""
    if not _there(index):
        return ()
    try:
        rows = index.execute("select number, digest, state, body, seal from edits order by number").fetchall()
    except sqlite3.OperationalError as wrong:
        raise damaged(f"the table of edits is not the one that was written: {wrong}") from wrong
    return tuple(_edit(*row) for row in rows if digest in ("", row[1]))


def digests(index: sqlite3.Connection, of: Collection[str] | None = None) -> frozenset[str]:
    """Digests of runs that were described anew for an edit, those undone included; only for edits of the runs `of`."""
    if not _there(index):
        return frozenset()
    found = []
    for digest, body in index.execute("select digest, body from edits"):
        if of is not None and digest not in of:
            continue
        try:
            found.append(str(json.loads(body).get("derived", "")))
        except (ValueError, AttributeError):
            continue  # said when that run is opened
    return frozenset(d for d in found if d)


def count(index: sqlite3.Connection, digest: str) -> int:
    """Edits of a run, in whatever state."""
    if not _there(index):
        return 0
    return int(index.execute("select count(*) from edits where digest = ?", (digest,)).fetchone()[0])


def drop(index: sqlite3.Connection, digests: Collection[str]) -> None:
    """Remove the edits of runs. People on interview lists stay: they are not to be asked again."""
    if _there(index):
        index.executemany("delete from edits where digest = ?", [(d,) for d in digests])


def add(index: sqlite3.Connection, digest: str, edit: Edit) -> Edit:
    """Write one more edit; returns it with its number."""
    _make(index)
    row = index.execute("select seq from sqlite_sequence where name = 'edits'").fetchone()
    edit = replace(edit, number=int(row[0]) + 1 if row else 1)
    body = json.dumps(plain(replace(edit, state="active")), ensure_ascii=False, sort_keys=True)
    values = (edit.number, digest, edit.state, body, _seal(edit.number, digest, body))
    index.execute("insert into edits (number, digest, state, body, seal) values (?, ?, ?, ?, ?)", values)
    return edit


def undone(index: sqlite3.Connection, digest: str, run: str, number: int | None) -> Edit:
    """Mark an edit of a run as taken back, the last active one when no number is given; a damaged one too. It stays in the
    record. Raises UsageError P201 when there is none, P001 when a later merge or split rests on it."""
    rows = index.execute("select number, state from edits where digest = ? order by number", (digest,)) if _there(index) else ()
    active = [n for n, state in rows if state != "undone"]
    if not active or number not in (None, *active):
        what = f"there is no edit {number} of {run} to take back" if active else f"{run} has no edits to take back"
        some = ", ".join(str(n) for n in active)
        raise UsageError("P201", what, did="nothing was changed", fix=f"use one of {some}" if some else "personae edits")
    chosen = number or active[-1]
    held = [e for n in active if (e := _one(index, n)).state == "active"]
    edit = next((e for e in held if e.number == chosen), None) or _one(index, chosen)
    later = next((e for e in held if edit.structural and e.structural and e.number > chosen), None)
    if later is not None:
        raise UsageError(
            "P001",
            f"edit {later.number} ({later.kind}) rests on edit {chosen}",
            did="nothing was changed",
            fix=f"take that one back first: personae undo {later.number}",
        )
    index.execute("update edits set state = 'undone' where number = ?", (chosen,))
    return replace(edit, state="undone")


def _one(index: sqlite3.Connection, number: int) -> Edit:
    """One edit, though it be damaged."""
    row = index.execute("select number, digest, state, body, seal from edits where number = ?", (number,)).fetchone()
    try:
        return _edit(*row)
    except DataError:
        return _edit(number, "", "undone", "", "")


def rewritten(index: sqlite3.Connection, anew: Mapping[str, str], blanked: Callable[[str, str], str]) -> int:
    """Let edits name runs by new digests, and take out of their words what `blanked` takes out of the text of a field of that
    name, "" for the name of a measure; returns how many lost words.

    Sealed again, unless an edit was damaged before: it stays so.
    """
    if not _there(index):
        return 0
    lost = 0
    for number, digest, body, seal in index.execute("select number, digest, body, seal from edits order by number").fetchall():
        words, now = body, anew.get(digest, digest)
        with suppress(ValueError, TypeError, AttributeError):
            made = json.loads(body)
            plain_ = made.get("kind") == "hide-measure"
            said = {k: blanked("" if plain_ else k, v) if isinstance(v, str) and k != "derived" else v for k, v in made.items()}
            derived = anew.get(made.get("derived", ""), made.get("derived", ""))
            words = json.dumps({**said, "derived": derived}, ensure_ascii=False, sort_keys=True)
            lost += said != made
        if (words, now) != (body, digest):
            fresh = _seal(number, now, words) if seal == _seal(number, digest, body) else seal
            index.execute("update edits set digest = ?, body = ?, seal = ? where number = ?", (now, words, fresh, number))
    return lost


def asked(index: sqlite3.Connection) -> frozenset[str]:
    """Ids of everybody on an interview list."""
    if not _there(index, "asked"):
        return frozenset()
    return frozenset(str(row[0]) for row in index.execute("select id from asked"))


def ask(index: sqlite3.Connection, digest: str, date: str, ids: Iterable[str]) -> int:
    """Remember the people of one list; returns its number."""
    _make(index)
    number = int(index.execute("select coalesce(max(list), 0) + 1 from asked").fetchone()[0])
    index.executemany(
        "insert into asked (list, date, digest, id) values (?, ?, ?, ?)", [(number, date, digest, i) for i in ids]
    )
    return number


def damaged(why: str) -> DataError:
    """The refusal of a record whose edits cannot be trusted."""
    return DataError(
        "P202",
        why,
        did="nothing was changed",
        fix="personae undo N takes edit N out, or name a run by its folder under reports/",
    )


def _make(index: sqlite3.Connection) -> None:
    for table in TABLES:
        index.execute(table)


def _there(index: sqlite3.Connection, table: str = "edits") -> bool:
    found = index.execute("select 1 from sqlite_master where type = 'table' and name = ?", (table,)).fetchone()
    return found is not None


def _seal(number: int, digest: str, body: str) -> str:
    return hashlib.sha256(f"{number}\n{digest}\n{body}".encode()).hexdigest()


def _edit(number: int, digest: str, state: str, body: str, seal: str) -> Edit:
    """A row as an edit. One that was taken back may be damaged, and is then told as such."""
    try:
        if _seal(number, digest, body) == seal and state in STATES:
            found = noun(Edit, json.loads(body))
            if found.kind in KINDS and found.number == number:
                return replace(found, state=state)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    if state == "undone":
        return Edit(number, "", "note", "", "damaged", state=state)
    raise damaged(f"edit {number} has changed since it was made")
