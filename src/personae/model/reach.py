"""How far a density method reaches, and what other reaches would have given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reached:
    """One reach: how many dense regions, and the share of users in none (None where fewer than the floor are)."""

    eps: float
    groups: int
    noise: float | None


@dataclass(frozen=True)
class Reach:
    """The curve of distances to the last of `neighbours`, the reach read off its bend, and a panel of reaches.

    `core`, `border` and `outside` count users at the reach that was used, None where fewer than the floor are.
    """

    neighbours: int
    users: int
    """Users that were looked at."""
    curve: tuple[float, ...]
    """Distances at evenly spaced ranks, ascending."""
    suggested: float
    used: float
    panel: tuple[Reached, ...]
    core: int | None = None
    border: int | None = None
    outside: int | None = None
    varying: str = ""
    """In words: groups that differ in density, which one reach cannot serve; "" where none do."""
