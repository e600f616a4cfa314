"""Cells that hold several answers: told from free text, from names and from single answers with a comma in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from personae.model.table import Scheme, Way

MARKS = {";": "semicolons", "|": "bars", ",": "commas"}
"""What may separate answers, and its name; a comma comes last, because names and sentences hold commas too."""
WITH = 0.02
"""Share of cells with more than one answer from which a column is of several answers."""
FEWEST = 3
"""Cells from which an option recurs."""
COVERED = 0.85
"""Share of all answers that options which recur must make up: free text repeats little."""
MOST_OPTIONS = 200
LONGEST = 80
"""Characters of an option, on average: longer ones are sentences."""
Pieces = Mapping[str, tuple[str, ...]]
"""The answers in each different cell."""
_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
"""A comma between digits is part of a number."""


def split(cell: str, mark: str, *, digits: bool = False) -> list[str]:
    """The pieces of a cell without blanks around them, none twice, none empty. `digits`: commas between digits separate too."""
    parts = _COMMA.split(cell) if mark == "," and not digits else cell.split(mark)
    return list(dict.fromkeys(p.strip() for p in parts if p.strip()))


def answers(cell: str, scheme: Scheme) -> list[str]:
    """The options of a cell that the scheme knows, and "" once when it holds any other; [] for a blank cell.

    An option with the mark in its own name is found as the longest run of pieces that make up a known one.
    """
    pieces = split(cell, scheme.mark, digits=all(w.isdigit() for w in scheme.words))
    known, found, at = set(scheme.words), [], 0
    most = 1 + max((w.count(scheme.mark) for w in scheme.words), default=0)
    while at < len(pieces):
        runs = ((n, f"{scheme.mark} ".join(pieces[at : at + n])) for n in range(min(most, len(pieces) - at), 0, -1))
        n, option = next(((n, r) for n, r in runs if r in known), (1, ""))
        found.append(option)
        at += n
    return list(dict.fromkeys(found))


def several(cells: Mapping[str, int], floor: int) -> Scheme | None:
    """How a column holds several answers a cell, from its different cells and how often each stands; None when it does not.

    Options recur and come in many combinations: there are more different cells than options, and most options that appear
    beside others also appear alone, or before one and behind another. "Last name, first name", "city, country" and single
    answers such as "No, but I would like to" do not.
    """
    for mark in MARKS:
        pieces: Pieces = {cell: tuple(split(cell, mark)) for cell in cells}
        filled = sum(n for cell, n in cells.items() if pieces[cell])
        if sum(n for cell, n in cells.items() if len(pieces[cell]) > 1) < max(FEWEST, WITH * filled):
            continue
        pieces = _whole(pieces, cells, mark)
        if _combine(pieces, cells):
            return _scheme(pieces, cells, mark, floor)
    return None


def named(cells: Mapping[str, int], floor: int) -> Scheme:
    """The scheme of a column that is said to hold several answers: the mark that most of its cells hold separates them."""
    mark = max(MARKS, key=lambda m: sum(n for cell, n in cells.items() if m in cell))
    codes = all(p.isdigit() for cell in cells for p in split(cell, mark, digits=True))
    pieces = {cell: tuple(split(cell, mark, digits=codes)) for cell in cells}
    return _scheme(pieces if codes else _whole(pieces, cells, mark), cells, mark, floor)


def _whole(pieces: Pieces, cells: Mapping[str, int], mark: str) -> Pieces:
    """Neighbouring pieces that never stand apart are one answer with the mark in its name."""
    while True:
        alone, pairs = _tally(pieces.items(), cells)
        both = {p for p, n in pairs.items() if n >= FEWEST and n == alone[p[0]] == alone[p[1]]}
        if not both:
            return pieces
        pieces = {cell: _joined(found, both, mark) for cell, found in pieces.items()}


def _tally(
    pieces: Iterable[tuple[str, Sequence[str]]], cells: Mapping[str, int]
) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each piece stands, and each two side by side."""
    alone: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for cell, found in pieces:
        for p in found:
            alone[p] += cells[cell]
        for pair in pairwise(found):
            pairs[pair] += cells[cell]
    return alone, pairs


def _joined(found: Sequence[str], both: set[tuple[str, str]], mark: str) -> tuple[str, ...]:
    """The pieces of a cell with those made one that belong together, each with at most one other in a round."""
    made: list[str] = []
    at = 0
    while at < len(found):
        pair = at + 1 < len(found) and (found[at], found[at + 1]) in both
        made.append(f"{found[at]}{mark} {found[at + 1]}" if pair else found[at])
        at += 2 if pair else 1
    return tuple(made)


def _combine(pieces: Pieces, cells: Mapping[str, int]) -> bool:
    """Whether the pieces are options that recur and combine."""
    often, _ = _tally(pieces.items(), cells)
    filled = sum(cells[cell] for cell, found in pieces.items() if found)
    options = {p for p, n in often.items() if n >= max(FEWEST, 0.005 * filled)}
    if not 2 <= len(options) <= MOST_OPTIONS or sum(len(p) for p in options) > LONGEST * len(options):
        return False
    if sum(often[p] for p in options) < COVERED * sum(often.values()):
        return False
    sets = {frozenset(found) for found in pieces.values() if found and set(found) <= options}
    beside = {p for found in pieces.values() if len(found) > 1 for p in found if p in options}
    alone = {found[0] for found in pieces.values() if len(found) == 1}
    first = {found[0] for found in pieces.values() if len(found) > 1}
    later = {p for found in pieces.values() for p in found[1:]}
    free = beside & (alone | (first & later))
    enough = sum(n for cell, n in cells.items() if len(pieces[cell]) > 1) >= max(FEWEST, WITH * filled)
    return enough and len(sets) > len(options) and len(free) > 0.5 * len(beside)


def _scheme(pieces: Pieces, cells: Mapping[str, int], mark: str, floor: int) -> Scheme:
    """Options that enough people chose, the most frequent first."""
    often, _ = _tally(pieces.items(), cells)
    kept = sorted((p for p, n in often.items() if n >= floor), key=lambda p: (-often[p], p.encode()))
    return Scheme(Way.SEVERAL, tuple(kept[:MOST_OPTIONS]), mark, len(kept[:MOST_OPTIONS]) < len(often))
