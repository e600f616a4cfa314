"""What differs between two runs."""

from __future__ import annotations

from dataclasses import dataclass

from personae.model.descent import Descent
from personae.model.drift import Drift, Gate


@dataclass(frozen=True)
class Side:
    """One of two runs: `groups` and `kind` are its verdict's, `method` made its groups."""

    run: str
    kind: str
    groups: int
    why: str
    method: str
    users: int
    personas: tuple[tuple[str, str, int], ...]
    """(key, name, users), in the order of their positions."""


@dataclass(frozen=True)
class Setting:
    """A setting that differs, as texts; the version of a part is called "version of ..."."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Source:
    """A source of either run under its name, "" where one run had none; `same` says that every byte is."""

    before: str
    after: str
    rows_before: int | None
    rows_after: int | None
    same: bool


@dataclass(frozen=True)
class Move:
    """Users from one group to another; "" stands for no group.

    Where some move of a run is of fewer users than the floor, it is not listed at all, like one of nobody, and the numbers of
    the others are rounded to a multiple of the floor, so that no small number follows from sums."""

    before: str
    after: str
    users: int


@dataclass(frozen=True)
class Turnover:
    """What a persona gained and lost. `before` and `after` are its users, 0 where it was not there.

    `joined` are users who were elsewhere or not in the data before, `left` those who are elsewhere or no longer there; None
    for fewer than the floor (or nobody) and rounded to a multiple of the floor, both only where some move is so small.
    """

    key: str
    name: str
    before: int
    after: int
    joined: int | None
    left: int | None


@dataclass(frozen=True)
class Pair:
    """A persona before and the one after that shares most users with it; "" where it has no counterpart.

    `jaccard` is shared users as a part of all users of both, among the users in both runs, as the moves tell them (from rounded
    numbers where those are). `kind` is "same" (at least 0.75), "alike" (above 0.5), "gone" or "new".
    """

    before: str
    after: str
    before_name: str
    after_name: str
    jaccard: float
    kind: str


@dataclass(frozen=True)
class Change:
    """Two runs side by side. Where some move is of few, counts of users below the floor (or of nobody) are None.

    `agreement` is the adjusted Rand index among users who are in a group in both runs, from the moves as they are told; None
    where there are none. `stayed` and `moved` are users in both runs whose group after is, or is not, the counterpart of their
    group before; who has no group in one of them because they did nothing has not moved.
    """

    before: Side
    after: Side
    entity: str
    settings: tuple[Setting, ...]
    sources: tuple[Source, ...]
    both: int | None
    only_before: int | None
    only_after: int | None
    agreement: float | None
    stayed: int | None
    moved: int | None
    moves: tuple[Move, ...]
    rounded: bool
    """Whether moves of few users are left out, and all other numbers of users of one or both runs are rounded."""
    pairs: tuple[Pair, ...]
    words: tuple[str, ...] = ()
    descents: tuple[Descent, ...] = ()
    """What became of each persona, where the later run was a refresh of the earlier one."""
    drift: Drift | None = None
    gates: tuple[Gate, ...] = ()
    came: tuple[Move, ...] = ()
    """Users of the later run alone, by their group there."""
    went: tuple[Move, ...] = ()
    """Users of the earlier run alone, by their group there."""
    turnover: tuple[Turnover, ...] = ()
    """What each persona gained and lost: those of the later run in its order, then those that are gone."""
    floor: int = 10
    """No move of fewer users than this is told."""
    idle: int = 0
    """Users of the later run who did nothing that its rule counts and are therefore in no persona, rounded down to a multiple
    of the floor, so that it tells nothing of the few who are in none for another reason."""
