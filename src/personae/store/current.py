"""The run in use: what listens or serves for days goes over to another run when that becomes current."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from personae.errors import PersonaeError
from personae.files.excluded import NAME
from personae.model.cast import Cast
from personae.progress import warn
from personae.store.record import Record

T = TypeVar("T")

LOOK = 1.0
"""Seconds between two looks at the record, at least."""


class Current(Generic[T]):
    """What `make` makes of a run: of the current one where no `name` is given, or of the one that is named by id or folder.

    It is made anew when another run became current, the run was edited or people were left out, and exchanged whole, so that
    who got it before works on with what they have. Where the record cannot be read, or what is new cannot be made, the last one
    stays in use, and a warning says so once. Safe to share between threads.
    """

    def __init__(self, record: Record, name: str, make: Callable[[Cast], T]) -> None:
        """Raises what `Record.load` raises, as there is no last one yet."""
        self._record, self._name, self._make = record, name, make
        self._lock = threading.Lock()
        self._seen = self._mark()
        self._value = make(record.load(name))
        self._looked, self._said = time.monotonic(), ""

    def get(self) -> T:
        """The latest; the record is looked at once a second at most, by one thread while the others take what is there."""
        if time.monotonic() - self._looked >= LOOK and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._looked = time.monotonic()
                self._lock.release()
        return self._value

    def _look(self) -> None:
        try:
            mark = self._mark()
            if mark != self._seen:
                self._value = self._make(self._record.load(self._name))
                self._seen = mark
            self._said = ""
        except PersonaeError as wrong:
            if wrong.what != self._said:
                warn(f"the last good run stays in use: {wrong.what}")
            self._said = wrong.what

    def _mark(self) -> object:
        """What is another one whenever the run is: which run it is, what was edited of it, and who takes no part."""
        spared = _look(self._record.root / NAME)
        if self._name and (Path(self._name) / "run.json").is_file():
            return _look(Path(self._name) / "run.json"), spared
        entry = self._record.entry(self._name)
        return entry, self._record.edits(entry.id), spared


def _look(path: Path) -> tuple[int, ...]:
    """What tells one state of a file from another; nothing where it is not there."""
    with suppress(OSError):
        found = path.stat()
        return found.st_mtime_ns, found.st_ino, found.st_size
    return ()
