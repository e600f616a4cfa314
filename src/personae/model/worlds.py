"""The same groups formed again in other ways, and which of them are there each time."""

from __future__ import annotations

from dataclasses import dataclass

THERE, VALID = 0.6, 0.75
"""Jaccard from which on a group shows a pattern, and from which on it counts as a valid group (Hennig 2007)."""
KINDS = ("method", "preparation", "empty cells", "number", "activity", "window", "seed")
"""Kinds of choices, in the order in which they are shown; a seed is luck, no choice."""


@dataclass(frozen=True)
class World:
    """The groups as another choice would have them. `words` say which, as in "with Ward" or "when counts are not weighed"."""

    kind: str
    words: str
    groups: int
    """How many came out."""
    agreement: float
    """Adjusted Rand index with the groups of the run, on users whom both know."""
    jaccard: tuple[float | None, ...]
    """The best overlap of each persona with a group of this world, on those users; None for fewer of them than the floor."""

    def has(self, persona: int) -> bool | None:
        """Whether a persona is there; None where too few of its users are known to say."""
        value = self.jaccard[persona]
        return None if value is None else value >= THERE


@dataclass(frozen=True)
class Worlds:
    """Every world that was made, in a fixed order, on the first `users` of the search."""

    worlds: tuple[World, ...]
    users: int
    seeds: float | None
    """Mean adjusted Rand index between any two seeds (the one of the run is one of them); None where nothing is drawn."""
    refused: tuple[tuple[str, str], ...] = ()
    """(world, reason) of each that could not be made."""

    def of(self, kind: str) -> tuple[World, ...]:
        """The worlds of one kind."""
        return tuple(w for w in self.worlds if w.kind == kind)

    @property
    def choices(self) -> tuple[World, ...]:
        """All worlds but the seeds."""
        return tuple(w for w in self.worlds if w.kind != "seed")
