"""Spectral clustering (Ng, Jordan & Weiss 2002; von Luxburg 2007): cuts the graph of near neighbours where it is thin.

For groups of any shape whose number is known: rings, moons, threads. Labels are read off the eigenvectors by a pivoted QR
decomposition (Damle, Minden & Ying 2019), which needs no random start.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import SpectralClustering

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

LIMIT = 5_000
"""Users beyond whom it is refused: a shapeless cloud takes 3 s with 5,000 users, 27 s with 10,000."""


def fit(space: Space, size: int, seed: int, neighbours: int = 10) -> Clustering:
    """`size` groups of users who are linked through their nearest neighbours. Refused above its size limit."""
    z = space.scores
    if len(z) > LIMIT:
        raise Refused(f"{len(z):,} users are more than its limit of {LIMIT:,}")
    if len(z) <= neighbours:
        raise Refused(f"{len(z)} users have no {neighbours} neighbours each")
    model = SpectralClustering(
        size, affinity="nearest_neighbors", n_neighbors=neighbours, assign_labels="cluster_qr", random_state=seed
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a graph in several pieces is what is looked for
        labels = model.fit(z).labels_.astype(np.int32)
    return Clustering("spectral", labels, size, seed, {"neighbours": neighbours})
