"""Quantile: a value becomes the share of users below it, 0 to 1, read off straight lines between learnt quantiles.

Equal values get the middle of the ranks they share, those at either end too, where scikit-learn's QuantileTransformer says
0 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECES = 20
"""Straight lines: one for each twentieth of the users."""


def fit(values: NDArray[np.float64]) -> dict[str, float | str]:
    """The quantiles at 0, 5, ... 100 %, as k00 to k20; nan is left out."""
    found = np.nanquantile(values, np.arange(PIECES + 1) / PIECES)
    return {_knot(i): float(v) for i, v in enumerate(np.maximum.accumulate(found))}


def apply(values: NDArray[Any], learned: Mapping[str, Any]) -> NDArray[np.float64]:
    """Shares (n,); nan stays. Numbers of `learned` may be arrays, one for each value."""
    x = np.asarray(values, dtype=np.float64)
    total = np.zeros(x.shape)
    for i in range(PIECES):
        low, high = np.asarray(learned[_knot(i)], float), np.asarray(learned[_knot(i + 1)], float)
        wide = high > low
        line = np.clip((x - low) / np.where(wide, high - low, 1.0), 0.0, 1.0)
        total += np.where(wide, line, np.where(x > low, 1.0, np.where(x < low, 0.0, 0.5)))
    return np.where(np.isnan(x), np.nan, total / PIECES)


def sql(expression: Any, learned: Mapping[str, Any]) -> Any:
    """The same as an Ibis expression."""
    pieces = [_piece(expression, learned[_knot(i)], learned[_knot(i + 1)]) for i in range(PIECES)]
    total = pieces[0]
    for piece in pieces[1:]:
        total = total + piece
    return total / PIECES


def _knot(i: int) -> str:
    return f"k{i:02d}"


def _piece(x: Any, low: Any, high: Any) -> Any:
    """How far x is between two knots, 0 to 1; knots that are one value are a step with its middle at that value."""
    import ibis

    span = high - low
    line = ibis.ifelse(x <= low, 0.0, ibis.ifelse(x >= high, 1.0, (x - low) / span))
    jump = ibis.ifelse(x > low, 1.0, ibis.ifelse(x < low, 0.0, 0.5))
    chosen = (line if span > 0 else jump) if isinstance(span, float) else ibis.ifelse(span > 0, line, jump)
    return ibis.ifelse(x.isnull(), ibis.null("float64"), chosen)


JS = """(x, k) => {
  if (x !== x) return NaN;
  const knots = Object.keys(k).sort().map((name) => k[name]);
  let total = 0;
  for (let i = 0; i + 1 < knots.length; i++) {
    const low = knots[i], high = knots[i + 1];
    total += high > low ? Math.min(Math.max((x - low) / (high - low), 0), 1) : x > low ? 1 : x < low ? 0 : 0.5;
  }
  return total / (knots.length - 1);
}"""
"""The same in JavaScript: a value and what was learnt to a number."""
