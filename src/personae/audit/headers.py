"""What a column's name suggests."""

from __future__ import annotations

import re

_TIMES = frozenset(
    [
        "time",
        "timestamp",
        "ts",
        "date",
        "datetime",
        "day",
        "dt",
        "epoch",
        "created",
        "updated",
        "at",
        "when",
        "since",
        "datum",
        "zeit",
        "tag",
        "fecha",
        "hora",
        "data",
        "heure",
        "jour",
        "month",
    ]
)
_IDS = frozenset(
    [
        "id",
        "ids",
        "uid",
        "uuid",
        "guid",
        "key",
        "code",
        "zip",
        "zipcode",
        "postcode",
        "plz",
        "phone",
        "tel",
        "mobile",
        "ref",
        "sku",
        "ean",
        "isbn",
        "iban",
        "nr",
        "no",
        "hash",
        "token",
    ]
)
_KEYS = frozenset(["user", "customer", "client", "member", "account", "person", "session", "device", "order", "visitor"])


def parts(name: str) -> list[str]:
    """The words of a name in lower case: "SleepDay" gives sleep, day."""
    return [p.lower() for p in re.findall(r"[^\W\d_]+?(?=[A-Z][a-z])|[^\W\d_]*[a-z](?=[A-Z]|[\W\d_]|$)|[^\W\d_]+", name)]


def names_time(name: str) -> bool:
    """Whether a name suggests a date or a time."""
    return any(p in _TIMES for p in parts(name))


def names_id(name: str) -> bool:
    """Whether a name suggests an identifier or a code rather than an amount."""
    words = parts(name)
    return bool(words) and (words[-1] in _IDS or words[0] in ("id", "uuid") or (len(words) == 1 and words[0] in _KEYS))
