"""How far apart the groups are: inertia, silhouette (Rousseeuw 1987) with its interval, Calinski & Harabasz 1974, Davies &
Bouldin 1979. They describe; none of them is evidence that groups exist."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_samples

from personae.model.clustering import Clustering, Space

MOST = 2000
"""Users the silhouette is computed on; beyond it a sample with an interval."""


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """Inertia and smallest share, and with two groups or more the three indices."""
    z, labels = clustering.seen_in(space), clustering.labels
    centres = np.array([z[labels == c].mean(axis=0) for c in range(clustering.size)])
    within = float(((z - centres[labels]) ** 2).sum() / max(((z - z.mean(axis=0)) ** 2).sum(), 1e-300))
    out: dict[str, float | None] = {
        "inertia": within,
        "smallest": float(np.bincount(labels, minlength=clustering.size).min() / len(labels)),
    }
    at = np.sort(np.random.default_rng([seed, 4]).permutation(len(z))[:MOST])
    if clustering.size < 2 or len(np.unique(labels[at])) < 2 or len(at) <= clustering.size:
        return out
    s = silhouette_samples(z[at], labels[at])
    half = 1.96 * float(s.std()) / np.sqrt(len(s)) if len(z) > MOST else 0.0
    mean = float(s.mean())
    return {
        **out,
        "silhouette": mean,
        "silhouette_low": mean - half,
        "silhouette_high": mean + half,
        "calinski_harabasz": float(calinski_harabasz_score(z[at], labels[at])),
        "davies_bouldin": float(davies_bouldin_score(z[at], labels[at])),
    }
