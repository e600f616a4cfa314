"""Level: 1 where a category has this level, 0 where it has another, empty where it is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[Any], level: str = "") -> dict[str, float | str]:
    """The level is given, not learnt."""
    return {"level": level}


def apply(values: NDArray[Any], learned: Mapping[str, float | str]) -> NDArray[np.float64]:
    """Texts (n,) to 0, 1 or nan; "" is empty."""
    hit: NDArray[np.float64] = np.asarray(values == learned["level"]).astype(np.float64)
    hit[np.asarray(values == "")] = np.nan
    return hit


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    import ibis

    hit = ibis.ifelse(expression == str(learned["level"]), 1.0, 0.0)
    return ibis.ifelse(expression.isnull() | (expression == ""), ibis.null("float64"), hit)


JS = '(x, k) => (x === "" ? NaN : Number(x === k.level))'
"""The same in JavaScript: a value and what was learnt to a number."""
