"""Records of a delimited text one by one, with the line each begins on and the reason why one does not fit."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from personae.files.dialect import Dialect

MOST_LINES = 2000
"""Lines a quoted value may run over before its quote counts as not closed."""


@dataclass(frozen=True)
class Record:
    """One record: its first line and its fields; with a `reason` it does not fit and `text` is its first line."""

    line: int
    fields: tuple[str, ...]
    reason: str = ""
    text: str = ""
    until: int = 0
    """The line after it."""


def records(path: Path, dialect: Dialect, header: Sequence[str] | None) -> Iterator[Record]:
    """Every record of a UTF-8 file; blank lines are none, except where the table has one column.

    With `header`, records of another width and repetitions of the header come out with a reason. A quote that is never
    closed costs only the line it is on.
    """
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield from _records(_Lines(file), dialect, tuple(header) if header is not None else None)
    finally:
        csv.field_size_limit(limit)


class _Lines:
    """Lines with a way back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._ahead, self.number = lines, list[str](), 0

    def take(self) -> str | None:
        """The next line, None at the end."""
        line = self._ahead.pop() if self._ahead else next(self._lines, None)
        self.number += line is not None
        return line

    def back(self, lines: Sequence[str]) -> None:
        """Give lines back, to be taken again."""
        self._ahead += reversed(lines)
        self.number -= len(lines)


def _records(lines: _Lines, dialect: Dialect, header: tuple[str, ...] | None) -> Iterator[Record]:
    while (line := lines.take()) is not None:
        start = lines.number
        if not line.strip() and (header is None or len(header) > 1):
            continue
        taken = [line]
        fields, fault = _parse(dialect, lines, taken)
        if header is not None:
            fault = fault or misfit(fields, header, len(taken))
        if fault and len(taken) > 1:
            lines.back(taken[1:])
        if fault:
            yield Record(start, tuple(fields), fault, line.rstrip("\r\n"), start + 1)
        else:
            yield Record(start, tuple(fields), until=lines.number + 1)


def _parse(dialect: Dialect, lines: _Lines, taken: list[str]) -> tuple[list[str], str]:
    """The fields of a record, taking more lines while a quote is open, and what is wrong with it."""
    first = taken[0]
    if dialect.quote not in first and dialect.escape not in first:
        return first.rstrip("\r\n").split(dialect.delimiter), ""

    def feed() -> Iterator[str]:
        yield first
        while len(taken) < MOST_LINES and (line := lines.take()) is not None:
            taken.append(line)
            yield line

    try:
        return next(dialect.reader(feed(), strict=True)), ""
    except csv.Error as error:
        open_still = len(taken) > 1 or "end of data" in str(error)
        return [], "a quote is not closed" if open_still else "text after a closing quote"


def misfit(fields: list[str], header: tuple[str, ...], lines: int) -> str:
    """Why a record of so many lines does not fit the header; empty where it does."""
    if len(fields) != len(header):
        if lines > 1:
            return "a quote is not closed"
        return f"{len(fields)} value{'s' * (len(fields) != 1)} where the header has {len(header)}"
    return "the header again" if tuple(fields) == header and len(header) > 1 else ""
