"""Progress is logging: stages say what they do, front ends decide how it looks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import get_ident

from personae.redaction import redacted

LOG = logging.getLogger("personae")


@dataclass(frozen=True)
class Progress:
    """One thing that happened: `verb` is the stage (read, match, measure, group...), `words` the rest of the line.

    `done` of `total` (both in `unit`) is given inside long work; `final` marks the line that sums the stage up.
    """

    verb: str
    words: str
    done: int = 0
    total: int = 0
    unit: str = ""
    final: bool = False


def tell(verb: str, words: str) -> None:
    """Say how a stage ended: the one line that a summary keeps."""
    words = redacted(words)
    LOG.info("%s %s", verb, words, extra={"progress": Progress(verb, words, final=True)})


def step(verb: str, words: str, done: int = 0, total: int = 0, unit: str = "") -> None:
    """Say where a stage is."""
    words = redacted(words)
    LOG.debug("%s %s", verb, words, extra={"progress": Progress(verb, words, done, total, unit)})


def warn(words: str) -> None:
    """Say something the user should know although the work goes on."""
    words = redacted(words)
    LOG.warning("%s", words, extra={"progress": Progress("warning", words, final=True)})


@contextmanager
def quietly() -> Iterator[None]:
    """Say nothing of what this thread does inside: it was said when it was done the first time."""
    own = get_ident()

    def others(record: logging.LogRecord) -> bool:
        return record.thread != own

    LOG.addFilter(others)
    try:
        yield
    finally:
        LOG.removeFilter(others)
