"""A measure over the number of groups, with the numbers worth naming marked by shape, size and label."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from personae.charts.look import COLOURS, INK, PAPER, SOFT

WIDTH, HEIGHT = 266, 150
"""Of the plot in pixels: with its axes it fits a phone at full size."""
FORMATS: dict[str, dict[str, str]] = {
    "%": {"format": ".0%"},
    "in 100": {"labelExpr": "format(datum.value * 100, '.0f')"},
    "": {"format": ".2f"},
}


def curve(
    points: Sequence[tuple[int, float]], k: int, other: int | None, unit: str, spans: Sequence[tuple[int, float, float]] = ()
) -> dict[str, Any]:
    """The Vega-Lite dict of `points` (number of groups, value): `k` is the recommended number, `other` the runner-up, `unit` a
    key of FORMATS, `spans` are intervals (number of groups, low, high)."""
    ends = [v for _, v in points] + [v for _, a, b in spans for v in (a, b)]
    low, top = min(0.0, *ends), max(ends) * 1.18 or 1.0
    sizes = [size for size, _ in points]
    x = {
        "field": "k",
        "type": "quantitative",
        "scale": {"domain": [sizes[0] - 0.4, sizes[-1] + 0.6], "nice": False},
        "axis": {"title": "number of groups", "values": sizes, "grid": False, "format": "d", "tickSize": 4},
    }
    y = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [low, top], "nice": False},
        "axis": {"title": None, "tickCount": 4, "domain": False, "ticks": False, "labelPadding": 6, **FORMATS[unit]},
    }
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "stroke": SOFT, "strokeWidth": 1.6}},
        {"mark": _point("circle", PAPER, SOFT, 34)},
        *_flag(points, k, _point("circle", COLOURS[0], INK, 150)),
        *(_flag(points, other, _point("diamond", PAPER, INK, 130)) if other else ()),
    ]
    if spans:
        values = [{"k": size, "a": round(a, 6), "b": round(b, 6)} for size, a, b in spans]
        encoding = {"x": x, "y": {**y, "field": "a"}, "y2": {"field": "b"}}
        layers.insert(
            0, {"data": {"values": values}, "mark": {"type": "rule", "stroke": SOFT, "strokeWidth": 1.2}, "encoding": encoding}
        )
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "data": {"values": _values(points)},
        "encoding": {"x": x, "y": y},
        "layer": layers,
    }


def _values(points: Sequence[tuple[int, float]]) -> list[dict[str, float]]:
    return [{"k": size, "v": round(v, 6)} for size, v in points]


def _point(shape: str, fill: str, stroke: str, size: int) -> dict[str, Any]:
    look = {"fill": fill, "stroke": stroke, "strokeWidth": 1.5, "size": size, "opacity": 1}
    return {"type": "point", "shape": shape, "filled": True, **look}


def _flag(points: Sequence[tuple[int, float]], k: int, point: dict[str, Any]) -> list[dict[str, Any]]:
    """The mark and the number of a size worth naming; nothing when it was not tried."""
    here = {"values": _values([p for p in points if p[0] == k])}
    text = {"type": "text", "text": str(k), "dy": -14, "fontWeight": "bold", "fontSize": 13, "fill": INK}
    return [{"data": here, "mark": point}, {"data": here, "mark": text}] if here["values"] else []
