"""The workbook: a read-me, every table of the report, measures side by side, every fact, and on request every user.

Texts are written as texts, so that nothing in the data is run as a formula or becomes a link. Numbers are numbers. What a sheet
cannot hold is split over several or cut with a mark, and the read-me says how often.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from personae import plugins
from personae.charts.numbers import sentence
from personae.model.cast import Cast
from personae.model.persona import Claim
from personae.model.sheet import Cell, Heading, Share, Sheet
from personae.office.fit import lines, wide
from personae.office.grid import ROWS, TEXTS, across, down, sheet_name
from personae.office.seal import STAMP
from personae.report.binder import sheets
from personae.report.measures import facts, measures
from personae.report.preface import preface
from personae.report.verdict import badge, headline
from personae.words.legible import HIDDEN, legible, shortened

WIDEST, DIGIT, SIZE = 60, 6.2, 11.0
"""The widest column in digits, the width of a digit and the size of the font in points."""
_FORMATS = {"count": "#,##0", "share": "0.0%", "times": '0.00"×"', "number": "#,##0.0##"}


@dataclass
class Tally:
    """What had to be changed on the way: cells with characters no program can show, cells that were cut, and sheets that
    hold the rest of another."""

    signs: int = 0
    cut: int = 0
    written: list[tuple[str, str, str, int]] = field(default_factory=list)
    """Name, title and reading of each sheet, and its rows."""
    styles: dict[str, Any] = field(default_factory=dict)
    """One style of each kind."""


def export(cast: Cast, path: Path, *, users: bool = False) -> Path:
    """Write the workbook; the same cast gives the same bytes. `users` adds every user: such a file is for its owner alone."""
    book, tally = _open(path, headline(cast)), Tally()
    says = f"{badge(cast).word}: {badge(cast).phrase}"
    front = book.add_worksheet("Read me")
    for table in (*sheets(cast), measures(cast), facts(cast)):
        if table is not None:
            _table(book, table, says, tally)
    if users:
        made = plugins.find("exporters", "parquet").users(cast.ids, cast.placement, cast.personas)
        _list(book, made, "Users", says, tally, ROWS)
    _front(book, front, cast, tally)
    book.close()
    return path


def write(table: Any, path: Path, *, name: str = "Users", rows: int = ROWS) -> Path:
    """Write any table of texts and numbers, split over sheets of at most `rows` rows, the header included."""
    book, tally = _open(path, name), Tally()
    _list(book, table, name, "", tally, rows)
    if tally.signs or tally.cut:
        _rows(book.add_worksheet("Read me"), ((words, None, None) for words in _told(tally)), tally)
    book.close()
    return path


def sheet(sheet: Sheet, path: Path) -> Path:
    """Write one table for readers."""
    book, tally = _open(path, sheet.title), Tally()
    _table(book, sheet, "", tally)
    book.close()
    return path


# ---------------------------------------------------------------- sheets


def _open(path: Path, title: str) -> Any:
    """A workbook that holds rows on disk, runs no formula, makes no link, and names nobody."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, **TEXTS})
    stamp = datetime.fromisoformat(STAMP.removesuffix("Z"))
    book.set_properties({"title": shortened(legible(title), 255), "author": "", "comments": "", "created": stamp})
    return book


def _table(book: Any, table: Sheet, says: str, tally: Tally) -> None:
    """A table for readers: what it shows, how to read it, the header, the rows. A sentence has its fact ids beside it."""
    for headings, rows in across(*_with_evidence(table)):
        for part, some in enumerate(down(rows, ROWS - 3)):
            made = book.add_worksheet(name := sheet_name(table.id, [s[0] for s in tally.written]))
            widths = _widths(made, headings, some)
            bold, soft, head = (_style(book, tally, kind) for kind in ("title", "soft", "head"))
            _string(made, 0, 0, table.title, bold, tally)
            _string(made, 1, 0, f"{table.about} {says}".strip(), soft, tally)
            made.set_row(2, _tall([h.name for h in headings], widths))
            for j, h in enumerate(headings):
                _string(made, 2, j, h.name, head, tally)
            _rows(made, some, tally, 3, [_style(book, tally, h.kind) for h in headings], widths, _style(book, tally, "share"))
            made.freeze_panes(3, 1)
            made.autofilter(2, 0, 2 + max(1, len(some)), len(headings) - 1)
            _page(made, says)
            tally.written.append((name, table.title if not part else f"{table.title} (more)", table.about, len(some)))


def _list(book: Any, table: Any, name: str, says: str, tally: Tally, most: int) -> None:
    """Rows for machines and filters, the header on the first row, in as many sheets as they need."""
    names, start = table.column_names, 0
    while True:
        some = table.slice(start, most - 1)
        made = book.add_worksheet(called := sheet_name(name, [s[0] for s in tally.written]))
        made.set_column(0, len(names) - 1, 18)
        for j, n in enumerate(names):
            _string(made, 0, j, n, _style(book, tally, "head"), tally)
        batches = some.to_batches(max_chunksize=65_536)
        _rows(made, (row for b in batches for row in zip(*(c.to_pylist() for c in b.columns), strict=True)), tally, 1)
        made.freeze_panes(1, 1)
        made.autofilter(0, 0, max(1, some.num_rows), len(names) - 1)
        _page(made, says)
        tally.written.append((called, "Every row once", "Ids are texts, as they came in.", some.num_rows))
        start += some.num_rows
        if start >= table.num_rows:
            return


def _front(book: Any, made: Any, cast: Cast, tally: Tally) -> None:
    """The read-me: what was found, what each sheet holds, what it rests on."""
    made.set_column(0, 0, 24)
    made.set_column(1, 1, 100, _style(book, tally, "text"))
    made.set_column(2, 2, 10)
    title, head, text = _style(book, tally, "title"), _style(book, tally, "head"), _style(book, tally, "text")
    at = 0
    for name, words in preface(cast):
        made.set_row(at, _tall((words,), (100,)))
        _string(made, at, 0, name, title if at == 0 else text, tally)
        _string(made, at, 1, words, text, tally)
        at += 1
    for j, words in enumerate(("sheet", "what it shows", "rows")):
        _string(made, at + 1, j, words, head, tally)
    at += 2
    for name, shows, about, rows in tuple(tally.written):
        made.set_row(at, _tall((words := f"{sentence(shows)} {about}",), (100,)))
        _string(made, at, 0, name, text, tally)
        _string(made, at, 1, words, text, tally)
        made.write_number(at, 2, rows, _style(book, tally, "count"))
        at += 1
    for words in _told(tally):
        _string(made, at + 1, 1, words, text, tally)
        at += 1
    made.hide_gridlines(2)
    _page(made, "")


def _told(tally: Tally) -> tuple[str, ...]:
    """What had to be changed, in words."""
    made = []
    if tally.signs:
        made.append(f"{tally.signs:,} cells held characters that no program can show; signs such as ␀ stand for them.")
    if tally.cut:
        made.append(f"{tally.cut:,} cells were longer than a cell may be (32,767 characters); they end with … (cut).")
    return tuple(made)


# ---------------------------------------------------------------- cells


def _rows(
    made: Any,
    rows: Iterable[Sequence[Cell]],
    tally: Tally,
    start: int = 0,
    styles: Sequence[Any] = (),
    widths: Sequence[float] = (),
    share: Any = None,
) -> None:
    """Cells row by row, each row as tall as its texts need in columns of these widths; empty cells stay empty. `share` is the
    style of shares in columns of other numbers."""
    for i, row in enumerate(rows, start):
        if widths:
            made.set_row(i, _tall(row, widths))
        for j, cell in enumerate(row):
            style = styles[j] if styles else None
            if isinstance(cell, str):
                _string(made, i, j, cell, style, tally)
            elif isinstance(cell, Claim):
                _string(made, i, j, cell.text, style, tally)
            elif cell is not None and cell == cell:
                style = share if isinstance(cell, Share) else style
                _written(made.write_number(i, j, float(f"{cell:.9g}") if isinstance(cell, float) else cell, style), i, j)


def _tall(row: Sequence[Cell], widths: Sequence[float]) -> float:
    """The height of a row in points; a spreadsheet's tallest is 409."""
    texts = (c.text if isinstance(c, Claim) else c if isinstance(c, str) else "" for c in row)
    need = max((lines(t[:4_000], w * DIGIT, SIZE) for t, w in zip(texts, widths, strict=True) if t), default=1)
    return min(409.0, 15.0 * need)


def _string(made: Any, row: int, column: int, text: str, style: Any, tally: Tally) -> None:
    """A text as a text: never a formula, a link or a number."""
    if not text:
        return
    if HIDDEN.search(text):
        text, tally.signs = legible(text), tally.signs + 1
    if len(text) > 16_000 and (short := shortened(text)) != text:
        text, tally.cut = short, tally.cut + 1
    _written(made.write_string(row, column, text, style), row, column)


def _written(code: int, row: int, column: int) -> None:
    """Never a short file without a word: what the writer refuses is a fault of ours."""
    if code:
        raise AssertionError(f"cell {row}, {column} was not written")


def _with_evidence(table: Sheet) -> tuple[tuple[Heading, ...], tuple[tuple[Cell, ...], ...]]:
    """The table with a column of fact ids right of each column of sentences."""
    claims = [any(isinstance(row[j], Claim) for row in table.rows) for j in range(len(table.headings))]
    headings = [x for j, h in enumerate(table.headings) for x in (h, *([Heading(f"{h.name}: facts")] if claims[j] else []))]
    rows = (
        tuple(x for j, c in enumerate(row) for x in (c, *([", ".join(c.facts) if isinstance(c, Claim) else None] * claims[j])))
        for row in table.rows
    )
    return tuple(headings), tuple(rows)


def _widths(made: Any, headings: tuple[Heading, ...], rows: Sequence[Sequence[Cell]]) -> list[float]:
    """Set the width of each column by what its first rows hold."""
    widths = []
    for j, h in enumerate(headings):
        seen = (c.text if isinstance(c, Claim) else str(c) for c in (row[j] for row in islice(rows, 200)) if c is not None)
        width = max((wide(t) for t in seen), default=0.0) if h.kind == "text" else 8.0
        widths.append(min(WIDEST, max(width, min(wide(h.name), 16.0) + 3, 6.0) + 2.5))
        made.set_column(j, j, widths[-1])
    return widths


def _style(book: Any, tally: Tally, kind: str) -> Any:
    """The style of a kind of cell, made once a workbook."""
    known = tally.styles
    if kind not in known:
        known[kind] = book.add_format(
            {
                "title": {"bold": True, "font_size": 14},
                "soft": {"font_color": "#55585f"},
                "head": {"bold": True, "bottom": 1, "bg_color": "#eeeeea", "text_wrap": True, "valign": "top"},
                "text": {"text_wrap": True, "valign": "top", "align": "left", "indent": 1},
            }.get(kind, {"num_format": _FORMATS.get(kind, "General"), "valign": "top"})
        )
    return known[kind]


def _page(made: Any, says: str) -> None:
    """How a sheet prints: across, on one page's width, with the verdict above."""
    made.set_landscape()
    made.fit_to_pages(1, 0)
    if says:
        made.set_header("&L" + shortened(legible(says), 200).replace("&", "&&"))
