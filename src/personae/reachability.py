"""Where users are dense and where they are not, whatever the shape: mutual reachability and what can be read off it.

Two users are as far apart as their distance, and at least as far as each is from its own fifth neighbour, so that sparse
regions are far from everything (Campello, Moulavi & Sander 2013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]
    Edges = tuple[Ints, Ints, Floats]


def spanning(z: Floats, neighbours: int) -> Edges:
    """The minimum spanning tree of mutual reachability (Prim) of points (n, r): ends and lengths of its n - 1 edges. Holds all
    pairs of distances."""
    square = (z**2).sum(axis=1)
    d = np.sqrt(np.maximum(square[:, None] - 2 * z @ z.T + square, 0))
    core = np.partition(d, min(neighbours, len(z) - 1), axis=1)[:, min(neighbours, len(z) - 1)]
    n = len(z)
    best, source, open_ = np.full(n, np.inf), np.zeros(n, np.int32), np.ones(n, bool)
    a, b, length = np.zeros(n - 1, np.int32), np.zeros(n - 1, np.int32), np.zeros(n - 1)
    now = 0
    for i in range(n - 1):
        open_[now] = False
        reach = np.maximum(np.maximum(d[now], core[now]), core)
        closer = open_ & (reach < best)
        best[closer], source[closer] = reach[closer], now
        now = int(np.where(open_, best, np.inf).argmin())
        a[i], b[i], length[i] = source[now], now, best[now]
    return a, b, length


def validity(labels: Ints, edges: Edges) -> float:
    """Density-based validity of a grouping (DBCV, Moulavi et al. 2014, in its relative form), -1 to 1: size-weighted
    (separation - sparseness) / max of both, read off the tree; users in no group, -1, count as zero."""
    a, b, length = edges
    size = int(labels.max()) + 1
    inside, between = np.zeros(size), np.full(size, np.inf)
    for x, y, w in zip(labels[a], labels[b], length):
        if x == y >= 0:
            inside[x] = max(inside[x], w)
        else:
            for c in (x, y):
                if c >= 0:
                    between[c] = min(between[c], w)
    worst = np.maximum(inside, between)
    score = np.divide(between - inside, worst, out=np.zeros(size), where=np.isfinite(worst) & (worst > 0))
    return float((np.bincount(labels[labels >= 0], minlength=size) / len(labels)) @ score)
