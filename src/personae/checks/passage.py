"""Does a dense path lead from one group to its neighbour? The gap on the straight line between two centres may be the hollow of
an arc or the space between the turns of a spiral.

Density at each user is one over the volume that holds a share of the others; users are joined to the nearest half of those. The
best path between the densest users of two groups is the one whose thinnest place is densest (the saddle of persistence-based
clustering, Chazal et al. 2013). It is looked for at several scales, in the space as it is and as it was stretched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import NearestNeighbors

from personae import plugins
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FLAT = 3
"""Directions up to which density can be told from nearest neighbours."""
MOST = 2500
FEWEST = 10
SMALL = 300
"""Users below whom density varies too much by chance to tell a broken path."""
NEAR = (0.05, 0.03, 0.02)
"""Shares of the users that make a neighbourhood. A path is broken when it is at each of them: a wide neighbourhood blurs the
space between the turns of a spiral, a narrow one sees thin places that are chance."""
THIN = 0.5
"""Density of the thinnest place against the thinner of the two groups, below which the path is broken. On bent lines of
even density it is 0.7 to 1.1 in most sets, on round groups 5 standard deviations apart 0.0 to 0.4."""
DENSE = 0.75
"""The quantile of the density of a group's users that stands for its middle."""


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`parted`: the share of neighbouring pairs that no dense path joins; None in more than three directions, for few users and
    for shares of events, which do not bend like that."""
    z, size = space.blurred[:MOST], clustering.size
    labels = clustering.labels[:MOST]
    if space.counted or len(z) < SMALL or z.shape[1] > FLAT or size < 2 or np.bincount(labels, minlength=size).min() < 2:
        return {"parted": None}
    turned = z if clustering.metric is None else z @ clustering.metric
    centres = np.array([turned[labels == c].mean(axis=0) for c in range(size)])
    pairs = plugins.find("checks", "borders").neighbours(centres)
    broken = np.ones(len(pairs), bool)
    smallest = np.bincount(labels).min() / 2
    wide = [min(len(z) - 1, max(FEWEST, round(min(share * len(z), smallest)))) for share in NEAR]
    for seen in (turned,) if clustering.metric is None else (turned, z):
        far, at = NearestNeighbors(n_neighbors=max(wide) + 1).fit(seen).kneighbors(seen)
        for near in wide:
            broken &= _broken(far[:, near], at[:, 1 : 1 + max(2, near // 2)], z.shape[1], labels, size, pairs)
    return {"parted": float(broken.mean()) if pairs else 0.0}


def _broken(
    far: Floats, at: NDArray[np.int64], dims: int, labels: NDArray[np.int32], size: int, pairs: list[tuple[int, int]]
) -> NDArray[np.bool_]:
    """Of each pair of groups, whether the best path between them is broken; `far` (n,) is how far the last of a user's
    neighbourhood lies, `at` (n, m) are the nearest half of it."""
    density = -dims * np.log(np.maximum(far, 1e-12))
    peak = [int(np.flatnonzero(labels == c)[density[labels == c].argmax()]) for c in range(size)]
    height = np.array([np.quantile(density[labels == c], DENSE) for c in range(size)])
    saddle = _saddles(density, at, peak)
    return np.array([saddle[a, b] - min(height[a], height[b]) <= np.log(THIN) for a, b in pairs], bool)


def _saddles(density: Floats, at: NDArray[np.int64], peak: list[int]) -> Floats:
    """For each pair of peaks (k, k) the log density of the thinnest place of the best path; -inf where there is none."""
    one, two = np.repeat(np.arange(len(at)), at.shape[1]), at.ravel()
    level = np.minimum(density[one], density[two])
    parent = list(range(len(at)))
    holds: dict[int, list[int]] = {}
    for c, p in enumerate(peak):
        holds.setdefault(p, []).append(c)
    saddle = np.full((len(peak), len(peak)), -np.inf)
    for e in np.argsort(-level, kind="stable"):
        a, b = _top(parent, int(one[e])), _top(parent, int(two[e]))
        if a == b:
            continue
        for i in holds.get(a, []):
            for j in holds.get(b, []):
                saddle[i, j] = saddle[j, i] = level[e]
        holds[a] = holds.get(a, []) + holds.pop(b, [])
        parent[b] = a
        if len(holds[a]) == len(peak):
            break
    return saddle


def _top(parent: list[int], i: int) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i
