"""How far to reach: the curve of distances to neighbours, and what each reach gives."""

from __future__ import annotations

from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, INK, SOFT
from personae.charts.numbers import percent, plain, plural
from personae.model.cast import Cast
from personae.model.reach import Reach, Reached

WIDTH, HEIGHT = 420, 200


def reach(cast: Cast) -> Chart | None:
    """The neighbour-distance curve with the reach that was used, and the panel of reaches as its table."""
    found = cast.evidence.reach
    if found is None:
        return None
    many, floor = plural(cast.study.entity), cast.study.floor
    own = found.used == found.suggested
    suggested = "that reach was taken" if own else f"there the reach would be {plain(found.suggested)}"
    used = next((r for r in found.panel if r.eps == found.used), None)
    given = f" gives {used.groups} groups and leaves {_noise(used, found, floor)} out" if used else " was used"
    title = f"A reach of {plain(found.used)}{given}"
    caption = (
        f"Each point is one of {found.users:,} {many}, sorted: how far away the last of its {found.neighbours} nearest is. "
        f"Where the curve bends up, {many} begin to stand alone; {suggested}."
    )
    if found.varying:
        caption += f" Note: {found.varying}."
    rows = tuple((plain(r.eps), str(r.groups), _noise(r, found, floor)) for r in found.panel)
    alt = f"{title}. " + "; ".join(f"eps {e}: {g} groups, {n} in none" for e, g, n in rows)
    return Chart("reach", title, caption, alt, ("eps", "groups", "in no group"), rows, _spec(found, many))


def _noise(r: Reached, found: Reach, floor: int) -> str:
    """The share of users in no group; a bound where they are fewer than the floor."""
    return f"under {percent(floor / found.users)}" if r.noise is None else percent(r.noise)


def _spec(found: Reach, many: str) -> dict[str, Any]:
    n = len(found.curve)
    points = [{"x": 100 * i / (n - 1), "y": v} for i, v in enumerate(found.curve)]
    top = max(*found.curve, found.used) * 1.1
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0, 100], "nice": False},
        "axis": {"title": f"{many}, nearest first (%)", "grid": False, "tickCount": 5},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, top], "nice": False},
        "axis": {"title": f"distance to neighbour {found.neighbours}", "tickCount": 4, "domain": False, "ticks": False},
    }
    curve = {"type": "line", "stroke": SOFT, "strokeWidth": 2}
    line = {"values": [{"y": found.used, "x": 0, "text": f"eps {plain(found.used)}"}]}
    text = {"type": "text", "align": "left", "dx": 6, "dy": -8, "fill": INK, "fontWeight": "bold"}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            {"data": {"values": points}, "mark": curve, "encoding": {"x": x, "y": y}},
            {"data": line, "mark": {"type": "rule", "stroke": COLOURS[5], "strokeWidth": 1.6}, "encoding": {"y": y}},
            {"data": line, "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }
