"""How wide a text is, and how many lines it takes, without a font at hand: widths of Helvetica, which Arial and Liberation Sans
share (Adobe font metrics), and whole squares for East Asian signs and pictures."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556,
    556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
"""Thousandths of the size, from the space to the tilde."""
BOLD, LINE, SPARE = 1.08, 1.2, 1.06
"""How much wider bold is, the height of a line by the size, and what is added for fonts that stand in where Arial is not."""


@lru_cache(maxsize=4096)
def _width(character: str) -> float:
    code = ord(character)
    if 32 <= code < 127:
        return _WIDTHS[code - 32] / 1000
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F") or code >= 0x1F000:
        return 1.05
    plain = unicodedata.normalize("NFD", character)[0]
    return _WIDTHS[ord(plain) - 32] / 1000 if 32 <= ord(plain) < 127 else 0.66


def ems(text: str) -> float:
    """The width of a text on one line, in sizes of its font."""
    return sum(map(_width, text))


def wide(text: str) -> float:
    """The width of a text's longest line in columns of a spreadsheet, which are as wide as a digit."""
    return max((ems(line) for line in text.split("\n")), default=0.0) / 0.556


def lines(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines a text takes in a box `width` points wide at `size` points; a word longer than a line is broken."""
    if len(text) * size * 1.05 * SPARE * BOLD <= width and "\n" not in text:
        return 1
    room = max(width / (size * SPARE * (BOLD if bold else 1.0)), 1.0)
    return sum(_lines(part, room) for part in text.split("\n"))


def _lines(text: str, room: float) -> int:
    used, made = 0.0, 1
    for word in _words(text):
        own = ems(word.rstrip(" "))
        if used and used + own > room:
            made, used = made + 1, 0.0
        while own > room:
            made, own = made + 1, own - room
            word = ""
        used += ems(word) if word else own
    return made


def _words(text: str) -> list[str]:
    """Pieces between which a line may break: after spaces, and around signs that stand alone."""
    made, word = [], ""
    for c in text:
        alone = unicodedata.east_asian_width(c) in ("W", "F")
        if alone and word:
            made.append(word)
            word = ""
        word += c
        if c == " " or alone:
            made.append(word)
            word = ""
    return [*made, word] if word else made


def height(text: str, width: float, size: float, *, bold: bool = False) -> float:
    """The height in points of a text in a box of that width."""
    return lines(text, width, size, bold=bold) * size * LINE


def fitted(text: str, width: float, tall: float, sizes: tuple[float, ...], *, bold: bool = False) -> tuple[str, float]:
    """The text at the largest of `sizes` (largest first) at which it fits the box, in points; where none does, the text is cut
    at a word and ends with an ellipsis, at the smallest size."""
    for size in sizes:
        if height(text, width, size, bold=bold) <= tall:
            return text, size
    size = sizes[-1]
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = height(text[:middle].rstrip() + "…", width, size, bold=bold) <= tall
        low, high = (middle, high) if fits else (low, middle - 1)
    cut = text[:low]
    at = cut.rfind(" ")
    return (cut[:at] if at > low * 0.6 else cut).rstrip(" ,;:.") + "…", size
