"""The growth of a sum over the sum of the time before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personae.facts.intervals import student

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Growth:
    """sum(now) / sum(before) - 1 of `n` users, with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int


def growth(now: Floats, before: Floats, rows: Bools, floor: int) -> Growth | None:
    """The growth among some users; now and before are (n,), rows (n,) says which. None where fewer than `floor` of them have
    values, or an amount in either time, or where the sum before is not above 0.

    The interval is that of a ratio of means by the delta method: the variance of (now - r * before) / mean(before).
    """
    known = rows & np.isfinite(now) & np.isfinite(before)
    a, b = now[known], before[known]
    if len(a) < max(floor, 2) or min(np.count_nonzero(a), np.count_nonzero(b)) < floor or b.sum() <= 0:
        return None
    ratio = float(a.sum() / b.sum())
    spread = ((a - ratio * b) / b.mean()).var(ddof=1)
    low, high = student(np.array([ratio]), np.array([spread]), np.array([float(len(a))]))
    return Growth(ratio - 1, float(low[0]) - 1, float(high[0]) - 1, len(a))
