"""Numbers as a reader wants them: thousands separators, sensible digits, ranges rather than false precision."""

from __future__ import annotations

import math

LITTLE = 0.01
"""Multiples under this are almost none."""
NAUGHT = 1e-9
"""Values under this are what rounding leaves of 0."""


def count(value: float) -> str:
    """A number of users: "2,310"."""
    return f"{round(value):,}"


def percent(share: float) -> str:
    """A share (0 to 1) as "18 %", with one or two digits that matter below ten."""
    if share < 0:
        return f"-{percent(-share)}"
    value = share * 100
    if value < 5e-5 or value >= 9.95:
        digits = 1 if 99.5 <= value < 100 else 0
    else:
        digits = max(1, min(4, -math.floor(math.log10(value))))
    return f"{value:.{digits}f} %"


def tenths(share: float) -> str:
    """A share as "about 4 in 10"; all, none and the ends as they are."""
    nearest = round(share * 10)
    if 1 <= nearest <= 9 and abs(share * 10 - nearest) <= 0.5 and 0.1 <= share <= 0.9:
        return "about half" if nearest == 5 else f"about {nearest} in 10"
    return percent(share)


def times(multiple: float) -> str:
    """A multiple as "3.1 times"."""
    if multiple >= 9.95:
        return f"{multiple:,.0f} times"
    if multiple >= 0.095:
        return f"{multiple:.1f} times"
    if 0 < multiple < LITTLE:
        return f"under {LITTLE} times"
    return f"{multiple:.1g} times"


def amount(value: float, unit: str = "") -> str:
    """A mean or median with the digits that matter and its unit: "1,240", "86.5 days"."""
    size = abs(value)
    if size < NAUGHT:
        text = "0"
    elif size >= 9_999_500:
        text = f"{value / 1e6:,.1f} million"
    elif size >= 99.95 or value == round(value):
        text = f"{value:,.0f}"
    elif size >= 0.995:
        text = f"{value:.1f}"
    else:
        text = f"{value:.2g}" if size >= 1e-4 else f"{value:.1e}"
    return f"{text} {unit}".strip()


def hundred(share: float) -> str:
    """A Jaccard as "94 times in 100"."""
    return f"{round(share * 100)} times in 100"


def alike(value: float, everyone: float, *, part: bool) -> bool:
    """Whether a difference is too small to tell a reader: under 5 points for a share, under a tenth for other values."""
    gap = abs(value - everyone)
    return gap < 0.05 if part else gap < 0.1 * abs(everyone)
