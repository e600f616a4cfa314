"""Slides from plain values: where each part stands, and a file with the same bytes every time."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from personae.charts.look import COLOURS, INK, SOFT
from personae.office.canvas import HEIGHT, MARGIN, WIDTH, Box, bars, beneath, describe, fill, line, mark, notes, panel, write
from personae.office.fit import ems, fitted, height
from personae.office.seal import seal_file
from personae.office.slide import Deck, Face, Points, Slide, Tile
from personae.office.tables import table
from personae.words.legible import legible

BODY = Box(MARGIN, 122, WIDTH - 2 * MARGIN, 352)
"""Where the parts of a slide stand."""
_PROGRAM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    'officeDocument/2006/extended-properties"><Application>personae</Application></Properties>'
)


def draw(deck: Deck, path: Path) -> Path:
    """Write a deck as a .pptx file; the same deck gives the same bytes, without the name of a person, machine or template."""
    book = _open(deck.title)
    for i, slide in enumerate(deck.slides, 1):
        _slide(book, deck, slide, i)
    out = io.BytesIO()
    book.save(out)
    seal_file(path, out.getvalue(), _cleaned)
    return path


def _open(title: str) -> Any:
    """An empty deck, 16 to 9, with one layout: a title and nothing else."""
    import pptx

    book = pptx.Presentation()
    book.slide_width, book.slide_height = round(WIDTH * 12_700), round(HEIGHT * 12_700)
    for layout in tuple(book.slide_layouts):
        if layout.name != "Title Only":
            book.slide_layouts.remove(layout)
    for kind in (book.slide_master, book.slide_layouts[0]):
        for holder in tuple(kind.placeholders):
            if holder.placeholder_format.type is not None and "TITLE" in str(holder.placeholder_format.type):
                holder.left, holder.top, holder.width, holder.height = Box(MARGIN, 52, WIDTH - 2 * MARGIN, 62).emu
            elif kind is not book.slide_master:
                holder._element.getparent().remove(holder._element)
    about = book.core_properties
    about.title, about.author, about.last_modified_by, about.comments = legible(title)[:255], "", "", ""
    for rels in (book.part.rels, book.part.package._rels):
        for id in [r.rId for r in rels.values() if r.reltype.endswith(("/printerSettings", "/thumbnail"))]:
            rels.pop(id)
    return book


def _cleaned(name: str, body: bytes) -> bytes | None:
    """The program's name without its past, and the colours and the font of our charts as those of the theme."""
    if name == "docProps/app.xml":
        return _PROGRAM.encode()
    if name == "ppt/theme/theme1.xml":
        text = body.decode().replace('<a:latin typeface="Calibri"/>', '<a:latin typeface="Arial"/>')
        for i, colour in enumerate(COLOURS[:6], 1):
            text = re.sub(rf"(<a:accent{i}>)<a:srgbClr val=\"\w+\"/>", rf'\1<a:srgbClr val="{colour[1:]}"/>', text)
        return text.encode()
    return body


def _slide(book: Any, deck: Deck, slide: Slide, number: int) -> None:
    made = book.slides.add_slide(book.slide_layouts[0])
    if slide.cover:
        _cover(made, deck, slide)
    else:
        _head(made, slide)
        _body(made, slide)
    _foot(made, deck, number, slide.cover)
    notes(made, slide.notes)


def _head(made: Any, slide: Slide) -> None:
    left = MARGIN
    if slide.mark is not None:
        mark(made, MARGIN, 56, 34, slide.mark, slide.title)
        left += 48
    room = Box(left, 52, WIDTH - MARGIN - left, 44 if slide.about else 58)
    write(made, Box(MARGIN, 30, 600, 16), slide.kicker.upper(), (10.0,), bold=True, colour=SOFT)
    _title(made, slide.title, room, (28.0, 25.0, 22.0, 19.0, 17.0, 15.0), INK)
    if slide.about:
        write(made, Box(left, 98, WIDTH - MARGIN - left, 17), slide.about, (12.0, 11.0, 10.0), colour=SOFT)


def _title(made: Any, text: str, room: Box, sizes: tuple[float, ...], colour: str) -> None:
    """The title in its placeholder, so that outlines and screen readers find it."""
    shown, size = fitted(legible(text), room.w, room.h, sizes, bold=True)
    holder = made.shapes.title
    holder.left, holder.top, holder.width, holder.height = room.emu
    fill(holder.text_frame, shown, size, bold=True, colour=colour, middle=True)


def _foot(made: Any, deck: Deck, number: int, cover: bool) -> None:
    """The verdict, on every slide; where the numbers come from; the number of the slide."""
    y = HEIGHT - 40
    line(made, Box(MARGIN, y - 9, WIDTH - 2 * MARGIN, 1))
    w = ems(deck.word) * 11 * 1.1 + 22
    pill = panel(made, Box(MARGIN, y, w, 20), INK, shape="ROUNDED_RECTANGLE")
    fill(pill.text_frame, legible(deck.word), 11, bold=True, colour="#ffffff", align="c", middle=True)
    describe(pill, f"Kind of groups: {deck.word}")
    write(made, Box(MARGIN + w + 10, y + 3, 330, 15), deck.phrase, (11.0, 10.0))
    write(made, Box(470, y + 4, WIDTH - MARGIN - 510, 14), deck.source, (9.0, 8.0), colour=SOFT, align="r")
    write(made, Box(WIDTH - MARGIN - 30, y + 4, 30, 14), str(number), (9.0,), colour=SOFT, align="r")


def _cover(made: Any, deck: Deck, slide: Slide) -> None:
    """The finding on a dark half, the data it rests on beside it."""
    half = Box(0, 0, 424, HEIGHT - 60)
    beneath(made, panel(made, half, INK))
    write(made, Box(MARGIN, 44, 340, 16), slide.kicker.upper(), (10.0,), bold=True, colour="#c9cad0")
    _title(made, slide.title, Box(MARGIN, 70, 350, 150), (40.0, 36.0, 32.0, 28.0, 24.0, 20.0), "#ffffff")
    y = 240.0
    for text in slide.points[0].items if slide.points else ():
        room = Box(MARGIN, y, 350, half.h - 20 - y)
        if room.h > 20:
            y += write(made, room, text, (15.0, 13.0, 12.0, 11.0), colour="#e9e9ee") + 10
    right = Box(460, 44, WIDTH - 460 - MARGIN, half.h - 44)
    rows = (len(slide.tiles) + 1) // 2
    for at, tile in zip((b for r in Box(right.x, right.y, right.w, 92.0 * rows).column(rows) for b in r.row(2)), slide.tiles):
        _tile(made, at, tile)
    y = right.y + 92 * rows + 18
    if slide.grid is not None:
        y += table(made, Box(right.x, y, right.w, half.h - y), slide.grid) + 8
    if slide.more:
        write(made, Box(right.x, y, right.w, max(14.0, half.h - y)), slide.more, (11.0, 10.0), colour=SOFT)


def _tile(made: Any, box: Box, tile: Tile) -> None:
    panel(made, box)
    write(made, Box(box.x + 14, box.y + 10, box.w - 28, 36), tile.number, (28.0, 24.0, 20.0), bold=True)
    write(made, Box(box.x + 14, box.y + 47, box.w - 28, box.h - 52), tile.words, (12.0, 11.0, 10.0), colour=SOFT)


def _body(made: Any, slide: Slide) -> None:
    """The main part, and what is said beside it or on its own."""
    room = BODY if not slide.more else Box(BODY.x, BODY.y, BODY.w, BODY.h - 20)
    if slide.more:
        write(made, Box(BODY.x, BODY.y + BODY.h - 14, BODY.w, 15), slide.more, (11.0, 10.0, 9.0), colour=SOFT)
    if slide.faces:
        _faces(made, room, slide.faces)
    elif slide.bars is not None:
        left, right = room.split(0.56 if slide.points else 1.0)
        bars(made, left, slide.bars)
        _stack(made, right, slide.points)
    elif slide.grid is not None:
        table(made, room, slide.grid)
    else:
        for box, points in zip(room.row(max(1, len(slide.points)), 22), slide.points, strict=False):
            panel(made, box)
            _points(made, box.inside(16), points, 18.0)


def _faces(made: Any, room: Box, faces: tuple[Face, ...]) -> None:
    """Up to three side by side in one row, up to eight in two."""
    rows = 1 if len(faces) <= 3 else 2
    per = -(-len(faces) // rows)
    boxes = [b for r in room.column(rows) for b in r.row(per)]
    for box, face in zip(boxes, faces, strict=False):
        _face(made, box, face)


def _face(made: Any, box: Box, face: Face) -> None:
    panel(made, box)
    panel(made, Box(box.x, box.y, box.w, 4), face.mark.colour)
    inner = Box(box.x + 12, box.y + 14, box.w - 24, box.h - 22)
    mark(made, inner.x, inner.y + 1, 26, face.mark, face.name)
    room = inner.w - 35
    tall = 19.0 if height(legible(face.name), room, 13.0, bold=True) < 17 else 29.0
    write(made, Box(inner.x + 35, inner.y, room, tall), face.name, (15.0, 13.0, 12.0, 11.0, 10.0, 9.0), bold=True)
    write(made, Box(inner.x + 35, inner.y + tall - 1, room, 14), face.size, (11.0, 10.0, 9.0, 8.0), colour=SOFT)
    y, end = inner.y + tall + 20, inner.y + inner.h
    for much, what in face.lines:
        if y + 18 > end:
            return
        write(made, Box(inner.x, y, 50, 18), much, (14.0, 12.0, 10.0), bold=True)
        write(made, Box(inner.x + 52, y + 2, inner.w - 52, 15), what, (12.0, 11.0, 10.0))
        y += 19
    for text, colour in ((face.tagline, INK), (face.below, SOFT)):
        if text and end - y > 14:
            y += write(made, Box(inner.x, y + 4, inner.w, end - y - 4), text, (11.0, 10.0, 9.0), colour=colour) + 4


def _stack(made: Any, room: Box, many: tuple[Points, ...]) -> None:
    """Points one below the other, as large as all of them together allow."""
    size = next((s for s in (14.0, 13.0, 12.0, 11.0, 10.0) if sum(_need(p, room.w, s) for p in many) <= room.h), 10.0)
    y = room.y
    for points in many:
        left = room.y + room.h - y
        if left < 40:
            return
        y += _points(made, Box(room.x, y, room.w, left), points, size) + 12


def _need(points: Points, width: float, size: float) -> float:
    return 17 + 12 + sum(height(legible(t), width, size) + 8 for t in points.items)


def _points(made: Any, box: Box, points: Points, largest: float) -> float:
    """A heading and sentences that fit their box; returns the height they take."""
    write(made, Box(box.x, box.y, box.w, 15), points.head.upper(), (10.5, 9.5, 8.5), bold=True, colour=SOFT)
    sizes = tuple(s for s in (18.0, 16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.0) if s <= largest)
    size = next((s for s in sizes if _need(points, box.w, s) <= box.h), sizes[-1])
    y, end = box.y + 18, box.y + box.h
    for i, text in enumerate(points.items):
        if end - y < size * 1.3:
            break
        later = 0.0 if size > sizes[-1] else min(30.0, 14.0 * (len(points.items) - 1 - i))
        y += write(made, Box(box.x, y, box.w, max(size * 1.25, end - y - later)), text, (size,)) + 8
    return y - box.y
