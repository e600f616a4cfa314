"""The roundest number of an interval: 26 rather than 25.87, 90 days rather than 88."""

from __future__ import annotations

import math

PERIODS = (7, 14, 30, 60, 90, 180, 270, 365, 730, 1095, 1825)
"""Days that people know by another name: weeks, months, years."""


def roundest(low: float, high: float, at: float, days: bool = False) -> float:
    """The number above `low` and at most `high` with the fewest digits, of several the nearest to `at`; `at` where there is
    none of at most twelve digits. With `days`, known periods come before round numbers."""
    known = [float(p) for p in PERIODS if days and low < p <= high]
    if known:
        return min(known, key=lambda p: (abs(p - at), p))
    size = max(abs(low), abs(high))
    if not size or not math.isfinite(size) or high <= low:
        return at
    power = math.floor(math.log10(size)) + 1
    for exponent in range(power, power - 12, -1):
        for step in (5, 2, 1):
            if found := _multiples(low, high, at, step, exponent):
                return min(found, key=lambda v: (abs(v - at), v))
    return at


def _multiples(low: float, high: float, at: float, step: int, exponent: int) -> list[float]:
    """The multiples of step * 10 ** exponent next to `at` that lie in the interval."""
    unit = step * 10.0**exponent
    near = round(at / unit)
    ends = (math.floor(low / unit) + 1, math.floor(high / unit))
    whole = {min(max(k, ends[0]), ends[1]) for k in (near - 1, near, near + 1)}
    made = (float(f"{k * step}e{exponent}") for k in whole)
    return [v for v in made if low < v <= high]
