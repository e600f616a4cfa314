"""Natural cuts: places where a measure has a valley between two humps.

Many cuts are proposed (the best partition by least squares, twice as many parts as are wanted), and each is kept only while
Hartigans' dip finds a valley between the two parts that it separates; the least visible goes first. A kept cut lies at the
bottom of its valley: the lowest density between the middles of its two parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from personae import dip
from personae.cuts import segments

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

ALPHA = 0.01
"""A valley is believed from this p on. Of 1,560 samples of 200 to 20,000 users from thirteen laws with one hump (uniform,
normal, lognormal, exponential, whole numbers, heaps on fives and tens, prices), three had a cut."""
FEW = 15
MOST = 4000
RATIO = 4
"""Of the larger part only the users nearest to the cut are looked at, at most so many times the smaller part."""
BANDWIDTH = 0.2
"""Of the smaller spread of two parts: how far the density between them is smoothed."""
BINS = 400
DRAWS = 400


@dataclass(frozen=True)
class Valley:
    """A natural cut: `at`, its 95 % interval, the p of its dip, and the density there as a part of the lower hump's."""

    at: float
    low: float
    high: float
    p: float
    depth: float


def valleys(points: Floats, most: int, least: int, seed: int, coarse: float = 0.0) -> tuple[list[Valley], list[str]]:
    """The natural cuts of sorted values (n,) without heaps, and why proposed ones with a valley were dropped.

    At most `most` parts, none of fewer than `least` values, and no two with middles nearer than 1.5 times `coarse`, the
    stretch that one heap was spread over.
    """
    borders = _proposed(points, max(2 * most, 8), max(least, FEW))
    tested = _tested(points, borders, 1.5 * coarse)
    dropped = []
    while len(tested) >= most:
        weakest = max(tested, key=lambda b: (b[1], b[0]))
        tested.remove(weakest)
        dropped.append("many")
    found = [v for i in range(len(tested)) if (v := _valley(points, tested, i, seed)) is not None]
    while (pair := _overlap(found)) is not None:
        found.remove(max(pair, key=lambda v: (v.p, v.depth)))
        dropped.append("overlap")
    return found, dropped


def _proposed(points: Floats, parts: int, least: int) -> list[float]:
    """Cuts of the best partition into so many parts, or as many as there can be."""
    if len(points) < 2 * least:
        return []
    line = segments.cells(points)
    middle = points.mean()
    n, s, q = line.sums(), line.sums(points - middle), line.sums((points - middle) ** 2)
    found = segments.best(segments.squares(n, s, q, least), parts)[-1]
    return [float((line.last[j - 1] + line.first[j]) / 2) for j in found]


def _tested(points: Floats, borders: list[float], apart: float) -> list[tuple[float, float]]:
    """The borders with a valley, each with its p, after those without were removed one by one."""
    at = sorted(borders)
    p = [_p(points, at, i, apart) for i in range(len(at))]
    while p and max(p) >= ALPHA:
        i = p.index(max(p))
        del at[i], p[i]
        for j in (i - 1, i):
            if 0 <= j < len(at):
                p[j] = _p(points, at, j, apart)
    return list(zip(at, p, strict=True))


def _sides(points: Floats, at: list[float], i: int) -> tuple[Floats, Floats]:
    """The values of the parts on both sides of a border."""
    low = np.searchsorted(points, at[i - 1]) if i else 0
    high = np.searchsorted(points, at[i + 1]) if i + 1 < len(at) else len(points)
    middle = np.searchsorted(points, at[i])
    return points[low:middle], points[middle:high]


def _p(points: Floats, at: list[float], i: int, apart: float) -> float:
    """p of the dip of the values around a border; cutting off the far end of a part cannot make a valley."""
    left, right = _sides(points, at, i)
    if min(len(left), len(right)) < FEW or np.median(right) - np.median(left) < apart:
        return 1.0
    near = np.concatenate((left[-RATIO * len(right) :], right[: RATIO * len(left)]))
    if len(near) > MOST:
        near = near[((np.arange(MOST) + 0.5) * len(near) / MOST).astype(np.int64)]
    return dip.test(near)[1]


def _valley(points: Floats, tested: list[tuple[float, float]], i: int, seed: int) -> Valley | None:
    """The bottom of the valley at a border, with the interval of 400 resamples; None where the density has no inner bottom."""
    left, right = _sides(points, [b for b, _ in tested], i)
    low, high = float(np.median(left)), float(np.median(right))
    width = BANDWIDTH * min(_spread(left), _spread(right))
    edges = np.linspace(low, high, BINS + 1)
    counts = np.histogram(np.concatenate((left, right)), edges)[0].astype(np.float64)
    places = (edges[1:] + edges[:-1]) / 2
    size = max(width, (high - low) / BINS)
    kernel = np.exp(-0.5 * ((places[:, None] - places[None, :]) / size) ** 2)
    kernel /= kernel.sum(axis=1, keepdims=True)
    density = kernel @ counts
    bottom = _bottom(density)
    if bottom in (0, BINS - 1):
        return None
    rng = np.random.default_rng([seed, 11, i])
    drawn = kernel @ rng.poisson(counts[:, None], (BINS, DRAWS)).astype(np.float64)
    bottoms = places[[_bottom(drawn[:, d]) for d in range(DRAWS)]]
    ends = np.quantile(bottoms, [0.025, 0.975])
    peak = min(density[: bottom + 1].max(), density[bottom:].max())
    return Valley(float(places[bottom]), float(ends[0]), float(ends[1]), tested[i][1], float(density[bottom] / peak))


def _spread(values: Floats) -> float:
    """A standard deviation that single values far out do not move."""
    low, high = np.quantile(values, [0.25, 0.75])
    return float(high - low) / 1.349 or float(values.std())


def _bottom(density: Floats) -> int:
    """The middle of the lowest stretch."""
    lowest = np.flatnonzero(density <= density.min() + 1e-9 * density.max())
    return int(lowest[len(lowest) // 2])


def _overlap(found: list[Valley]) -> tuple[Valley, Valley] | None:
    """The first two neighbours whose intervals overlap."""
    return next(((a, b) for a, b in pairwise(found) if a.high >= b.low), None)
