"""Who moved between two runs: personas then on the left, now on the right, bands for users (Sankey)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import GREY, INK, SOFT, mark
from personae.charts.numbers import count, percent
from personae.model.cast import Cast
from personae.model.change import Change
from personae.words.happening import LOST, NEW, NO_GROUP, named, places, users
from personae.words.names import plural

WIDTH, HEIGHT, GAP, BAR = 440, 420, 14, 14
"""Of the drawing in pixels, between two bars, and of a bar."""
THIN = 1.5
"""Of the thinnest band in pixels."""
STEPS = 24
_NONE, _OUT = "", "-"


@dataclass(frozen=True)
class Flow:
    """Users from a group to another, by their keys; "" is no group, "-" not in that run."""

    before: str
    after: str
    users: int


@dataclass(frozen=True)
class _Bar:
    """A group on one side; `top` and `size` in pixels."""

    key: str
    name: str
    users: int
    top: float
    size: float


def migration(cast: Cast) -> Chart | None:
    """The moves of a refresh; None where the run is none, or has no moves that may be told."""
    made = named(cast)
    if made is None or not made.moves or not made.both:
        return None
    flows = (
        *(Flow(m.before, m.after, m.users) for m in made.moves),
        *(Flow(_OUT, m.after, m.users) for m in made.came),
        *(Flow(m.before, _OUT, m.users) for m in made.went),
    )
    names = {**places(made), _NONE: NO_GROUP}
    then = {**names, **{k: n for k, n, _ in made.before.personas}}
    moved = sorted((f for f in flows if _OUT not in (f.before, f.after) and f.before != f.after), key=lambda f: -f.users)
    rows = tuple(
        (NEW if f.before == _OUT else then[f.before], LOST if f.after == _OUT else names[f.after], count(f.users))
        for f in sorted(flows, key=lambda f: (f.before == f.after, -f.users))
    )
    title = _title(made, moved, names)
    few = f"Moves of fewer than {made.floor} or of nobody are not drawn, the others are rounded. " if made.rounded else ""
    caption = (
        f"Left is run {made.before.run}, right is this run; each band is the {plural(made.entity)} who went from one to the "
        f"other, as thick as they are many. Pale bands stayed. {few}The white of a bar is what no band tells."
    )
    alt = f"{title}. " + "; ".join(f"{a} to {b}: {n}" for a, b, n in rows[:12])
    return Chart("migration", title, caption, alt, ("from", "to", plural(made.entity)), rows, _spec(cast, made, flows, names))


def _title(made: Change, moved: list[Flow], names: dict[str, str]) -> str:
    said = users(made.moved, made)
    share = f" ({percent(made.moved / (made.both or 1))})" if made.moved else ""
    words = f"{said[:1].upper()}{said[1:]}{share} changed persona"
    return f"{words}; the largest move is from {names[moved[0].before]} to {names[moved[0].after]}" if moved else words


def _spec(cast: Cast, made: Change, flows: tuple[Flow, ...], names: dict[str, str]) -> dict[str, Any]:
    per, (left, right) = _bars(made, flows, names, {**names, **{k: n for k, n, _ in made.before.personas}})
    bands = _bands(left, right, flows, per, {p.key: mark(p.index).colour for p in cast.personas})
    colours = {p.key: mark(p.index).colour for p in cast.personas}
    boxes = [
        {"x": x, "x2": x + BAR, "y": b.top, "y2": b.top + b.size, "colour": colours.get(b.key, GREY)}
        for bars, x in ((left, 0), (right, WIDTH - BAR))
        for b in bars
    ]
    labels = [
        {"x": x, "y": b.top + b.size / 2, "text": f"{b.name} {count(b.users)}" if b.users else b.name, "side": side}
        for bars, x, side in ((left, -8, "left"), (right, WIDTH + 8, "right"))
        for b in bars
    ]
    heads = [
        {"x": 0, "y": -16, "text": f"then ({made.before.run})", "side": "right"},
        {"x": WIDTH, "y": -16, "text": "now", "side": "left"},
    ]
    high = max(b.top + b.size for b in (*left, *right))
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, WIDTH], "nice": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [high, 0], "nice": False}}
    both = {"x": x, "y": y}

    def text(rows: list[dict[str, Any]], side: str, align: str, fill: str) -> dict[str, Any]:
        drawn = {
            "type": "text",
            "align": align,
            "baseline": "middle",
            "fontSize": 12,
            "limit": 190,
            "fill": fill,
            "clip": False,
        }
        some = [r for r in rows if r["side"] == side]
        return {"data": {"values": some}, "mark": drawn, "encoding": {**both, "text": {"field": "text"}}}

    band = {
        "data": {"values": bands},
        "mark": {"type": "area", "interpolate": "linear", "line": False},
        "encoding": {
            **both,
            "y2": {"field": "y2"},
            "detail": {"field": "band"},
            "fill": {"field": "colour", "type": "nominal", "scale": None},
            "fillOpacity": {"field": "opacity", "type": "quantitative", "scale": None},
        },
    }
    box = {
        "data": {"values": boxes},
        "mark": {"type": "rect", "stroke": INK, "strokeWidth": 0.8},
        "encoding": {
            **both,
            "x2": {"field": "x2"},
            "y2": {"field": "y2"},
            "fill": {"field": "colour", "type": "nominal", "scale": None},
        },
    }
    return {
        "width": WIDTH,
        "height": high,
        "padding": {"left": 30, "right": 30, "top": 6, "bottom": 6},
        "layer": [
            band,
            box,
            text(labels, "left", "right", INK),
            text(labels, "right", "left", INK),
            text(heads, "right", "left", SOFT),
            text(heads, "left", "right", SOFT),
        ],
    }


def _bars(made: Change, flows: tuple[Flow, ...], names: dict[str, str], then: dict[str, str]) -> tuple[float, list[list[_Bar]]]:
    """The pixels of a user, and the bars of both sides in one order."""
    order = [t.key for t in made.turnover]
    rest = sorted({k for s in (made.before, made.after) for k, _, _ in s.personas} - set(order))
    keys = [*order, *rest, _NONE, _OUT]
    sizes = []
    for side, at in ((made.before, 0), (made.after, 1)):
        own = {k: u for k, _, u in side.personas}
        for key in (_NONE, _OUT):
            own[key] = sum(f.users for f in flows if (f.before, f.after)[at] == key)
        sizes.append([(k, own[k]) for k in keys if own.get(k)])
    per = HEIGHT / max(sum(u for _, u in s) for s in sizes)
    return per, [_stacked(sizes[0], per, then, NEW), _stacked(sizes[1], per, names, LOST)]


def _stacked(sizes: list[tuple[str, int]], per: float, names: dict[str, str], out: str) -> list[_Bar]:
    made, top = [], 0.0
    for key, n in sizes:
        size = max(n * per, THIN)
        made.append(_Bar(key, out if key == _OUT else names[key], n, round(top, 2), round(size, 2)))
        top += max(size, 12) + GAP
    return made


def _bands(
    left: list[_Bar], right: list[_Bar], flows: tuple[Flow, ...], per: float, colours: dict[str, str]
) -> list[dict[str, Any]]:
    """The outline of each band from left to right, those who stayed first and palest."""
    starts, ends = ({b.key: b.top for b in bars} for bars in (left, right))
    place = {b.key: i for i, b in enumerate(right)}
    begins: dict[int, float] = {}
    for i in sorted(range(len(flows)), key=lambda i: (flows[i].before, place.get(flows[i].after, 99))):
        begins[i] = starts[flows[i].before]
        starts[flows[i].before] += flows[i].users * per
    rank = {b.key: i for i, b in enumerate(left)}
    points: list[dict[str, Any]] = []
    for i in sorted(range(len(flows)), key=lambda i: (flows[i].after, rank.get(flows[i].before, 99))):
        f, end = flows[i], ends[flows[i].after]
        ends[f.after] += f.users * per
        stayed = f.before == f.after
        colour = colours.get(f.before if f.before in colours else f.after, GREY)
        look = {"band": f"{i:03d}", "colour": colour if f.before != _OUT else GREY, "opacity": 0.25 if stayed else 0.75}
        thick = max(f.users * per, THIN)
        for step in range(STEPS + 1):
            t = step / STEPS
            y = begins[i] + (end - begins[i]) * t * t * (3 - 2 * t)
            points.append({"x": round(BAR + (WIDTH - 2 * BAR) * t, 2), "y": round(y, 2), "y2": round(y + thick, 2), **look})
    return points
