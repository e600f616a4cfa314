"""Where words go: stdout is data, stderr is talk; and how they look there."""

from __future__ import annotations

import os
import re
import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TextIO

import typer

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.", rich_help_panel="Output")
]
Plain = Annotated[bool, typer.Option("--plain", help="No colours, no moving lines.", rich_help_panel="Output")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say only what went wrong.", rich_help_panel="Output")]
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the code a fault happened.", rich_help_panel="Output")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.", rich_help_panel="Output")]


def _store(typed: str) -> str:
    """The folder that was typed, else that of PERSONAE_STORE, else that of personae.toml; "" for the default.

    A file that cannot be read is left to the commands that read their settings from it."""
    if typed or os.environ.get("PERSONAE_STORE"):
        return typed or os.environ["PERSONAE_STORE"]
    if not os.path.isfile("personae.toml"):  # noqa: PTH113 - pathlib takes as long to load as the rest of the help
        return ""
    import tomllib

    try:
        with open("personae.toml", "rb") as file:  # noqa: PTH123
            return str(tomllib.load(file).get("store", ""))
    except (OSError, ValueError):
        return ""


Store = Annotated[
    str,
    typer.Option("--store", help="Folder of the record of runs.", metavar="DIR", rich_help_panel="Output", callback=_store),
]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Screen:
    """How to talk to whoever is there. Everything that is printed passes here."""

    json: bool = False
    plain: bool = False
    quiet: bool = False
    no_color: bool = False

    def say(self, text: str = "") -> None:
        """A line of the result, on stdout; nothing with --json or --quiet."""
        if not self.json and not self.quiet:
            print(clean(text))

    def give(self, document: Any) -> None:
        """The one JSON document."""
        import json

        print(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))

    def talk(self, text: str) -> None:
        """A line about the work, on stderr; nothing with --quiet."""
        if not self.quiet:
            print(clean(text), file=sys.stderr)

    def strong(self, text: str) -> str:
        """The same text, bold where stdout shows colours."""
        return f"\x1b[1m{text}\x1b[0m" if self.colours(sys.stdout) else text

    def faint(self, text: str) -> str:
        """The same text, dim where stdout shows colours."""
        return f"\x1b[2m{text}\x1b[0m" if self.colours(sys.stdout) else text

    def colours(self, stream: TextIO) -> bool:
        """Whether a stream is a terminal that shows colours and may."""
        dumb = os.environ.get("TERM") == "dumb" or bool(os.environ.get("NO_COLOR"))
        return not (self.plain or self.no_color or self.json or dumb) and stream.isatty()

    @property
    def moves(self) -> bool:
        """Whether lines on stderr may be drawn over."""
        return not (self.json or self.plain or self.quiet) and os.environ.get("TERM") != "dumb" and sys.stderr.isatty()

    @property
    def asks(self) -> bool:
        """Whether somebody is there to answer."""
        return not (self.json or self.quiet) and sys.stdin.isatty() and sys.stderr.isatty()


def clean(text: str) -> str:
    """Text from data without what could steer a terminal; our own colours stay."""
    return _CONTROL.sub(lambda m: m[0] if m[0] == "\x1b" and _ours(text, m.start()) else "\N{REPLACEMENT CHARACTER}", text)


def _ours(text: str, at: int) -> bool:
    return text.startswith(("\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[33m"), at)


def width(text: str) -> int:
    """Cells a text takes on a terminal."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def pad(text: str, cells: int, right: bool = False) -> str:
    """The text filled with spaces to a number of cells."""
    space = " " * max(0, cells - width(text))
    return space + text if right else text + space


def cut(text: str, cells: int) -> str:
    """The text, ending in "..." where it is longer than a number of cells."""
    if width(text) <= cells:
        return text
    while text and width(text) > cells - 3:
        text = text[:-1]
    return text.rstrip() + "..."


def columns() -> int:
    """Cells a line may have: the terminal's, at least 60; 110 where there is none."""
    return max(60, shutil.get_terminal_size((110, 24)).columns) if sys.stdout.isatty() else 110


def table(rows: Sequence[Sequence[str]], right: Sequence[int] = (), indent: int = 2) -> list[str]:
    """Rows as aligned lines; `right` are positions of right-aligned columns. On a terminal the last column is cut to fit."""
    if not rows:
        return []
    sizes = [max(width(r[i]) for r in rows) for i in range(len(rows[0]))]
    before = indent + sum(sizes[:-1]) + 2 * (len(sizes) - 1)
    if sys.stdout.isatty():
        sizes[-1] = min(sizes[-1], max(20, columns() - before))
    cut_rows = [[*r[:-1], cut(r[-1], sizes[-1])] for r in rows]
    lines = ("  ".join(pad(c, s, i in right) for i, (c, s) in enumerate(zip(r, sizes, strict=True))) for r in cut_rows)
    return [(" " * indent + line).rstrip() for line in lines]


def labelled(label: str, text: str) -> list[str]:
    """A line that begins with a word of at most eight letters, wrapped under itself."""
    return textwrap.wrap(
        text, columns(), initial_indent=f"{label:<9}", subsequent_indent=" " * 9, break_long_words=False, break_on_hyphens=False
    ) or [label]


def count(number: int, noun: str = "") -> str:
    """A number with thousands separators, and its noun in the right form: "1 row", "12,840 rows"."""
    from personae.words.names import plural

    return f"{number:,} {noun if number == 1 else plural(noun)}" if noun else f"{number:,}"


def percent(share: float) -> str:
    """A share as a manager reads it: "18 %", "under 1 %"."""
    if 0 < share < 0.01:
        return "<1 %"
    return ">99 %" if 0.99 < share < 1 else f"{share:.0%}".replace("%", " %")
