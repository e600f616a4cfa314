"""Whether more of something is better for whoever runs the product, as far as its name tells."""

from __future__ import annotations

import re

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
