"""What points at one person when it stands in a cell: told by how it is written, not by the name of the column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_EMAIL = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+\.[A-Za-z]{2,}")
_PHONE = re.compile(
    r"(?<![\w.])(\+\d{1,3}[ ()/.-]*\d[\d ()/.-]{5,14}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}|\(0\d{1,4}\)[ /-]?\d[\d -]{4,}\d|"
    r"0\d{1,4}[ /-]\d[\d -]{4,10}\d)(?![\w.:])"
)
_NETWORK = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2} ?(?:[A-Z0-9]{4} ?){2,7}[A-Z0-9]{1,4}\b")
_CARD = re.compile(r"(?<!\d)[3-6]\d{3}(?:[ -]?\d){9,15}(?!\d)")
_NAME = re.compile(
    r"[^\W\d_][^\W\d_]+(?:[-'][^\W\d_]+)?(?: (?:de|da|dos|di|del|van|von|der|[^\W\d_]\.))*(?: [^\W\d_][^\W\d_'-]+){1,2}"
)


def emails(text: str) -> list[str]:
    """The mail addresses in a text."""
    return _EMAIL.findall(text)


def phones(text: str) -> list[str]:
    """The telephone numbers in a text: with a country code, or written in blocks; plain digits and dates are none."""
    return [m[0] for m in _PHONE.finditer(text) if 7 <= sum(c.isdigit() for c in m[0]) <= 15]


def networks(text: str) -> list[str]:
    """The network address a text is, if it is one."""
    found = _NETWORK.fullmatch(text.strip())
    return [found[0]] if found and all(int(p) < 256 for p in found.groups()) else []


def ibans(text: str) -> list[str]:
    """The bank accounts in a text whose check digits hold (ISO 13616: the rest by 97 is 1)."""
    return [m[0] for m in _IBAN.finditer(text) if _mod97(m[0].replace(" ", ""))]


def cards(text: str) -> list[str]:
    """The payment cards in a text whose check digit holds (ISO/IEC 7812: Luhn's sum is a multiple of 10)."""
    return [m[0] for m in _CARD.finditer(text) if _luhn([int(c) for c in m[0] if c.isdigit()])]


def names(text: str) -> list[str]:
    """The name a text is, if it is written like one: two or three capitalised words and nothing else."""
    found = _NAME.fullmatch(text.strip())
    return [found[0]] if found and all(w[0].isupper() or w in _JOIN for w in found[0].split()) else []


_JOIN = frozenset(("de", "da", "dos", "di", "del", "van", "von", "der"))

FINDERS: Mapping[str, Callable[[str], list[str]]] = {
    "mail address": emails,
    "telephone number": phones,
    "network address": networks,
    "bank account": ibans,
    "payment card": cards,
}
"""What is looked for in every text, by what it is called; names are looked for in whole columns only."""

_MARKS = {"mail address": "***@***", "network address": "*.*.*.*"}


def kinds(text: str) -> tuple[str, ...]:
    """Which of FINDERS find something in a text.

    >>> kinds("write to ann@example.org"), kinds("2024-01-31 10:15:00"), kinds("5.1.0.2")
    (('mail address',), (), ('network address',))
    """
    return tuple(kind for kind, find in FINDERS.items() if find(text))


def masked(text: str) -> str:
    """A text with everything that points at a person replaced by stars."""
    for kind, find in FINDERS.items():
        for part in find(text):
            text = text.replace(part, _MARKS.get(kind, "*** ***"))
    return text


def _mod97(text: str) -> bool:
    turned = text[4:] + text[:4]
    return 15 <= len(text) <= 34 and int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _luhn(digits: list[int]) -> bool:
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 2:
        return False
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
