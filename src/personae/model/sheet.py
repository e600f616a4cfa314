"""A table for readers, the same in every format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from personae.model.persona import Claim


class Share(float):
    """A share, 0 to 1, in a column that holds other numbers too: shown in percent all the same."""


Cell = str | int | float | Claim | None
"""What stands in a cell: text, a number, a sentence with its facts, or nothing."""


@dataclass(frozen=True)
class Heading:
    """A column: its words, and how its numbers are written ("share" is 0 to 1 and shown in percent)."""

    name: str
    kind: Literal["text", "count", "number", "share", "times"] = "text"


@dataclass(frozen=True)
class Sheet:
    """Rows for readers. `id` is the name by which it is asked for and its file is called; `title` states the finding, `about`
    says in one line how to read it. `part` says where in a report it stands; "file" in none, but only in a file of its own.

    `rows` hold one cell a heading. Empty cells are None and stay empty everywhere.
    """

    id: str
    title: str
    about: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    part: Literal["changes", "personas", "journeys", "use", "sure", "analysts", "file"]
