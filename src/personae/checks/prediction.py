"""Prediction strength (Tibshirani & Walther 2005): do the groups of one half of the users foretell who belongs together in the
other half?

For each number the worst group counts: the share of its pairs that the other half's centres put together. The number is the
largest with 0.8 or more, as its authors advise; where even two groups fall short the answer is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.criteria import Criterion, Point

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

MOST = 1500
SPLITS = 4
STARTS = 2
STRONG = 0.8


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`prediction`: the strength at this number of groups."""
    return {"prediction": curve(space, (clustering.size,), seed).points[-1].value}


def curve(space: Space, sizes: Sequence[int], seed: int) -> Criterion:
    """The mean strength over four splits into halves, by k-means as the search has it; one group has 1 by definition."""
    n = min(len(space.scores), MOST)
    halves = [np.random.default_rng([seed, 32, i]).permutation(n) for i in range(SPLITS)]
    points = [Point(1, 1.0)]
    for k in sorted(s for s in sizes if 1 < s <= n // 4):
        try:
            strengths = [_strength(space, np.sort(h[: n // 2]), np.sort(h[n // 2 :]), k, seed) for h in halves]
        except Refused:
            continue
        points.append(Point(k, float(np.mean(strengths)), float(np.std(strengths) / np.sqrt(SPLITS))))
    return Criterion("prediction", tuple(points), max(p.size for p in points if p.value >= STRONG), n)


def _strength(space: Space, one: NDArray[np.int64], two: NDArray[np.int64], size: int, seed: int) -> float:
    """The smallest share, over groups of the second half, of pairs whom the first half's centres put together."""
    plug = plugins.find("methods", "kmeans")
    refine = not space.counted and not space.textbook
    first, second = (plug.fit(space.only(half), size, seed, starts=STARTS, refine=refine) for half in (one, two))
    z = first.seen_in(space.only(one))
    centres = np.array([z[first.labels == c].mean(axis=0) for c in range(size)])
    other = first.seen_in(space.only(two))
    foretold = ((other[:, None] - centres[None]) ** 2).sum(axis=-1).argmin(axis=1)
    table = np.zeros((size, size))
    np.add.at(table, (second.labels, foretold), 1)
    return together(table)


def together(table: Floats) -> float:
    """The smallest share of pairs in a row that share a column; a row of one user has no pairs and does not count."""
    n = table.sum(axis=1)
    pairs = (table * (table - 1)).sum(axis=1)
    return float((pairs[n > 1] / (n * (n - 1))[n > 1]).min())
