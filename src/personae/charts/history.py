"""Sizes of personas over the runs: one line each, in the colour it always has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import GREY, INK, SOFT, mark
from personae.charts.numbers import count, percent, plural
from personae.model.history import Point

WIDTH, HEIGHT = 620, 320
MOST = 8
"""Personas that have a line of their own; the table has all."""


def history(points: Sequence[Point], places: Mapping[str, int], entity: str, floor: int) -> Chart | None:
    """Shares of everyone by run; None with fewer than two runs. `places` are the positions of the personas, by key."""
    sized = [p for p in points if p.personas]
    if len(sized) < 2:
        return None
    names = {s.key: s.name for p in sized for s in p.personas}
    last = {s.key: s.users for p in sized for s in p.personas}
    keys = sorted(names, key=lambda k: (places.get(k, 99), k))
    drawn = sorted(keys, key=lambda k: -last[k])[:MOST]
    gaps = {k: round(_share(sized[-1], k) - _share(sized[0], k), 9) for k in keys}
    top = max(gaps, key=lambda k: abs(gaps[k]))
    turn = (
        f"{names[top]} went from {percent(_share(sized[0], top))} to {percent(_share(sized[-1], top))} of all {plural(entity)}"
    )
    title = f"{turn} in {len(sized)} runs" if abs(gaps[top]) >= 0.01 else f"Sizes hardly changed in {len(sized)} runs"
    breaks = [b.run for a, b in pairwise(sized) if a.method and b.method and a.method != b.method]
    marks = f" Dashed lines are runs where the method changed ({', '.join(breaks)})." if breaks else ""
    caption = f"The share of all {plural(entity)} in each persona, by run.{marks}"
    rows = tuple((p.run, p.date, names[k], _told(p, k, floor), percent(_share(p, k))) for p in sized for k in keys if p.of(k))
    spec = _spec(sized, drawn, names, places, breaks)
    return Chart(
        "history", title, caption, f"{title}. {caption}", ("run", "day", "persona", plural(entity), "share"), rows, spec
    )


def _share(point: Point, key: str) -> float:
    size = point.of(key)
    return size.users / max(point.users, 1) if size else 0.0


def _told(point: Point, key: str, floor: int) -> str:
    size = point.of(key)
    n = size.users if size else 0
    return f"fewer than {floor}" if 0 < n < floor else count(n)


def _spec(
    points: Sequence[Point], keys: Sequence[str], names: Mapping[str, str], places: Mapping[str, int], breaks: Sequence[str]
) -> dict[str, Any]:
    order = {p.run: i for i, p in enumerate(points)}
    every = max(1, len(points) // 8)
    values: list[dict[str, Any]] = [
        {"x": order[p.run], "y": round(_share(p, k), 5), "name": names[k], "key": k} for k in keys for p in points if p.of(k)
    ]
    ends = [v for v in values if not any(w["key"] == v["key"] and w["x"] > v["x"] for w in values)]
    ticks = list(range(0, len(points), every))
    labels = " : ".join(f"datum.value == {i} ? '{points[i].run}'" for i in ticks) + " : ''"
    x = {
        "field": "x", "type": "quantitative", "scale": {"domain": [0, max(len(points) - 1, 1)], "nice": False},
        "axis": {"title": "run", "values": ticks, "labelExpr": labels, "grid": False},
    }  # fmt: skip
    y = {
        "field": "y", "type": "quantitative", "scale": {"zero": True},
        "axis": {"title": None, "format": ".0%", "tickCount": 5, "domain": False, "ticks": False},
    }  # fmt: skip
    colours = [mark(places[k]).colour if k in places else GREY for k in keys]
    shapes = [mark(places[k]).path if k in places else "circle" for k in keys]
    scale = {"domain": list(keys), "range": colours}
    stroke = {"field": "key", "type": "nominal", "scale": scale, "legend": None}
    shape = {"field": "key", "type": "nominal", "scale": {"domain": list(keys), "range": shapes}, "legend": None}
    there = {"x": x, "y": y}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "padding": {"left": 4, "right": 30, "top": 6, "bottom": 4},
        "layer": [
            {
                "data": {"values": [{"x": order[r]} for r in breaks]},
                "mark": {"type": "rule", "stroke": SOFT, "strokeDash": [4, 3]},
                "encoding": {"x": x},
            },
            {
                "data": {"values": values},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {**there, "stroke": stroke, "detail": {"field": "key"}},
            },
            {
                "data": {"values": values if len(points) <= 30 else ends},
                "mark": {"type": "point", "filled": True, "size": 1, "opacity": 1, "stroke": INK, "strokeWidth": 0.8},
                "encoding": {**there, "fill": stroke, "shape": shape},
            },
            {
                "data": {"values": ends},
                "mark": {"type": "text", "align": "left", "dx": 9, "fontSize": 12, "fill": INK},
                "encoding": {**there, "text": {"field": "name"}},
            },
        ],
    }
