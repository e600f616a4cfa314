"""Patterns made of lists of words."""

from __future__ import annotations

import re


def either(words: str, flags: int = re.I) -> re.Pattern[str]:
    """A pattern for any of the words or phrases between slashes, whole words only; a phrase may hold regular expressions.

    >>> bool(either("due to / thanks? to").search("This is thanks to them"))
    True
    """
    return re.compile(rf"\b(?:{alternatives(words)})\b", flags)


def alternatives(words: str) -> str:
    """The same as part of a longer pattern."""
    return "|".join(" ".join(words.split()).split(" / "))
