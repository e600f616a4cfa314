"""Mini-batch k-means (Sculley 2010): the centres follow small random batches of users, then everyone is placed once.

For very many users: a little worse than k-means and much faster.
"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import MiniBatchKMeans

from personae.model.clustering import Clustering, Space

BATCH = 1024
"""Users in a batch, scikit-learn's own number."""
QUIET = 10
"""Batches in a row without a better objective after which it stops."""


def fit(space: Space, size: int, seed: int, starts: int = 3, batch: int = BATCH, iterations: int = 100) -> Clustering:
    """`size` groups of the scores from batches of `batch` users; `iterations` is the most often all users are gone through.

    Settings as of kmeans, without the worst start: only the best goes beyond its first batches.
    """
    model = MiniBatchKMeans(
        size, n_init=starts, batch_size=batch, max_iter=iterations, max_no_improvement=QUIET, random_state=seed
    ).fit(space.scores)
    settings: dict[str, float | str] = {
        "starts": starts,
        "batch": batch,
        "objective": float(model.inertia_),
        "iterations": int(model.n_iter_),
        "converged": "yes" if model.n_iter_ < iterations else "no",
    }
    return Clustering("minibatch", model.labels_.astype(np.int32), size, seed, settings)
