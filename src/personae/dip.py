"""Hartigans' dip: how far a sample is from having one hump, and how surprising that is.

Hartigan & Hartigan 1985, Annals of Statistics 13. The statistic is the largest distance between the sample's distribution
function and the nearest unimodal one. p-values compare it with uniform samples, the least favourable unimodal law; the
quantiles in `QUANTILES` were simulated by `benchmarks/dip_quantiles.py`.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Floats = npt.NDArray[np.float64]


def dip(values: npt.ArrayLike) -> float:
    """The dip of a sample (n,), between 1 / (2 n) and 1/4 where no two values are alike; 0 for fewer than 2 distinct values.

    Tied values count as a step of the distribution, which raises the dip: spread them first.
    """
    x, counts = np.unique(np.asarray(values, float), return_counts=True)
    n = int(counts.sum())
    if len(x) < 2:
        return 0.0
    upper: Floats = np.cumsum(counts).astype(float)
    lower: Floats = upper - counts.astype(float)
    first, last, widest = 0, len(x) - 1, 1.0
    while True:
        s = slice(first, last + 1)
        below, above = _minorant(x[s], lower[s]), -_minorant(x[s], -upper[s])
        gap = above - below
        at = int(gap.argmax())
        if gap[at] <= widest:
            break
        touch_low = np.flatnonzero(lower[s][: at + 1] - below[: at + 1] <= 1e-9 * n)
        touch_high = np.flatnonzero(above[at:] - upper[s][at:] <= 1e-9 * n)
        left, right = int(touch_low[-1]), at + int(touch_high[0])
        widest = max(widest, (upper[s] - below)[: left + 1].max(), (above - lower[s])[right:].max())
        if (left, right) == (0, last - first):
            break
        first, last = first + left, first + right
    return float(widest / (2 * n))


def _minorant(x: Floats, y: Floats) -> Floats:
    """The greatest convex function below the points, at the points: slopes made to rise, weighted by width."""
    if len(x) < 3:
        return y
    width = np.diff(x)
    slopes = isotonic_regression(np.diff(y) / width, weights=width).x
    hull = np.concatenate([[y[0]], y[0] + np.cumsum(slopes * width)])
    return np.asarray(np.minimum(hull, y), dtype=float)


def p_value(statistic: float, n: int) -> float:
    """The share of uniform samples of size n with a dip at least this large; never below 1e-5."""
    table = _table()
    sizes, levels = table[0, 1:], table[1:, 0]
    scaled = statistic * np.sqrt(n)
    at = np.interp(np.log(np.clip(n, sizes[0], sizes[-1])), np.log(sizes), np.arange(len(sizes)))
    low, part = int(at), at - int(at)
    high = min(low + 1, len(sizes) - 1)
    quantiles = table[1:, 1 + low] * (1 - part) + table[1:, 1 + high] * part
    if scaled > quantiles[-1]:  # the tail falls about as exp(-c x^2): go on with the slope of its last stretch
        (a, b), (p, q) = quantiles[[-12, -1]] ** 2, np.log(1 - levels[[-12, -1]])
        return float(max(1e-5, np.exp(q + (q - p) / (b - a) * (scaled**2 - b))))
    return float(np.interp(scaled, quantiles, 1 - levels))


def test(values: npt.ArrayLike) -> tuple[float, float]:
    """The dip of a sample and its p-value."""
    sample: npt.NDArray[Any] = np.asarray(values, float)
    statistic = dip(sample)
    return statistic, p_value(statistic, len(sample))


@cache
def _table() -> Floats:
    """Rows are levels, columns sample sizes, cells quantiles of dip * sqrt(n)."""
    with files("personae").joinpath("dip_quantiles.csv").open() as f:
        return np.loadtxt(f, delimiter=",")
