"""log(1 + x): for amounts that are skewed to the right."""

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
    """The logarithm of 1 + x; amounts below 0, which the fit never saw, count as 0."""
    return np.asarray(np.log(1.0 + np.maximum(values, 0.0)), dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    import ibis

    return (ibis.ifelse(expression < 0, 0.0, expression) + 1.0).ln()


JS = "(x) => Math.log(1 + Math.max(x, 0))"
"""The same in JavaScript: a value and what was learnt to a number."""
