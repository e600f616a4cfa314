"""What was read: relations in an engine, their columns, and the count of every row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from personae.model.exclusion import Roll
from personae.model.study import Role


class Kind(StrEnum):
    """What an audit of all values of a column found it to hold."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    CATEGORY = "category"
    TEXT = "text"
    EMPTY = "empty"

    @property
    def numeric(self) -> bool:
        """Whether values of this kind are numbers."""
        return self in (Kind.INTEGER, Kind.DECIMAL)


class Level(StrEnum):
    """How much a note matters."""

    PASS = "pass"  # noqa: S105 - a level, not a password
    WARN = "warn"
    STOP = "stop"


@dataclass(frozen=True)
class Note:
    """Something worth saying about the data."""

    level: Level
    code: str
    words: str
    where: str = ""
    fix: str = ""


class Way(StrEnum):
    """How the words of a column become measures."""

    SEVERAL = "several"
    """A cell holds several of the words, separated by the mark."""
    CHOSEN = "chosen"
    """One option of a question: a cell holds its words, or the mark when it was not chosen."""
    RANKED = "ranked"
    """The words have an order, from low to high."""
    RATED = "rated"
    """Numbers on a scale that many columns share, from the first word to the second."""
    SCORED = "scored"
    """Numbers from 0 to 10: whether one would recommend. The words tell the second such column of a table from the first."""


@dataclass(frozen=True)
class Scheme:
    """How the texts of a column become measures: learnt from all values once, and kept for scoring."""

    way: Way
    words: tuple[str, ...]
    """Options by how many chose them, or levels from low to high."""
    mark: str = ""
    rest: bool = False
    """Whether there are rarer options that no measure of their own is made of."""


@dataclass(frozen=True)
class Column:
    """One column as the audit saw it; `rows` = empty + filled; `format` says how text becomes a value.

    `format` is "" (as it stands), "comma" (decimal comma), "grouped" (thousands marks before a decimal dot), "dmy" / "mdy" /
    "ymd" (order of date parts), "named" (months as words), "zoned" (times with their own offset, read as UTC), "s" / "ms" /
    "us" (epoch unit, read as UTC), or the pair of words of a boolean as "true|false".
    """

    name: str
    kind: Kind
    role: Role
    why: str
    rows: int
    empty: int
    distinct: int
    examples: tuple[str, ...] = ()
    low: str = ""
    high: str = ""
    format: str = ""
    native: str = "VARCHAR"
    """The column's type in the relation: VARCHAR for sources of text, the source's own type for Parquet and frames."""
    markers: tuple[tuple[str, int], ...] = ()
    """Texts that look like "missing" (NA, -, null) with their counts; they are values until declared."""
    scale: int = 0
    """Most digits after the decimal mark."""
    scheme: Scheme | None = None
    """How its texts become measures, where each text is not one value."""
    block: str = ""
    """The question of several columns that it belongs to."""


@dataclass(frozen=True)
class Reject:
    """A row that was set aside."""

    source: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Link:
    """What the rows of a table got from another one: each row finds at most one row there, so no row is multiplied.

    `gives` is "id" (whose row it is) or "columns" (what is known of the thing that the row names).
    """

    by: str
    """The column of the table itself."""
    to: str
    """The source that was looked up."""
    key: str
    """Its column, which has a different value in every row."""
    gives: str
    matched: int
    """Rows that found their row there."""
    unmatched: int
    """Rows that found none, or whose cell is empty."""
    time: str = ""
    """The column with the time of the row above, where the rows have no time of their own."""
    columns: tuple[str, ...] = ()
    """The columns that are known of the thing, under their names here."""
    people: bool = False
    """Whether the thing is another person, as the employee of a contract is."""


@dataclass(frozen=True)
class Table:
    """One source in the engine: `relation` holds every used row with the columns of `columns`, untouched.

    `shape` is "events" (many rows an entity), "entities" (one row an entity), "lent" (its columns were lent to the rows of
    other tables) or "unused" (nothing leads from it to an entity).
    """

    source: str
    """The name a person knows it by: the file name, with the sheet or member if there is one."""
    relation: str
    shape: str
    columns: tuple[Column, ...]
    seen: int
    used: int
    rejects: tuple[Reject, ...] = ()
    files: tuple[tuple[str, str, int], ...] = ()
    """(file name, sha256, bytes) of each file behind the table."""
    format: str = ""
    """How it was read, in words: "CSV, comma, UTF-8"."""
    notes: tuple[Note, ...] = ()
    ids: str = ""
    """A relation of the different ids alone, under the name of the id column, where one was made on the way."""
    links: tuple[Link, ...] = ()
    """Where its id, or some of its columns, came from."""
    ordered: bool = True
    """Whether its rows have an order of their own, as lines of a file have and rows of a database server have not."""
    tool: str = ""
    """The plug of formats/ whose export it is, "" for none."""
    said: tuple[tuple[str, Role, str], ...] = ()
    """(column, role, reason) that the format of the tool gives; flags of the study come before them."""
    entity: str = ""
    """What one row or one id is about, where the format of the tool says so."""
    parts: tuple[int, ...] = ()
    """Used rows of each of `files`, one after another in the relation."""
    excluded: int = 0
    """Rows of people who take no part, taken out before anything was learnt."""
    rolls: tuple[Roll, ...] = ()
    """The lists that named them, without whom they hold."""
    folded: int = 0
    """Rows of an export that are none of the table: totals below a report, further lines of an order, repeated events."""

    sums: str = ""
    """A relation of the usual measures of each user, under `who`, where the database added the log up: `relation` then holds
    one row a user and event, with how often in "personae n", and the counts of table and columns are still of rows."""
    summed: tuple[str, ...] = ()
    """Beside `sums`: the columns that were taken for id, event, time and, if there is one, the amount."""
    span: tuple[int, ...] = ()
    """Beside `sums`: first and last second of the log, rows with a time, rows at midnight."""

    @property
    def set_aside(self) -> int:
        """Rows seen but neither used nor folded into others, nor those of people who take no part."""
        return self.seen - self.used - self.folded - self.excluded

    @property
    def measured(self) -> bool:
        """Whether its rows belong to entities, so that measures are made of them."""
        return self.shape not in ("lent", "unused")

    @property
    def timed_by(self) -> str:
        """The column whose times are those of another source, "" where the rows have their own or none."""
        return next((x.time for x in self.links if x.time), "")

    def column(self, role: Role) -> Column | None:
        """The first column with that role."""
        return next((c for c in self.columns if c.role == role), None)


@dataclass(frozen=True)
class Match:
    """How the ids of two sources fit together, in entities."""

    left: str
    right: str
    both: int
    only_left: int
    only_right: int
    several_left: int = 0
    """Entities with more than one row on the left."""
    several_right: int = 0


def telling(matches: Sequence[Match], most: int = 3) -> tuple[Match, ...]:
    """The matches worth a line each: all of a few; of many those with the source that has the most entities."""
    if len(matches) <= most:
        return tuple(matches)
    entities = {m.left: m.both + m.only_left for m in matches} | {m.right: m.both + m.only_right for m in matches}
    largest = max(entities, key=lambda s: entities[s])  # the first of equals, as the sources were given
    return tuple(m for m in matches if largest in (m.left, m.right) or not m.both)
