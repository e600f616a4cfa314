"""How columns became coordinates: the order of steps, weights, components, empty cells and what their treatment moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Weight:
    """What an event weighs: by how much one unit of its weighed count moves a user, 1 for the average event."""

    event: str
    weight: float
    reach: float | None = None
    """Share of users who did it; None where they are fewer than the floor."""


@dataclass(frozen=True)
class Component:
    """A principal component: its share of the variance, and its loadings (correlations with the features), strongest first."""

    share: float
    loadings: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Emptied:
    """A measure with empty cells: how many users have none, and what was done about it."""

    measure: str
    users: int | None
    """None: fewer than the floor."""
    way: str
    """The setting: draw, median, mean, mode, category, zero or drop; "" for the usual way."""
    words: str


@dataclass(frozen=True)
class Sensitivity:
    """The grouping made once more with empty cells treated the other way, and how far both agree."""

    way: str
    """The other way: "drop" or "draw"."""
    users: int
    """Users who are in both."""
    agreement: float | None
    """Adjusted Rand index on them, 1 for the same groups; None where it could not be made."""
    words: str


@dataclass(frozen=True)
class Preparation:
    """Everything that was done between the measures and the distances."""

    order: tuple[str, ...]
    """The steps in words, in the order in which they were taken."""
    columns: int
    """Coordinates before the projection."""
    dimensions: int
    """Directions the groups were formed in."""
    kept: float
    """Share of the variance of the coordinates that those directions hold."""
    components: tuple[Component, ...] = ()
    weights: tuple[Weight, ...] = ()
    unused: tuple[str, ...] = ()
    """Events that took no part: done by too few users, or the same share of what everybody does, as far as chance allows."""
    empties: tuple[Emptied, ...] = ()
    dropped: int = 0
    """Users left out because a cell was empty that was asked for."""
    apart: int = 0
    """Users who took no part in the search."""
    notes: tuple[str, ...] = ()
    """Settings that had nothing to act on, and what to know of those that had."""
    sensitivity: Sensitivity | None = None
