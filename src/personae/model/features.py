"""One row per user: event counts, measures, and how each was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from personae.model.study import Role
from personae.model.table import Kind, Match

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa
    from scipy.sparse import csr_matrix


MEANING = ": meaning "
"""What stands between a column of text and the number of a direction of its meaning, in the name of a measure."""


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each user did each thing: `matrix` is (n users, m events), float64, in the order of Features.ids."""

    matrix: csr_matrix
    events: tuple[str, ...]
    source: str
    why: str = ""
    """Said when a wide table was taken as event counts."""
    column: str = ""
    """The column that names the events, where there is one: it says what "24" is."""
    people: bool = False
    """Whether the events are the people who took what is grouped: they form groups, and nothing is told of any of them."""


@dataclass(frozen=True, eq=False)
class Measure:
    """One value per user: numbers and flags as float64 with nan for empty, categories as int32 codes with -1 for empty.

    `forms` says whether it takes part in forming the groups.
    """

    name: str
    label: str
    """Words for a reader: "active days"."""
    role: Role
    kind: Kind
    values: npt.NDArray[Any]
    levels: tuple[str, ...] = ()
    unit: str = ""
    source: str = ""
    query: str = ""
    forms: bool = False
    against: str = ""
    """The measure of the time before: the growth of a group is the one sum over the other, less 1."""
    block: str = ""
    """The question of several answers that it is one of: all of them together weigh like one number."""


@dataclass(frozen=True)
class Window:
    """The stretch of time that was looked at; ISO 8601 texts, `end` is not included."""

    start: str
    end: str
    timezone: str
    days: int
    first_days: int = 0
    """Where not 0, only this many first days of each user count."""


@dataclass(frozen=True)
class LeftOut:
    """A column or event that takes no part, and why."""

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Features:
    """What is known of each user. `ids` are exact texts, ordered by the md5 of the id, so that the order of rows in the
    sources never matters."""

    ids: pa.StringArray
    counts: Counts | None
    measures: tuple[Measure, ...]
    window: Window | None = None
    left_out: tuple[LeftOut, ...] = ()
    matches: tuple[Match, ...] = ()
    parts: tuple[tuple[str, Features], ...] = ()
    """The same users measured in parts of the window, each with its words: "in the first half of the time"."""

    def __len__(self) -> int:
        return len(self.ids)

    def measure(self, name: str) -> Measure:
        """The measure of that name; KeyError when there is none."""
        for m in self.measures:
            if m.name == name:
                return m
        raise KeyError(name)

    def forming(self) -> tuple[Measure, ...]:
        """The measures that take part in forming groups."""
        return tuple(m for m in self.measures if m.forms)
