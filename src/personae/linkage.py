"""What joins what, bottom up: what the hierarchical methods have in common. scipy builds the tree; here it is made small
enough to be kept, and fit for people.

Up to MOST users the tree is exact. Above, it is built over a random sample of MOST users, and everybody else joins the leaf of
the nearest of them: all pairs of distances of n users take 8 n (n - 1) / 2 bytes, held twice (250 MB measured for 5,000).
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial import cKDTree

from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.tree import Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

MOST = 5000
"""Users whose pairs are all looked at."""
LEAVES = 100
"""Leaves of the tree that is kept."""
Linkage = Literal["ward", "average", "complete", "single"]
MEASURES = {
    "ward": "what joining two groups adds to the spread within them (square root of twice the sum of squares)",
    "average": "the mean distance between the users of two groups",
    "complete": "the largest distance between the users of two groups",
    "single": "the smallest distance between the users of two groups",
}
"""What the heights of each linkage are."""


def grouped(space: Space, name: Linkage, size: int, seed: int, smallest: int) -> Clustering:
    """The cut in `size` groups of the tree of a linkage, with the tree.

    A split that takes off fewer than `smallest` users is none: they stay with the larger part. Refused where the tree does not
    part into so many.
    """
    z = space.scores
    few = z[:MOST]
    joins = linkage(few, method=name)
    tree, leaf = _parted(joins, max(size, LEAVES), smallest, MEASURES[name])
    if tree.leaves < size:
        most = f"{tree.leaves} groups" if tree.leaves > 1 else "no groups"
        raise Refused(f"{name} linkage finds {most} of {smallest} users or more; {size} were asked for")
    settings: dict[str, float | str] = {"linkage": name, "smallest": smallest, "users": len(few)}
    if len(few) < len(z):
        settings["sample"] = f"tree over {len(few):,} of {len(z):,} users"
        leaf = np.concatenate([leaf, leaf[cKDTree(few).query(z[MOST:])[1]]])
    labels = np.array(tree.cut(size), np.int32)[leaf]
    return Clustering(name, labels, size, seed, settings, tree=tree, leaf=leaf)


def _parted(joins: Floats, most: int, smallest: int, measure: str) -> tuple[Tree, Ints]:
    """The upper part of a scipy linkage of n users as a tree of at most `most` leaves, and the leaf (n,) of each user.

    Joins are undone from the last on. One that would take off fewer than `smallest` users parts nothing (Hartigan's wandering
    users, as the condensed tree of Campello et al. 2013 treats them): its users stay where the larger part is.
    """
    n = len(joins) + 1
    held = np.r_[np.ones(n), joins[:, 3]].astype(np.int64)
    strayed: dict[int, list[int]] = {}
    open_ = [-(2 * n - 2)]
    parts: dict[int, int] = {2 * n - 2: 0}  # node now standing for each part
    splits: list[tuple[int, int, float]] = []  # part, new part, height
    while open_ and len(parts) < most:
        node = -heapq.heappop(open_)
        if node < n:
            break
        a, b = (int(v) for v in joins[node - n, :2])
        large, small = (a, b) if held[a] >= held[b] else (b, a)
        part = parts.pop(node)
        parts[large] = part
        heapq.heappush(open_, -large)
        if held[small] >= smallest:
            splits.append((part, len(splits) + 1, float(joins[node - n, 2])))
            parts[small] = len(splits)
            heapq.heappush(open_, -small)
        else:
            strayed.setdefault(part, []).append(small)
    return _tree(joins, parts, splits, strayed, measure)


def _tree(
    joins: Floats, parts: dict[int, int], splits: list[tuple[int, int, float]], strayed: dict[int, list[int]], measure: str
) -> tuple[Tree, Ints]:
    """Parts become leaves in the order of their first users; splits, last first, become merges."""
    n = len(joins) + 1
    part = np.full(2 * n - 1, -1, np.int32)
    for node, p in (*parts.items(), *((s, p) for p, some in strayed.items() for s in some)):
        part[node] = p
    for node in range(2 * n - 2, n - 1, -1):
        if part[node] >= 0:
            part[joins[node - n, :2].astype(int)] = part[node]
    users = part[:n]
    _, first = np.unique(users, return_index=True)
    place = np.empty(len(parts), np.int32)
    place[users[np.sort(first)]] = np.arange(len(parts))
    leaf = np.asarray(place[users], np.int32)
    stands = {p: int(place[p]) for p in range(len(parts))}
    merges, heights = [], []
    for i, (p, new, height) in enumerate(reversed(splits)):
        merges.append((stands[p], stands[new]))
        heights.append(height)
        stands[p] = len(parts) + i
    return Tree(tuple(merges), tuple(heights), tuple(int(v) for v in np.bincount(leaf)), measure), leaf
