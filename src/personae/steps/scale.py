"""Scale: centred on the mean, in units of the standard deviation to some power."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[np.float64], power: float = 1.0) -> dict[str, float | str]:
    """Mean and standard deviation ** power; nan is left out. A power below 1 leaves loud columns a little louder."""
    return {"mean": float(np.nanmean(values)), "by": max(float(np.nanstd(values)), 1e-9) ** power}


def apply(values: NDArray[Any], learned: Mapping[str, Any]) -> NDArray[np.float64]:
    """(x - mean) / by; nan stays. Numbers of `learned` may be arrays, one for each value."""
    return np.asarray((values - learned["mean"]) / learned["by"], dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, Any]) -> Any:
    """The same as an Ibis expression."""
    return (expression - learned["mean"]) / learned["by"]


JS = "(x, k) => (x - k.mean) / k.by"
"""The same in JavaScript: a value and what was learnt to a number."""
