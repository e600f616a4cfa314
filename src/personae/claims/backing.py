"""Which numbers and which words of more or less a fact backs."""

from __future__ import annotations

import math
import re

from personae.claims.ground import EVERYONE
from personae.model.fact import Fact
from personae.words.reading import Number

OWN_WORDS = frozenset(("users", "share of users", "steadiness", "borderline", "borders", "soft border", "not in any group"))
"""Measures of a group as a group, which a sentence need not name."""
PARTS = ("share", "share of users", "share of activity", "Jaccard")
"""Units of parts of a whole, which a text gives in percent or as so many in so many."""
FLAT = 0.02
"""A multiple this near to 1 is neither more nor less."""


def sign(fact: Fact) -> int | None:
    """1 when the fact is above everyone, -1 below, 0 the same, None when it compares nothing."""
    if fact.measure in OWN_WORDS:
        return None
    if fact.multiple is not None:
        return 0 if abs(fact.multiple - 1) <= FLAT else int(math.copysign(1, fact.multiple - 1))
    against = fact.everyone if fact.everyone is not None else fact.rest
    if against is None:
        return None
    return 0 if math.isclose(fact.value, against, rel_tol=1e-9) else int(math.copysign(1, fact.value - against))


def backs(fact: Fact, number: Number) -> bool:
    """Whether a fact holds that number, in that form, on that side."""
    return any(abs(v - number.value) <= number.slack * (1 + 1e-6) + 1e-12 for v in _held(fact, number) if v is not None)


def _held(fact: Fact, number: Number) -> list[float | None]:
    """The numbers of a fact that a number of that form and side can stand for."""
    part = is_part(fact)
    if number.form == "multiple":
        return [{"low": fact.multiple_low, "high": fact.multiple_high}.get(number.side, fact.multiple)]
    if number.form in ("percent", "ratio"):
        if not part:
            return []
        factor = 100.0 if number.form == "percent" else 1.0
        return [None if v is None else v * factor for v in _sided(fact, number.side, signed=False)]
    if number.form == "points":
        factor = 100.0 if part else 1.0
        if number.side != "gap" or (not part and "points" not in fact.unit):
            return []
        return [None if v is None else v * factor for v in _gaps(fact)]
    if number.side == "scale":
        return [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", fact.unit)]
    users = number.unit in ("users", "customers", "members", "people")
    if fact.statistic == "count" or users:
        counted = fact.statistic == "count"
        return [fact.everyone] if number.side == "everyone" and counted else [fact.value if counted else float(fact.n)]
    if part or (number.unit and number.unit not in fact.unit.lower().split()):
        return []
    return _sided(fact, number.side, signed=True)


def _sided(fact: Fact, side: str, *, signed: bool) -> list[float | None]:
    """The values of a fact on one side of the comparison."""
    if fact.measure == "share of users":
        return [fact.value] if side in ("own", "everyone") else []
    if side == "everyone":
        return [fact.everyone] if fact.subject != EVERYONE else [fact.value]
    if side == "rest":
        return [fact.rest]
    if side == "other":
        return [fact.everyone, fact.rest]
    if side in ("low", "high"):
        return [fact.low if side == "low" else fact.high]
    if side == "gap":
        return _gaps(fact)
    return [fact.value]


def _gaps(fact: Fact) -> list[float | None]:
    """How far the value lies from everyone and from the rest."""
    return [abs(fact.value - v) for v in (fact.everyone, fact.rest) if v is not None]


def is_part(fact: Fact) -> bool:
    """Whether a fact is a share of a whole."""
    return fact.unit in PARTS or fact.statistic in ("share", "rate")
