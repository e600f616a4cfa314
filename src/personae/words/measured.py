"""Names for those who have more or less of an amount: "Frozen food buyers", "High-balance users", "Mostly in May"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from personae.words.names import CODE, VERBS, capital, readable, singular

_GOODS = (
    "fresh frozen milk grocery groceries detergent detergents delicatessen delicassen meat fish fruit fruits vegetable "
    "vegetables wine wines sweet sweets gold bread dairy beverage beverages drinks snacks produce bakery cheese beer coffee "
    "tea clothes clothing shoes toys books electronics cosmetics household paper furniture jewellery jewelry meals food foods"
)
GOODS = frozenset(_GOODS.split())
"""Words of columns that say how much of what was bought."""
_SPOKEN = {"fresh": "fresh food", "frozen": "frozen food", "delicassen": "delicatessen", "sweet": "sweets"}
"""Goods as they are spoken of, where the column has less."""
LEVELS = frozenset((
    "balance", "income", "score", "charge", "charges", "rate", "rates", "value", "values", "amount", "price", "prices", "size",
    "length", "duration", "ratio", "limit", "salary", "debt", "bill", "bills", "fee", "fees", "total", "cost", "costs",
    "points", "index", "level", "margin", "speed", "time", "minutes", "hours", "distance", "temperature", "weight",
))  # fmt: skip
"""Last words of measures that one has a high or a low one of."""
LONG = frozenset(("duration", "length", "time", "distance"))
"""Those of them that are long or short."""
HOLDINGS = frozenset((
    "loan", "loans", "mortgage", "account", "card", "insurance", "policy", "contract", "subscription", "membership", "deposit",
    "credit", "warranty", "licence", "license",
))  # fmt: skip
"""What people hold."""
_HALF = re.compile(r".*(al|ive|ous|ed|ic|ary)")
_BEGIN = "bl br ch cl cr dr dw fl fr gh gl gn gr kn ph pl pr ps qu rh sc sh sk sl sm sn sp sq st sv sw th tr tw wh wr"
_ONSETS = frozenset(_BEGIN.split())
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def unclear(label: str) -> bool:
    """Whether a label says nothing by itself: half a phrase ("previous"), or letters that no word begins with ("pdays").

    >>> unclear("previous"), unclear("pdays"), unclear("administrative"), unclear("frozen"), unclear("bounce rates")
    (True, True, True, False, False)
    """
    words = label.lower().split()
    if CODE.fullmatch(label) or not words or label.isupper() or not words[0].isascii():
        return False
    start = words[0][:2]
    coded = len(words) == 1 and start.isalpha() and not set(start) & set("aeiouy") and start not in _ONSETS
    return coded or (len(words) == 1 and words[0] not in GOODS and bool(_HALF.fullmatch(words[0])))


def when(about: str, level: str) -> str:
    """A level of a calendar column as a time: "in October", "on Mondays"; "" for what is none.

    >>> when("month", "oct"), when("weekday", "Mon"), when("plan", "may")
    ('in October', 'on Mondays', '')
    """
    said, last = level.strip().lower(), about.split()[-1].lower() if about else ""
    if last == "month" and len(said) >= 3:
        return next((f"in {m}" for m in _MONTHS if m.lower().startswith(said)), "")
    if last in ("day", "weekday", "dow") and len(said) >= 3:
        return next((f"on {d}s" for d in _DAYS if d.lower().startswith(said)), "")
    return ""


def more(thing: str, users: str, scale: bool) -> Iterator[str]:
    """Names for those with more of an amount, or who answer higher on a scale, best first."""
    if scale or CODE.fullmatch(thing):
        yield f"High on {thing}"
        return
    words = thing.lower().split()
    if set(words) <= GOODS:
        yield from (f"{capital(_goods(words))} {who}" for who in ("buyers", "shoppers"))
    elif words[-1] in LEVELS:
        yield _level("high", thing, users)
    elif unclear(thing):
        yield f"High on {thing}"
    elif len(words) > 1:
        yield f"{capital(thing)} {users}"
    yield f"Big on {thing}"


def less(thing: str, users: str, scale: bool) -> Iterator[str]:
    """Names for those with less of an amount, or who answer lower on a scale, best first."""
    words = thing.lower().split()
    if not scale and words and words[-1] in LEVELS:
        yield _level("low", thing, users)
    elif not scale and words and set(words) <= GOODS:
        yield f"Light on {_goods(words)}"
    yield f"Low on {thing}"


def _level(side: str, thing: str, users: str) -> str:
    """ "High-balance users", "Users with high bounce rates", "Users with long visit duration"."""
    words = thing.lower().split()
    if words[-1] in LONG:
        side = {"high": "long", "low": "short"}[side]
    plain = thing if any(w.isupper() for w in thing.split()) else thing.lower()
    if len(words) == 1:
        return f"{capital(side)}-{singular(plain)} {users}"
    return f"{capital(users)} with {side} {plain}"


def _goods(words: list[str]) -> str:
    """Goods as they are spoken of: "frozen food", "detergents and paper"."""
    said = [_SPOKEN.get(w, w) for w in words]
    return said[0] if len(said) == 1 else " and ".join((" ".join(said[:-1]), said[-1]))


TIMES = ("night", "day", "morning", "evening", "weekend")


TIMES = ("night", "day", "morning", "evening", "weekend")
"""Times that users are users of."""


def holders(label: str, users: str) -> str:
    """Those of whom something is so: "Loan holders", "Users with housing", "Online security users"."""
    words = readable(label).lower().split()
    if words and words[-1] in HOLDINGS:
        return f"{capital(label)} holders"
    doing = bool(words) and (words[0] in VERBS or words[0] in TIMES or words[0].endswith(("er", "or")))
    return f"{capital(users)} with {label}" if len(words) == 1 and not doing else f"{capital(label)} {users}"
