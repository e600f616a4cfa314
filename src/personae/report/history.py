"""The history of personas as one page."""

from __future__ import annotations

from collections.abc import Sequence

from personae.charts.history import history as chart
from personae.charts.numbers import count, percent, plural
from personae.model.cast import Cast
from personae.model.history import Point
from personae.report.leaf import Grid, Leaf

HEADS = ("run", "day", "verdict")


def page(points: Sequence[Point], cast: Cast, only: str = "") -> Leaf:
    """All runs of a history, oldest first, with a drawing; `only` is the key of one persona."""
    entity, floor = cast.study.entity, cast.study.floor
    shown = [p for p in points if not only or p.of(only)]
    kept = [
        Point(p.run, p.date, p.verdict, p.method, p.users, tuple(s for s in p.personas if only in ("", s.key))) for p in shown
    ]
    picture = chart(kept, {p.key: p.index for p in cast.personas}, entity, floor)
    title = picture.title if picture else f"{count(len(shown))} run{'' if len(shown) == 1 else 's'} so far"
    columns, rows = table(shown, cast, only)
    right = tuple(range(3, len(columns)))
    lead = f"{count(len(points))} runs, each a refresh of the one before; the oldest first."
    return Leaf("History", title, lead, (picture,) if picture else (), (Grid("Run by run", columns, rows, right),))


def table(points: Sequence[Point], cast: Cast, only: str = "") -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Columns and rows, oldest first as in the list of runs: one persona in full, or the share of each."""
    many, floor = plural(cast.study.entity), cast.study.floor
    if only:
        full = (*HEADS, many, "share", "steady in 100", "called")
        return full, tuple(_one(p, only, floor) for p in points)
    names = {s.key: s.name for p in points for s in p.personas} | {p.key: p.name for p in cast.personas}
    keys = sorted(names, key=lambda k: (len(k), k))
    heads = (*HEADS, many, "moved", *(_headed(names[k], k) for k in keys))
    return heads, tuple(
        (p.run, p.date, p.verdict, count(p.users), _moved(p), *(_share(p, k, floor) for k in keys)) for p in points
    )


def _headed(name: str, key: str) -> str:
    """A name with its key, which is part of some names."""
    return name if name.endswith(f"({key})") else f"{name} ({key})"


def _one(p: Point, key: str, floor: int) -> tuple[str, ...]:
    size = p.of(key)
    if size is None:
        return (p.run, p.date, p.verdict, "", "", "", "")
    few = 0 < size.users < floor
    steady = "" if size.steadiness is None else f"{100 * size.steadiness:.0f}"
    return (p.run, p.date, p.verdict, f"< {floor}" if few else count(size.users), _share(p, key, floor), steady, size.name)


def _share(p: Point, key: str, floor: int) -> str:
    size = p.of(key)
    if size is None:
        return "-"
    return f"< {percent(floor / max(p.users, 1))}" if 0 < size.users < floor else percent(size.users / max(p.users, 1))


def _moved(p: Point) -> str:
    return "" if p.moved is None or not p.both else percent(p.moved / p.both)
