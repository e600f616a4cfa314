"""Is there more than correlation?

k-means' within-group share against data that keep every column's own distribution and the rank correlations and have nothing
else (a Gaussian copula; the parametric bootstrap of homogeneity of Hennig & Lin 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from sklearn.cluster import KMeans

from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 2000
DRAWS = 12


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`copula`: z of this number of groups; well below 0 means structure a correlated cloud does not have."""
    return {"copula": against_copula(space, (clustering.size,), seed).get(clustering.size)}


def against_copula(space: Space, sizes: tuple[int, ...], seed: int, draws: int = DRAWS) -> dict[int, float]:
    """z of the within-group share for each size: (seen - mean of the draws) / their standard deviation."""
    rng = np.random.default_rng([seed, 6])
    x = space.scores if space.counted else space.coordinates
    if len(x) > MOST:
        x = x[np.sort(rng.permutation(len(x))[:MOST])]
    sizes = tuple(k for k in sizes if 2 * k < len(x))
    seen = _within(x, sizes, seed)
    columns = np.sort(x, axis=0)
    root = _normal_root(x, rng)
    null = np.array([_within(_drawn(columns, root, rng), sizes, seed) for _ in range(draws)])
    z = (seen - null.mean(axis=0)) / np.maximum(null.std(axis=0, ddof=1), 1e-9)
    return {k: float(v) for k, v in zip(sizes, z)}


def null_spaces(space: Space, seed: int, draws: int) -> Iterator[Space]:
    """Spaces of users drawn from the copula: the same columns (the same scores, where events are counted), the same rank
    correlations, nothing else."""
    rng = np.random.default_rng([seed, 9])
    x = (space.scores if space.counted else space.coordinates)[:MOST]
    columns, root = np.sort(x, axis=0), _normal_root(x, rng)
    some = replace(space.only(np.arange(len(x))), weighted=None)
    for _ in range(draws):
        drawn = _drawn(columns, root, rng)
        scores = drawn if space.counted else drawn @ space.projection
        yield replace(some, coordinates=some.coordinates if space.counted else drawn, scores=scores, blurred=scores)


def _within(x: Floats, sizes: tuple[int, ...], seed: int) -> Floats:
    total = ((x - x.mean(axis=0)) ** 2).sum()
    return np.array([KMeans(k, n_init=3, random_state=seed).fit(x).inertia_ / total for k in sizes])


def _normal_root(x: Floats, rng: np.random.Generator) -> Floats:
    """A root of the correlation matrix of the normal scores; ties are broken at random."""
    n = len(x)
    order = _ranks(x, rng)
    scores = ndtri((order + 0.5) / n)
    correlation = scores.T @ scores / n
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _ranks(x: Floats, rng: np.random.Generator) -> Floats:
    mixed = rng.permutation(len(x))
    order = np.argsort(x[mixed], axis=0, kind="stable")
    out = np.empty(x.shape)
    for j in range(x.shape[1]):
        out[mixed[order[:, j]], j] = np.arange(len(x))
    return out


def _drawn(columns: Floats, root: Floats, rng: np.random.Generator) -> Floats:
    """One sample (n, d): the sorted columns in the order of correlated normals."""
    g = rng.standard_normal((len(columns), root.shape[1])) @ root.T
    rank = np.argsort(np.argsort(g, axis=0), axis=0)
    return np.take_along_axis(columns, rank, axis=0)
