"""What a recipe is, and the events it measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from personae.model.study import Role

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


TextColumn = Annotated[str, "text column"]
"""An option that names a column of a log whose values are told apart: a genre, an item, an order."""
NumberColumn = Annotated[str, "number column"]
"""An option that names a column of a log whose values are numbers."""
EventName = Annotated[str, "event"]
"""An option that names an event: a value of the event column."""


@dataclass(frozen=True)
class Recipe:
    """What a recipe says of itself. Its options are the keyword arguments of its faces."""

    title: str
    """What is measured, in a line."""
    unit: str
    needs: tuple[str, ...]
    """Of "time", "clock" (a time of day), "event" and "value"; columns named by options are beside these."""
    formula: str
    example: str
    """As it is typed after --features."""
    makes: tuple[str, ...] = ()
    """Names of the measures when no option is given, where they are always the same."""
    usual: bool = False
    """Whether it is measured without being asked for."""
    relative: bool = False
    """Whether a user's value depends on who else is there, so that no rule for new users can rest on it."""
    outcome: bool = False
    """Whether it says how it ended, so that groups are compared on it and never formed by it."""
    adds: tuple[str, ...] | None = None
    """Where it follows from how often each event happened on each day, so that what several files say adds up (see `Log.n`):
    the options that may be given then; None where it does not."""


@dataclass(frozen=True, eq=False)
class Log:
    """Events as arrays, one entry a row, in any order; only rows inside the window."""

    users: int
    user: npt.NDArray[np.int32]
    """(rows,) positions of users, 0 to users - 1."""
    t: npt.NDArray[np.int64]
    """(rows,) local seconds of the epoch."""
    event: npt.NDArray[np.int32]
    """(rows,) positions in `events`, -1 where the row names none."""
    events: tuple[str, ...]
    value: npt.NDArray[np.float64]
    """(rows,) amounts, nan where empty."""
    first: int
    last: int
    """The first and last day that count, in days of the epoch; of "first days", 0 and their number less one."""
    timed: bool = True
    """Whether times carry a time of day."""
    texts: Mapping[str, tuple[npt.NDArray[np.int32], tuple[str, ...]]] = field(default_factory=dict)
    """By column: (rows,) positions among its values, -1 where empty, and the values."""
    numbers: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    """By column: (rows,) numbers, nan where empty."""
    amount: str = "amount"
    """What the value is called in a sentence."""
    at: npt.NDArray[np.int64] | None = None
    """(rows,) instants, where the clock turns between summer and winter; else they are `t`."""
    own: npt.NDArray[np.int64] | None = None
    """(users,) the day from which each user's days are counted, where the window is the first days of each user."""
    n: npt.NDArray[np.int64] | None = None
    """(rows,) how many events of one kind and day each row stands for, where a log was added up; its `t` are midnights then."""
    known: tuple[Habit, ...] = ()
    """Beside `n`: the usual habits, which were added up with it."""

    @property
    def instants(self) -> npt.NDArray[np.int64]:
        """(rows,) seconds whose differences are true pauses."""
        return self.t if self.at is None else self.at

    @property
    def day(self) -> npt.NDArray[np.int64]:
        """(rows,) local days of the epoch, or days since the user's first where the window says so."""
        day: npt.NDArray[np.int64] = self.t // 86_400
        return day if self.own is None else day - self.own[self.user]


@dataclass(frozen=True)
class Asked:
    """A recipe that a study asks for: its name, the options that were given, the text they came from."""

    name: str
    options: Mapping[str, Any]
    text: str
    only: str = ""
    """The one measure that is wanted, where a measure was named and not the recipe."""


@dataclass(frozen=True, eq=False)
class Habit:
    """One measure of what users do: `values` (n,), nan for users without events; `how` defines it."""

    name: str
    label: str
    unit: str
    values: npt.NDArray[np.float64]
    how: str = ""
    role: Role = Role.BEHAVIOUR
    against: str = ""
    """The measure of the time before, for growth."""
