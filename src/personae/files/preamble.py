"""Reports as tools export them: lines that begin with # above the table, and perhaps further tables below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(rb'"?#($|[\s"#=\-*_])')
"""A line of a preamble; "#,name" and "#id,name" are headers."""
_SEPARATOR = re.compile(rb'"?sep=.?"?\s*$', re.IGNORECASE)
"""The line in which spreadsheet programs say what separates columns."""
_RULE = re.compile(rb'"?#[\s#=\-*_]*"?$')
HEADED = "below a heading"
"""How the format of a table says that lines of comment stood above it."""
MOST = 200
"""Lines a preamble may have."""


@dataclass(frozen=True)
class Headed:
    """A copy of a file, line for line, in which all but its first table is blank: `above` lines before it, `below` after it
    without blank ones, of which `next` is the first."""

    path: Path
    above: int
    below: int
    next: str


def first_table(path: Path, target: Path) -> Headed | None:
    """The first table of a file that begins with comment lines, written to `target`; None where it does not begin so."""
    with path.open("rb") as lines:
        head = [line for _, line in zip(range(MOST), lines, strict=False)]
    said = bool(head and _SEPARATOR.match(head[0]))
    above = 1 if said else _above(head)
    if not above:
        return None
    below, after, started = 0, "", False
    with path.open("rb") as lines, target.open("wb") as out:
        for number, line in enumerate(lines):
            blank = not line.strip()
            if number < above:
                out.write(b"\n")
            elif after or (started and not said and (blank or _RULE.match(line.strip()))):
                after = after or " "
                if not blank and not _COMMENT.match(line):
                    below += 1
                    after = line.decode("utf-8", errors="replace").strip()[:80] if after == " " else after
            else:
                started = started or not blank
                out.write(line)
    return Headed(target, above, below, after.strip())


def _above(head: list[bytes]) -> int:
    """How many lines stand above the table; one comment alone counts only with a blank line or a rule."""
    above = 0
    while above < len(head) and (not head[above].strip() or _COMMENT.match(head[above])):
        above += 1
    comments = [line for line in head[:above] if line.strip()]
    sure = len(comments) > 1 or len(comments) < above or any(_RULE.match(line.strip()) for line in comments)
    return above if comments and sure and above < len(head) else 0
