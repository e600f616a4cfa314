"""What a user wrote, word for word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quote:
    """An answer of a user of `persona`: `text` is verbatim, but what points at a person is starred and the end may be cut.

    `theme` are the words that at least the floor of the persona's users share, measured by `fact`; `column` is where it was
    written, `language` the language of that column, "" when none stands out; `consent` says why it may be quoted.
    """

    persona: str
    text: str
    theme: str
    fact: str
    column: str
    language: str
    consent: str
