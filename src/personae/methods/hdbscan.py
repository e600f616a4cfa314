"""HDBSCAN (Campello, Moulavi & Sander 2013): groups are where users are dense, whatever their shape.

The smallest size of a group is chosen by the density-based validity of the result (DBCV, Moulavi et al. 2014, in its relative
form: sparseness inside and separation between groups read off the minimum spanning tree of mutual reachability).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.neighbors import KNeighborsClassifier

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

UNSIZED = True
"""It finds the number of groups itself."""
NEIGHBOURS = 5
SHARES = (0.01, 0.02, 0.03, 0.05)
MOST = 2500
"""Users the choice of the smallest size looks at: it needs all pairs of distances."""
NOISE = 0.15


def fit(space: Space, size: int, seed: int, noise: float = NOISE) -> Clustering:
    """As many groups as there are dense regions (`size` is not asked for: 0). Noise joins its five nearest neighbours.

    Refused when more than `noise` of the users are in no dense region, or when there is only one.
    """
    z = space.scores
    few = z[np.random.default_rng([seed, 2]).permutation(len(z))[:MOST]] if len(z) > MOST else z
    tree = _tree(few)
    scored = []
    for share in SHARES:
        labels = _labels(few, max(5, round(share * len(few))))
        if labels.max() > 0:
            scored.append((_validity(labels, *tree), share, labels))
    if not scored:
        raise Refused("users are dense in one region only")
    validity, share, labels = max(scored, key=lambda s: s[0])
    if few is not z:
        labels = _labels(z, max(5, round(share * len(z))))
    lost = float((labels < 0).mean())
    found = int(labels.max()) + 1
    if lost >= noise or found < 2:
        raise Refused(f"{lost:.0%} of the users are in no dense region")
    if lost:
        known = labels >= 0
        labels = labels.copy()
        labels[~known] = KNeighborsClassifier(NEIGHBOURS).fit(z[known], labels[known]).predict(z[~known])
    settings: dict[str, float | str] = {"smallest": share, "validity": validity, "noise": lost}
    return Clustering("hdbscan", labels.astype(np.int32), found, seed, settings)


def _labels(z: Floats, smallest: int) -> Ints:
    return np.asarray(HDBSCAN(min_cluster_size=smallest, min_samples=NEIGHBOURS, copy=True).fit(z).labels_, np.int32)


def _tree(z: Floats) -> tuple[Ints, Ints, Floats]:
    """The minimum spanning tree of mutual reachability (Prim): ends and lengths of its n - 1 edges."""
    square = (z**2).sum(axis=1)
    d = np.sqrt(np.maximum(square[:, None] - 2 * z @ z.T + square, 0))
    core = np.partition(d, min(NEIGHBOURS, len(z) - 1), axis=1)[:, min(NEIGHBOURS, len(z) - 1)]
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


def _validity(labels: Ints, a: Ints, b: Ints, length: Floats) -> float:
    """Size-weighted (separation - sparseness) / max of both; users in no group count as zero."""
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
