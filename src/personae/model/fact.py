"""One number with everything needed to check it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """`value` of `measure` for `subject`, in `unit`, with its 95 % interval, the users it rests on, and what it compares to.

    `subject` is a persona key ("P1") or "all". `statistic` is "count", "share" (of users, 0 to 1), "mean", "median", "rate" (an
    outcome that is yes or no, 0 to 1), "growth" (of a sum over the sum before), "multiple" or "p" (of a test).
    `n` is the number of users behind the value; a fact with fewer than the floor is never made. `rest` is the value among
    users outside the subject, `everyone` among all placed and unplaced users, `multiple` = value / everyone where that makes
    sense.
    """

    id: str
    subject: str
    measure: str
    label: str
    statistic: str
    value: float
    unit: str
    n: int
    low: float | None = None
    high: float | None = None
    everyone: float | None = None
    rest: float | None = None
    multiple: float | None = None
    multiple_low: float | None = None
    multiple_high: float | None = None
    p: float | None = None
    """Multiplicity-corrected p-value (Holm) of the difference from the rest, where the measure did not form the groups."""
    source: str = ""
    query: str = ""
    least: bool = False
    """Whether the value is only a lower bound, because all but a few users are meant (fewer than the floor)."""
