"""The gap statistic (Tibshirani, Walther & Hastie 2001): how much less is left over than in a uniform box along the principal
axes of the same users.

The number is the smallest whose gap is no more than one standard error below the next one's; one group is a possible answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from personae import lloyd
from personae.model.clustering import Clustering, Space
from personae.model.criteria import Criterion, Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST = 1000
DRAWS = 6
STARTS = 2


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`gap`: the gap at this number of groups."""
    return {"gap": curve(space, (clustering.size,), seed).points[-1].value}


def curve(space: Space, sizes: Sequence[int], seed: int) -> Criterion:
    """The gap for one group and each of `sizes`, with s_k = sd * sqrt(1 + 1 / draws)."""
    x = space.scores[:MOST]
    sizes = (1, *(k for k in sorted(sizes) if 1 < k < len(x)))
    rng = np.random.default_rng([seed, 31])
    middle = x.mean(axis=0)
    axes = np.linalg.svd(x - middle, full_matrices=False)[2]
    turned = (x - middle) @ axes.T
    low, high = turned.min(axis=0), turned.max(axis=0)
    seen = _logs(turned, sizes, seed)
    null = np.array([_logs(rng.uniform(low, high, turned.shape), sizes, seed) for _ in range(DRAWS)])
    gap = null.mean(axis=0) - seen
    error = null.std(axis=0) * np.sqrt(1 + 1 / DRAWS)
    points = tuple(Point(k, float(g), float(e)) for k, g, e in zip(sizes, gap, error))
    return Criterion("gap", points, first_within(points), len(x))


def first_within(points: Sequence[Point]) -> int | None:
    """The one-standard-error rule; None where the gap is still growing at the last number."""
    return next((a.size for a, b in pairwise(points) if a.value >= b.value - b.error), None)


def _logs(x: Floats, sizes: Sequence[int], seed: int) -> Floats:
    """The logarithm of what is left over in each number of groups."""
    left = [lloyd.fit(x, k, seed, STARTS).inertia for k in sizes]
    return np.log(np.maximum(left, 1e-300))
