"""HDBSCAN (Campello, Moulavi & Sander 2013): groups are where users are dense, whatever their shape.

The smallest size of a group is chosen by the density-based validity of the result (DBCV, Moulavi et al. 2014, in its relative
form: sparseness inside and separation between groups read off the minimum spanning tree of mutual reachability).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.cluster import HDBSCAN
from sklearn.neighbors import KNeighborsClassifier

from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.rule import Place
from personae.reachability import spanning
from personae.reachability import validity as validity_of

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
JOIN = {"noise": "join", "most": 0.15}
"""How the search asks for dense regions that everybody belongs to."""


def fit(
    space: Space,
    size: int,
    seed: int,
    min_size: int = 0,
    min_samples: int = NEIGHBOURS,
    noise: Literal["join", "keep"] = "keep",
    most: float = 0.5,
) -> Clustering:
    """As many groups as there are dense regions (`size` is not asked for: 0).

    `min_size` is the fewest users of a group (0: chosen by validity), `min_samples` the neighbours that make a user dense.
    Noise stays outside, or with "join" goes to its five nearest neighbours. Refused when `most` of the users or more are noise,
    or when there is only one region.
    """
    z = space.scores
    few = z[np.random.default_rng([seed, 2]).permutation(len(z))[:MOST]] if len(z) > MOST else z
    tree = spanning(few, min_samples)
    scored = []
    for share in SHARES if min_size == 0 else (max(2, min_size) / len(z),):
        labels = _labels(few, max(5 if min_size == 0 else 2, round(share * len(few))), min_samples)
        if labels.max() > 0:
            scored.append((validity_of(labels, tree), share, labels))
    if not scored:
        raise Refused("users are dense in one region only")
    validity, share, labels = max(scored, key=lambda s: s[0])
    if few is not z:
        labels = _labels(z, max(5 if min_size == 0 else 2, round(share * len(z))), min_samples)
    lost = float((labels < 0).mean())
    found = int(labels.max()) + 1
    if found < 2:
        raise Refused("users are dense in one region only")
    if lost >= most:
        raise Refused(f"{most:.0%} of the users or more are in no dense region")
    known = labels >= 0
    if lost:
        labels = labels.copy()
        labels[~known] = KNeighborsClassifier(NEIGHBOURS).fit(z[known], labels[known]).predict(z[~known])
    settings: dict[str, float | str] = {"smallest": share, "validity": validity, "noise": lost}
    if lost:
        done = "joined the nearest" if noise == "join" else "are left out"
        settings["left"] = f"{lost:.1%} of the users are in no dense region and {done}"
    kinds = None if noise == "join" else np.where(known, Place.CORE, Place.OUTSIDE).astype(np.int8)
    return Clustering("hdbscan", labels.astype(np.int32), found, seed, settings, kinds=kinds)


def _labels(z: Floats, smallest: int, neighbours: int) -> Ints:
    return np.asarray(HDBSCAN(min_cluster_size=smallest, min_samples=neighbours, copy=True).fit(z).labels_, np.int32)
