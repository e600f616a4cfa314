"""Tests and sizes of what differs between two samples of users that are known by counts alone.

Sizes are on one scale, that of a standardised difference: for a normal measure that moves by d standard deviations the rank
size is d, and its population stability index (PSI) is d squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, gammaln, ndtr, ndtri

if TYPE_CHECKING:
    import numpy.typing as npt

    Counts = npt.NDArray[np.float64]

LEAST = 10
"""Fewest users expected in a cell of a chi-squared test."""
_MANY = 100
"""Users expected in every cell from which on the normal law stands for the exact one."""


def rank(before: Sequence[int], after: Sequence[int]) -> tuple[float, float]:
    """Size and p of a move along bins in order: Wilcoxon's rank sum with its correction for ties.

    The size is sqrt(2) times the normal quantile of the chance that a user after lies above a user before, ties counted half.
    """
    a, b = np.asarray(before, np.float64), np.asarray(after, np.float64)
    m, n = a.sum(), b.sum()
    if not m or not n:
        return 0.0, 1.0
    above = float(b @ (np.cumsum(a) - a / 2)) / (m * n)
    tied, all_ = a + b, m + n
    variance = (all_ + 1 - float((tied**3 - tied).sum()) / (all_ * max(all_ - 1, 1))) / (12 * m * n)
    if variance <= 0:
        return 0.0, 1.0
    return float(np.sqrt(2) * ndtri(np.clip(above, 1e-3, 1 - 1e-3))), float(2 * ndtr(-abs(above - 0.5) / np.sqrt(variance)))


def share(before: int, users_before: int, after: int, users_after: int) -> tuple[float, float]:
    """Cohen's h of a share that was before / users_before, and p: Fisher's exact test, twice the smaller tail."""
    m, n = users_before, users_after
    if not m or not n:
        return 0.0, 1.0
    h = float(2 * np.arcsin(np.sqrt(after / n)) - 2 * np.arcsin(np.sqrt(before / m)))
    have = before + after
    least = min(have, m + n - have) * min(m, n) / (m + n)
    if least >= _MANY:
        pooled = have / (m + n)
        z = (after / n - before / m) / np.sqrt(pooled * (1 - pooled) * (1 / m + 1 / n))
        return h, float(2 * ndtr(-abs(z)))
    return h, _fisher(after, n, have, m + n)


def spread(before: Sequence[int], after: Sequence[int], *, ordered: bool) -> tuple[float, float]:
    """Size and p of any other share of users in some cell: the chi-squared test of two rows.

    Cells in which fewer than 10 users are expected join a neighbour where cells are `ordered`, and each other where they are
    not. The size is Cohen's w on the scale of h, less what chance adds to it: for two cells it is h, nearly.
    """
    a, b = _joined(np.asarray(before, np.float64), np.asarray(after, np.float64), ordered)
    m, n = a.sum(), b.sum()
    if len(a) < 2 or not m or not n:
        return 0.0, 1.0
    together = (a + b) / (m + n)
    chi = float((((a / m - b / n) ** 2) / together).sum()) * m * n / (m + n)
    p, q = a / m, b / n
    w2 = float((((p - q) ** 2) / ((p + q) / 2)).sum()) - (len(a) - 1) * (1 / m + 1 / n)
    return float(np.sqrt(max(w2, 0.0))), float(chdtrc(len(a) - 1, chi))


def seen(users_before: int, users_after: int, p: float) -> float:
    """The size from which on a move is told from chance at the level `p`, between samples of these numbers of users."""
    if not users_before or not users_after:
        return float("inf")
    return float(-ndtri(p / 2) * np.sqrt(1 / users_before + 1 / users_after))


def _fisher(drawn: int, draws: int, have: int, all_: int) -> float:
    """Twice the smaller tail of the hypergeometric law, at most 1."""
    low, high = max(0, draws + have - all_), min(draws, have)
    x = np.arange(low, high + 1, dtype=np.float64)
    logs = _choose(have, x) + _choose(all_ - have, draws - x) - _choose(all_, np.array(float(draws)))
    law = np.exp(logs)
    at = drawn - low
    return float(min(1.0, 2 * min(law[: at + 1].sum(), law[at:].sum())))


def _choose(n: int, k: Counts) -> Counts:
    return np.asarray(gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0))


def _joined(a: Counts, b: Counts, ordered: bool) -> tuple[Counts, Counts]:
    """Both rows with cells joined until enough users are expected in each cell of the shorter row."""
    smaller = min(a.sum(), b.sum()) / max(a.sum() + b.sum(), 1.0)
    if not ordered:
        thin = (a + b) * smaller < LEAST
        if not thin.any():
            return a, b
        a, b = (np.append(x[~thin], x[thin].sum()) for x in (a, b))
        if len(a) > 1 and (a[-1] + b[-1]) * smaller < LEAST:  # too few even together: with the smallest of the others
            at = int(np.argmin((a + b)[:-1]))
            for x in (a, b):
                x[at] += x[-1]
            a, b = a[:-1], b[:-1]
        return a, b
    rows: list[list[float]] = [[0.0, 0.0]]
    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        if (rows[-1][0] + rows[-1][1]) * smaller >= LEAST:
            rows.append([0.0, 0.0])
        rows[-1][0] += x
        rows[-1][1] += y
    if len(rows) > 1 and (rows[-1][0] + rows[-1][1]) * smaller < LEAST:
        last = rows.pop()
        rows[-1][0] += last[0]
        rows[-1][1] += last[1]
    found = np.array(rows)
    return found[:, 0], found[:, 1]
