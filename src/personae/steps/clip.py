"""Clip: extreme values are moved to the edge of the usual ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

TAIL = 0.005


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """The 0.5 % and 99.5 % quantiles, each moved out by a tenth of their distance; nan is left out."""
    low, high = np.nanquantile(values, [TAIL, 1 - TAIL])
    room = 0.1 * (high - low)
    return {"low": float(low - room), "high": float(high + room)}


def apply(values: NDArray[Any], learned: Mapping[str, float | str]) -> NDArray[np.float64]:
    """Values between low and high; nan stays."""
    return np.asarray(np.clip(values, float(learned["low"]), float(learned["high"])), dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    import ibis

    low, high = float(learned["low"]), float(learned["high"])
    return ibis.ifelse(expression < low, low, ibis.ifelse(expression > high, high, expression))


JS = "(x, k) => Math.min(Math.max(x, k.low), k.high)"
"""The same in JavaScript: a value and what was learnt to a number."""
