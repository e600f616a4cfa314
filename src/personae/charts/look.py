"""How a persona looks, the same everywhere: a colour and a shape by its position; text is never coloured.

Colours: Okabe & Ito (2008), told apart under the common colour vision deficiencies; fills carry a dark outline, because on
white some of them miss a contrast of 3:1. Past eight personas the mark is grey with a number in it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
GREY = "#B8B8B2"
INK, SOFT, LINE, PAPER = "#1b1c1e", "#55585f", "#dcdcd6", "#ffffff"
LOW, NEUTRAL, HIGH = (104, 176, 230), (246, 246, 243), (236, 150, 60)
"""Ends of the diverging scale, equally light, and its neutral; dark text reads on all of them."""


@dataclass(frozen=True)
class Mark:
    """`path` is drawn in a box of 24 by 24 around the origin; `number` is set past the eighth persona."""

    colour: str
    shape: str
    path: str
    number: str = ""


def _polygon(points: int, radius: float, turn: float = 0.0, inner: float | None = None) -> str:
    """A regular polygon, or a star when `inner` is given, as an SVG path with its first point at the top."""
    steps = points * (2 if inner else 1)
    corners = []
    for i in range(steps):
        r = inner if inner and i % 2 else radius
        a = math.radians(turn - 90 + 360 * i / steps)
        corners.append(f"{r * math.cos(a):.2f},{r * math.sin(a):.2f}")
    return "M" + "L".join(corners) + "Z"


_CIRCLE = "M-9.5,0A9.5,9.5,0,1,1,9.5,0A9.5,9.5,0,1,1,-9.5,0Z"
_PLUS = "M-3.6,-10H3.6V-3.6H10V3.6H3.6V10H-3.6V3.6H-10V-3.6H-3.6Z"
SHAPES = (
    ("circle", _CIRCLE),
    ("square", "M-8.5,-8.5H8.5V8.5H-8.5Z"),
    ("triangle", "M0,-10L10.5,8.5H-10.5Z"),
    ("diamond", _polygon(4, 11.5)),
    ("cross", _PLUS),
    ("pentagon", _polygon(5, 11)),
    ("star", _polygon(5, 12, inner=5.2)),
    ("pointer", "M0,10L10.5,-8.5H-10.5Z"),
)


def mark(index: int) -> Mark:
    """The mark of the persona at that position."""
    if index >= len(COLOURS):
        return Mark(GREY, "circle", _CIRCLE, str(index + 1))
    return Mark(COLOURS[index], *SHAPES[index])


NOBODY = Mark(GREY, "ring", _CIRCLE)
"""The mark of users who are in no group."""


def tint(multiple: float) -> str:
    """The fill of a heat map cell: blue below the average, orange above, neutral from 0.8 to 1.25; full at 8 times."""
    if 0.8 <= multiple <= 1.25:
        return _hex(NEUTRAL)
    strength = min(1.0, abs(math.log2(multiple)) / 3) if multiple > 0 else 1.0
    end = HIGH if multiple > 1 else LOW
    mixed = tuple(round(n + (e - n) * (0.18 + 0.82 * strength)) for n, e in zip(NEUTRAL, end, strict=True))
    return _hex(mixed)


def _hex(rgb: tuple[int, ...]) -> str:
    return "#" + "".join(f"{c:02x}" for c in rgb)
