"""personae schedule run: our own scheduler, in the foreground."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personae.cli.screen import Screen
from personae.errors import MachineError, lacking
from personae.model.schedule import DAYS, Schedule

if TYPE_CHECKING:
    from personae.store import Record

STATE, LOCK = "schedule.json", "schedule.lock"
"""Files in the record: the last turn, and what keeps schedulers apart; the line for cron takes the same lock."""
LOOK = 600
"""Seconds between looks for a slot that was slept through, and before another try."""


def keep(schedule: Schedule, record: Record, screen: Screen, *, once: bool, trigger: Any = None) -> int:
    """Do each slot once until stopped; with `once` only what is due now. Returns the exit code of the last turn.

    `trigger` stands in for the schedule's own clock. Raises MachineError P501 where another scheduler has this record,
    or where the library is missing.
    """
    from personae.store.lock import only_writer

    record.prepare()
    try:
        with only_writer(record.root / LOCK, wait=0.0):
            if once:
                return _once(schedule, record, screen)
            return _loop(schedule, record, screen, trigger)
    except MachineError as taken:
        if "another run" not in taken.what:
            raise
        raise MachineError(
            "P501", f"another scheduler has this record {taken.what.partition('record ')[2]}", where=str(record.root),
            did="nothing was started", fix="end that one, or keep another record with --store DIR",
        ) from None  # fmt: skip


def _once(schedule: Schedule, record: Record, screen: Screen) -> int:
    """Do what is due now, or say when something will be."""
    from personae.stages.slots import following

    at = now(schedule)
    code = tick(schedule, record, screen, at)
    if code is None:
        then = following(schedule, at)
        zone = f" ({schedule.timezone})" if schedule.timezone else ""
        screen.talk(f"schedule nothing is due; next {then.day} {then:%b %H:%M}{zone}")
    return code or 0


def now(schedule: Schedule) -> datetime:
    """The local time of the schedule, without an offset."""
    from zoneinfo import ZoneInfo

    return datetime.now(ZoneInfo(schedule.timezone) if schedule.timezone else None).replace(tzinfo=None)


def tick(
    schedule: Schedule, record: Record, screen: Screen, at: datetime, do: Callable[[Schedule], int] | None = None
) -> int | None:
    """Do the slot that is due, where one is, and remember it before and after; returns its exit code."""
    from personae.stages.slots import begun, due, ended

    last = _read(record.root)
    if last is None:
        last = begun(schedule, at)
        _write(record.root, last)
    turn = due(schedule, at, last, newest(record))
    if turn is None:
        return None
    _write(record.root, turn)
    screen.talk(
        f"schedule {turn.slot}: personae {' '.join(schedule.command)}{f' (try {turn.tries})' if turn.tries > 1 else ''}"
    )
    code = (do or _do)(schedule)
    turn = ended(turn, code, newest(record))
    _write(record.root, turn)
    again = f"; tried again in {LOOK // 60} minutes" if turn.state == "again" else ""
    screen.talk(f"schedule {turn.slot}: ended with {code}{again}")
    return code


def newest(record: Record) -> str:
    """The id of the newest run, "" where there is none."""
    runs = record.entries()
    return runs[-1].id if runs else ""


def _do(schedule: Schedule) -> int:
    words = [sys.executable, "-m", "personae", *schedule.command, "--plain"]
    return subprocess.run(words, cwd=schedule.folder, check=False).returncode  # noqa: S603 - our own command


def _loop(schedule: Schedule, record: Record, screen: Screen, trigger: Any) -> int:
    try:
        from apscheduler.schedulers.blocking import BlockingScheduler
        from apscheduler.triggers.interval import IntervalTrigger
    except ImportError:
        instead = "let cron or systemd do it: personae schedule cron"
        raise lacking("apscheduler", "app", where="personae schedule run", instead=instead) from None
    clock = BlockingScheduler(timezone=schedule.timezone or None)
    codes: list[int] = []
    busy = threading.Lock()
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a look that finds a turn going on is no news

    def turn() -> None:
        if not busy.acquire(blocking=False):  # the library keeps a job from itself, and not from the other
            return
        try:
            code = tick(schedule, record, screen, now(schedule))
            codes.extend([] if code is None else [code])
        finally:
            busy.release()

    common = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    clock.add_job(turn, trigger or cron(schedule), **common)
    clock.add_job(turn, IntervalTrigger(seconds=LOOK), next_run_time=datetime.now().astimezone(), **common)
    screen.talk(f"schedule personae {' '.join(schedule.command)} {schedule.words}; Ctrl-C ends it")
    clock.start()
    return codes[-1] if codes else 0


def cron(schedule: Schedule) -> Any:
    """The trigger of the library; its weekdays go by name, as its numbers begin with Monday and those of cron with Sunday."""
    from apscheduler.triggers.cron import CronTrigger

    fields: dict[str, Any] = {"minute": schedule.minute}
    if schedule.every != "hour":
        fields["hour"] = schedule.hour
    if schedule.every == "week":
        fields["day_of_week"] = DAYS[schedule.weekday].lower()
    if schedule.every == "month":
        fields["day"] = schedule.day
    return CronTrigger(timezone=schedule.timezone or None, **fields)


def _read(root: Path) -> Any:
    from personae.stages.slots import Turn

    try:
        return Turn(**json.loads((root / STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _write(root: Path, turn: Any) -> None:
    from personae.store import whole_file

    with whole_file(root / STATE, overwrite=True) as temp:
        temp.write_text(json.dumps(asdict(turn)) + "\n", encoding="utf-8")
