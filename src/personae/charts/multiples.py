"""Where a multiple of the average lies on a logarithmic line whose middle is everyone."""

from __future__ import annotations

import math
from dataclasses import dataclass

BAND = (0.8, 1.25)
"""Differences inside are not called differences."""


@dataclass(frozen=True)
class Line:
    """A line from 1/2^reach to 2^reach; positions are percentages of its width."""

    reach: int

    def at(self, multiple: float) -> float:
        """The position of a multiple, stopped at the ends."""
        if multiple <= 0:
            return 0.0
        inside = max(-float(self.reach), min(float(self.reach), math.log2(multiple)))
        return round(50 + 46 * inside / self.reach, 2)

    def beyond(self, multiple: float) -> bool:
        """Whether a multiple lies past the ends."""
        return multiple <= 0 or abs(math.log2(multiple)) > self.reach

    @property
    def ticks(self) -> tuple[tuple[float, str], ...]:
        """Positions and labels, whole powers of two, at most seven."""
        powers = [p for p in range(-self.reach, self.reach + 1) if p % self._power == 0]
        return tuple((self.at(2.0**p), "everyone" if p == 0 else f"{2**p}×" if p > 0 else f"1/{2**-p}") for p in powers)

    @property
    def step(self) -> str:
        """How one tick follows another, in words."""
        return "twice" if self._power == 1 else "four times"

    @property
    def _power(self) -> int:
        return 1 if self.reach <= 3 else 2


def line(multiples: tuple[float, ...]) -> Line:
    """The line that holds all of these, from a quarter to four times at least and from 1/32 to 32 times at most."""
    far = max((abs(math.log2(m)) for m in multiples if m > 0), default=0.0)
    return Line(max(2, min(5, math.ceil(far))))
