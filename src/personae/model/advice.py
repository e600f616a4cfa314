"""Which methods suit the data, which were compared, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planned:
    """How far a method is taken on so many users."""

    method: str
    where: str
    """"everyone", "sample" (the users the search looks at), "part" (the users the comparison looks at) or "not"."""
    users: int
    """Users it is given; 0 when it is not tried."""
    reason: str


@dataclass(frozen=True)
class Shape:
    """What the data look like to a method; None where it was not measured."""

    kind: str
    """"counts" (shares of events), "numbers", "categories" or "mixed"."""
    users: int
    directions: int
    """Directions that distance is taken in."""
    groups: int
    """Groups of the grouping that was chosen, which the rest is read off."""
    overlap: float | None
    """Share of users who are hardly nearer to their own group's centre than to the next (within a fifth); None for fewer
    than the floor."""
    stretched: float
    """How unlike the groups are in how far and in which direction they spread, by their covariances: 0 alike; from
    `UNLIKE` on a mixture that estimates each group's own covariance is worth its parameters."""
    densities: float
    """The distance to the fifth neighbour in the loosest group over that in the densest."""
    noise: float | None = None
    """Share of users in no dense region, by a density method; None where none gave an answer, or for fewer than
    the floor."""
    nested: float | None = None
    """Share of users whose group of a finer number lies whole in one group of a coarser one, where several numbers hold."""
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Default:
    """A setting, the value it has in this run, and why."""

    setting: str
    value: str
    reason: str


@dataclass(frozen=True)
class Suggested:
    """A method with the reason for its place in the list, or for its absence."""

    method: str
    reason: str


@dataclass(frozen=True)
class Advice:
    """Which methods suit these data, first choice first: the first is the one that made the groups."""

    known: str
    """Whether the number of groups is known, and what follows."""
    size: str
    """What the number of users allows."""
    shape: Shape
    suggested: tuple[Suggested, ...]
    left_out: tuple[Suggested, ...]
    plan: tuple[Planned, ...]
    defaults: tuple[Default, ...] = ()


@dataclass(frozen=True)
class Rival:
    """A method's grouping on four scales, each from 0 to 1, more is better."""

    method: str
    groups: int
    fit: float
    """Share of the variance of the space that lies between groups."""
    steadiness: float
    """Adjusted Rand index between groupings of bootstrap samples."""
    balance: float
    """Entropy of the sizes over that of equal sizes (Pielou 1966)."""
    readability: float
    """Share of each group, on average, that three questions about the measures find again among users not asked before."""
    agrees: float
    """Adjusted Rand index with the chosen groups."""
    front: bool = False
    """Whether no other method is as good on all scales and better on one."""
    chosen: bool = False
    validity: float | None = None
    """How far the groups are dense and parted by sparse regions (DBCV, -1 to 1), whatever their shape."""
    evidence: float | None = None
    """BIC, of mixtures, for each user."""


@dataclass(frozen=True)
class Comparison:
    """Several methods on the same users, the chosen one among them."""

    users: int
    rivals: tuple[Rival, ...]
    agreed: int = 0
    """Methods other than the chosen one that find the same groups (adjusted Rand index of 0.8 or more)."""
    why: str = ""
    """Why the chosen one was chosen."""
    second: str = ""
    """What the second choice would give."""


@dataclass(frozen=True)
class Gap:
    """By how many standard deviations the searched sample differs from everyone else in the mean of a feature."""

    feature: str
    difference: float


@dataclass(frozen=True)
class Likeness:
    """The users the search looked at against the rest, on every feature."""

    users: int
    """Users in the sample."""
    rest: int
    features: int
    largest: tuple[Gap, ...]
    """The largest differences, the largest first."""
    chance: float
    """The largest difference that a random sample of this size shows in so many features in one of twenty draws."""
    seed: str
    """How the sample was drawn."""
    words: str
