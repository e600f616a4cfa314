"""Native tables whose rows are measured before they are drawn, so that each slide holds what fits and the rest goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from personae.charts.look import INK, LINE
from personae.office.canvas import Box, describe, fill, mark
from personae.office.fit import BOLD, SPARE, ems, fitted, height
from personae.office.slide import Grid
from personae.words.legible import legible

SIZES, PAD, TOP, MARK = (14.0, 13.0, 12.0, 11.0), 5.0, 3.2, 13.0
"""Sizes of text, of which the largest is taken at which the table fits; space beside and above it; the size of a mark."""
ACROSS = 9
"""Columns that a slide holds."""
TALLEST = 0.4
"""The share of a slide's height that one row may take before its texts are cut."""


def pages(grid: Grid, box: Box) -> tuple[Grid, ...]:
    """A table in parts that fit the box: columns first, with the first one in each part, then rows."""
    return tuple(part for some in _across(grid) for part in _down(some, box))


def _across(grid: Grid) -> tuple[Grid, ...]:
    if len(grid.heads) <= ACROSS:
        return (grid,)

    def only(places: tuple[int, ...]) -> Grid:
        def pick(row: tuple[Any, ...]) -> tuple[Any, ...]:
            return tuple(row[j] for j in places)

        fills = tuple(map(pick, grid.fills))
        return replace(grid, heads=pick(grid.heads), rows=tuple(map(pick, grid.rows)), numeric=pick(grid.numeric), fills=fills)

    rest = range(1, len(grid.heads))
    return tuple(only((0, *rest[i : i + ACROSS - 1])) for i in range(0, len(rest), ACROSS - 1))


def _down(grid: Grid, box: Box) -> list[Grid]:
    widths = _widths(grid, box.w, SIZES[-1])
    head = _tall(grid.heads, widths, box.h, SIZES[-1], bold=True)
    parts: list[tuple[int, int]] = []
    start, used = 0, head
    for i, row in enumerate(grid.rows):
        need = _tall(row, widths, box.h, SIZES[-1])
        if used + need > box.h and i > start:
            parts.append((start, i))
            start, used = i, head
        used += need
    parts.append((start, len(grid.rows)))
    if len(parts) == 1:
        return [grid]
    return [
        replace(grid, rows=grid.rows[a:b], marks=grid.marks[a:b], fills=grid.fills[a:b], widths=widths) for a, b in parts
    ]  # fmt: skip


def table(slide: Any, box: Box, grid: Grid) -> float:
    """Draw a table that fits; returns its height."""
    for size in SIZES[-1:] if grid.widths else SIZES:
        widths = grid.widths or _widths(grid, box.w, size)
        heights = [_tall(grid.heads, widths, box.h, size, bold=True), *(_tall(r, widths, box.h, size) for r in grid.rows)]
        if sum(heights) <= box.h:
            break
    frame = slide.shapes.add_table(len(grid.rows) + 1, len(grid.heads), *Box(box.x, box.y, box.w, sum(heights)).emu)
    describe(frame, grid.alt)
    made = frame.table
    made.first_row, made.horz_banding = True, False
    _plain(made)
    for j, w in enumerate(widths):
        made.columns[j].width = round(w * 12_700)
    y = box.y
    for i, row in enumerate((grid.heads, *grid.rows)):
        made.rows[i].height = round(heights[i] * 12_700)
        for j, text in enumerate(row):
            cell = made.cell(i, j)
            colour = grid.fills[i - 1][j] if i and grid.fills else ""
            _cell(cell, text, size, widths[j] - _left(grid, j), heights[i], i == 0, grid.numeric[j], _left(grid, j), colour)
        if i and grid.marks and (m := grid.marks[i - 1]) is not None:
            mark(slide, box.x + 2, y + TOP, MARK, m, row[0])
        y += heights[i]
    return sum(heights)


def _cell(
    cell: Any, text: str, size: float, width: float, tall: float, head: bool, numeric: bool, left: float, colour: str
) -> None:
    from pptx.enum.text import MSO_ANCHOR
    from pptx.util import Pt

    shown, _ = fitted(legible(text), width - 2 * PAD, tall - 2 * TOP + 0.5, (size,), bold=head)
    fill(cell.text_frame, shown, size, bold=head, colour=INK, align="r" if numeric else "l")
    cell.margin_left, cell.margin_right = Pt(PAD + left), Pt(PAD)
    cell.margin_top = cell.margin_bottom = Pt(TOP)
    cell.vertical_anchor = MSO_ANCHOR.TOP
    _edges(cell, head, colour)


def _edges(cell: Any, head: bool, colour: str) -> None:
    """A line below, and a fill where there is one."""
    from lxml import etree

    properties = cell._tc.get_or_add_tcPr()
    space = "http://schemas.openxmlformats.org/drawingml/2006/main"

    def under(parent: Any, tag: str, **given: str) -> Any:
        return etree.SubElement(parent, f"{{{space}}}{tag}", **given)

    edge = under(properties, "lnB", w="12700" if head else "6350")
    under(under(edge, "solidFill"), "srgbClr", val=(INK if head else LINE).lstrip("#"))
    if colour:
        under(under(properties, "solidFill"), "srgbClr", val=colour.lstrip("#"))
    else:
        under(properties, "noFill")


def _plain(made: Any) -> None:
    """No style of the program's: text and lines as they are set here."""
    found = made._tbl.tblPr.find("{*}tableStyleId")
    if found is not None:
        found.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


def _left(grid: Grid, column: int) -> float:
    return MARK + 4 if grid.marks and column == 0 else 0.0


def _widths(grid: Grid, room: float, size: float) -> tuple[float, ...]:
    """Room shared out by what the columns hold: numbers as wide as they are, texts by the square root of their length."""
    wants, least = [], []
    for j, head in enumerate(grid.heads):
        cells = [legible(row[j]) for row in grid.rows]
        edge = 2 * PAD + _left(grid, j) + 2
        widest = max((ems(c) for c in cells), default=1.0) * size * SPARE
        word = max((ems(w) * BOLD for w in head.split()), default=1.0) * size * SPARE
        longest = max((ems(w) for c in cells for w in c.split()), default=1.0) * size * SPARE
        own = min(max(word, widest if grid.numeric[j] else longest), 150.0) + edge
        least.append(own)
        whole = max(ems(head) * size * SPARE * BOLD / 2, widest) + edge
        wants.append(max(0.0, whole - own))
    spare = room - sum(least)
    if spare < 0:
        return tuple(room * w / sum(least) for w in least)
    if sum(wants) <= spare:
        return tuple(w + x + (spare - sum(wants)) / len(least) for w, x in zip(least, wants, strict=True))
    total = sum(w**0.7 for w in wants)
    return tuple(w + spare * x**0.7 / total for w, x in zip(least, wants, strict=True))


def _tall(row: tuple[str, ...], widths: tuple[float, ...], room: float, size: float, *, bold: bool = False) -> float:
    """The height of a row; one that is too tall has its texts cut."""
    rooms = (w - 2 * PAD - (MARK + 4 if j == 0 else 0) for j, w in enumerate(widths))
    most = max(height(legible(t), w, size, bold=bold) for t, w in zip(row, rooms, strict=True))
    return min(most, TALLEST * room) + 2 * TOP
