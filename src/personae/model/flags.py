"""Signs of too many groups, or too few."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Twins:
    """Two neighbouring groups (persona indices) that may be one: no valley between them (dip p), and their centres are no
    further apart, in standard deviations within the groups along the line between them, than halves of one bell curve."""

    first: int
    second: int
    p: float
    distance: float


@dataclass(frozen=True)
class Splittable:
    """A group (persona index) that may be two: a valley (dip p) on users the split was not found on, and more than
    correlation (copula z)."""

    group: int
    p: float
    beyond: float
    share: float
    """Of the smaller part."""


@dataclass(frozen=True)
class Tiers:
    """A group (persona index) whose users do the same things in two amounts, with a valley (dip p) in the log of how many
    events they did: `cut` events or more is the heavier tier."""

    group: int
    p: float
    cut: float
    heavier: float
    """Share of the group's users in the heavier tier."""
    light: float
    """Median number of events in the lighter tier."""
    heavy: float
    """Median number of events in the heavier tier."""


@dataclass(frozen=True)
class Flags:
    """What was flagged; empty where nothing was."""

    twins: tuple[Twins, ...]
    splittable: tuple[Splittable, ...]
    volumes: tuple[Tiers, ...] = ()
