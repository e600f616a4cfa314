"""What a sheet of a spreadsheet holds, and how more than that is split."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from personae.model.sheet import Cell, Heading
from personae.words.legible import legible

ROWS, COLUMNS = 1_048_576, 16_384
"""Rows and columns of a sheet (Excel specifications and limits)."""
TEXTS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""How every workbook is opened: a text stays a text, and never becomes a formula, a link or a number."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def across(
    headings: tuple[Heading, ...], rows: tuple[tuple[Cell, ...], ...], most: int = COLUMNS
) -> Iterable[tuple[tuple[Heading, ...], tuple[tuple[Cell, ...], ...]]]:
    """A table in pieces of at most `most` columns; the first column stands in each."""
    yield headings[:most], tuple(row[:most] for row in rows)
    for at in range(most, len(headings), most - 1):
        part = slice(at, at + most - 1)
        yield (headings[0], *headings[part]), tuple((row[0], *row[part]) for row in rows)


def down(rows: Sequence[Any], most: int) -> Iterable[Sequence[Any]]:
    """Rows in pieces of at most `most`; an empty table is one empty piece."""
    yield rows[:most]
    for at in range(most, len(rows), most):
        yield rows[at : at + most]


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """A name that a spreadsheet accepts: at most 31 characters, none of []:*?/\\, and unlike every other in any case."""
    name = _FORBIDDEN.sub(" ", legible(wanted)).strip("' \n\t") or "Sheet"
    name = name[:1].upper() + name[1:]
    name = "Past" if name.lower() == "history" else name
    there, n = {t.casefold() for t in taken} | {"read me"}, 1
    made = _within(name, 31)
    while made.casefold() in there:
        n += 1
        made = f"{_within(name, 31 - len(str(n)) - 1)} {n}"
    return made


def _within(text: str, most: int) -> str:
    while len(text.encode("utf-16-le")) // 2 > most:
        text = text[:-1]
    return text.strip("' ")
