"""Numbers as one reader wants them: a manager rounded, everyone with the digits that matter, an analyst with one more."""

from __future__ import annotations

from personae.model.fact import Fact
from personae.words import numbers

NEAR = 1.75
"""From this multiple a manager is told a whole number of times."""

FRACTION = 0.095
"""Under this multiple a manager is told of a fraction."""


def is_share(fact: Fact) -> bool:
    """Whether a fact is a share."""
    return fact.statistic in ("share", "rate") or fact.unit in ("share", "share of users", "share of activity")


def share(value: float, reader: str) -> str:
    """A share: "62 %", for a manager "about 6 in 10", for an analyst "62.3 %"."""
    if reader == "manager":
        return numbers.tenths(value)
    return f"{value * 100:.1f} %" if reader == "analyst" and 0.0995 <= value < 1 else numbers.percent(value)


def times(multiple: float, reader: str) -> str:
    """A multiple: "3.1 times", for a manager "about 3 times", for an analyst "3.12 times"."""
    if reader == "manager" and multiple >= NEAR:
        return f"about {multiple:,.0f} times"
    if reader == "manager" and multiple < FRACTION:
        return "a fraction of"
    return f"{multiple:.2f} times" if reader == "analyst" and 0.095 <= multiple < 9.95 else numbers.times(multiple)


def value(fact: Fact, number: float, reader: str = "", *, unit: bool = True) -> str:
    """A number of a fact in its unit; of a lower bound "over 90 %"."""
    if fact.least and number == fact.value:
        return f"over {numbers.percent(number)}"
    if is_share(fact):
        return share(number, reader)
    if fact.unit.startswith("points"):
        return f"{round(number, 1) + 0.0:.1f}"
    return numbers.amount(number, fact.unit if unit else "")


def p_value(p: float) -> str:
    """A p-value: "below 0.001", "of 0.013"."""
    return "below 0.001" if p < 0.001 else f"of {p:.3f}"
