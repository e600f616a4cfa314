"""Who is next to whom? The users with neighbours kept together, for who asked for such a map; it says nothing of gaps."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import SOFT
from personae.charts.map import WIDTH, finding, named
from personae.charts.numbers import count, listing, percent, plain, plural
from personae.charts.plane import plane, sign, squares
from personae.model.cast import Cast
from personae.model.map import Cell, Neighbours


def neighbours(cast: Cast) -> Chart | None:
    """The second map of a cast; None where none was asked for."""
    seen = cast.evidence.neighbours
    if seen is None:
        return None
    names = {p.index: p.name for p in cast.personas}
    many = plural(cast.study.entity)
    heart = {i: _heart(own) for i in names if (own := [c for c in seen.cells if c.persona == i])}
    title = f"Neighbours kept together: {finding(cast.evidence.borders, names, many)}"
    rows = tuple((names[i], count(sum(c.users for c in seen.cells if c.persona == i)), _at(heart[i])) for i in heart)
    places = "; ".join(f"{name} at {at}" for name, _, at in rows)
    return Chart(
        "neighbours",
        title,
        _caption(seen, cast, many),
        f"{title}. {places}".strip(),
        ("group", f"{many} in its squares", "fullest part (across, up)"),
        rows or (("everyone", count(sum(c.users for c in seen.cells)), ""),),
        _spec(seen, names, heart),
    )


def _heart(cells: list[Cell]) -> Cell:
    """The square of a group that has most of its others near: patches may lie apart, and the middle of two is in neither."""
    return max(cells, key=lambda c: (sum(o.users / (1 + (o.x - c.x) ** 2 + (o.y - c.y) ** 2) for o in cells), -c.x, -c.y))


def _at(cell: Cell) -> str:
    return f"{plain(cell.x)}, {plain(cell.y)}"


def _caption(seen: Neighbours, cast: Cast, many: str) -> str:
    """What may be read off it, and what may not."""
    parts = [
        "Read with caution: distances, gaps and the size of a patch mean nothing here, and patches are drawn where there are "
        "none. Only who is next to whom says something; whether groups are apart, the borders and the map before say.",
        f"Each square holds at least {cast.study.floor} {many}; the larger it is, the more, and its colour is the group most "
        "of them are in.",
        f"Of the {seen.near - 1} nearest of each, {percent(seen.kept)} are among the nearest here (UMAP).",
    ]
    shown = {c.persona for c in seen.cells}
    if lost := [p.name for p in cast.personas if p.index not in shown]:
        parts.append(f"{listing(tuple(lost))} {'is' if len(lost) == 1 else 'are'} in no square that is mostly theirs.")
    if seen.users < seen.of:
        parts.append(f"It is of {count(seen.users)} of the {count(seen.of)} {many} that were searched.")
    if seen.left_out:
        parts.append(f"{percent(seen.left_out / seen.users)} are in sparser places and not drawn.")
    return " ".join(parts)


def _spec(seen: Neighbours, names: Mapping[int, str], heart: Mapping[int, Cell]) -> dict[str, Any]:
    on = plane(seen.cells, seen.side, (), WIDTH)
    layers = [
        squares(on, seen.cells, seen.side, [c.persona if c.persona in names else -1 for c in seen.cells]),
        *chain.from_iterable(sign(on, i, c.x, c.y) for i, c in heart.items()),
        *named(on, [(names[i], on.right(c.x), on.down(c.y)) for i, c in heart.items()]),
    ]
    return {"width": on.width, "height": on.height, "view": {"stroke": SOFT, "strokeWidth": 0.6}, "layer": layers}
