"""Is a border crossed less often than the middle of a group? In many directions no density can be told, but users still have
nearest neighbours: across a gap hardly any, across a cut through a continuum as many as across the middle of its parts.

The rate of a border is the share of the smaller group's links to its four nearest neighbours that lead to the other one (the
conductance of the cut, Kannan, Vempala & Vetta 2004); that of a middle is the same where k-means halves a group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import NearestNeighbors

from personae import lloyd, plugins
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

FLAT = 3
"""Directions up to which density itself can be told."""
MOST = 2500
NEIGHBOURS = 4
RARE = 0.05
"""Share of users up to which a group's borders do not count: whoever is odd lies apart."""
STARTS = 3
FEWEST = 20
"""Users of a group below whom halving it says nothing."""


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`crossed`: the rate of the clearest border between groups that are not rare, against the lower rate of its two groups'
    middles; None in three directions or fewer, for shares of events, and where there is no such border."""
    z, size = space.blurred[:MOST], clustering.size
    labels = clustering.labels[:MOST]
    counts = np.bincount(labels[labels >= 0], minlength=size)
    large = [c for c in range(size) if counts[c] > max(RARE * len(z), FEWEST)]
    if space.counted or z.shape[1] <= FLAT or len(large) < 2:
        return {"crossed": None}
    seen = z if clustering.metric is None else z @ clustering.metric
    at = NearestNeighbors(n_neighbors=NEIGHBOURS + 1).fit(seen).kneighbors(seen)[1][:, 1:]
    middle = {c: _halved(seen, at, labels == c, seed) for c in large}
    centres = np.array([seen[labels == c].mean(axis=0) for c in large])
    pairs = [(large[a], large[b]) for a, b in plugins.find("checks", "borders").neighbours(centres)]
    return {"crossed": min(_rate(at, labels == a, labels == b) / min(middle[a], middle[b]) for a, b in pairs)}


def _halved(seen: Floats, at: Ints, group: NDArray[np.bool_], seed: int) -> float:
    """The rate of the cut through the middle of a group."""
    rows = np.flatnonzero(group)
    one = np.zeros(len(seen), bool)
    one[rows[lloyd.fit(seen[rows], 2, seed, STARTS).labels == 0]] = True
    return max(_rate(at, one, group & ~one), 1 / (NEIGHBOURS * len(rows)))


def _rate(at: Ints, one: NDArray[np.bool_], two: NDArray[np.bool_]) -> float:
    """Links between two sets of users over all links of the smaller set with itself and the other."""
    across = one[at[two]].sum() + two[at[one]].sum()
    inside = min(one[at[one]].sum(), two[at[two]].sum())
    return float(across / max(1, 2 * inside + across))
