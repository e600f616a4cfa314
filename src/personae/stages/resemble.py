"""How alike two personas are in what sets each apart from everyone, whoever their people are."""

from __future__ import annotations

import math
from collections.abc import Mapping

from personae.model.cast import Cast
from personae.model.fact import Fact

MOST = 5.0
"""Standard deviations beyond which a difference counts no more."""
COMMON, FURTHER = 5, 2.0
"""Measures that two personas need in common for one to be known again in the other, and how many times as far from everyone one
may lie in them."""
INTERVAL = 2 * 1.959963985
"""Standard errors between the ends of a 95 % interval."""


def resemble(one: Mapping[str, float], other: Mapping[str, float]) -> float | None:
    """The cosine (-1 to 1) of the differences that two personas have in common measures; None where they have none."""
    both = one.keys() & other.keys()
    across = sum(one[m] * other[m] for m in sorted(both))
    lengths = math.sqrt(sum(one[m] ** 2 for m in sorted(both))) * math.sqrt(sum(other[m] ** 2 for m in sorted(both)))
    return None if not both or not lengths else max(-1.0, min(1.0, across / lengths))


def known_again(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The same likeness where it can say that one is the other: over at least COMMON common measures, in which neither is more
    than FURTHER times as far from everyone; 0 where it cannot. The direction alone would do where there are few."""
    both = sorted(one.keys() & other.keys())
    mine, theirs = (math.sqrt(sum(x[m] ** 2 for m in both)) for x in (one, other))
    if len(both) < COMMON or not mine * theirs or not 1 / FURTHER <= mine / theirs <= FURTHER:
        return 0.0
    return resemble(one, other) or 0.0


def differences(cast: Cast, key: str) -> dict[str, float]:
    """How far a persona lies from everyone in each measure, in standard deviations of its own users."""
    found = {}
    for f in cast.facts:
        distance = _distance(f) if f.subject == key else None
        if distance is not None:
            found[f"{f.measure}/{f.label}/{f.statistic}"] = distance
    return found


def _distance(f: Fact) -> float | None:
    """A difference over the deviation that its interval stands for; None for what has no interval or nothing to differ from."""
    if f.everyone is None or f.low is None or f.high is None or f.high <= f.low or f.n < 2:
        return None
    spread = math.sqrt(f.n) * (f.high - f.low) / INTERVAL
    return max(-MOST, min(MOST, (f.value - f.everyone) / spread))
