"""How far apart the groups are: inertia, silhouette (Rousseeuw 1987) with its interval, Calinski & Harabasz 1974, Davies &
Bouldin 1979. They describe; none of them is evidence that groups exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

MOST = 2000
"""Users a single grouping's silhouette is computed on; beyond it a sample with an interval."""
BLOCK, TILE = 128, 1024
"""Users whose distances to other users are held at a time: 1 MiB, which stays near the processor (3 times as fast)."""


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """Inertia and smallest share, and with two groups or more the three indices; the silhouette of a sample of users."""
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
    s = silhouette(z[at], labels[at], clustering.size)
    mean, half = float(s.mean()), half_width(s, len(z))
    return {
        **out,
        "silhouette": mean,
        "silhouette_low": mean - half,
        "silhouette_high": mean + half,
        "calinski_harabasz": float(calinski_harabasz_score(z, labels)),
        "davies_bouldin": float(davies_bouldin_score(z, labels)),
    }


def silhouette(z: Floats, labels: Ints, size: int) -> Floats:
    """(n,) the silhouette of every user; 0 for the only user of a group."""
    hot = one_hot(labels, size)
    return from_sums(distance_sums(z, np.arange(len(z)), hot), labels, hot.sum(axis=0))


def half_width(s: Floats, n: int) -> float:
    """Half a 95 % interval of the mean of all n users, of whom s (q,) are a random sample; 0 when they are everyone."""
    return float(1.96 * s.std() / np.sqrt(len(s)) * np.sqrt(max(0.0, 1 - len(s) / n)))


def one_hot(labels: Ints, size: int) -> Floats:
    """(n, size) 1 where a user is in the group."""
    return np.asarray(labels[:, None] == np.arange(size), np.float64)


def distance_sums(z: Floats, at: NDArray[np.int64], hot: Floats) -> Floats:
    """(q, m) for each user of `at` (q,) the sum of Euclidean distances to all users of each column of `hot` (n, m).

    Groupings that share the coordinates z (n, r) share the distances: their columns of `hot` stand side by side.
    """
    z = z - z.mean(axis=0)
    square = np.einsum("ij,ij->i", z, z)
    left = np.column_stack([-2 * z[at], square[at], np.ones(len(at))])
    right = np.column_stack([z, np.ones(len(z)), square])
    out = np.zeros((len(at), hot.shape[1]))
    for a in range(0, len(at), BLOCK):
        rows = at[a : a + BLOCK]
        for b in range(0, len(z), TILE):
            d = left[a : a + BLOCK] @ right[b : b + TILE].T
            np.maximum(d, 0, out=d)
            here = np.flatnonzero((rows >= b) & (rows < b + TILE))
            d[here, rows[here] - b] = 0
            np.sqrt(d, out=d)
            out[a : a + BLOCK] += d @ hot[b : b + TILE]
    return out


def from_sums(sums: Floats, labels: Ints, counts: Floats) -> Floats:
    """(q,) silhouettes of users whose distances to each group add up to `sums` (q, k) and whose groups are `labels` (q,)."""
    q = np.arange(len(labels))
    own = counts[labels]
    a = sums[q, labels] / np.maximum(own - 1, 1)
    others = sums / np.maximum(counts, 1)
    others[:, counts == 0] = np.inf
    others[q, labels] = np.inf
    b = others.min(axis=1)
    most = np.maximum(a, b)
    s = np.divide(b - a, most, out=np.zeros(len(q)), where=most > 0)
    s[own <= 1] = 0
    return np.asarray(s)
