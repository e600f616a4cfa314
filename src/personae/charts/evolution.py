"""How k-means comes to its groups: some of its rounds side by side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import INK, SOFT
from personae.charts.numbers import count, percent, plural, those
from personae.charts.plane import Plane, line, plane, sign, squares
from personae.model.cast import Cast
from personae.model.map import Map, Point, Replay

WIDTH, GAP = 218, 14
SHOWN = 4
"""Rounds that are drawn; all are in the table."""


def evolution(cast: Cast) -> Chart | None:
    """The rounds of k-means on the map of a cast; None where there is nothing to group."""
    seen, played = cast.evidence.map, cast.evidence.replay
    if seen is None or played is None or not cast.personas:
        return None
    names = {p.index: p.name for p in cast.personas}
    who = [names.get(o.persona, f"group {o.persona + 1}") for o in seen.outlines]
    first, last, rounds = played.frames[0].objective, played.frames[-1].objective, len(played.frames) - 1
    fall = percent(1 - last / first) if first > 0 else percent(0)
    title = f"In {rounds} {those(rounds, 'round', 'rounds')} k-means brings what is left over down by {fall}"
    other = "" if cast.evidence.chosen == "kmeans" else f" The groups of this run were formed by {cast.evidence.chosen}."
    many = plural(cast.study.entity)
    caption = (
        f"k-means on the two directions of the map alone, for the same number of groups, with {count(played.users)} {many}: "
        "every square goes to its nearest mark, every mark moves to the middle of its squares, and again, until nobody changes "
        f"sides{'' if played.settled else '; it was stopped before that'}. Left over is the mean squared distance to the "
        f"nearest mark; it never rises. The run itself uses all directions.{other}"
    )
    rows = tuple(
        (str(i), _left(f.objective), percent(f.moved), *(_at(c) for c in f.centres)) for i, f in enumerate(played.frames)
    )
    alt = f"{title}. " + "; ".join(f"round {i}: {r[1]} left over, {r[2]} changed sides" for i, r in enumerate(rows))
    columns = ("round", "left over", "changed sides", *who)
    return Chart("evolution", title, caption, alt, columns, rows, _spec(seen, played))


def _left(value: float) -> str:
    """An objective with the digits in which rounds differ."""
    return f"{value:#.4g}".rstrip(".")


def _at(point: Point | None) -> str:
    return "few" if point is None else f"{point[0]:.3f}, {point[1]:.3f}"


def _spec(seen: Map, played: Replay) -> dict[str, Any]:
    """A strip of rounds: the start, the first, one on the way, the last."""
    on = plane(seen.cells, seen.side, (), WIDTH)
    last = len(played.frames) - 1
    some = sorted({0, min(1, last), min(max(2, last // 3), last), last})[:SHOWN]
    return {"hconcat": [_panel(on, seen, played, i, last) for i in some], "spacing": GAP}


def _panel(on: Plane, seen: Map, played: Replay, i: int, last: int) -> dict[str, Any]:
    frame = played.frames[i]
    personas = [o.persona for o in seen.outlines]
    here = [(p, c) for p, c in zip(personas, frame.centres, strict=True) if c is not None]
    whose = [min(here, key=lambda h: (h[1][0] - c.x) ** 2 + (h[1][1] - c.y) ** 2)[0] if here else -1 for c in seen.cells]
    paths = [[p for f in played.frames[: i + 1] if (p := f.centres[j]) is not None] for j in range(len(personas))]
    words = "start" if i == 0 else f"round {i}" + (", at rest" if i == last and played.settled else "")
    title = {
        "text": words, "subtitle": f"left over {_left(frame.objective)}", "anchor": "start", "color": INK, "fontSize": 13,
        "subtitleColor": SOFT, "subtitleFontSize": 12, "offset": 6,
    }  # fmt: skip
    layers = [
        squares(on, seen.cells, seen.side, whose, 0.5),
        *(line(on, _thinned(path), 1.4) for path in paths if len(path) > 1),
        *chain.from_iterable(sign(on, p, *c, 130) for p, c in here),
    ]
    return {"width": on.width, "height": on.height, "title": title, "layer": layers}


def _thinned(path: Sequence[Point]) -> list[Point]:
    """A path without points where it stood still."""
    return [p for i, p in enumerate(path) if i == 0 or p != path[i - 1]]
