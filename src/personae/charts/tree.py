"""Which groups are closely related: a dendrogram, drawn bottom up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import INK, SOFT
from personae.charts.numbers import plain
from personae.model.cast import Cast
from personae.model.tree import Tree

WIDTH, ROW = 420, 26
"""Of the drawing in pixels."""


@dataclass(frozen=True)
class Branch:
    """A merge drawn sideways: two lines from `low` to its height at `first` and `second`, and one between them."""

    first: float
    second: float
    low_first: float
    low_second: float
    height: float


def branches(tree: Tree) -> tuple[tuple[int, ...], tuple[Branch, ...]]:
    """The leaves in the order in which no branches cross, and every merge, places counted in leaves."""
    m = tree.leaves
    under: dict[int, tuple[int, ...]] = {i: (i,) for i in range(m)}
    for i, (a, b) in enumerate(tree.merges):
        under[m + i] = under[a] + under[b]
    order = under[2 * m - 2]
    at: dict[int, float] = {leaf: float(i) for i, leaf in enumerate(order)}
    high = dict.fromkeys(range(m), 0.0)
    drawn = []
    for i, ((a, b), height) in enumerate(zip(tree.merges, tree.heights, strict=True)):
        drawn.append(Branch(at[a], at[b], high[a], high[b], height))
        at[m + i], high[m + i] = (at[a] + at[b]) / 2, height
    return order, tuple(drawn)


def tree(cast: Cast) -> Chart | None:
    """The dendrogram of the personas; None with fewer than two."""
    kin = cast.evidence.kinship
    if kin is None or len(cast.personas) != kin.tree.leaves or kin.tree.leaves < 2:
        return None
    name = [p.name for p in sorted(cast.personas, key=lambda p: p.index)]
    a, b = min(((i, j) for i, j in enumerate(kin.nearest)), key=lambda pair: kin.heights[pair[0]])
    title = f"{name[a]} and {name[b]} would merge first"
    rows = tuple((name[i], name[j], plain(h)) for i, (j, h) in enumerate(zip(kin.nearest, kin.heights, strict=True)))
    said = "; ".join(f"{one} is nearest to {other}, height {h}" for one, other, h in rows)
    caption = (
        "The further right two groups meet, the less alike they are (Ward's method on the groups' centres, weighted by size). "
        "Fewer groups would join those that meet first."
    )
    return Chart("tree", title, caption, f"{title}. {said}", ("group", "nearest group", "height"), rows, _spec(kin.tree, name))


def _spec(grown: Tree, name: list[str]) -> dict[str, Any]:
    order, drawn = branches(grown)
    across = [
        {"x": low, "x2": b.height, "y": y, "y2": y}
        for b in drawn
        for y, low in ((b.first, b.low_first), (b.second, b.low_second))
    ]
    joins = [{"x": b.height, "x2": b.height, "y": b.first, "y2": b.second} for b in drawn]
    labels = [{"x": 0, "y": i, "text": name[leaf]} for i, leaf in enumerate(order)]
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0, 1.05 * max(grown.heights)], "nice": False},
        "axis": {"title": "height of the merge", "grid": False, "tickCount": 5},
    }
    y = {"field": "y", "type": "quantitative", "scale": {"domain": [-0.5, len(order) - 0.5], "reverse": True}, "axis": None}
    text = {"type": "text", "align": "right", "dx": -8, "limit": 170, "fill": INK}
    return {
        "width": WIDTH,
        "height": ROW * len(order),
        "padding": {"left": 180, "right": 10, "top": 6, "bottom": 4},
        "layer": [
            {
                "data": {"values": [*across, *joins]},
                "mark": {"type": "rule", "stroke": SOFT, "strokeWidth": 1.6},
                "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}},
            },
            {"data": {"values": labels}, "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "text"}}},
        ],
    }
