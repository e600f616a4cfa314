"""Listens to the stages: shows where they are, and keeps the seconds each of them took."""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from personae.cli.screen import Screen, clean, columns, count, cut
from personae.progress import LOG, Progress

ESTIMATE, BAR, LINE = 3.0, 10.0, 10.0
"""Seconds of work before an estimate and a bar are shown, and between two plain lines."""


class Watch(logging.Handler):
    """A handler on the logger "personae". `seconds` by stage and `warnings` are there when the work has ended."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.DEBUG)
        self.screen = screen
        self.began = self.last = self.printed = time.monotonic()
        self.seconds: dict[str, float] = {}
        self.warnings: list[str] = []
        self._now: Progress | None = None
        self._since = self.began
        self._drawn = False
        self._over = threading.Event()
        self._drawer = threading.Thread(target=self._draw_on, daemon=True) if screen.moves else None

    @property
    def elapsed(self) -> float:
        """Seconds since the work began."""
        return time.monotonic() - self.began

    def emit(self, record: logging.LogRecord) -> None:
        """Take one event."""
        event = getattr(record, "progress", None)
        if not isinstance(event, Progress):
            return
        now = time.monotonic()
        if event.verb == "warning":
            self.warnings.append(event.words)
        else:
            self.seconds[event.verb] = self.seconds.get(event.verb, 0.0) + now - self.last
            self.last = now
            if self._now is None or (event.verb, event.words, event.total) != (
                self._now.verb,
                self._now.words,
                self._now.total,
            ):
                self._since = now
            self._now = event
        self._show(event, now)

    def _show(self, event: Progress, now: float) -> None:
        if self.screen.quiet:
            return
        if self.screen.json:
            print(json.dumps({**asdict(event), "seconds": round(self.elapsed, 3)}, ensure_ascii=False), file=sys.stderr)
        elif not self.screen.moves and event.verb != "warning" and now - self.printed >= LINE:
            self.printed = now
            print(clean(f"{event.verb:<8} {self._words(event, now)}"), file=sys.stderr)

    def _words(self, event: Progress, now: float) -> str:
        if not event.total:
            return event.words
        amount = f"{_short(event.done)} of {_short(event.total)}" + (f" {event.unit}" if event.unit else "")
        return f"{event.words} ({amount}){self._left(event, now)}"

    def _left(self, event: Progress, now: float) -> str:
        spent = now - self._since
        if spent < ESTIMATE or not 0 < event.done < event.total:
            return ""
        left = spent / event.done * (event.total - event.done)
        return f", about {left / 60:.0f} min left" if left >= 90 else f", about {left:.0f} s left"

    def _draw_on(self) -> None:
        while not self._over.wait(0.1):
            if self.elapsed > 0.3:
                self._draw(self._now or Progress("read", "getting ready"))

    def _draw(self, event: Progress) -> None:
        now = time.monotonic()
        text = f"{event.verb:<8} {self._words(event, now)}"
        if self.elapsed >= BAR:
            if event.total > 0:
                full = round(20 * min(1.0, event.done / event.total))
                text += f"  [{'#' * full}{'.' * (20 - full)}]"
            text += f"  {self.elapsed:.0f} s   Ctrl-C keeps the last good run"
        sys.stderr.write(f"\r\x1b[2K{clean(cut(text, columns() - 1))}")
        sys.stderr.flush()
        self._drawn = True

    def start(self) -> None:
        """Begin to draw, where lines may be drawn over."""
        if self._drawer:
            self._drawer.start()

    def stop(self) -> None:
        """Take the drawn line away."""
        self._over.set()
        if self._drawer:
            self._drawer.join(1)
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


@contextmanager
def watching(screen: Screen) -> Iterator[Watch]:
    """Listen while the block runs. Nothing that the stages say goes to other handlers."""
    watch = Watch(screen)
    level, onward = LOG.level, LOG.propagate
    LOG.addHandler(watch)
    LOG.setLevel(logging.DEBUG)
    LOG.propagate = False
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
        LOG.removeHandler(watch)
        LOG.setLevel(level)
        LOG.propagate = onward


def peak_memory() -> int:
    """The most memory this process has held, in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most) if sys.platform == "darwin" else int(most) * 1024


def timings(watch: Watch, **more: Any) -> dict[str, Any]:
    """What timings.json holds: the one file that may differ between equal runs."""
    return {
        "schema_version": 1,
        "seconds": round(watch.elapsed, 3),
        "stages": {k: round(v, 3) for k, v in watch.seconds.items()},
        "peak_memory_bytes": peak_memory(),
        **more,
    }


def _short(number: int) -> str:
    return f"{number / 1e6:.1f} M" if number >= 1_000_000 else count(number)
