"""Intervals and tests, vectorised over groups and measures: every argument may be an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

LEVEL = 0.95


def wilson(share: Floats, n: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """The interval of a share (0 to 1) among `n` users (Wilson 1927); nan where n is 0."""
    z = float(ndtri(0.5 + level / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)


def student(mean: Floats, variance: Floats, n: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """The interval of a mean of `n` values with that variance (n - 1 in its denominator); nan where n < 2."""
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(n > 1, stdtrit(np.maximum(n - 1, 1), 0.5 + level / 2) * np.sqrt(variance / n), np.nan)
    return mean - half, mean + half


def log_multiple(mean: Floats, rest: Floats, variance: Floats, rest_variance: Floats, n: Floats, rest_n: Floats) -> Floats:
    """The standard error of log(mean / everyone), where everyone is the group and the rest together.

    The delta method with the part that the group is of everyone: d/d mean = 1/mean - w/everyone, d/d rest = -(1-w)/everyone.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        w = n / (n + rest_n)
        everyone = w * mean + (1 - w) * rest
        own = (1 / mean - w / everyone) ** 2 * variance / n
        other = np.where(rest_n > 0, ((1 - w) / everyone) ** 2 * rest_variance / np.maximum(rest_n, 1), 0.0)
        return np.sqrt(own + other)


def log_lift(mean: float, rest: float, variance: float, rest_variance: float, n: float, rest_n: float) -> float:
    """The standard error of log(mean / rest) of two separate groups, both above 0 (delta method; for shares Katz 1978)."""
    return float(np.sqrt(variance / (n * mean**2) + rest_variance / (rest_n * rest**2)))


def two_shares(share: Floats, n: Floats, rest: Floats, rest_n: Floats) -> Floats:
    """p of the difference of two shares (z, pooled); 1 where both are 0 or 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (share * n + rest * rest_n) / (n + rest_n)
        error = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / rest_n))
        z = np.abs(share - rest) / error
    return np.where(error > 0, 2 * ndtr(-np.nan_to_num(z)), 1.0)


def welch(mean: Floats, variance: Floats, n: Floats, rest: Floats, rest_variance: Floats, rest_n: Floats) -> Floats:
    """p of the difference of two means without equal variances (Welch 1947); 1 where neither varies and they are equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = variance / n, rest_variance / rest_n
        t = np.abs(mean - rest) / np.sqrt(a + b)
        freedom = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (rest_n - 1))
        p = 2 * stdtr(np.nan_to_num(freedom, nan=1.0, posinf=1e9), -t)
    still = (a + b) == 0
    return np.where(still, np.where(mean == rest, 1.0, 0.0), np.where(np.isnan(p), 1.0, p))


def holm(p: Floats, tested: Bools) -> Floats:
    """p-values corrected for the number of tests (Holm 1979), of the same shape; nan where `tested` is False."""
    result = np.full(p.shape, np.nan)
    flat = p[tested]
    order = np.argsort(flat, kind="stable")
    steps = flat[order] * np.arange(len(flat), 0, -1)
    corrected = np.empty_like(flat)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(flat) else steps
    result[tested] = corrected
    return result


def quantile(confidence: float, freedom: Floats) -> Floats:
    """Student's quantile."""
    return np.asarray(stdtrit(np.maximum(freedom, 1), confidence), dtype=np.float64)


def two_sided(t: Floats, freedom: Floats) -> Floats:
    """p of a t statistic."""
    return np.asarray(2 * stdtr(np.maximum(freedom, 1), -np.abs(t)), dtype=np.float64)
