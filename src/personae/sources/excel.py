"""Workbooks (xlsx, xlsm, xls, xlsb, ods): one visible sheet, cells as their exact texts."""

from __future__ import annotations

import datetime
import difflib
import re
import zipfile
from array import array
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from personae.errors import DataError, UsageError
from personae.files.names import name_columns
from personae.files.opening import CHUNK, Opened, open_file
from personae.files.places import located
from personae.files.rows import check_rejects, check_same, check_width, load, waiting
from personae.model.study import Study
from personae.model.table import Level, Note, Reject, Table

ENDINGS: tuple[str, ...] = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
BATCH = 20_000
MOST_CELLS = 60_000_000
"""Cells of the rectangle that a sheet spans; beyond it the sheet is refused before it is held in memory."""
EXACT = 10**15
"""Excel keeps 15 digits of a number."""

Rows = list[list[Any]]


def read(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study, relation: str) -> tuple[Table, ...]:
    """The sheet `study.sheet`, or the first visible sheet with data, as text; whole numbers without a fraction.

    Raises UsageError P002 (no such sheet), DataError P107 (no data), P108 (damaged), P110 (too large).
    """
    files = _opened(engine, location, study)
    parts = [_sheet(f, study) for f in files]
    check_same([(f.name, p.names) for f, p in zip(files, parts, strict=True)])
    names = parts[0].names
    rejects = [r for p in parts for r in p.rejects]
    check_rejects(rejects, study.allow_rejects)
    ordered = [row for p in parts for row in p.in_order(names)]
    batches = (ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH))
    used = load(engine, relation, names, batches, study)
    spans = [(f.name, p.lines) for f, p in zip(files, parts, strict=True)]
    engine.remember(relation, lambda positions: located(spans, positions))
    numeric = {n for p in parts for n in p.numeric}
    return (
        Table(
            source=f"{files[0].name}, sheet {parts[0].name}",
            relation=relation,
            shape="",
            columns=tuple(replace(c, format="." if c.name in numeric else "") for c in waiting(names)),
            seen=used + len(rejects),
            used=used,
            rejects=tuple(rejects),
            files=tuple(f.file for f in files),
            parts=tuple(len(p.lines) for p in parts),
            format=f"Excel, sheet {parts[0].name}, {parts[0].span}",
            notes=tuple(n for p in parts for n in p.notes),
        ),
    )


def _opened(engine: Any, location: Path | Sequence[Opened] | Opened, study: Study) -> tuple[Opened, ...]:
    """The files behind a location."""
    if isinstance(location, Opened):
        return (location,)
    return (open_file(location, engine.folder, study),) if isinstance(location, Path) else tuple(location)


class _Sheet:
    """One sheet as rows of text: the header apart, blank rows left out, the row number of each kept."""

    def __init__(self, file: Opened, name: str, rows: Rows, start: tuple[int, int]) -> None:
        self.file, self.name, self.notes = file, name, list[Note]()
        first = _header(rows)
        if first:
            words = f"{first} row{'s' * (first > 1)} above the header of sheet {name} {'are' if first > 1 else 'is'} left out"
            self.notes.append(Note(Level.WARN, "P102", words, file.name))
        header = ["" if v == "" else _text(v) for v in rows[first]]
        if _goes_on(rows, first):
            header, first = _joined(header, [_text(v) for v in rows[first + 1]]), first + 1
            words = f'two rows of names in sheet {name} were joined, such as "{next(h for h in header if " " in h)}"'
            self.notes.append(Note(Level.WARN, "P102", words, file.name))
        body = [(n, row) for n, row in enumerate(rows[first + 1 :], start[0] + first + 2) if any(v != "" for v in row)]
        kept = [i for i, h in enumerate(header) if h or any(row[i] != "" for _, row in body)]
        self._gap(header, kept)
        check_width(file.name, len(kept))
        self.names, notes = name_columns([header[i] for i in kept])
        self.notes += notes
        self.span = f"{_cell(start[0] + first, start[1])}:{_cell(start[0] + len(rows) - 1, start[1] + len(header) - 1)}"
        self.rejects: list[Reject] = []
        self.lines: array[int] = array("q")
        self.rows: list[tuple[str, ...]] = []
        self.numeric: set[str] = set()
        self._take(body, kept, [header[i] for i in kept])

    def _take(self, body: list[tuple[int, list[Any]]], kept: Sequence[int], header: list[str]) -> None:
        """Rows as texts; repetitions of the header are set aside, numbers that lost digits are counted."""
        rounded: dict[str, int] = {}
        for line, row in body:
            values = tuple(_text(row[i]) for i in kept)
            if list(values) == header:
                self.rejects.append(Reject(self.file.name, line, "the header again", ",".join(values)))
                continue
            for position, i in enumerate(kept):
                if isinstance(row[i], int | float) and not isinstance(row[i], bool):
                    self.numeric.add(self.names[position])
                    if abs(row[i]) >= EXACT and row[i] == int(row[i]):
                        rounded[self.names[position]] = rounded.get(self.names[position], 0) + 1
            self.lines.append(line)
            self.rows.append(values)
        for column, count in rounded.items():
            words = f'{count:,} values of "{column}" have more than 15 digits: these ids look rounded by Excel'
            fix = "format the column as text in the program that wrote it, and export again"
            self.notes.append(Note(Level.WARN, "P109", words, f"{self.file.name}, sheet {self.name}", fix))

    def _gap(self, header: Sequence[str], kept: Sequence[int]) -> None:
        """Say so when an empty column suggests two tables side by side."""
        inside = [i for i in range(kept[0], kept[-1]) if i not in set(kept)] if kept else []
        if inside:
            words = f"sheet {self.name} has an empty column between others: if these are two tables, put each on its own sheet"
            self.notes.append(Note(Level.WARN, "P102", words, self.file.name))

    def in_order(self, names: Sequence[str]) -> list[tuple[str, ...]]:
        """The rows with columns in that order."""
        if tuple(names) == self.names:
            return self.rows
        order = [self.names.index(n) for n in names]
        return [tuple(row[i] for i in order) for row in self.rows]


def _sheet(file: Opened, study: Study) -> _Sheet:
    """The sheet to be read."""
    book = _guard(file, lambda calamine: calamine.CalamineWorkbook.from_path(str(file.content)))
    visible = [m.name for m in book.sheets_metadata if str(m.visible).endswith("Visible") and str(m.typ).endswith("WorkSheet")]
    hidden = [m.name for m in book.sheets_metadata if m.name not in visible]
    if study.sheet:
        if study.sheet not in (*visible, *hidden):
            near = difflib.get_close_matches(study.sheet, [*visible, *hidden], n=1)
            fix = f'did you mean --sheet "{near[0]}"' if near else f"name one of: {', '.join(visible)}"
            raise UsageError(
                "P002", f'{file.name} has no sheet "{study.sheet}"', where="sheets: " + ", ".join(visible), fix=fix
            )
        errors = _measure(file, study.sheet)
        rows, start = _values(file, book, study.sheet)
        if not _is_table(rows):
            raise DataError(
                "P107", f'sheet "{study.sheet}" of {file.name} holds no rows', where=file.name, fix="name another: --sheet NAME"
            )
        return _noted(_Sheet(file, study.sheet, rows, start), [], [], errors)
    for position, name in enumerate(visible):
        errors = _measure(file, name)
        rows, start = _values(file, book, name)
        if _is_table(rows):
            return _noted(_Sheet(file, name, rows, start), _others(file, book, visible[position + 1 :]), hidden, errors)
    where = "sheets: " + ", ".join(visible) + (f"; hidden, not read: {', '.join(hidden)}" if hidden else "")
    raise DataError(
        "P107", f"{file.name} holds no visible sheet with rows", where=where, fix="name a hidden sheet with --sheet NAME"
    )


def _noted(sheet: _Sheet, others: Sequence[str], hidden: Sequence[str], errors: int) -> _Sheet:
    """The sheet with what a reader should know about the workbook."""
    if others:
        words = f'sheet "{sheet.name}" of {sheet.file.name} was read; others hold data too: {", ".join(others[:8])}'
        sheet.notes.append(Note(Level.WARN, "P102", words, sheet.file.name, f'to read another: --sheet "{others[0]}"'))
    if hidden:
        words = f"hidden sheets of {sheet.file.name} were not read: {', '.join(hidden[:8])}"
        sheet.notes.append(Note(Level.PASS, "P102", words, sheet.file.name))
    if errors:
        words = f"{errors:,} cells of sheet {sheet.name} hold an error such as #N/A and are taken as empty"
        sheet.notes.append(Note(Level.WARN, "P103", words, sheet.file.name, "mend the formulas, or export the values"))
    return sheet


def _others(file: Opened, book: Any, names: Sequence[str]) -> list[str]:
    """Further sheets that hold data."""
    found = []
    for name in names:
        _measure(file, name)
        if _is_table(_values(file, book, name)[0]):
            found.append(name)
    return found


def _is_table(rows: Rows) -> bool:
    """Whether there is a header and something below it."""
    return sum(any(v != "" for v in row) for row in rows[:50]) > 1


def _header(rows: Rows) -> int:
    """The position of the header: the first row, or the one below titles that fill a single cell of a wide table."""
    wide = max(sum(v != "" for v in row) for row in rows[:50])
    return next(i for i, row in enumerate(rows) if sum(v != "" for v in row) > (1 if wide > 2 else 0))


def _goes_on(rows: Rows, first: int) -> bool:
    """Whether the names go on in the row below: merged cells above, which leave gaps, and nothing but texts below them."""
    if len(rows) < first + 3:
        return False
    above, below, data = rows[first], rows[first + 1], rows[first + 2]
    merged = any(a != "" and b == "" for a, b in pairwise(above))
    named = all(isinstance(b, str) for b in below) and all(b != "" for a, b in zip(above, below, strict=True) if a == "")
    return merged and named and any(isinstance(v, int | float) and not isinstance(v, bool) for v in data)


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Names over two rows; a merged cell stands over all columns until the next."""
    names, over = [], ""
    for a, b in zip(above, below, strict=True):
        over = a or over
        names.append(f"{over} {b}".strip() if over and b else over or b)
    return names


def _values(file: Opened, book: Any, name: str) -> tuple[Rows, tuple[int, int]]:
    """The cells of a sheet and the position of the first."""
    sheet = _guard(file, lambda _: book.get_sheet_by_name(name))
    rows: Rows = _guard(file, lambda _: sheet.to_python(skip_empty_area=True))
    return rows, sheet.start or (0, 0)


def _guard(file: Opened, act: Any) -> Any:
    """The result of a call into the reader; P108 when the workbook is damaged, even where the reader panics."""
    import python_calamine

    try:
        return act(python_calamine)
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            locked = "password" in type(error).__name__.lower() or "password" in str(error).lower()
            what = "is protected by a password" if locked else "is damaged: it cannot be read as a workbook"
            fix = (
                "save it without the password"
                if locked
                else "open it in a spreadsheet program and save it again, or fetch it again"
            )
            raise DataError("P108", f"{file.name} {what}", where=str(file.path), fix=fix) from error
        raise


def _measure(file: Opened, name: str) -> int:
    """Cells that hold an error; raises P110 when the sheet spans more cells than can be held. Other formats: 0, unmeasured."""
    if not zipfile.is_zipfile(file.content):
        return 0
    rows = columns = errors = 0
    with zipfile.ZipFile(file.content) as archive:
        part = _part(archive, name)
        if part is None:
            return 0
        with archive.open(part) as stream:
            rest = b""
            while chunk := stream.read(CHUNK):
                piece = rest + chunk
                cut = piece.rfind(b">") + 1
                piece, rest = piece[:cut], piece[cut:]
                for letters, number in re.findall(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"', piece):
                    rows = max(rows, int(number))
                    if len(letters) > 1 or columns < 26:
                        columns = max(columns, _column_number(letters))
                errors += piece.count(b' t="e"')
                if rows * columns > MOST_CELLS:
                    where = f"{file.path}: sheet {name} spans {rows:,} rows x {columns:,} columns, at most {MOST_CELLS:,} cells"
                    fix = "delete the stray cells far from the table, or export the sheet as CSV"
                    raise DataError("P110", f"{file.name} grows beyond the limit when opened", where=where, fix=fix)
    return errors


def _part(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part of an xlsx package that holds a sheet."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", errors="replace")
    except KeyError:
        return None
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    tag = next((t for t in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book) if f'name="{escaped}"' in t), "")
    key = re.search(r'\w+:id="([^"]+)"', tag)
    if key is None:
        return None
    relation = next((r for r in re.findall(r"<Relationship\b[^>]*>", relations) if f'Id="{key[1]}"' in r), "")
    target = re.search(r'Target="([^"]+)"', relation)
    part = "" if target is None else (target[1].lstrip("/") if target[1].startswith("/") else f"xl/{target[1]}")
    return part if part in archive.namelist() else None


def _column_number(letters: bytes) -> int:
    """The number of column "AB"."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _cell(row: int, column: int) -> str:
    """The name of a cell by 0-based row and column."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _text(value: Any) -> str:
    """A cell as exact text."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) and abs(value) < 1e22 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
