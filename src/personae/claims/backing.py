"""Which numbers and which words of more or less a fact backs."""

from __future__ import annotations

import math
import re

from personae.claims.ground import EVERYONE
from personae.model.fact import Fact
from personae.words.reading import Number

OWN_WORDS = frozenset(("users", "share of users", "steadiness", "borderline", "borders", "soft border", "not in any group",
                       "silhouette", "adjusted Rand index"))  # fmt: skip
"""Measures of a group as a group, which a sentence need not name."""
PARTS = ("share", "share of users", "share of activity", "Jaccard")
"""Units of parts of a whole, which a text gives in percent or as so many in so many."""
COUNTED = frozenset(("users", "customers", "members", "people", "answers", "comments", "responses", "respondents"))
"""Units of those behind a value."""
AT_LEAST, AT_MOST = 1.5, 20.0
"""How far a value may lie from the number it is more, or less, than."""
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
    return any(_fits(v, number) for v in _held(fact, number) if v is not None)


def _fits(value: float, number: Number) -> bool:
    """Whether a value is that number as it was rounded, or lies beyond it where it is only a bound."""
    slack = number.slack * (1 + 1e-6) + 1e-12
    if number.bound > 0:
        return number.value - 1e-9 <= value <= number.value * AT_LEAST + slack
    if number.bound < 0:
        return value <= number.value + 1e-12 and (number.form == "p" or value >= number.value / AT_MOST)
    return abs(value - number.value) <= slack


def _held(fact: Fact, number: Number) -> list[float | None]:
    """The numbers of a fact that a number of that form and side can stand for."""
    part = is_part(fact)
    if number.form in ("n", "p"):
        return [float(fact.n) if number.form == "n" else fact.p]
    if fact.statistic == "median" and number.form == "ratio":
        return [0.5]
    if number.form == "multiple" and number.side == "rest":
        return [fact.value / fact.rest if fact.rest else None]
    if number.form == "multiple":
        return [{"low": fact.multiple_low, "high": fact.multiple_high}.get(number.side, fact.multiple)]
    if number.form == "percent" and number.side.startswith("gap"):
        return [None if fact.multiple is None else abs(fact.multiple - 1) * 100]
    if number.form in ("percent", "ratio"):
        factor = 100.0 if number.form == "percent" else 1.0
        return [None if v is None else v * factor for v in _sided(fact, number.side)] if part else []
    if number.form == "points":
        if not number.side.startswith("gap") or (not part and "points" not in fact.unit):
            return []
        return [None if v is None else v * (100.0 if part else 1.0) for v in _gaps(fact, number.side)]
    return _bare(fact, number)


def _bare(fact: Fact, number: Number) -> list[float | None]:
    """The same for a number that stands alone or before what it counts."""
    ends: list[float | None] = [float(x) for x in re.findall(r"-?\d+(?:\.\d+)?", fact.unit)]
    if ends and number.side in ("scale", "everyone"):  # "3.5 of 10" reads as of everyone
        return [*ends, fact.everyone] if number.side == "everyone" else ends
    if fact.statistic == "count":
        return [fact.value, fact.everyone if number.side == "everyone" else None]
    if number.unit in COUNTED and number.unit not in _words(fact):
        return [float(fact.n)]
    if fact.unit == "Jaccard" and number.value <= 1:
        return [fact.value]
    if is_part(fact) or (number.unit and number.unit not in _words(fact)):
        return []
    return _sided(fact, number.side)


def _words(fact: Fact) -> list[str]:
    """The words that a value of a fact may be counted in."""
    said = f"{fact.unit} {fact.label} {fact.measure}".lower()
    return re.findall(r"[^\W\d_]+", said)


def _sided(fact: Fact, side: str) -> list[float | None]:
    """The values of a fact on one side of the comparison."""
    if fact.measure == "share of users":
        return [fact.value] if side in ("own", "everyone") else []
    if fact.subject == EVERYONE:
        return [fact.value] if side in ("everyone", "other") or fact.measure in OWN_WORDS else []
    if side == "everyone":
        return [fact.everyone]
    if side == "rest":
        return [fact.rest]
    if side == "other":
        return [fact.everyone, fact.rest]
    if side in ("low", "high"):
        return [fact.low if side == "low" else fact.high]
    if side.startswith("gap"):
        return _gaps(fact, side)
    return [fact.value]


def _gaps(fact: Fact, side: str) -> list[float | None]:
    """How far the value lies from everyone, or from the rest where that is said or nothing else is known."""
    against = fact.rest if side == "gap rest" or fact.everyone is None else fact.everyone
    return [] if against is None else [abs(fact.value - against)]


def is_part(fact: Fact) -> bool:
    """Whether a fact is a share of a whole."""
    return fact.unit in PARTS or fact.statistic in ("share", "rate")
