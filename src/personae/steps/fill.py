"""Fill: one value stands for every empty cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fit(values: NDArray[Any], how: str = "median") -> dict[str, float | str]:
    """The median, mean or mode of the filled values (the smallest of several modes), or 0."""
    if how == "zero":
        return {"value": 0.0}
    filled = values[~np.isnan(values)]
    if how == "mode":
        found, times = np.unique(filled, return_counts=True)
        return {"value": float(found[times.argmax()])}
    return {"value": float(np.median(filled) if how == "median" else filled.mean())}


def apply(values: NDArray[Any], learned: Mapping[str, float | str]) -> NDArray[Any]:
    """Numbers without nan, or texts without ""."""
    empty = values == "" if isinstance(learned["value"], str) else np.isnan(values)
    return np.where(empty, np.asarray(learned["value"], values.dtype), values)


def sql(expression: Any, learned: Mapping[str, float | str]) -> Any:
    """The same as an Ibis expression."""
    import ibis

    value = learned["value"]
    empty = expression == "" if isinstance(value, str) else expression.cast("float64").isnan()
    return ibis.ifelse(expression.isnull() | empty, value, expression)


JS = '(x, k) => (typeof k.value === "string" ? (x === "" ? k.value : x) : x !== x ? k.value : x)'
"""The same in JavaScript: a value and what was learnt to a number."""
