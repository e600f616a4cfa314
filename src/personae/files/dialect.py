"""How a delimited text separates and quotes its values."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from personae.errors import UsageError
from personae.model.study import Study

HEAD = 1 << 18
"""Bytes that are looked at."""
COMMON = (",", ";", "\t", "|")
RARE = ("\x01", "^", "~", "¦", "§")
_WORDS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blanks"}
_SPELLED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|", "blank": " ", "space": " "}


@dataclass(frozen=True)
class Dialect:
    """`delimiter` " " means runs of blanks; `quote` is a double or single quote; `escape` is the quote or a backslash."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'

    @property
    def words(self) -> str:
        """The delimiter's name for a reader."""
        return _WORDS.get(self.delimiter, repr(self.delimiter))

    def reader(self, lines: Iterable[str], *, strict: bool) -> Iterator[list[str]]:
        """A reader of Python's csv module in this dialect."""
        own = self.escape == self.quote
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote,
            doublequote=own,
            escapechar=None if own else self.escape,
            strict=strict,
        )


def sniff(path: Path, study: Study) -> Dialect:
    """The dialect of a UTF-8 file, from its first lines; `study.delimiter` has the last word."""
    lines = [line for line in _head(path) if line.strip()]
    dialect = _quoting(Dialect(), lines)
    if study.delimiter:
        delimiter = _SPELLED.get(study.delimiter, study.delimiter)
        if len(delimiter) != 1:
            raise UsageError(
                "P001", f'"{study.delimiter}" is not one character', where="--delimiter", fix="--delimiter ';' or tab"
            )
        return _escaping(replace(dialect, delimiter=delimiter), lines)
    best, share = dialect, 0.0
    for delimiter in (*COMMON, *RARE):
        candidate = replace(dialect, delimiter=delimiter)
        fit = _fit(candidate, lines)
        if fit > share + 0.02:
            best, share = candidate, fit
    if share < 0.9 and _by_blanks(lines) > max(share, 0.9):
        return replace(dialect, delimiter=" ")
    return _escaping(best, lines)


def _head(path: Path) -> list[str]:
    """The first lines, whole."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if len(head) == HEAD:
            head += file.readline(HEAD)
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", head.decode("utf-8", errors="ignore"))


def _widths(dialect: Dialect, lines: list[str], most: int = 1000) -> list[int]:
    """Fields of each record."""
    widths: list[int] = []
    try:
        for record in dialect.reader(lines, strict=False):
            widths.append(len(record))
            if len(widths) == most:
                break
    except csv.Error:
        pass
    return widths


def _fit(dialect: Dialect, lines: list[str]) -> float:
    """Share of records as wide as the header; 0 when the header is one field."""
    widths = _widths(dialect, lines)
    if not widths or widths[0] < 2:
        return 0.0
    if len(widths) == 1:
        return 0.5 + min(widths[0], 1000) / 2001
    return 0.05 + 0.95 * Counter(widths[1:])[widths[0]] / (len(widths) - 1)


def _by_blanks(lines: list[str]) -> float:
    """Share of lines that runs of blanks cut into as many parts as the first."""
    widths = [len(line.split()) for line in lines[:1000]]
    return Counter(widths)[widths[0]] / len(widths) if len(widths) > 1 and widths[0] > 1 else 0.0


def _quoting(dialect: Dialect, lines: list[str]) -> Dialect:
    """Single quotes where they and no double quotes surround values."""
    text = "".join(lines[:200])
    single = len(re.findall(r"(?:^|[,;\t|])'[^'\r\n]*'(?=[,;\t|\r\n]|$)", text, flags=re.MULTILINE))
    return replace(dialect, quote="'", escape="'") if single > 2 * len(lines[:200]) // 3 and '"' not in text else dialect


def _escaping(dialect: Dialect, lines: list[str]) -> Dialect:
    """A backslash as escape where that makes more records fit."""
    if not any("\\" + dialect.quote in line for line in lines):
        return dialect
    other = replace(dialect, escape="\\")
    return other if _fit(other, lines) > _fit(dialect, lines) else dialect
