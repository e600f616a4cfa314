"""Whether more of something is better for whoever runs the product, as far as its name tells."""

from __future__ import annotations

import re

from personae.model.fact import Fact
from personae.words.numbers import alike
from personae.words.stating import is_part

ALPHA = 0.05
_WORSE = (
    "churn churned attrition cancel cancelled canceled cancellation cancellations left lost exited default defaulted fraud "
    "complaint complaints complained complain refund refunds refunded return returned returns ticket tickets support error "
    "errors failed failure crash crashes bounce bounced detractor detractors unsubscribe unsubscribed late delay delays "
    "missing debt inactive abandoned abandon abandonment downgrade downgraded absenteeism absence rejected help gekuendigt "
    "kuendigung abwanderung resiliation baja abandono evasao cancelado "
)
WORSE = frozenset(_WORSE.split())
"""Words of measures of which less is better."""
_TURNED = re.compile(r"\b(return(ed|ing)? (visit|visitor|user|customer)s?|no |not |non[ -]|without )", re.I)
"""Frames in which such a word means its opposite."""


def worse(name: str) -> bool:
    """Whether more of a measure is worse.

    >>> worse("churn"), worse("renewed"), worse("refund_requests"), worse("not churned")
    (True, False, True, False)
    """
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])|[_.\-]+", " ", name)
    found = set(re.findall(r"[^\W\d_]+", plain.lower())) & WORSE
    return bool(found) and not _TURNED.search(plain)


def ends_badly(fact: Fact) -> bool:
    """Whether an outcome is surely (p below 0.05) and noticeably worse than the rest's; never of who answered a question."""
    if (
        fact.p is None
        or fact.p >= ALPHA
        or fact.rest is None
        or fact.statistic == "growth"
        or fact.measure.endswith(": answered")
    ):
        return False
    bad = fact.value > fact.rest if worse(f"{fact.label} {fact.measure}") else fact.value < fact.rest
    return bad and not alike(fact.value, fact.rest, part=is_part(fact))
