"""The tree of numbers: one row per number of groups, who splits into whom (after clustree, Zappia & Oshlack 2018)."""

from __future__ import annotations

from typing import Any

from personae.charts.beside import COUNTED
from personae.charts.chart import Chart
from personae.charts.look import COLOURS, INK, PAPER, SOFT
from personae.charts.numbers import count, percent, sentence
from personae.model.cast import Cast
from personae.model.lineage import Level, Lineage
from personae.words.names import follow

MOST = 8
"""Numbers drawn; the chosen one is among them."""
ROW, WIDTH = 74, 720


def lineage(cast: Cast) -> Chart | None:
    """Rows are numbers of groups, circles are groups by their users, lines are users of a finer group by their share."""
    found = cast.evidence.lineage
    if found is None:
        return None
    k = cast.evidence.verdict.groups if found.method == cast.evidence.chosen else 0
    levels = found.levels[: max(MOST, next((i + 1 for i, x in enumerate(found.levels) if x.size == k), 0))]
    names = tuple(p.name for p in cast.personas)
    caption = (
        "Each row is a number of groups, each circle a group with its users; a line is the part of a finer group that "
        "comes from a coarser one: strong is all of it. Where strong lines fork, a group splits; where faint lines meet, "
        "borders are redrawn. Filled circles are the number that was chosen. " + sentence(follow(COUNTED, cast.study.entity))
    )
    passages = [p for p in found.passages if p.high <= levels[-1].size]
    rows = tuple((f"{p.low} to {p.high}", percent(p.nested), percent(p.chance), percent(p.moved), p.words) for p in passages)
    alt = f"{found.words}. " + "; ".join(f"{p.low} to {p.high}: {p.words}" for p in passages)
    columns = ("step", "nested", "by chance", "users who move", "in words")
    return Chart("lineage", f"{found.words}", caption, alt, columns, rows, _spec(found, levels, k, names))


def _spec(found: Lineage, levels: tuple[Level, ...], k: int, names: tuple[str, ...]) -> dict[str, Any]:
    at = _places(found, levels)
    total = max(sum(b.users or 0 for b in x.branches) for x in levels)
    nodes: list[dict[str, Any]] = []
    for level in levels:
        for i, b in enumerate(level.branches):
            own = level.size == k and len(names) == len(level.branches)
            told = {"name": names[i] if own else b.name, "users": "" if b.users is None else count(b.users)}
            share = round((b.users or 0) / max(total, 1), 4)
            nodes.append({"x": at[level.size, i], "k": level.size, "share": share, "own": level.size == k, **told})
    edges = [
        {"x": at[p.low, f.first], "k": p.low, "x2": at[p.high, f.second], "k2": p.high, "share": round(f.share, 4)}
        for p in found.passages
        for f in p.flows
        if p.high <= levels[-1].size
    ]
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-0.04, 1.04], "nice": False}}
    sizes = [v.size for v in levels]
    y = {
        "field": "k",
        "type": "quantitative",
        "scale": {"domain": [sizes[-1] + 0.5, sizes[0] - 0.5], "nice": False, "zero": False},
        "axis": {"title": "number of groups", "values": sizes, "format": "d", "grid": False, "ticks": False, "domain": False},
    }
    line = {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "k2"}}
    shade = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "range": [0.15, 1]}, "legend": None}
    width = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "range": [0.6, 4]}, "legend": None}
    area = {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "range": [420, 2600]}, "legend": None}
    fill = {"condition": {"test": "datum.own", "value": COLOURS[4]}, "value": PAPER}
    words = {"condition": {"test": "datum.own", "value": "#1b1c1d"}, "value": INK}  # dark on a colour, whatever the page
    return {
        "width": WIDTH,
        "height": ROW * len(levels),
        "layer": [
            {
                "data": {"values": edges},
                "mark": {"type": "rule", "stroke": INK},
                "encoding": {**line, "strokeOpacity": shade, "strokeWidth": width},
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "point", "filled": True, "stroke": SOFT, "strokeWidth": 1.4, "opacity": 1},
                "encoding": {"x": x, "y": y, "size": area, "fill": fill},
            },
            {
                "data": {"values": nodes},
                "mark": {"type": "text", "fontSize": 11},
                "encoding": {"x": x, "y": y, "text": {"field": "users"}, "fill": words},
            },
        ],
    }


def _places(found: Lineage, levels: tuple[Level, ...]) -> dict[tuple[int, int], float]:
    """Where each group stands from left to right: beside the others of its main origin, so that lines cross little."""
    at: dict[tuple[int, int], float] = {}
    before: dict[int, float] = {}
    for level in levels:
        passage = next((p for p in found.passages if p.high == level.size), None)
        key = {}
        for j in range(len(level.branches)):
            flows = [f for f in passage.flows if f.second == j] if passage and before else []
            most = max(flows, key=lambda f: f.users, default=None)
            key[j] = (before.get(most.first, 2.0) if most else 2.0, j)
        order = sorted(key, key=lambda j: key[j])
        before = {j: round((i + 0.5) / len(order), 4) for i, j in enumerate(order)}
        at |= {(level.size, j): x for j, x in before.items()}
    return at
