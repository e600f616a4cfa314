"""The dendrogram whose cut can be moved, as values: every number of groups with its line and the sizes of its groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from personae.charts.numbers import count, listing, percent, plural
from personae.charts.tree import branches
from personae.model.cast import Cast
from personae.model.tree import Tree

MOST = 12
"""Groups of the finest cut that is drawn."""
LABELS, WIDTH, ROW = 210, 640, 24
"""Of the drawing in pixels: the room for names, the whole, one leaf."""


@dataclass(frozen=True)
class Cutting:
    """One number of groups: where its line stands, and its groups in words, the largest first."""

    groups: int
    at: float
    sizes: tuple[str, ...]
    """Of each group: which personas are in it, and its users."""
    own: bool


@dataclass(frozen=True)
class Dendrogram:
    """Lines are (x1, y1, x2, y2), labels (y, text), in pixels of a drawing of `width` by `height`."""

    title: str
    measure: str
    width: int
    height: int
    lines: tuple[tuple[float, float, float, float], ...]
    labels: tuple[tuple[float, str], ...]
    cuts: tuple[Cutting, ...]
    finer: bool
    """Whether the tree goes below the run's own groups."""


def dendrogram(cast: Cast) -> Dendrogram | None:
    """The tree of a cast: the method's own where it builds one, else that of the personas; None with fewer than two groups."""
    persona = np.asarray(cast.placement.persona)
    inside = persona >= 0
    kin = cast.evidence.kinship
    finer = cast.rule is not None and cast.rule.tree is not None and cast.leaf is not None
    if not cast.personas or kin is None or kin.tree.leaves != len(cast.personas):
        return None
    whole, leaf = kin.tree, persona
    if finer and cast.rule is not None and cast.rule.tree is not None and cast.leaf is not None:
        whole, leaf = cast.rule.tree, np.asarray(cast.leaf)
    held = np.bincount(leaf[inside], minlength=whole.leaves)
    whole = replace(whole, sizes=tuple(int(n) for n in held))
    tree, place = whole.top(MOST)
    stood = {(int(place[a]), int(p)) for a, p in set(zip(leaf[inside].tolist(), persona[inside].tolist(), strict=True))}
    if tree.leaves < 2 or not tree.heights[-1] > 0:
        return None
    name = {p.index: p.name for p in cast.personas}
    words = [_size(n, cast) for n in tree.sizes] if finer else [name[i] for i in _named(kin.tree)]
    order, drawn = branches(tree)
    scale = (WIDTH - LABELS - 16) / tree.heights[-1]

    def x(height: float) -> float:
        return round(LABELS + height * scale, 1)

    def y(place: float) -> float:
        return round((place + 0.5) * ROW, 1)

    lines = []
    for b in drawn:
        lines += [(x(low), y(at), x(b.height), y(at)) for at, low in ((b.first, b.low_first), (b.second, b.low_second))]
        lines.append((x(b.height), y(b.first), x(b.height), y(b.second)))
    cuts = tuple(_cutting(tree, k, x, cast, stood) for k in range(2, tree.leaves + 1) if min(_held(tree, k)) > 0)
    title = f"Move the cut: {cuts[0].groups} to {cuts[-1].groups} groups from one tree" if len(cuts) > 1 else "Two groups"
    labels = tuple((y(i), words[leaf]) for i, leaf in enumerate(order))
    return Dendrogram(title, tree.measure, WIDTH, ROW * tree.leaves + 8, tuple(lines), labels, cuts, finer)


def _named(tree: Tree) -> list[int]:
    """The persona of each leaf of the upper part, where leaves are personas; of several, the first."""
    place = tree.top(MOST)[1]
    return [place.index(i) for i in range(min(MOST, tree.leaves))]


def _held(tree: Tree, groups: int) -> list[int]:
    sizes = [0] * groups
    for leaf, group in enumerate(tree.cut(groups)):
        sizes[group] += tree.sizes[leaf]
    return sizes


def _cutting(tree: Tree, groups: int, x: Callable[[float], float], cast: Cast, stood: set[tuple[int, int]]) -> Cutting:
    done = tree.leaves - groups
    low = tree.heights[done - 1] if done else 0.0
    made = tree.cut(groups)
    members = {(made[a], p) for a, p in stood}
    sizes = tuple(f"{_who(members, i, cast)}: {_size(n, cast)}" for i, n in enumerate(_held(tree, groups)))
    return Cutting(groups, x((low + tree.heights[done]) / 2), sizes, groups == len(cast.personas))


def _who(members: set[tuple[int, int]], group: int, cast: Cast) -> str:
    """The personas of a group, and which it holds a part of only."""
    name = {p.index: p.name for p in cast.personas}
    spread = Counter(p for _, p in members)
    own = sorted(p for g, p in members if g == group and p in name)
    return listing(tuple(f"part of {name[p]}" if spread[p] > 1 else name[p] for p in own)) or "others"


def _size(users: int, cast: Cast) -> str:
    """A number of users and their share; a bound below the floor."""
    many, floor = plural(cast.study.entity), cast.study.floor
    if users < floor:
        return f"fewer than {floor} {many}"
    return f"{count(users)} {many}, {percent(users / cast.users)}"
