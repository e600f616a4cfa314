"""Text that every program can show: characters that XML, a terminal or a spreadsheet may not hold become visible signs."""

from __future__ import annotations

import re

HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls but tab and line feed, lone surrogates, and code points that are no characters (XML 1.0, section 2.2)."""

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$])")
_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)", re.MULTILINE)

LONGEST = 32_767
"""Characters that a cell of a spreadsheet holds, counted in UTF-16."""
CUT = " … (cut)"
"""Ends a text that was cut."""


def legible(text: str) -> str:
    """The same text with a picture for each control character ("␀") and U+FFFD for what is no character.

    >>> legible("a\\x00b")
    'a␀b'
    """
    return HIDDEN.sub(lambda m: _sign(m[0]), text)


def _sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def literal(text: str) -> str:
    """A text that Markdown shows letter by letter: no mark-up, no HTML, no table bars, on one line.

    >>> literal("a_b | c")
    'a\\\\_b \\\\| c'
    """
    one = re.sub(r"\s+", " ", legible(text)).strip()
    return _START.sub(r"\1\\\2", _MARKS.sub(r"\\\1", one).replace("&", "&amp;")).replace("://", ":\u200b//")


def whole(text: str) -> str:
    """A text without lone surrogates, which no file in UTF-8 can hold."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)


def shortened(text: str, most: int = LONGEST) -> str:
    """A text cut to what a cell holds, with a mark where it was cut; no character is cut in two."""
    if len(text) * 2 <= most or _units(text) <= most:
        return text
    kept = text[: most - len(CUT)]
    while _units(kept) > most - len(CUT):
        kept = kept[: len(kept) - max(1, (_units(kept) - most + len(CUT)) // 2)]
    return kept + CUT


def _units(text: str) -> int:
    return len(text) + sum(c > "\uffff" for c in text)
