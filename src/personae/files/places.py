"""Which line of which file a row of a relation came from."""

from __future__ import annotations

from array import array
from collections.abc import Sequence


def located(spans: Sequence[tuple[str, array[int]]], positions: Sequence[int]) -> list[tuple[str, int]]:
    """(file, line) of rows; `spans` holds each file's name and the line of each of its rows, in the order they were read."""
    found = []
    for position in positions:
        for name, lines in spans:
            if position < len(lines):
                found.append((name, lines[position]))
                break
            position -= len(lines)
    return found
