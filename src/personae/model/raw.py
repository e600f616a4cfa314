"""The raw tables that a rule's inputs can be had from by SQL alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Read(StrEnum):
    """How a cell of a raw table becomes an input of the rule."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True)
class Cell:
    """A measure of the rule that is a column of a table with one row a user."""

    measure: str
    column: str
    read: Read
    words: tuple[str, str] = ("true", "false")
    """Of a flag: what says yes and what says no."""


@dataclass(frozen=True)
class People:
    """A raw table whose rows belong to users: it says who there is, and holds the `cells`."""

    source: str
    name: str
    """What the table is called unless somebody says otherwise."""
    id: str
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Window:
    """Which rows of a log count: the `last` days, the `first` days of each user, the days `low` to `high`, or all."""

    last: int = 0
    first: int = 0
    low: int = 0
    high: int = 0


@dataclass(frozen=True)
class Doings:
    """The log that the rule counts: the column of the event, that of the time (may be ""), and the rows that count.

    `zoned` says that times are instants; `per` is how many units of a time that is a number make a second, 0 where it is none;
    `clock` that times may carry a time of day.
    """

    people: People
    event: str
    time: str = ""
    zoned: bool = False
    per: int = 0
    clock: bool = True
    window: Window = Window()
    hidden: tuple[str, ...] = ()
    """Events that were left out by hand."""


@dataclass(frozen=True)
class Raw:
    """All raw tables: those that say who there is, the log among them where the rule counts events."""

    people: tuple[People, ...]
    log: Doings | None
    missing: tuple[str, ...] = ()
    """Texts that stand for an empty cell."""
