"""Some users against the rest, in numbers and sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """One measure of some users and of the rest, each with its 95 % interval.

    `statistic` is "share", "rate" or "mean" (as of a Fact), `lift` = value / rest where that makes sense, with its interval.
    `p` is corrected for the number of comparisons (Holm), `sure` says that it is below 0.05; `strength` is how far apart they
    surely are, in standard deviations, signed, 0 where they are not. `part` is "who", "does", "says" or "outcome".
    """

    id: str
    part: str
    measure: str
    label: str
    statistic: str
    unit: str
    value: float
    low: float | None
    high: float | None
    n: int
    rest: float
    rest_low: float | None
    rest_high: float | None
    rest_n: int
    lift: float | None
    lift_low: float | None
    lift_high: float | None
    p: float | None
    sure: bool
    strength: float
    words: str = ""
    source: str = ""
    query: str = ""


@dataclass(frozen=True)
class Portrait:
    """The users for whom `who` holds: how many, what sets them apart from the rest, surest first in each part, and in words.

    `unknown` users have no value of what was asked (None: fewer than the floor); they count neither here nor among the rest.
    `alike` are labels of what people are in which no difference is sure. `hidden` counts measures of which nothing may be said.
    `words` are sentences.
    """

    who: str
    entity: str
    users: int
    rest: int
    unknown: int | None
    share: float
    differences: tuple[Difference, ...]
    alike: tuple[str, ...]
    hidden: int
    words: tuple[str, ...] = ()
