"""A refresh that was recorded and did not become the current run: the same data are not recorded a second time."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from personae.errors import PersonaeError
from personae.model.cast import Cast
from personae.model.table import Table
from personae.store import casts, switches
from personae.store.entry import Entry
from personae.store.index import runs


def held_back(index: sqlite3.Connection, results: Path, cast: Cast) -> Entry | None:
    """The refresh of the same run with the same data that is listed and never was the current run; None where there is none.

    `results` is the folder of what the runs hold. The keys of personas that are new may be others in both: they were given.
    """
    if cast.change is None:
        return None
    entries, been = runs(index), {s.run for s in switches.switches(index)}
    now = switches.current(index, entries)
    for e in entries:
        if e.id in been or e == now or e.rests != cast.change.before.run:
            continue
        place = results / e.digest
        with suppress(PersonaeError):  # a damaged one is recorded anew
            if _read(casts.tables(place, e.digest)) == _read(cast.tables) and _alike(casts.load(place, e.digest), cast):
                return e
    return None


def _read(tables: Sequence[Table]) -> list[tuple[object, ...]]:
    """The bytes that tables were read from, by hash, and who was left out of them."""
    return [(t.source, t.files, {r.sha256 for r in t.rolls}, t.excluded) for t in tables]


def _alike(one: Cast, other: Cast) -> bool:
    """Whether two refreshes read the same bytes with the same settings, about the same people, into the same personas."""
    if one.change is None or other.change is None:
        return False
    set_ = [replace(c.study, sources=(), memory="", threads=0) for c in (one, other)]
    same = (one.change.before, one.change.gates, one.warnings) == (other.change.before, other.change.gates, other.warnings)
    return same and _read(one.tables) == _read(other.tables) and set_[0] == set_[1] and all(t.files for t in one.tables)
