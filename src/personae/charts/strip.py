"""How a column is spread over users, as small as a line of text: bars of a histogram, or its most frequent answers."""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.numbers import percent
from personae.model.inspection import Sketch

WIDTH, HEIGHT = 150, 34
"""Of the drawing in its own units."""
LINES = 4
"""Answers that are drawn."""


@dataclass(frozen=True)
class Strip:
    """Bars as (x, width, y, height), and what stands at both ends."""

    bars: tuple[tuple[float, float, float, float], ...]
    low: str
    high: str


@dataclass(frozen=True)
class Bar:
    """An answer: its text, its share in words and as percent of the longest bar."""

    label: str
    share: str
    width: float


def strip(sketch: Sketch) -> Strip:
    """A histogram; the highest bar is as high as the drawing."""
    n = [users for _, users in sketch.bars]
    top, step = max(n), WIDTH / len(n)
    bars = tuple(
        (round(i * step, 2), round(step - 1, 2), round(HEIGHT * (1 - v / top), 2), round(HEIGHT * v / top, 2))
        for i, v in enumerate(n)
    )
    return Strip(bars, sketch.bars[0][0].removeprefix("from "), sketch.bars[-1][0].replace("from ", "over "))


def levels(sketch: Sketch) -> tuple[Bar, ...]:
    """The most frequent answers, all others together."""
    total = sum(n for _, n in sketch.bars)
    named = [b for b in sketch.bars if b[0] != "all others"][: LINES - 1]
    rest = total - sum(n for _, n in named)
    shown = list(sketch.bars) if len(sketch.bars) <= LINES else [*named, ("all others", rest)]
    most = max(n for _, n in shown)
    return tuple(Bar(label, percent(n / total), round(100 * n / most, 1)) for label, n in shown)
