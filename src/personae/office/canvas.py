"""What a slide is drawn with: boxes of text that fits, marks, native charts and tables, notes. Lengths are points."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.charts.look import INK, LINE, SOFT, Mark
from personae.office.fit import fitted, height
from personae.office.grid import TEXTS
from personae.office.slide import Bars
from personae.words.legible import legible, shortened

WIDTH, HEIGHT, MARGIN = 960.0, 540.0, 44.0
"""The size of a slide (16 to 9) and its margin."""
CALM = "#f4f4f0"
"""The fill of panels."""
_SHAPES = {
    "circle": "OVAL", "square": "RECTANGLE", "triangle": "ISOSCELES_TRIANGLE", "diamond": "DIAMOND", "cross": "CROSS",
    "pentagon": "REGULAR_PENTAGON", "star": "STAR_5_POINT", "pointer": "FLOWCHART_MERGE", "ring": "OVAL",
}  # fmt: skip


@dataclass(frozen=True)
class Box:
    """A place on a slide."""

    x: float
    y: float
    w: float
    h: float

    def inside(self, by: float) -> Box:
        """The same box, smaller on every side."""
        return Box(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)

    def row(self, parts: int, gap: float = 14.0) -> tuple[Box, ...]:
        """Equal boxes side by side."""
        w = (self.w - gap * (parts - 1)) / parts
        return tuple(Box(self.x + i * (w + gap), self.y, w, self.h) for i in range(parts))

    def column(self, parts: int, gap: float = 14.0) -> tuple[Box, ...]:
        """Equal boxes one below the other."""
        h = (self.h - gap * (parts - 1)) / parts
        return tuple(Box(self.x, self.y + i * (h + gap), self.w, h) for i in range(parts))

    def split(self, share: float, gap: float = 26.0) -> tuple[Box, Box]:
        """A left box of that share of the width, and the rest."""
        left = (self.w - gap) * share
        return Box(self.x, self.y, left, self.h), Box(self.x + left + gap, self.y, self.w - left - gap, self.h)

    @property
    def emu(self) -> tuple[int, int, int, int]:
        """Left, top, width, height as the format counts them."""
        return tuple(round(v * 12_700) for v in (self.x, self.y, self.w, self.h))  # type: ignore[return-value]


def write(
    slide: Any,
    box: Box,
    text: str,
    sizes: Sequence[float] = (12.0,),
    *,
    bold: bool = False,
    colour: str = INK,
    align: str = "l",
    middle: bool = False,
) -> float:
    """Write a text at the largest of `sizes` at which it fits its box, cut with an ellipsis where none does; returns the height
    it takes."""
    shown, size = fitted(legible(text), box.w, box.h, tuple(sizes), bold=bold)
    frame = slide.shapes.add_textbox(*box.emu).text_frame
    fill(frame, shown, size, bold=bold, colour=colour, align=align, middle=middle)
    return height(shown, box.w, size, bold=bold)


def fill(
    frame: Any, text: str, size: float, *, bold: bool = False, colour: str = INK, align: str = "l", middle: bool = False
) -> None:
    """Put a text into a text frame without margins; a line feed begins a new paragraph."""
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
    for i, part in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        paragraph.alignment = {"l": PP_ALIGN.LEFT, "r": PP_ALIGN.RIGHT, "c": PP_ALIGN.CENTER}[align]
        if not part:  # an empty line is as tall as its end says, and 18 points where that says nothing
            paragraph._p.get_or_add_endParaRPr().set("sz", str(round(100 * size)))
            continue
        run = paragraph.add_run()
        run.text = part
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, _rgb(colour)
        run._r.get_or_add_rPr().set("lang", "en-GB")


def panel(slide: Any, box: Box, colour: str = CALM, *, edge: str = "", shape: str = "RECTANGLE") -> Any:
    """A filled shape without text, marked as decoration."""
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.util import Pt

    made = slide.shapes.add_shape(getattr(MSO_SHAPE, shape), *box.emu)
    made._element.remove(made._element.find("{*}style"))  # no shadow and no colour of the program's
    made.fill.solid()
    made.fill.fore_color.rgb = _rgb(colour)
    if edge:
        made.line.color.rgb, made.line.width = _rgb(edge), Pt(1)
    else:
        made.line.fill.background()
    describe(made, "")
    return made


def beneath(slide: Any, shape: Any) -> None:
    """Put a shape below all others."""
    tree = slide.shapes._spTree
    tree.remove(shape._element)
    tree.insert(2, shape._element)


def mark(slide: Any, x: float, y: float, size: float, of: Mark, name: str) -> None:
    """The mark of a persona: colour, shape, dark outline, and a number past the eighth."""
    made = panel(slide, Box(x, y, size, size), of.colour, edge=INK, shape=_SHAPES[of.shape])
    if of.number:
        fill(made.text_frame, of.number, size * 0.42, bold=True, align="c", middle=True)
    describe(made, f"The mark of {name}: a {of.shape}")


def describe(shape: Any, words: str) -> None:
    """The text that stands in for a shape."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", legible(words))


def bars(slide: Any, box: Box, of: Bars) -> None:
    """A native chart of horizontal bars, first on top; the workbook inside holds what is drawn and nothing else."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.util import Pt

    data = CategoryChartData()  # the format of labels is set below: here it would not be escaped
    data.categories = [legible(n) for n in of.names]
    data.add_series(legible(of.series), of.values)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box.emu, data)
    describe(frame, of.alt)
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_book(of))
    chart.has_legend = chart.has_title = False
    chart.font.size, chart.font.color.rgb = Pt(12 if len(of.names) < 9 else 10), _rgb(INK)
    names, values = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.format.line.color.rgb = _rgb(SOFT)
    values.visible = values.has_major_gridlines = False
    if of.most is not None:
        values.maximum_scale, values.minimum_scale = of.most, 0 if not of.crosses else 1 / of.most
    if of.crosses:
        _logarithmic(values, names, of.crosses)
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    if of.form:
        _labelled(plot, of)
    for i, m in enumerate(of.marks):
        point = plot.series[0].points[i]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = _rgb(m.colour)
        point.format.line.color.rgb, point.format.line.width = _rgb(INK), Pt(0.75)


def _book(of: Bars) -> bytes:
    """The workbook of a chart, laid out as its references say: the drawing library's own runs names that look like formulas."""
    import xlsxwriter

    blob = io.BytesIO()
    with xlsxwriter.Workbook(blob, {"in_memory": True, **TEXTS}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, name in enumerate(("", *of.names)):
            sheet.write_string(row, 0, shortened(legible(name)))
        sheet.write_string(0, 1, shortened(legible(of.series)))
        for row, value in enumerate(of.values, 1):
            sheet.write_number(row, 1, value)
    return blob.getvalue()


def _labelled(plot: Any, of: Bars) -> None:
    """The value at the end of each bar."""
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = of.form, False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size, labels.font.bold = Pt(12 if len(of.names) < 9 else 10), True


def _logarithmic(values: Any, names: Any, crosses: float) -> None:
    """Twice and half lie equally far from the line of everyone."""
    from lxml import etree

    scaling = values._element.find("{*}scaling")
    base = etree.Element(f"{{{etree.QName(scaling).namespace}}}logBase", val="2")
    scaling.insert(0, base)
    found = names._element.find("{*}crosses")
    if found is not None:
        at = etree.Element(f"{{{etree.QName(scaling).namespace}}}crossesAt", val=f"{crosses:g}")
        found.getparent().replace(found, at)


def notes(slide: Any, lines: Sequence[str]) -> None:
    """What the speaker sees: the facts behind the slide."""
    slide.notes_slide.notes_text_frame.text = legible("\n".join(lines))


def line(slide: Any, box: Box, colour: str = LINE) -> None:
    """A thin line across."""
    panel(slide, Box(box.x, box.y, box.w, 1.0), colour)


def _rgb(colour: str) -> Any:
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour.lstrip("#").upper())
