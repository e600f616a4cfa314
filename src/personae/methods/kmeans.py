"""k-means (MacQueen 1967; Lloyd 1982) from k-means++ starts (Arthur & Vassilvitskii 2007).

With `refine` the scores are then whitened by the pooled within-group covariance and k-means goes on from the same centres, so
that groups may be long in the same direction (the determinant criterion of Friedman & Rubin 1967).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans

from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 4


def fit(
    space: Space, size: int, seed: int, starts: int = 5, refine: bool = False, sphere: bool = False, strict: bool = False
) -> Clustering:
    """`size` groups of the scores; `sphere` starts from directions of equal variance; `strict` goes on until nobody moves, so
    that everybody is nearest to the mean of their group."""
    z = space.scores
    first = (z - z.mean(axis=0)) / np.maximum(z.std(axis=0), 1e-12) if sphere else z
    tol = 0.0 if strict else 1e-4
    model = KMeans(size, n_init=starts, random_state=seed, algorithm="lloyd", tol=tol).fit(first)
    labels = model.labels_.astype(np.int32)
    settings: dict[str, float | str] = {"starts": starts, "geometry": "sphered" if sphere else "plain"}
    if not refine:
        return Clustering("kmeans", labels, size, seed, settings)
    labels, metric = _refined(z, labels, size)
    return Clustering("kmeans", labels, size, seed, {**settings, "refined": "yes"}, metric)


def _refined(z: Floats, labels: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], Floats]:
    """Whiten by the pooled within-group covariance, go on from the same centres, and again."""
    metric: Floats = np.eye(z.shape[1])
    for _ in range(ROUNDS):
        means = np.array([z[labels == c].mean(axis=0) for c in range(size)])
        rest = z - means[labels]
        pooled = rest.T @ rest / len(z) + 1e-3 * z.var(axis=0).mean() * np.eye(z.shape[1])
        metric = np.linalg.inv(np.linalg.cholesky(pooled)).T
        new = KMeans(size, init=means @ metric, n_init=1).fit(z @ metric).labels_.astype(np.int32)
        if len(np.unique(new)) < size:
            break
        same = (new == labels).mean()
        labels = new
        if same > 0.9995:
            break
    return labels, metric
