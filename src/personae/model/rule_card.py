"""A persona as a few conditions on raw measures and counts, with how well they do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cut:
    """One condition. `of` is "measure" (a value), "flag" (yes or no), "level" (a category), "event" (how often) or "share" (of
    all that somebody did). `op` is ">=", "<=", "=" or "<>"; `value` is the number, or `level` the category. Empty never
    fulfils it, but who did nothing did an event 0 times."""

    of: str
    name: str
    label: str
    op: str
    value: float = 0.0
    level: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Portion:
    """A share on users held out. `least` says that it is a lower bound, because fewer than the floor are missing from all."""

    value: float
    least: bool = False


@dataclass(frozen=True)
class RuleCard:
    """The best conditions for a persona, at most three, all to be met. Learnt on one half of the users, tried on the other.

    `precision` is the share of those who meet them that belongs to the persona, `recall` the share of the persona that meets
    them; None where that would tell of fewer users than the floor. `tested` users were held out.
    """

    persona: str
    cuts: tuple[Cut, ...]
    precision: Portion | None
    recall: Portion | None
    tested: int
    words: str
    sql: str
