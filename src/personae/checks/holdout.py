"""Do the valleys stand in users the groups were not fitted on?

One half finds the groups and the axes between them, the other is tested. With few users for each direction k-means finds
valleys of its own making; they do not stand here.
"""

from __future__ import annotations

import numpy as np

from personae import dip, plugins
from personae.model.clustering import Clustering, Space

CROWDED = 50
"""Users for each direction from which on a valley found and tested on the same users can be believed."""
VALLEY = 0.05


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`held`: the share of neighbouring pairs whose border shows a valley in the other half; None where there are users enough
    for each direction."""
    n, r = space.scores.shape
    if n >= CROWDED * r or clustering.size < 2 or clustering.method != "kmeans":
        return {"held": None}
    half = np.random.default_rng([seed, 8]).permutation(n)
    one, two = np.sort(half[: n // 2]), np.sort(half[n // 2 :])
    refine = clustering.metric is not None
    fitted = plugins.find("methods", "kmeans").fit(space.only(one), clustering.size, seed, refine=refine)
    metric = np.eye(r) if fitted.metric is None else fitted.metric
    z, other = space.scores[one] @ metric, space.blurred[two] @ metric
    centres = np.array([z[fitted.labels == c].mean(axis=0) for c in range(fitted.size)])
    labels = ((other[:, None] - centres[None]) ** 2).sum(axis=-1).argmin(axis=1)
    pairs = plugins.find("checks", "borders").neighbours(centres)
    found = []
    for a, b in pairs:
        axis = centres[b] - centres[a]
        found.append(dip.test(other[(labels == a) | (labels == b)] @ axis)[1] <= VALLEY)
    return {"held": float(np.mean(found)) if found else 0.0}
