"""What became of each persona from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

KINDS = ("same", "split", "merged", "new", "gone")
"""What can become of a persona; "same" also where it moved."""


@dataclass(frozen=True)
class Descent:
    """One act of descent between two runs.

    `before` and `after` are keys of personas: one and one for "same", one and several for "split", several and one for
    "merged", none and one for "new", one and none for "gone". `people` is the overlap (Jaccard) among users of both runs, from
    the moves as they are told (rounded where some are of few), `profile` the likeness (-1 to 1) of what sets the personas
    apart; None where it cannot be known.
    """

    kind: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    before_names: tuple[str, ...]
    after_names: tuple[str, ...]
    people: float | None = None
    profile: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Departed:
    """A persona that was in an earlier run and is no longer there: its key, its last name, and how far it lay from everyone in
    each measure, in standard deviations."""

    key: str
    name: str
    differences: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Crossing:
    """Users of new data by their group before (k rows) and after (m columns).

    `now` (k, m) counts all of them, before by the old rule on the new data: movement of people does not blur it. `then` (k, m)
    counts users of both runs, before as they were placed at the time. Each has its own sums, which count users in no group of
    the other side too.
    """

    now: Ints
    now_before: Ints
    now_after: Ints
    then: Ints
    then_before: Ints
    then_after: Ints
    size_before: Ints
    """(k,) users at the time."""
    users_before: int
    users_after: int


@dataclass(frozen=True)
class Act:
    """One act of descent in positions of groups, and whether the evidence holds it beyond luck."""

    kind: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    sure: bool = True
    why: str = ""
    """Why it is not taken, where it is not."""
