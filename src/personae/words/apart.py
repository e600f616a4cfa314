"""How far something is from everyone, in the few words of a table, and whether it is far at all."""

from __future__ import annotations

from collections.abc import Iterable

from personae.model.fact import Fact
from personae.model.persona import Trait
from personae.words import numbers
from personae.words.names import CAPPED, done

LEAST, MOST = 0.8, 1.25
"""Between these multiples of the average a group counts as average."""
OF_GROUP = frozenset(("size", "share", "steadiness", "border", "borders"))
"""Last parts of the ids of facts about a group as a group."""


def near(fact: Fact) -> bool:
    """Whether what a fact measures is about as among everyone; a fact that compares nothing is."""
    if fact.everyone is None or fact.id.partition(".")[2] in OF_GROUP:
        return True
    if fact.multiple is not None and LEAST <= fact.multiple <= MOST:
        return True
    part = fact.statistic in ("share", "rate")
    if fact.multiple is not None and not part:
        return False
    return numbers.alike(fact.value, fact.everyone, part=part)


def average(facts: Iterable[Fact], key: str) -> bool:
    """Whether all that is compared of a group is about as among everyone."""
    return all(near(f) for f in facts if f.subject == key and f.statistic != "median")


def within(trait: Trait) -> bool:
    """Whether a difference is told by its size and not by a multiple, which would be close to 1."""
    return LEAST <= trait.multiple <= MOST


def gap(trait: Trait) -> str:
    """A difference by its size: "+8.9 points", "-139"."""
    size, sign = abs(trait.value - trait.everyone), "-" if trait.value < trait.everyone else "+"
    part = trait.statistic in ("share", "rate") or trait.unit in ("share", "share of users", "share of activity")
    if part or trait.scale is not None or trait.unit.startswith("points"):
        return f"{sign}{size * (100 if part else 1):.1f} points"
    return f"{sign}{numbers.amount(size)}"


def brief(trait: Trait) -> str:
    """A difference for a table: "3.1x redeeming coupons", "under 0.01x likes", "+0.4 points satisfaction"."""
    label = CAPPED.sub("", trait.label)
    thing = done(label, trait.measure) if trait.unit == "share of activity" else label
    if trait.value == 0 and trait.multiple == 0:
        return f"0x {thing}"
    if within(trait):
        return f"{gap(trait)} {thing}"
    return f"{numbers.times(trait.multiple).removesuffix(' times')}x {thing}"
