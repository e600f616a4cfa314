"""Cuts of a measure as numbers: natural ones, those that tell an outcome apart, or the best for use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from personae.cuts import heaps, segments, telling, valleys
from personae.cuts.line import FEWEST, Line
from personae.cuts.rounding import roundest
from personae.model.bands import Bands, Cut

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SHY = 0.02
"""An empty stretch is told without so much of each end, so that no single user's value is said."""


def found(line: Line, most: int) -> tuple[list[Cut], list[str]]:
    """Natural cuts, or those that tell the outcome apart, and what was dropped."""
    if line.y is None:
        cuts, dropped = _natural(line, most)
    else:
        parts, dropped = telling.telling(_told(line), most, line.seed)
        cuts = [_cut_at(line, p, "outcome") for p in parts]
    said = {
        "many": f"more than {most} bands part; the clearest cuts were kept",
        "overlap": "cuts whose intervals overlap were dropped: the data cannot tell them apart",
        "chance": "finer cuts were dropped: they tell no more apart than shuffled outcomes",
    }
    return cuts, [said[d] for d in Counter(dropped)]


def _natural(line: Line, most: int) -> tuple[list[Cut], list[str]]:
    """Cuts in the valleys; on a log scale what is not above zero lies before a cut of its own."""
    above = line.x[line.x > 0] if line.log else line.x
    below = len(line.x) - len(above)
    zero = [Cut(0.0, 0.0, 0.0, 0.0, "zero")] if line.log and below >= line.floor and len(above) >= line.floor else []
    if len(above) < FEWEST:
        return [], []
    points, coarse = heaps.smoothed(np.log(above) if line.log else above)
    found, dropped = valleys.valleys(points, most - len(zero), line.floor, line.seed, coarse)
    back = np.exp if line.log else float
    cuts = [_open(line, Cut(0.0, float(back(v.at)), float(back(v.low)), float(back(v.high)), "valley", v.p)) for v in found]
    return [*zero, *cuts] if cuts else [], dropped


def _told(line: Line) -> telling.Line:
    assert line.y is not None  # noqa: S101 - only asked against an outcome
    return telling.Line(segments.cells(line.x), line.y, line.share, line.least)


def for_use(line: Line, parts: int) -> tuple[list[Cut], list[str]]:
    """The best partition into so many parts: by the outcome where there is one, else by the measure on its scale."""
    if line.y is not None:
        told = _told(line)
    else:
        x = np.log(np.maximum(line.x, line.x[line.x > 0].min())) if line.log else line.x
        told = telling.Line(segments.cells(line.x), x, False, line.least)
    found, dropped = telling.fixed(told, parts, line.seed)
    notes = [f"fewer than {parts} bands: the intervals of more cuts overlap"] if dropped else []
    return [_cut_at(line, p, "use") for p in found], notes


def _cut_at(line: Line, part: telling.Part, kind: str) -> Cut:
    """A cut between two cells as a number."""
    cells = segments.cells(line.x)
    at, low, high = (float((cells.last[j - 1] + cells.first[j]) / 2) for j in (part.at, part.low, part.high))
    p = None if np.isnan(part.p) else part.p
    if line.whole:
        at, low, high = (float(cells.first[j]) for j in (part.at, part.low, part.high))
    room = float(cells.last[part.at - 1]), float(cells.first[part.at])
    return _rounded(line, at, low, high, kind, p, room)


def _open(line: Line, cut: Cut) -> Cut:
    """A cut in a valley; where nobody lies around it, any number between the two sides makes the same bands."""
    before, after = float(line.x[line.x < cut.at].max()), float(line.x[line.x >= cut.at].min())
    edge = SHY * (after - before)
    room = (before + edge, after - edge)
    low, high = min(cut.low, room[0]), max(cut.high, room[1])
    return _rounded(line, cut.at, low, high, "valley", cut.p, room)


def _rounded(
    line: Line, at: float, low: float, high: float, kind: str, p: float | None, room: tuple[float, float] | None = None
) -> Cut:
    """A cut with the roundest number about the middle of its interval, or of the `room` between the two values it parts."""
    if line.whole:
        at, low, high = float(np.ceil(at)), float(np.ceil(low)), float(np.ceil(high))
    reach = max(0.0, min(at - low, high - at)) / 2
    before, after = (at - np.floor(reach) - 1, at + np.floor(reach)) if line.whole else (at - reach, at + reach)
    if room is not None:
        before, after = min(before, room[0]), max(after, room[1])
    return Cut(roundest(float(before), float(after), at, line.days), at, low, high, kind, p)


def filled(line: Line, cuts: list[Cut]) -> tuple[list[Cut], list[str]]:
    """The cuts whose bands all hold the floor; of a band with fewer the less certain cut goes."""
    kept = list(cuts)
    while kept:
        sizes = np.bincount(place(kept, line.x), minlength=len(kept) + 1)
        small = int(sizes.argmin())
        if sizes[small] >= line.floor:
            break
        sides = [i for i in (small - 1, small) if 0 <= i < len(kept)]
        del kept[max(sides, key=lambda i: (kept[i].p or 0.0, i))]
    return kept, [f"bands of fewer than {line.floor} {line.many} were joined to a neighbour"] if len(kept) < len(cuts) else []


def place(cuts: Sequence[Cut], x: Floats) -> Ints:
    """The position of the band of each value."""
    return Bands("", "", "", "", "", 0, 0, "", "", tuple(cuts), ()).place(x)
