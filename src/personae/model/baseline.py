"""What a run keeps of its measures so that a later one can tell what has shifted: how they were spread, not whose they were."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """How one measure or event was spread over the users that were looked at; all counts are of users.

    `kind` is "number", "event" (times a user did it) or "levels". Numbers that are not 0 fall into the bins between `edges`
    (a value on an edge belongs below it), `counts` has one more bin than there are edges. Of levels `counts` are those of
    `levels`, and what is left of `filled` are rarer ones.
    """

    name: str
    label: str
    kind: str
    unit: str
    source: str
    forms: bool
    filled: int
    zero: int = 0
    mean: float = 0.0
    """Of the values that are not 0."""
    sd: float = 0.0
    middle: float = 0.0
    """Their median."""
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def parted(self) -> bool:
        """Whether having any is told apart from having how much: where a tenth or more have none, or all who have, the same."""
        none = self.zero >= 0.1 * self.filled > 0 or len(self.counts) == 1
        return self.kind == "event" or (self.kind == "number" and none)


@dataclass(frozen=True)
class Baseline:
    """All spreads of a run over its first `looked` users in the order of the md5 of the id, which are a random sample."""

    users: int
    looked: int
    days: int
    """Days of the window, 0 where there is no time."""
    spreads: tuple[Spread, ...]
    forms: tuple[str, ...] = ()
    """Shapes of the ids, the most frequent first: "a" for letters, "0" for figures, "x" for both, other signs as they are."""
