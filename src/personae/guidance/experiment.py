"""How many users a test needs: two arms of equal size, drawn by lot.

Two shares: Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions (2003), equation 4.14, without correction for
continuity. Two means: the same with a common standard deviation, 2 (z_a + z_b)^2 s^2 / d^2 (their chapter 4; also Armitage,
Berry and Matthews, Statistical Methods in Medical Research (2002), section 4.6).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt

from personae.model.fact import Fact
from personae.model.library import Library
from personae.model.persona import Experiment
from personae.words.numbers import amount, percent

ALPHA_Z, POWER_Z = 1.959964, 0.841621
"""Normal quantiles of 0.975 (two-sided alpha 0.05) and 0.8 (power)."""
RARE = 0.1
"""A share under this, or over the rest of 1, is tested for a change by a quarter of it."""
PART = 0.25
ROOM = (0.02, 0.96)
"""Shares with room for a change: beyond them a quarter of what is left would not show, or not where values are rounded."""


def per_arm_of_shares(base: float, found: float) -> int:
    """Users in each arm for telling two shares (0 to 1) apart. Raises ZeroDivisionError where they are equal."""
    middle = (base + found) / 2
    spread = ALPHA_Z * sqrt(2 * middle * (1 - middle)) + POWER_Z * sqrt(base * (1 - base) + found * (1 - found))
    return ceil((spread / (base - found)) ** 2)


def per_arm_of_means(spread: float, change: float) -> int:
    """Users in each arm for telling two means apart that lie `change` apart and spread by a standard deviation of `spread`."""
    return ceil(2 * ((ALPHA_Z + POWER_Z) * spread / change) ** 2)


def experiment(fact: Fact, users: int, known: Library, days: int = 0, *, less: bool = False) -> Experiment | None:
    """The test for a change of a fact, upwards or with `less` downwards; None where the fact cannot be tested: a share
    of almost nobody or almost everybody, a mean without an interval."""
    if fact.statistic in ("share", "rate") and ROOM[0] <= fact.value <= ROOM[1]:
        rare = min(fact.value, 1 - fact.value)
        step = known.share if rare >= RARE else PART * rare
        sign = -1 if (less and fact.value > step) or fact.value + step >= 1 else 1
        end = (fact.value if sign < 0 else 1 - fact.value) * (1 - 1e-9)
        return _sized(fact, "share", 0.0, (sign, step, end), users, days)
    if fact.statistic == "mean" and fact.low is not None and fact.high is not None and fact.high > fact.low and fact.value:
        spread = (fact.high - fact.low) / (2 * ALPHA_Z) * sqrt(fact.n)
        return _sized(fact, "mean", spread, (-1 if less else 1, known.mean * abs(fact.value), 10 * spread), users, days)
    return None


def _sized(fact: Fact, statistic: str, spread: float, change: tuple[int, float, float], users: int, days: int) -> Experiment:
    """The experiment for a change (sign, size, largest size there can be)."""
    sign, step, end = change

    def arm(size: float) -> int:
        found = fact.value + sign * size
        return per_arm_of_shares(fact.value, found) if statistic == "share" else per_arm_of_means(spread, size)

    low, high = 0.0, end
    if arm(end) > users // 2:
        reach = None
    else:
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (low, middle) if arm(middle) <= users // 2 else (middle, high)
        reach = fact.value + sign * high
    return Experiment(fact.id, statistic, fact.value, fact.value + sign * step, spread, arm(step), users, days, reach)


def said(test: Experiment | None, written: Callable[[float], str], users: str) -> str:
    """An experiment in words; `written` writes its values, `users` is what is grouped."""
    if test is None:
        none = "these data hold no measure of what should move, or none with room to move"
        return f"Cannot be sized: {none}. Decide first how it is counted."
    if written(test.base) == written(test.found):  # rounded for the reader
        written = percent if test.statistic == "share" else amount
    change = f"a change from {written(test.base)} to {written(test.found)}"
    if not test.testable:
        reach = "" if test.reach is None else f" With all of them only a change to {written(test.reach)} or beyond would show."
        return f"Not testable with {test.users:,} {users}: finding {change} takes {test.per_arm:,} in each of two arms.{reach}"
    time = f" Let it run {test.days:,} days, as long as this was measured." if test.days else ""
    odds = "would be found 80 times in 100, and seen 5 times in 100 where there is none"
    return f"Draw two arms of {test.per_arm:,} {users} by lot, of the {test.users:,}: {change} {odds}.{time}"
