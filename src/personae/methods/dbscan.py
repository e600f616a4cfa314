"""DBSCAN (Ester, Kriegel, Sander & Xu 1996): groups are chains of users who have enough neighbours within reach.

Whoever has `min_samples` users within `eps`, themselves among them, is core; who is within reach of a core user is border,
whether or not they were first taken for noise; everybody else is outside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.rule import Place
from personae.nearby import bend, last_distances

UNSIZED = True
"""It finds the number of groups itself."""


TIMES = (1.0, 0.8, 0.65, 0.5, 0.4, 0.3, 1.25, 1.6, 2.0)
"""Of the suggested reach: where else regions are looked for, so that a refusal can name a reach that works."""


def fit(space: Space, size: int, seed: int, eps: float = 0.0, min_samples: int = 10) -> Clustering:
    """As many groups as there are dense regions (`size` is not asked for: 0).

    `eps` 0 is read off the bend of the curve of distances to the last of `min_samples` neighbours. Refused with fewer than two
    regions.
    """
    z = space.scores
    suggested = bend(last_distances(z, min_samples))
    reach = eps or suggested
    if reach <= 0:
        raise Refused("most users stand on one spot, so that no reach tells near from far")
    made = DBSCAN(eps=reach, min_samples=min_samples).fit(z)
    labels = made.labels_.astype(np.int32)
    found, noise = int(labels.max()) + 1, labels < 0
    if found < 2:
        where = "one dense region" if found else "no dense region"
        raise Refused(f"within a reach of {reach:.3g} there is {where}; try another eps", _other(z, suggested, min_samples))
    kinds = np.where(noise, Place.OUTSIDE, Place.BORDER).astype(np.int8)
    kinds[made.core_sample_indices_] = Place.CORE
    core = made.core_sample_indices_
    labels[noise] = labels[core][cKDTree(z[core]).query(z[noise])[1]]
    settings: dict[str, float | str] = {
        "eps": reach,
        "suggested": suggested,
        "min_samples": min_samples,
        "core": int((kinds == Place.CORE).sum()),
        "border": int((kinds == Place.BORDER).sum()),
        "outside": int(noise.sum()),
        "noise": float(noise.mean()),
        "reach": f"eps {reach:.3g}, {min_samples} neighbours",
    }
    return Clustering("dbscan", labels, found, seed, settings, kinds=kinds)


def _other(z: NDArray[np.float64], suggested: float, min_samples: int) -> str:
    """The method with a reach at which most users are in two regions or more; "" where none of those tried is one."""
    for eps in (f"{t * suggested:.3g}" for t in TIMES):
        labels = DBSCAN(eps=float(eps), min_samples=min_samples).fit(z).labels_
        if labels.max() > 0 and (labels < 0).mean() < 0.5:
            return f'--method "dbscan(eps={eps}, min_samples={min_samples})"'
    return ""
