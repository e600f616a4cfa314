"""What happens from one number of groups to the next."""

from __future__ import annotations

from dataclasses import dataclass

CLEAN = 0.9
"""Share of a finer group from one coarser group from which on it is a part of it."""
LOOSE = 0.75
"""Share below which a finer group is put together anew."""


@dataclass(frozen=True)
class Branch:
    """A group at one number: a short name in the words of measures, and its users (None when fewer than the floor)."""

    name: str
    users: int | None
    steady: float | None = None
    """Mean bootstrap Jaccard."""


@dataclass(frozen=True)
class Level:
    """All groups at one number; larger ones first, at the chosen number in the order of personas."""

    size: int
    branches: tuple[Branch, ...]


@dataclass(frozen=True)
class Flow:
    """Users of group `first` at one number who are in group `second` at the next, in whole multiples of the floor; flows under
    the floor are added to the largest flow into the same group."""

    first: int
    second: int
    users: int
    share: float
    """Of the finer group."""


@dataclass(frozen=True)
class Passage:
    """From one number to the next. `nested` is the share of users whose finer group's main origin is the coarser group they
    are in; `chance` the same with the finer groups shuffled; `moved` the share who change when each group follows its best
    match."""

    low: int
    high: int
    flows: tuple[Flow, ...]
    nested: float
    chance: float
    moved: float
    persistent: bool
    """Whether every finer group comes whole from one coarser group."""
    words: str


@dataclass(frozen=True)
class Lineage:
    """Every number of one method, from the coarsest to the finest."""

    method: str
    levels: tuple[Level, ...]
    passages: tuple[Passage, ...]
    words: str
