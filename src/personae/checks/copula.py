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

from personae import lloyd
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 2000
DRAWS = 12
MOST_CORRELATED = 0.98


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`copula`: z of this number of groups; well below 0 means structure a correlated cloud does not have."""
    return {"copula": against_copula(space, (clustering.size,), seed).get(clustering.size)}


def against_copula(space: Space, sizes: tuple[int, ...], seed: int, draws: int = DRAWS) -> dict[int, float]:
    """z of the within-group share for each size: (seen - mean of the draws) / their standard deviation."""
    rng = np.random.default_rng([seed, 6])
    x, heaps = (space.scores, None) if space.counted else (space.coordinates, space.heaps)
    if len(x) > MOST:
        some = np.sort(rng.permutation(len(x))[:MOST])
        x, heaps = x[some], None if heaps is None else heaps[some]
    sizes = tuple(k for k in sizes if 2 * k < len(x))
    seen = _within(x, sizes, seed)
    columns = np.sort(x, axis=0)
    root = _normal_root(x, rng, heaps)
    null = np.array([_within(_drawn(columns, root, rng, heaps), sizes, seed) for _ in range(draws)])
    z = (seen - null.mean(axis=0)) / np.maximum(null.std(axis=0, ddof=1), 1e-9)
    return {k: float(v) for k, v in zip(sizes, z)}


def null_spaces(space: Space, seed: int, draws: int) -> Iterator[Space]:
    """Spaces of users drawn from the copula: the same columns (the same scores, where events are counted), the same rank
    correlations, nothing else."""
    rng = np.random.default_rng([seed, 9])
    x = (space.scores if space.counted else space.coordinates)[:MOST]
    heaps = None if space.counted or space.heaps is None else space.heaps[: len(x)]
    columns, root = np.sort(x, axis=0), _normal_root(x, rng, heaps)
    some = replace(space.only(np.arange(len(x))), weighted=None, mixed=None)
    for _ in range(draws):
        drawn = _drawn(columns, root, rng, heaps)
        scores = drawn if space.counted else drawn @ space.projection
        yield replace(some, coordinates=some.coordinates if space.counted else drawn, scores=scores, blurred=scores)


def _within(x: Floats, sizes: tuple[int, ...], seed: int) -> Floats:
    total = ((x - x.mean(axis=0)) ** 2).sum()
    return np.array([lloyd.fit(x, k, seed, 3).inertia / total for k in sizes])


def _normal_root(x: Floats, rng: np.random.Generator, heaps: NDArray[np.int32] | None = None) -> Floats:
    """A root of the correlation matrix of the normal scores; ties are broken at random, which weakens the correlations of
    columns of few values: they are divided by the share of each column's variance that lies between its values (the linear
    approximation of the polychoric correlation)."""
    n = len(x)
    order = _ranks(x, rng)
    scores = ndtri((order + 0.5) / n)
    correlation = scores.T @ scores / n
    if heaps is not None:
        between = np.array([_between(s, h) for s, h in zip(scores.T, heaps.T)])
        correlation = np.clip(correlation / np.outer(between, between), -MOST_CORRELATED, MOST_CORRELATED)
        np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _between(scores: Floats, heap: NDArray[np.int32]) -> float:
    """The share of the variance of scores (n,) that lies between the values of a column; 1 where values are many."""
    if heap.min() == heap.max():
        return 1.0
    sizes, sums = np.bincount(heap), np.bincount(heap, weights=scores)
    return float((sums**2 / np.maximum(sizes, 1)).sum() / max((scores**2).sum(), 1e-12))


def _ranks(x: Floats, rng: np.random.Generator) -> Floats:
    mixed = rng.permutation(len(x))
    order = np.argsort(x[mixed], axis=0, kind="stable")
    out = np.empty(x.shape)
    for j in range(x.shape[1]):
        out[mixed[order[:, j]], j] = np.arange(len(x))
    return out


def _drawn(columns: Floats, root: Floats, rng: np.random.Generator, heaps: NDArray[np.int32] | None = None) -> Floats:
    """One sample (n, d): the sorted columns in the order of correlated normals; among users of one value of a column in any
    order, as jitter puts them."""
    g = rng.standard_normal((len(columns), root.shape[1])) @ root.T
    rank = np.argsort(np.argsort(g, axis=0), axis=0)
    for j, heap in enumerate(heaps.T if heaps is not None else ()):
        value = np.sort(heap)
        if value[0] != value[-1]:
            rank[np.lexsort((rng.random(len(rank)), value[rank[:, j]])), j] = np.arange(len(rank))
    return np.take_along_axis(columns, rank, axis=0)
