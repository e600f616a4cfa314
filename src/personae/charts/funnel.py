"""How far each persona comes: one line a persona over the phases, all on one scale."""

from __future__ import annotations

import re
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import INK, Mark, mark
from personae.charts.numbers import percent, value
from personae.model.cast import Cast
from personae.model.fact import Fact

WIDTH, HEIGHT = 600, 260


def funnel(cast: Cast) -> Chart | None:
    """The share of each persona that ever comes to each phase; the widest gap between two of them is the finding."""
    ways, facts = cast.dossier.journeys, {f.id: f for f in cast.facts}
    if ways is None:
        return None
    told = [p for p in cast.personas if p.users]
    reach = {(p.key, f): facts[c.reach] for p in told for f in ways.phases if (c := ways.cell(p.key, f)) and c.reach in facts}
    gaps = {f: [(reach[p.key, f].value, p.name) for p in told if (p.key, f) in reach] for f in ways.phases}
    gaps = {f: v for f, v in gaps.items() if len(v) > 1}
    if not gaps:
        return None
    widest = max(gaps, key=lambda f: (max(gaps[f])[0] - min(gaps[f])[0], -ways.phases.index(f)))
    most, least = max(gaps[widest]), min(gaps[widest])
    far, near = f"{percent(most[0])} of {most[1]}", f"{percent(least[0])} of {least[1]}"
    title = f"At \u201c{widest}\u201d the groups part: {far} come there, {near}"
    caption = (
        "Each line is one group, all on the same scale: the share that ever comes to a phase. No mark: not shown, as it "
        "would tell of a few users, of this group or of another."
    )
    floor = cast.study.floor
    rows = tuple(
        (p.name, *(value(reach[p.key, f], floor) if (p.key, f) in reach else "not shown" for f in ways.phases)) for p in told
    )
    alt = f"{title}."
    return Chart("funnel", title, caption, alt, ("group", *ways.phases), rows, _spec(cast, reach))


def _spec(cast: Cast, reach: dict[tuple[str, str], Fact]) -> dict[str, Any]:
    ways = cast.dossier.journeys
    assert ways is not None  # noqa: S101 - asked by funnel
    points = [{"g": k, "phase": f, "v": round(r.value, 4)} for (k, f), r in reach.items()]
    return lines(cast, ways.phases, points, "share that comes here (%)", 100.0)


def lines(cast: Cast, phases: tuple[str, ...], points: list[dict[str, Any]], title: str, top: float) -> dict[str, Any]:
    """Lines over phases from 0 to `top`, one a persona, told apart by colour, shape and a name beside the drawing."""
    x = {"field": "phase", "type": "ordinal", "sort": list(phases), "axis": {"title": None, "labelAngle": 0, "grid": False}}
    axis = {"title": title, "tickCount": 5, "domain": False}
    y = {"field": "v", "type": "quantitative", "scale": {"domain": [0, top], "nice": False}, "axis": axis}
    layers: list[dict[str, Any]] = []
    ends: list[tuple[float, Any]] = []
    for p in cast.personas:
        at = {d["phase"]: round(100 * d["v"], 2) for d in points if d["g"] == p.key}
        if at:
            own = [{"phase": f, "v": at.get(f)} for f in phases]  # a line breaks where nothing is told
            layers += _line(own, mark(p.index), {"x": x, "y": y})
            ends.append((next(at[f] for f in reversed(phases) if f in at), p))
    return {"width": WIDTH, "height": HEIGHT, "layer": [*layers, *_names(ends, top)]}


def _line(own: list[dict[str, Any]], look: Mark, where: dict[str, Any]) -> list[dict[str, Any]]:
    """One line with a dark edge, and its marks."""
    data = {"values": own}
    point = {**_symbol(look), "size": 90}
    return [
        {"data": data, "mark": {"type": "line", "stroke": INK, "strokeWidth": 3.4}, "encoding": where},
        {"data": data, "mark": {"type": "line", "stroke": look.colour, "strokeWidth": 2}, "encoding": where},
        {"data": data, "mark": point, "encoding": where},
    ]


def _symbol(look: Mark) -> dict[str, Any]:
    """The mark of a persona as a point: its path in a box of about 2 by 2."""
    shape = "circle" if look.shape == "circle" else re.sub(r"-?[\d.]+", lambda n: f"{float(n[0]) / 10:.3g}", look.path)
    return {"type": "point", "fill": look.colour, "stroke": INK, "opacity": 1, "shape": shape, "strokeWidth": 1.2}


def _names(ends: list[tuple[float, Any]], top: float) -> list[dict[str, Any]]:
    """The names beside the drawing, by where the lines end, moved apart where they would meet."""
    gap, at, layers = top * 20 / HEIGHT, top + 1.0, []
    ordered = sorted(ends, key=lambda e: (-e[0], e[1].index))
    for i, (v, p) in enumerate(ordered):
        at = max(min(v, at - gap), (len(ordered) - 1 - i) * gap)
        where = {"x": {"value": WIDTH + 12}, "y": {"value": round(HEIGHT * (1 - at / top), 1)}}
        alone = {"data": {"values": [{}]}, "encoding": where}
        layers.append({**alone, "mark": {**_symbol(mark(p.index)), "size": 70}})
        layers.append({**alone, "mark": {"type": "text", "align": "left", "dx": 10, "text": p.name, "fill": INK}})
    return layers
