"""Share: what part of all a user did this event takes. The total is the user's, so the rule divides; this step names it."""

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
    """Shares as they are."""
    return np.asarray(values, dtype=np.float64)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    return expression * 1.0


JS = "(x) => x"
"""The same in JavaScript: a value and what was learnt to a number."""
