"""Criteria that look at all numbers of groups together, one group included, and what they agree on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    """The value of a criterion at a number of groups, with its standard error where it has one."""

    size: int
    value: float
    error: float = 0.0


@dataclass(frozen=True)
class Criterion:
    """One criterion over numbers of groups. `groups` is the number it picks; 1 says one crowd, None that it cannot say."""

    name: str
    """"gap", "prediction" or "mixture"."""
    points: tuple[Point, ...]
    groups: int | None
    users: int
    """Users it was computed on."""


@dataclass(frozen=True)
class Agreement:
    """What the criteria say together. `low` and `high` are the range most of them back, None where they name no number."""

    low: int | None
    high: int | None
    backing: int
    """Criteria that back the range."""
    of: int
    """Criteria that were asked."""
    words: str
