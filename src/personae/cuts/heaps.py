"""Values as if people had not rounded: what heaps up on single numbers is spread over the stretch it stands for.

A value with far more users than those beside it (ages 30 and 40, prices of 9.99) is a heap. What it has too much is spread
halfway to the next heaps on both sides; heaps among heaps (tens among fives) are treated in the same way, further out. What
stands alone, without other heaps near, is left out: one popular number is no group. Single values are spread halfway to
their neighbours. Nothing of this makes a valley: averages over cells of a law with one hump have one hump.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

NEAR = 3
"""Values on each side that a heap is compared with."""
TIMES, ERRORS = 1.5, 3.0
"""A heap has this many times as many as its neighbours, and so many standard errors more."""
WIDE = 1 / 6
"""A heap that would be spread over more than this part of the middle 98 % stands alone."""


def smoothed(x: Floats) -> tuple[Floats, float]:
    """Values (n,) without heaps, sorted, at most as many as came in; and over how much a heap was spread, 0 without heaps."""
    values, counts = np.unique(x, return_counts=True)
    if len(values) < 2:
        return np.asarray(values, np.float64), 0.0
    span = float(np.subtract(*np.quantile(x, [0.99, 0.01]))) or float(values[-1] - values[0])
    parts, weight, coarse = [], counts.astype(np.float64), 0.0
    first = True
    while len(values) >= 2:
        usual = _usual(weight)
        heap = weight > TIMES * usual + ERRORS * np.sqrt(usual) + ERRORS
        kept = np.where(heap, usual, weight)
        low, high = _halfway(values)
        near = np.ones(len(values), bool) if first else high - low <= WIDE * span
        if not first and near.any():
            coarse = float(np.median((high - low)[near]))
        parts.append(_spread(low[near], high[near], np.rint(kept[near]).astype(np.int64)))
        if not heap.any() or heap.all():
            break
        values, weight, first = values[heap], (weight - kept)[heap], False
    return np.sort(np.concatenate(parts)), coarse


def _usual(weight: Floats) -> Floats:
    """How many users a value would have by its neighbours: the larger median of both sides, never under both next to it."""
    n = len(weight)
    padded = np.concatenate((np.full(NEAR, np.nan), weight, np.full(NEAR, np.nan)))
    left = np.stack([padded[NEAR - i : NEAR - i + n] for i in range(1, NEAR + 1)])
    right = np.stack([padded[NEAR + i : NEAR + i + n] for i in range(1, NEAR + 1)])
    next_to = np.fmin(left[0], right[0])
    sides = np.stack([_median(left), _median(right), next_to])
    return np.asarray(np.nanmax(sides, axis=0))


def _median(sides: Floats) -> Floats:
    """The median of each column, nan where a column holds nothing."""
    out = np.full(sides.shape[1], np.nan)
    some = np.isfinite(sides).any(axis=0)
    out[some] = np.nanmedian(sides[:, some], axis=0)
    return out


def _halfway(values: Floats) -> tuple[Floats, Floats]:
    """From halfway to the value before, to halfway to the value after; the ends reach out as far as they reach in."""
    gap = np.diff(values) / 2
    return values - np.concatenate((gap[:1], gap)), values + np.concatenate((gap, gap[-1:]))


def _spread(low: Floats, high: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """So many values evenly between each low and high."""
    which = np.repeat(np.arange(len(counts)), counts)
    rank = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray(low[which] + (rank + 0.5) / counts[which] * (high - low)[which])
