"""Do the same groups come back from other samples of the same users?

Bootstrap Jaccard of each group (Hennig 2007) and the adjusted Rand index (Hubert & Arabie 1985) of the whole. Steadiness is no
evidence of structure: a long shapeless cloud halves the same way every time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from personae import plugins
from personae.errors import Refused
from personae.facts.crossing import jaccards, rand
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    pass

MOST = 2000
STARTS = 3
MEDOIDS = 600
"""Users of a sample among whom medoids are chosen: distances of all pairs, 0.03 s each time."""
DENSE = 8000
"""Users a density method gets. To it a repeated user is a dense region of their own, and fewer users are other densities, so it
gets nineteen of twenty users, each once."""


def check(space: Space, clustering: Clustering, seed: int, samples: int = 20) -> dict[str, Any]:
    """`stability` (mean ARI) and `jaccard` (one mean per group, in the order of labels) over bootstrap samples."""
    rng = np.random.default_rng([seed, 5])
    plug = plugins.find("methods", clustering.method)
    n, dense = len(clustering.labels), getattr(plug, "UNSIZED", False)
    agree: list[float] = []
    overlap = np.zeros(clustering.size)
    for i in range(samples):
        at = rng.permutation(n)[: min(n * 19 // 20, DENSE)] if dense else rng.integers(0, n, min(n, MOST))
        old = clustering.labels[at]
        try:
            new = plug.fit(space.only(at), clustering.size, seed + i + 1, **_options(clustering)).labels
        except Refused:
            agree.append(0.0)
            continue
        known = new >= 0
        table = np.zeros((clustering.size, int(max(new.max(), 0)) + 1))
        np.add.at(table, (old[known], new[known]), 1)
        agree.append(rand(table))
        overlap += jaccards(table, np.bincount(old, minlength=clustering.size))
    return {"stability": float(np.mean(agree)), "jaccard": tuple(float(v) for v in overlap / samples)}


def _options(clustering: Clustering) -> dict[str, Any]:
    """The settings that make the same method again, cheaply."""
    known = dict(clustering.options)
    if clustering.method == "gmm":  # the covariance that was chosen, not the choice again
        return {**known, "covariance": clustering.settings["covariance"], "starts": 1}
    if clustering.method == "kmedoids":
        return {**known, "most": MEDOIDS}
    few = {"kmeans": STARTS, "minibatch": 1, "bisecting": 1, "latent": 1}
    return {**known, "starts": few[clustering.method]} if clustering.method in few else known
