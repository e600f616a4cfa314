"""How one raw record gives what the rule reads, without an engine; and the answer of where its user stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a cell of a record becomes values."""

    NUMBER = "number"
    """A number, or a text that is one by the marks of its column."""
    WHOLE = "whole"
    """The same, rounded to a whole number, halves away from 0, that fits 64 bits."""
    FLAG = "flag"
    """1 where the text, without blanks around it and in lower case, is the first of two words, 0 where it is the second."""
    TEXT = "text"
    """A text as it stands; one of blanks alone is empty."""
    SEVERAL = "several"
    """Several of the words, separated by the mark: one 0 or 1 a word, empty where nothing was answered."""
    OPTION = "option"
    """1 where the cell holds anything but the mark, 0 where it holds the mark (in lower case). Without a mark a blank cell is 0
    where another option of the same block was chosen, else empty."""
    RANK = "rank"
    """The place of the text among the words, from 0; words and text in lower case, one blank between words."""


@dataclass(frozen=True)
class Field:
    """One column of a record.

    `makes` are the names of what it becomes among the inputs of the rule: one; with SEVERAL one a word, and after them one for
    all other words where there are `rest`; "" where the rule does not read it. `format` is "comma" (decimal comma) or
    "grouped" (thousands marks before a decimal dot) for texts that are numbers, "" for plain ones.
    """

    name: str
    how: How
    makes: tuple[str, ...]
    counts: bool = False
    """Whether it says how often an event happened, so that what it makes is an event and empty is 0."""
    format: str = ""
    words: tuple[str, ...] = ()
    mark: str = ""
    rest: bool = False
    block: str = ""
    """The question that options without a mark belong to."""
    point: bool = False
    """Whether whole numbers, where the rule reads them as texts, are written "3.0"."""


@dataclass(frozen=True)
class Intake:
    """Everything needed to turn one raw record into the inputs of the rule; plain data, the same in every language.

    A record is a mapping: its id under `id` (or "id"); columns under the names of `fields`; under "events" a mapping of event
    to how often, or a list of events, each its name or a row of the log (with its name under `event`); and under "measures"
    the values of `measures`, which one record alone cannot give (days since the last event, say).
    """

    id: str
    fields: tuple[Field, ...] = ()
    counted: tuple[str, ...] = ()
    """Events of logs that the rule counts, in its order; others are not counted."""
    event: str = ""
    """The column that names the event in a row of a log."""
    property: str = ""
    """The column whose value is joined to the event's name: "purchase: shoes"."""
    times: str = ""
    """The column that says how often a row of a log happened; "" where each row is one event."""
    measures: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Those of `measures` that are texts."""
    missing: tuple[str, ...] = ()
    """Texts that mean empty, beside the empty one."""
    styles: tuple[tuple[str, ...], ...] = ()
    """Blocks of answers on one scale of which a person's own mean is taken off, divided by their own standard deviation."""
    window: int = 0
    """Days of the log that were looked at; counts of as many days compare best."""


@dataclass(frozen=True)
class Unknown:
    """Events of a record that no user of the run did: how many, and the first three by name; mostly mistyped names."""

    count: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """Where a user stands: the columns of users.csv, and the run whose rule said so. Empty texts stand for none."""

    id: str
    persona: str
    persona_name: str
    membership: float
    second: str
    margin: float
    kind: str
    """"core", "border" or "outside"."""
    reason: str
    run: str
    why: tuple[str, ...] = ()
    """The reason in sentences, each with its numbers; only where asked for."""
    unknown: Unknown = Unknown()
    """What a record tells that is not known at all, which is said always."""
