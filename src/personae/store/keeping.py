"""Which runs are kept and which one is current: pin, unpin, go back, and prune."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from personae.errors import DataError, UsageError
from personae.store import casts, edits, index, switches
from personae.store.atomic import on_disk
from personae.store.entry import Entry
from personae.store.intent import leaving
from personae.store.record import Record


@dataclass(frozen=True)
class Pruned:
    """What pruning removes: the runs, the edits of them, the bytes of the record that this frees, and their folders of readable
    files that are still there and hold nothing else.

    `kept` says of every run that stays why it does: "newest", "current", "pinned", or "r07 rests on it".
    """

    runs: tuple[Entry, ...]
    kept: tuple[tuple[Entry, str], ...]
    edits: int
    bytes: int
    folders: tuple[Path, ...]


def pin(record: Record, name: str, date: str) -> Entry:
    """Protect a run from being pruned. Raises UsageError P201 when there is no such run."""
    return _pinned(record, name, lambda run: run.pinned or date)


def unpin(record: Record, name: str) -> Entry:
    """Protect a run no longer. Raises UsageError P201 when there is no such run."""
    return _pinned(record, name, lambda _: "")


def rollback(record: Record, name: str, date: str) -> tuple[Entry, Entry]:
    """Make a run the current one, the one that was current before when no name is given; returns the run that was current and
    the one that is. Raises UsageError P201 when there is none, DataError P202 for a damaged one."""
    record.entry(name)  # says what there is before anything is opened for writing
    with record.writing() as rows:
        known = index.runs(rows)
        was = switches.current(rows, known)
        now = record.entry(name) if name else switches.earlier(rows, known)
        if was is None or now is None:
            raise UsageError(
                "P201",
                "no other run was current before",
                where=str(record.root),
                did="nothing was changed",
                fix="name the run: personae runs rollback r01; personae runs lists them",
            )
        wrong = record.damage(now, whole=True)
        if wrong:
            raise DataError("P202", wrong, where=now.id, did=f"{was.id} is still the current run", fix="use another run")
        if now != was:
            with on_disk(record.root), index.at_once(rows):
                switches.switch(rows, now.number, date, "rollback")
    return was, now


def prune(record: Record, keep: int, *, reports: bool = False, dry: bool = False) -> Pruned:
    """Remove all runs but the newest `keep`, the current, the pinned and what these two rest on.

    The rows go first and at once; the results follow. `reports` removes the folders of readable files, too, where they hold
    nothing else; `dry` only says what would go.
    """
    if keep < 1:
        raise UsageError("P001", f"{keep} runs cannot be kept", where="--keep", fix="keep at least one: --keep 1")
    record.entry()
    if dry:
        with record.reading() as rows:
            return _plan(record, rows, keep)
    with record.writing() as rows:
        plan = _plan(record, rows, keep)
        if reports:
            leaving(record.root, {run.number: record.place(run) for run in plan.runs if record.place(run) in plan.folders})
        with on_disk(record.root), index.at_once(rows):
            for run in plan.runs:
                rows.execute("delete from runs where number = ?", (run.number,))
            edits.drop(rows, {run.digest for run in plan.runs} - {run.digest for run, _ in plan.kept})
        record.clean(rows)
    return plan


def _plan(record: Record, rows: sqlite3.Connection, keep: int) -> Pruned:
    """What would go."""
    known = index.runs(rows)
    reasons = _reasons(known, switches.current(rows, known), keep)
    gone = tuple(run for run in known if run.number not in reasons)
    kept = tuple((run, reasons[run.number]) for run in known if run.number in reasons)
    digests = {run.digest for run, _ in kept}
    stay = digests | edits.digests(rows, digests)
    freed = sum(casts.size(p) for p in (record.root / "runs").iterdir() if p.name not in stay)
    places = {record.place(run) for run in gone} - {record.place(run) for run, _ in kept}
    folders = tuple(sorted(p for p in places if casts.is_run(p)))
    return Pruned(gone, kept, sum(edits.count(rows, run.digest) for run in gone if run.digest not in digests), freed, folders)


def _reasons(known: Sequence[Entry], current: Entry | None, keep: int) -> dict[int, str]:
    """Why each run that stays does, by number."""
    reasons: dict[int, str] = {}
    needed = [run for run in known if run == current or run.pinned]
    for run in (r for r in known for n in needed if n.rests == r.id):
        reasons[run.number] = f"{next(n.id for n in needed if n.rests == run.id)} rests on it"
    reasons |= {run.number: "newest" for run in known[-keep:]}
    reasons |= {run.number: "pinned" for run in needed if run.pinned}
    return reasons | {run.number: "current" for run in needed if run == current}


def _pinned(record: Record, name: str, since: Callable[[Entry], str]) -> Entry:
    record.entry(name)
    with record.writing() as rows:
        run = record.entry(name)
        made = replace(run, pinned=since(run)).sealed()
        if not run.whole:
            raise DataError("P202", record.damage(run, whole=False), where=run.id, fix="list the runs with: personae runs")
        with on_disk(record.root), index.at_once(rows):
            index.update(rows, made)
    return made
