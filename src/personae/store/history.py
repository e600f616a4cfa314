"""The runs that a run is a refresh of, one after the other, each by a few lines that were kept for this."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from personae.model.edit import Edit
from personae.model.history import Point, Size
from personae.model.persona import UNTESTED
from personae.store import edits
from personae.store.entry import Entry
from personae.store.record import Record


def history(record: Record, name: str = "") -> tuple[Point, ...]:
    """A run and all before it that it descends from, oldest first; runs that were pruned or are damaged are left out.

    Of a year of daily runs this opens a file of a kilobyte each. Raises UsageError P201 where there is no such run.
    """
    known = {e.id: e for e in record.entries()}
    at: Entry | None = record.entry(name)
    chain: list[Entry] = []
    while at is not None and at not in chain:
        chain.append(at)
        at = known.get(at.rests)
    with record.reading() as index:
        called = {e.digest: _called(edits.read(index, e.digest)) for e in chain}
    points = (_point(record.root / "runs" / e.digest, e, called[e.digest]) for e in reversed(chain))
    return tuple(p for p in points if p is not None)


def _called(made: Sequence[Edit]) -> dict[str, str]:
    """The names that people gave, by key."""
    return {e.made[0] if e.kind == "merge" else e.persona: e.text for e in made if _names(e)}


def _names(e: Edit) -> bool:
    """Whether an edit that holds gives a name."""
    return e.state == "active" and bool(e.text) and (e.kind == "rename" or (e.kind == "merge" and bool(e.made)))


def _point(folder: Path, entry: Entry, called: Mapping[str, str]) -> Point | None:
    """What was kept of a run; of one that was recorded before this was kept, what its personas say. `called` are names that
    people gave since."""
    found = _document(folder / "sizes.json") or _document(folder / "personas.json")
    if found is None:
        return None
    try:
        sizes = tuple(Size(p["key"], called.get(p["key"], p["name"]), int(p["users"]), _steady(p)) for p in found["personas"])
        return Point(
            entry.id, entry.date, entry.verdict, str(found.get("method", "")), int(found["users"]), sizes,
            found.get("moved"), found.get("both"),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _steady(persona: dict[str, Any]) -> float | None:
    value = persona["steadiness"]
    return None if value is None or persona.get("steady") == UNTESTED else float(value)


def _document(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
