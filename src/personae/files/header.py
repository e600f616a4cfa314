"""The names of the columns: the first row of a file, or those that the user gave because that row is data already."""

from __future__ import annotations

import re
from collections.abc import Sequence

from personae.errors import DataError, UsageError
from personae.files.opening import Opened
from personae.files.records import Record
from personae.model.study import Study

_VALUE = re.compile(r"[-+]?\d+([.,]\d+)*([eE][-+]?\d+)?|\d{4}[-/]\d\d?[-/]\d\d?([ T]\d\d?:\d\d.*)?")
_PLAIN = re.compile(r"0|[1-9]\d{0,3}")


def header_of(first: Record, opened: Opened, study: Study) -> tuple[tuple[str, ...], int]:
    """The names, and the line from which on there are rows.

    With `study.header` its names hold for every file as wide as they are many, unless its first row is these names.
    Raises UsageError P001 (another number of names), DataError P102 (a first row of nothing but values).
    """
    given = study.header
    if given and len(given) == len(first.fields):
        again = tuple(f.strip().lower() for f in first.fields) == tuple(n.lower() for n in given)
        return given, first.until if again else first.line
    if given and len(study.sources) == 1:
        what = f"--header names {len(given)} columns, and {opened.name} has {len(first.fields)}"
        raise UsageError(
            "P001", what, where=f"line {first.line}: {first.text or ', '.join(first.fields)}"[:200], fix=_named(first)
        )
    if _is_data(first.fields):
        what = f"the first row of {opened.name} holds values and no names of columns"
        where = f"{opened.path}: line {first.line}: {', '.join(first.fields)[:200]}"
        raise DataError("P102", what, where=where, fix=_named(first))
    return first.fields, first.until


def _is_data(fields: Sequence[str]) -> bool:
    """Whether a row holds nothing but numbers and dates, and not only such as can be names: years, and 0, 1, 2..."""
    cells = [f.strip() for f in fields]
    return len(cells) > 1 and all(_VALUE.fullmatch(c) for c in cells) and not all(_PLAIN.fullmatch(c) for c in cells)


def _named(first: Record) -> str:
    """How to name the columns of this very row."""
    listed = ",".join(f"name{i}" for i in range(1, len(first.fields) + 1))
    row = ", ".join(f.strip()[:20] for f in first.fields[:8])
    return f"name the columns in their order ({row}): --header {listed}"
