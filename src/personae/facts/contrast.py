"""Every group against everyone and against the rest: values, intervals, multiples, tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personae.facts import intervals
from personae.facts.tally import NET, Tally

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Contrast:
    """Arrays (groups, items), nan where there is nothing to say; those about everyone are (items,).

    `distance` is the difference from everyone in standard deviations on the scale of strengths, `p` of the difference from
    the rest (not yet corrected), `doubt` the same of the multiple, used only to decide what is worth telling.
    """

    value: Floats
    low: Floats
    high: Floats
    everyone: Floats
    everyone_n: Floats
    everyone_low: Floats
    everyone_high: Floats
    rest: Floats
    multiple: Floats
    multiple_low: Floats
    multiple_high: Floats
    distance: Floats
    p: Floats
    doubt: Floats


def contrast(tally: Tally) -> Contrast:
    """Compare each group of a tally with all of its groups together, and with the others."""
    share = np.array([i.proportion for i in tally.items], dtype=bool)
    plain = np.array([i.plain for i in tally.items], dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # an interval without end is infinite
        n, whole_n = tally.n, tally.n.sum(axis=0)
        whole = tally.total.sum(axis=0) / whole_n
        value = tally.total / n
        rest_n = whole_n - n
        rest = np.where(rest_n > 0, (tally.total.sum(axis=0) - tally.total) / np.maximum(rest_n, 1), np.nan)
        variance = _variance(tally.square, n, value, tally.centre, share)
        whole_variance = _variance(tally.square.sum(axis=0), whole_n, whole, tally.centre, share)
        rest_variance = _variance(tally.square.sum(axis=0) - tally.square, rest_n, rest, tally.centre, share)
        bound = np.array([100.0 if i.unit == NET else np.inf for i in tally.items])
        low, high = (np.clip(end, -bound, bound) for end in _interval(value, variance, n, share))
        whole_low, whole_high = (np.clip(end, -bound, bound) for end in _interval(whole, whole_variance, whole_n, share))
        multiple = np.where(plain, np.nan, value / whole)
        error = intervals.log_multiple(value, rest, variance, rest_variance, n, rest_n)
        t = intervals.quantile(0.5 + intervals.LEVEL / 2, n - 1)
        few = (tally.total == 0) & (n > 0)
        did = tally.base.sum(axis=0) / whole_n
        multiple_low = np.where(few, 0.0, multiple * np.exp(-t * error))
        multiple_high = np.where(few, np.minimum(-np.log(1 - intervals.LEVEL) / n, 1) / did, multiple * np.exp(t * error))
        doubt = np.where(few, (1 - did) ** n, intervals.two_sided(np.log(multiple) / error, n - 1))
        tested = np.where(
            share,
            intervals.two_shares(value, n, rest, rest_n),
            intervals.welch(value, variance, n, rest, rest_variance, rest_n),
        )
        soft = tally.soft.sum(axis=0) / whole_n
        soft_spread = np.sqrt(np.maximum(tally.soft_square / whole_n - soft**2, 0.0))
        distance = np.where(soft_spread > 1e-12 * (1 + np.abs(soft)), (tally.soft / n - soft) / soft_spread, 0.0)
    empty = n == 0
    doubt = np.where(plain, tested, np.where(whole > 0, doubt, 1.0))
    multiple = np.where(whole > 0, multiple, np.nan)
    return Contrast(
        value, low, high, whole, whole_n, whole_low, whole_high, rest, multiple,
        np.where(np.isnan(multiple), np.nan, multiple_low), np.where(np.isnan(multiple), np.nan, multiple_high),
        np.where(empty, np.nan, distance), np.where(empty | (rest_n == 0), np.nan, tested), np.where(empty, np.nan, doubt),
    )  # fmt: skip


def _variance(square: Floats, n: Floats, mean: Floats, centre: Floats, share: Bools) -> Floats:
    """The variance of values from their square sum about `centre`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.maximum(square - n * (mean - centre) ** 2, 0.0) / np.where(n > 1, n - 1, np.nan)
    return np.where(share, mean * (1 - mean), spread)


def _interval(value: Floats, variance: Floats, n: Floats, share: Bools) -> tuple[Floats, Floats]:
    """Wilson's interval for shares, Student's for means."""
    by_share, by_mean = intervals.wilson(np.where(share, value, 0.5), n), intervals.student(value, variance, n)
    return np.where(share, by_share[0], by_mean[0]), np.where(share, by_share[1], by_mean[1])
