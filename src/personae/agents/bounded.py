"""Answers that an agent can take: texts without control characters, lists in pages, nothing without end."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

PAGE = 50
"""Entries of a list in one answer, at most."""
ROOM = 40_000
"""Characters of the entries of one answer, as JSON, at most; one entry is always given."""
LONGEST = 2_000
"""Characters of one text."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def clean(value: Any) -> Any:
    """Plain data whose texts hold nothing that a reader does not see: no control, format or private characters (which can hide
    words or turn their direction), none longer than LONGEST, and whose numbers are finite or None."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(str(k)): clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [clean(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def text(value: str, most: int = LONGEST) -> str:
    """One text on one line."""
    flat = " ".join(value[: 4 * most].split())
    seen = "".join(c for c in flat if unicodedata.category(c) not in _HIDDEN)
    return seen if len(seen) <= most else seen[: most - 3] + "..."


def paged(entries: Sequence[Any], start: int, made: Callable[[Any], Any]) -> dict[str, Any]:
    """A page of a list from position `start`: its entries, how many there are in all, and where the next page starts, None on
    the last one."""
    at = max(0, start)
    found: list[Any] = []
    room = ROOM
    for entry in entries[at : at + PAGE]:
        one = clean(made(entry))
        room -= len(json.dumps(one, ensure_ascii=False))
        if found and room < 0:
            break
        found.append(one)
    end = at + len(found)
    return {"entries": found, "total": len(entries), "next": end if end < len(entries) else None}
