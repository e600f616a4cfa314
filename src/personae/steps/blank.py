"""Blank: 1 where a number is empty, else 0, so that being empty can say something."""

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
    """Numbers (n,) to 0 or 1; nan is empty."""
    return np.isnan(np.asarray(values, dtype=np.float64)).astype(np.float64)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    import ibis

    return ibis.ifelse(expression.isnull() | expression.cast("float64").isnan(), 1.0, 0.0)


JS = "(x) => Number(x !== x)"
"""The same in JavaScript: a value and what was learnt to a number."""
