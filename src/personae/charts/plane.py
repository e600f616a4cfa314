"""A plane with the same scale in both directions, and the marks of personas on it, for charts that are maps."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.charts.look import GREY, INK, PAPER, SOFT, mark
from personae.model.map import Cell, Outline

TALL, FLAT = 0.85, 0.4
"""The most and the least height of a plane, in widths."""
CORNERS = 48
"""Of an ellipse as it is drawn."""


@dataclass(frozen=True)
class Plane:
    """`width` by `height` pixels that show these two stretches."""

    width: int
    height: int
    across: tuple[float, float]
    up: tuple[float, float]

    def right(self, x: float) -> float:
        """Pixels from the left."""
        return self.width * (x - self.across[0]) / (self.across[1] - self.across[0])

    def down(self, y: float) -> float:
        """Pixels from the top."""
        return self.height * (self.up[1] - y) / (self.up[1] - self.up[0])

    def x(self, field: str = "x") -> dict[str, Any]:
        """The horizontal encoding of a field."""
        return _bare(field, self.across)

    def y(self, field: str = "y") -> dict[str, Any]:
        """The vertical encoding of a field."""
        return _bare(field, self.up)


def plane(cells: Sequence[Cell], side: float, outlines: Sequence[Outline], width: int) -> Plane:
    """The plane in which all cells and outlines up to 2 standard deviations have room."""
    xs = [c.x + s * side / 2 for c in cells for s in (-1, 1)] + [
        o.x + s * 2 * math.sqrt(o.xx) for o in outlines for s in (-1, 1)
    ]
    ys = [c.y + s * side / 2 for c in cells for s in (-1, 1)] + [
        o.y + s * 2 * math.sqrt(o.yy) for o in outlines for s in (-1, 1)
    ]
    a, b = _wider(min(xs), max(xs), 0.03), _wider(min(ys), max(ys), 0.06)
    tall = (b[1] - b[0]) / (a[1] - a[0])
    if tall > TALL:
        a = _wider(*a, (tall / TALL - 1) / 2)
    elif tall < FLAT:
        b = _wider(*b, (FLAT / tall - 1) / 2)
    return Plane(width, round(width * min(TALL, max(FLAT, tall))), a, b)


def squares(on: Plane, cells: Sequence[Cell], side: float, whose: Sequence[int], opacity: float = 0.62) -> dict[str, Any]:
    """A layer of squares: the area says how many users, up to the size that one in ten exceeds, the colour whose they are."""
    most = sorted(c.users for c in cells)[(9 * (len(cells) - 1)) // 10]
    values = []
    for c, of in zip(cells, whose, strict=True):
        half = side / 2 * max(0.22, 0.96 * math.sqrt(min(1.0, c.users / most)))
        fill = mark(of).colour if of >= 0 else GREY
        edge = (c.x - half, c.x + half, c.y - half, c.y + half)
        values.append({**{k: float(f"{v:.4g}") for k, v in zip(("x", "x2", "y", "y2"), edge)}, "c": fill})
    look = {"type": "rect", "fillOpacity": opacity, "stroke": SOFT, "strokeWidth": 0.5}
    encoding = {
        "x": on.x(), "x2": {"field": "x2"}, "y": on.y(), "y2": {"field": "y2"},
        "fill": {"field": "c", "type": "nominal", "scale": None},
    }  # fmt: skip
    return {"data": {"values": values}, "mark": look, "encoding": encoding}


def ellipse(on: Plane, o: Outline, sd: float, dash: Sequence[int] = ()) -> dict[str, Any]:
    """The points so many standard deviations from a mean."""
    half, gap = (o.xx + o.yy) / 2, math.hypot((o.xx - o.yy) / 2, o.xy)
    turn = math.atan2(2 * o.xy, o.xx - o.yy) / 2
    long, short = (sd * math.sqrt(max(half + s * gap, 0.0)) for s in (1, -1))
    points = []
    for i in range(CORNERS + 1):
        a, b = long * math.cos(2 * math.pi * i / CORNERS), short * math.sin(2 * math.pi * i / CORNERS)
        x, y = o.x + a * math.cos(turn) - b * math.sin(turn), o.y + a * math.sin(turn) + b * math.cos(turn)
        points.append({"x": float(f"{x:.4g}"), "y": float(f"{y:.4g}"), "i": i})
    look = {"type": "line", "stroke": INK, "strokeWidth": 1.3, "strokeDash": list(dash) or [1, 0]}
    return {"data": {"values": points}, "mark": look, "encoding": {"x": on.x(), "y": on.y(), "order": {"field": "i"}}}


def line(on: Plane, points: Sequence[tuple[float, float]], width: float, dash: Sequence[int] = ()) -> dict[str, Any]:
    """A line through points."""
    values = [{"x": round(x, 4), "y": round(y, 4), "i": i} for i, (x, y) in enumerate(points)]
    look = {"type": "line", "stroke": INK, "strokeWidth": width, "strokeDash": list(dash) or [1, 0]}
    return {"data": {"values": values}, "mark": look, "encoding": {"x": on.x(), "y": on.y(), "order": {"field": "i"}}}


def sign(on: Plane, persona: int, x: float, y: float, size: int = 230) -> list[dict[str, Any]]:
    """The mark of a persona at a point; with its number where it has no shape of its own."""
    m = mark(persona)
    shape = "circle" if m.shape == "circle" else re.sub(r"-?[\d.]+", lambda n: f"{float(n[0]) / 10:.3g}", m.path)
    look = {"type": "point", "shape": shape, "size": size, "fill": m.colour, "stroke": INK, "strokeWidth": 1.6, "opacity": 1}
    at = {"data": {"values": [{"x": x, "y": y}]}, "encoding": {"x": on.x(), "y": on.y()}}
    number = {"type": "text", "text": m.number, "fontSize": 10, "fontWeight": "bold", "fill": "#1b1c1d"}
    return [{**at, "mark": look}, *([{**at, "mark": number}] if m.number else [])]


def write(text: str, right: float, down: float, **look: Any) -> list[dict[str, Any]]:
    """Words at a place in pixels, on a rim of paper so that they can be read on anything."""
    at = {"data": {"values": [{}]}, "encoding": {"x": {"value": round(right, 1)}, "y": {"value": round(down, 1)}}}
    words = {"type": "text", "text": text, "fontSize": 13, "fontWeight": 600, **look}
    rim = {**words, "stroke": PAPER, "fill": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [{**at, "mark": rim}, {**at, "mark": {"fill": INK, **words}}]


def _wider(low: float, high: float, by: float) -> tuple[float, float]:
    more = by * ((high - low) or 1.0)
    return low - more, high + more


def _bare(field: str, domain: tuple[float, float]) -> dict[str, Any]:
    """An encoding without an axis."""
    scale = {"domain": list(domain), "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": scale, "axis": None}
