"""Which events tell users apart at all.

When an event is the same share of what everybody does, its counts scatter like draws from one urn: the squared distance from
what a user's total leads to expect is, on average, what the multinomial law gives (Pearson's index of dispersion). Hundreds
of such events add noise in every direction and nothing else, and drown the few that differ (R3).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Counts

ABOVE = 3.0
"""Standard errors above the dispersion of chance from which on an event tells users apart."""
WIDE = 50
"""Kinds of events from which on those without a say can drown the others; of fewer, all take part."""
FEWEST = 3
"""Events that must tell users apart before the others are left out: below, nothing is known and all stay."""


def telling(counts: Counts, rows: NDArray[np.int64]) -> Counts:
    """The events whose counts vary among these users more than chance has it, or all of them where fewer than three do or
    there are few kinds of events."""
    if len(counts.events) < WIDE:
        return counts
    keep = np.flatnonzero(above_chance(counts, rows) > ABOVE)
    if not FEWEST <= len(keep) < len(counts.events):
        return counts
    return replace(counts, matrix=counts.matrix[:, keep], events=tuple(counts.events[j] for j in keep))


def above_chance(counts: Counts, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """How far each event's index of dispersion lies above 1, (m,) in standard errors; a term has the variance 2 + 1 / mean."""
    matrix = counts.matrix[rows]
    total = np.asarray(matrix.sum(axis=1), float).ravel()
    matrix, total = matrix[total > 0], total[total > 0]
    share = np.asarray(matrix.sum(axis=0), float).ravel() / max(total.sum(), 1e-300)
    square = matrix.copy()
    square.data = matrix.data**2 / np.repeat(total, np.diff(matrix.indptr))
    seen = np.maximum(share, 1e-300)
    n = max(len(total), 1)
    index = (np.asarray(square.sum(axis=0), float).ravel() / seen - total.sum() * share) / (np.maximum(1 - share, 1e-12) * n)
    error = np.sqrt((2 + (1 / total).mean() / seen) / n) if len(total) else np.ones(len(share))
    return np.asarray(np.where(share > 0, (index - 1) / error, 0.0))
