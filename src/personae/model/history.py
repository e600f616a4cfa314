"""A persona over the runs in which it was known."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A persona in one run; `steadiness` is a bootstrap Jaccard (0 to 1), None where it was not tested."""

    key: str
    name: str
    users: int
    steadiness: float | None


@dataclass(frozen=True)
class Point:
    """One run of a history: its day, its verdict, the method that made its groups, all its users, and its personas.

    `moved` of `both` users in it and in the run before changed persona; None where that is not known, or they are few.
    """

    run: str
    date: str
    verdict: str
    method: str
    users: int
    personas: tuple[Size, ...]
    moved: int | None = None
    both: int | None = None

    def of(self, key: str) -> Size | None:
        """A persona of the run by key; None where it was not there."""
        return next((p for p in self.personas if p.key == key), None)
