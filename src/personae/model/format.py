"""What the export of a tool looks like, and what its columns mean: declared data, one Format for each plug of formats/."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from personae.model.study import Role
from personae.model.table import Column

ROW = "personae row"
"""The column that numbers the rows of an export while relations are made of it."""


@dataclass(frozen=True)
class Signs:
    """Columns by which an export is known; `headed` ones only below lines that begin with #."""

    columns: tuple[str, ...]
    headed: bool = False


@dataclass(frozen=True)
class Cell:
    """Cells of a report that become numbers under one name, whatever the report calls them.

    `how` is "number" (marks of currency are taken off), "seconds" (0:01:23, 1m 23s) or "percent" (45.2% and 0.452 are 45.2).
    """

    name: str
    how: str
    called: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Format:
    """An export of a tool. Names of columns count in upper and lower case alike.

    A table that has all columns of one of its `signs` is of this tool. Of `id`, `time`, `event` and `value` the first that is
    there and filled counts; where an id or an event is empty the next stands in. A "*" in `behaviour`, `describe`, `outcome`
    and `leave` stands for anything; the first of these lists that names a column counts.
    """

    title: str
    """With its article: "an Amplitude export"."""
    documented: str
    """The published shape that it follows."""
    signs: tuple[Signs, ...]
    id: tuple[str, ...]
    time: tuple[str, ...] = ()
    utc: bool = False
    """Whether times that name no zone are in UTC."""
    event: tuple[str, ...] = ()
    value: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    """Columns of which the first must hold one value, or amounts are not added up."""
    behaviour: tuple[str, ...] = ()
    describe: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    """Columns of which the first names an event: rows with the same key are one event that was exported twice."""
    cells: tuple[Cell, ...] = ()
    entity: str = "user"
    entities: Mapping[str, str] = field(default_factory=dict)
    """The entity where a certain column, in lower case, is the id."""


@dataclass(frozen=True)
class Part:
    """One relation made of an export: `columns` are new or changed ones as SQL, "" leaves a column out; `where` keeps rows.

    The SQL reads the columns of the export and ROW, the number of the row from 1. `left` says what the rows are
    that are not kept. `roles` come before those of the format.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    left: str = ""
    roles: Mapping[str, Role] = field(default_factory=dict)


class Dialect(Protocol):
    """What a format needs of an engine to write SQL."""

    def quote(self, name: str) -> str:
        """A name as an identifier."""

    def exact(self, column: Column) -> str:
        """A column of numbers as decimals."""


Shape = Callable[[Mapping[str, Column], Dialect], tuple[Part, ...]]
"""`shaped(columns, dialect)` of a plug whose rows need work: columns by their names in lower case -> the relations."""
