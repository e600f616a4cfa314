"""How well users sit in their groups, for each number of groups."""

from __future__ import annotations

from dataclasses import dataclass

GOOD = 0.25
"""Silhouette from which on a user sits well; from 0 to here on a border, below 0 nearer to another group."""


@dataclass(frozen=True)
class GroupSilhouette:
    """One group. What stands for fewer users than the floor is None, and so is what it could be worked out from."""

    users: int | None
    """Users of the group among those the search looked at."""
    mean: float | None = None
    good: float | None = None
    """Share of its users with a silhouette of 0.25 or more."""
    border: float | None = None
    """Share from 0 to 0.25."""
    misplaced: float | None = None
    """Share below 0: nearer to another group."""
    steps: tuple[float, ...] = ()
    """Its users sorted from the best silhouette to the worst and cut into equal heaps of no fewer than the floor: each mean."""
    within: float | None = None
    """Similarity of its users to one another: 1 - mean distance / mean distance of any two users; 0 is any two users."""
    between: float | None = None
    """Similarity of its users to users of other groups, on the same scale."""


@dataclass(frozen=True)
class Silhouettes:
    """One number of groups: the mean with its interval (of no width when everyone was measured)."""

    method: str
    size: int
    mean: float
    low: float
    high: float
    users: int
    """Users it was computed for, each against everyone."""
    of: int
    """Users the search looked at."""
    seed: int
    """Seed of the sample, where `users` is less than `of`."""
    misplaced: float | None
    """Share of all users nearer to another group."""
    null: float | None
    """The mean that data without groups show at this number: the same columns and rank correlations and nothing else."""
    groups: tuple[GroupSilhouette, ...]
    """For the grouping that was chosen in the order of personas, else by size."""
