"""Inverse document frequency: an event that few users do weighs more (Sparck Jones 1972).

As in scikit-learn's TfidfTransformer with its defaults: ln((1 + n) / (1 + n with the event)) + 1, counts as they are (not
sublinear), rows of length 1. The length is the user's, so the rule divides by it; this step multiplies by the weight.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """The weight of an event from its counts (n,)."""
    return {"idf": float(np.log((1 + len(values)) / (1 + np.count_nonzero(np.nan_to_num(values) > 0))) + 1)}


def apply(values: NDArray[Any], learned: Mapping[str, Any]) -> NDArray[np.float64]:
    """x * idf; nan stays. Numbers of `learned` may be arrays, one for each value."""
    return np.asarray(values * learned["idf"], dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, Any]) -> Any:
    """The same as an Ibis expression."""
    return expression * learned["idf"]


JS = "(x, k) => x * k.idf"
"""The same in JavaScript: a value and what was learnt to a number."""
