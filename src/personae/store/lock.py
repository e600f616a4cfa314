"""One writer at a time, through a lock of the operating system, which a dead process cannot hold."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path

from personae.errors import MachineError
from personae.progress import step
from personae.store.atomic import on_disk

FIX = "run the command again when that run has ended, or keep a record elsewhere with --store DIR"


@contextmanager
def only_writer(path: Path, wait: float = 60.0, what: str = "this record", fix: str = FIX) -> Iterator[None]:
    """Hold the lock file `path` of `what`. Raises MachineError naming the holder when it is not free within `wait` seconds."""
    with on_disk(path):
        file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
    try:
        _take(file, path, wait, what, fix)
        with on_disk(path):
            _say_who(file)
        yield
    finally:
        with suppress(OSError):
            file.truncate(0)
        file.close()  # which releases it


def _take(file: FileIO, path: Path, wait: float, what: str, fix: str) -> None:
    end = time.monotonic() + wait
    told = False
    while not _try(file):
        holder = _holder(path)
        if time.monotonic() >= end:
            raise MachineError(
                "P501",
                f"another run is writing to {what} ({holder})",
                where=str(path.parent),
                did=f"waited {wait:.0f} s and wrote nothing",
                fix=fix,
            )
        if not told:
            step("wait", f"another run is writing to {what} ({holder}); waiting up to {wait:.0f} s")
            told = True
        time.sleep(0.05)


def _try(file: FileIO) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            file.seek(1 << 20)  # a byte far behind the text, so that others can read who holds it
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _say_who(file: FileIO) -> None:
    start = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps({"process": os.getpid(), "host": platform.node(), "start": start})
    file.seek(0)
    file.truncate(0)
    file.write(text.encode())


def _holder(path: Path) -> str:
    with suppress(OSError, ValueError, KeyError):
        who = json.loads(path.read_text(encoding="utf-8"))
        return f"process {who['process']} on {who['host']}, since {who['start']}"
    return "a process that has just started"
