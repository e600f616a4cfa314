"""Which slot of a schedule is due, whatever the clock did: each is done once, of several that were missed the last alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from personae.model.schedule import Schedule

TRIES = 3
"""How often a slot is tried where the machine says no."""
MACHINE = 5
"""The exit code of the machine's no: disk, rights, memory, lock."""


@dataclass(frozen=True)
class Turn:
    """The last slot that was begun, in local time without an offset: one that a clock change repeats is the same slot.

    `state` is "waiting" (nothing was begun yet, and `slot` is the one before the first start), "running", "again" (the machine
    said no) or "done"; `run` is the newest run, that before the command until it is done; `code` the exit code.
    """

    slot: str
    state: str = "done"
    run: str = ""
    code: int = 0
    tries: int = 0


def latest(schedule: Schedule, now: datetime) -> datetime:
    """The last slot at or before a local time."""
    return next(s for s in _backwards(schedule, now.replace(second=0, microsecond=0)) if s <= now)


def _backwards(schedule: Schedule, now: datetime) -> Iterator[datetime]:
    """Slots around a time and before it, newest first."""
    if schedule.every == "hour":
        first = now.replace(minute=schedule.minute)
        yield from (first - timedelta(hours=i) for i in range(2))
        return
    at = now.replace(hour=schedule.hour, minute=schedule.minute)
    yield from (day for i in range(63) if _fits(schedule, day := at - timedelta(days=i)))


def following(schedule: Schedule, now: datetime) -> datetime:
    """The first slot after a local time."""
    at = now.replace(second=0, microsecond=0)
    if schedule.every == "hour":
        return next(t for i in range(2) if (t := at.replace(minute=schedule.minute) + timedelta(hours=i)) > now)
    first = at.replace(hour=schedule.hour, minute=schedule.minute)
    return next(t for i in range(63) if _fits(schedule, t := first + timedelta(days=i)) and t > now)


def _fits(schedule: Schedule, day: datetime) -> bool:
    return {"day": True, "week": day.weekday() == schedule.weekday, "month": day.day == schedule.day}[schedule.every]


def due(schedule: Schedule, now: datetime, last: Turn | None, newest: str) -> Turn | None:
    """The turn to begin, None where there is none. `newest` is the newest run of the record.

    A slot that was begun and not ended is begun again, unless a run came of it: then it was done. At the very first start
    nothing was missed.
    """
    slot = latest(schedule, now).isoformat(timespec="minutes")
    if last is None or slot < last.slot:
        return None
    if slot > last.slot:
        return Turn(slot, "running", newest, tries=1)
    if last.state in ("done", "waiting") or last.tries >= TRIES or newest != last.run:
        return None
    return replace(last, state="running", tries=last.tries + 1)


def ended(turn: Turn, code: int, newest: str) -> Turn:
    """A turn whose command ended: tried again only where the machine said no. `newest` is the newest run now."""
    if code == MACHINE and turn.tries < TRIES:
        return replace(turn, state="again", code=code)
    return replace(turn, state="done", code=code, run=newest)


def begun(schedule: Schedule, now: datetime) -> Turn:
    """What stands at the very first start: the slot before is past, and nobody did it."""
    return Turn(latest(schedule, now).isoformat(timespec="minutes"), "waiting")
