"""Column names that a relation can carry: the header's own text wherever possible."""

from __future__ import annotations

import re
from collections.abc import Sequence

from personae.model.table import Level, Note

UNNAMED = "column"
"""What a column without a name is called, with its number."""
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")


def name_columns(header: Sequence[str]) -> tuple[tuple[str, ...], tuple[Note, ...]]:
    """Unique names (upper and lower case count as the same), and what had to be changed."""
    taken: set[str] = set()
    names: list[str] = []
    changed: list[str] = []
    for position, original in enumerate(header, 1):
        name, copy = original if original.strip() else f"{UNNAMED} {position}", 2
        base = name
        while name.lower() in taken:
            name, copy = f"{base} ({copy})", copy + 1
        taken.add(name.lower())
        names.append(name)
        if name != original:
            changed.append(
                f"column {position} " + (f'("{original}" again)' if original.strip() else "has no name") + f' -> "{name}"'
            )
    notes = []
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        notes.append(Note(Level.PASS, "P102", "columns were given names: " + "; ".join(changed[:5]) + more))
    if len(header) > 1 and sum(bool(_NUMBER.fullmatch(h.strip())) for h in header) > len(header) / 2:
        words = "the first row was taken for the header but looks like data: " + ", ".join(header[:4])
        notes.append(
            Note(Level.WARN, "P102", words, where="line 1", fix="if it is data, name the columns: --header NAME,NAME,...")
        )
    return tuple(names), tuple(notes)
