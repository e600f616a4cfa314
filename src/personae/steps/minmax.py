"""Min-max: the smallest value becomes 0, the largest 1; new values may lie outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """The smallest value and the distance to the largest; nan is left out. A constant is divided by 1."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return {"low": low, "span": high - low or 1.0}


def apply(values: NDArray[Any], learned: Mapping[str, Any]) -> NDArray[np.float64]:
    """(x - low) / span; nan stays. Numbers of `learned` may be arrays, one for each value."""
    return np.asarray((values - learned["low"]) / learned["span"], dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, Any]) -> Any:
    """The same as an Ibis expression."""
    return (expression - learned["low"]) / learned["span"]


JS = "(x, k) => (x - k.low) / k.span"
"""The same in JavaScript: a value and what was learnt to a number."""
