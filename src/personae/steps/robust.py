"""Robust scaling: centred on the median, in units of the range of the middle half, which extremes do not move."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """Median and interquartile range; nan is left out. Where half of the values are one, the standard deviation serves."""
    low, middle, high = (float(v) for v in np.nanquantile(values, [0.25, 0.5, 0.75]))
    return {"middle": middle, "by": high - low or float(np.nanstd(values)) or 1.0}


def apply(values: NDArray[Any], learned: Mapping[str, Any]) -> NDArray[np.float64]:
    """(x - middle) / by; nan stays. Numbers of `learned` may be arrays, one for each value."""
    return np.asarray((values - learned["middle"]) / learned["by"], dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, Any]) -> Any:
    """The same as an Ibis expression."""
    return (expression - learned["middle"]) / learned["by"]


JS = "(x, k) => (x - k.middle) / k.by"
"""The same in JavaScript: a value and what was learnt to a number."""
