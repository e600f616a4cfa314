"""Square root: evens out the variance of shares (Hellinger; Rao 1995)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """Nothing to learn."""
    return {}


def apply(values: NDArray[Any], learned: Mapping[str, float | str]) -> NDArray[np.float64]:
    """The square root of non-negative values."""
    return np.asarray(np.sqrt(values), dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    return expression.sqrt()


JS = "(x) => Math.sqrt(x)"
"""The same in JavaScript: a value and what was learnt to a number."""
