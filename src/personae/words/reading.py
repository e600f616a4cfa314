"""Numbers, directions and names found in a sentence, for checking it against facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from personae.words.names import CAPPED, clean, doing, noun, parts, readable, short

DIGITS = r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?"
WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000,
}  # fmt: skip
WHOLES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0, "thrice": 3.0, "quadruple": 4.0}
PARTS = {"half": 1 / 2, "a third": 1 / 3, "one third": 1 / 3, "two thirds": 2 / 3, "a quarter": 1 / 4, "one quarter": 1 / 4,
         "three quarters": 3 / 4, "a fifth": 1 / 5, "one fifth": 1 / 5}  # fmt: skip
TENS = "|".join(w for w, v in WORDS.items() if 20 <= v <= 90)
SMALL = "|".join(w for w, v in WORDS.items() if v < 10)
SPELT = rf"(?:(?:{TENS})-(?:one|{SMALL})|(?:{'|'.join(WORDS)}))"
ANY = rf"(?:{DIGITS}|{SPELT})"
UP = ("more", "above", "higher", "greater", "larger", "exceeds", "exceed", "over", "increase", "often")
DOWN = ("less", "fewer", "below", "lower", "smaller", "rarely", "seldom", "under", "decrease", "rare")
_UNITS = (
    "users customers members people days day hours hour minutes minute seconds second weeks week months month years year euros "
    "euro eur dollars dollar usd gbp pounds points point percent times sessions orders visits events items pages clicks"
)
UNITS = frozenset(_UNITS.split())
"""Words behind a number that claim a unit."""


@dataclass(frozen=True)
class Number:
    """A number in a text. `form` is "percent", "ratio" (N in M), "multiple", "points" or "bare".

    `slack` is the rounding that the text itself implies, in the units of `value`. `side` says whose it is by the words around
    it: "own", "everyone", "rest", "other" (everyone or the rest), "low" and "high" (ends of an interval), "scale" (an end of
    a scale), "gap" (a difference). `unit` is the word behind it when that word claims a unit.
    """

    value: float
    form: str
    slack: float
    side: str
    unit: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Direction:
    """A word that says more (1) or less (-1)."""

    sign: int
    start: int
    end: int


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ratio", re.compile(rf"\b({ANY}) (?:times )?(?:in|out of) (?:every )?({ANY})\b", re.I)),
    ("range", re.compile(rf"(?<![\w.])(-?{DIGITS})(?: ?%)? (?:to|and|\u2013) (-?{DIGITS}) ?(%|percent\b|per cent\b)?", re.I)),
    ("all", re.compile(r"\b(all|none|nobody|everybody)(?= of (?:them|its)\b)", re.I)),
    ("percent", re.compile(rf"(?<![\w.])(-?{DIGITS}|{ANY}) ?(?:%|percent\b|per cent\b)", re.I)),
    ("multiple", re.compile(rf"(?<![\w.])({ANY})(?: times\b|-fold\b| ?x\b|\u00d7)", re.I)),
    ("whole", re.compile(rf"\b({'|'.join(WHOLES)})\b", re.I)),
    ("part", re.compile(rf"\b({'|'.join(sorted(PARTS, key=len, reverse=True))})\b", re.I)),
    ("points", re.compile(rf"(?<![\w.])({ANY}) (?:percentage )?points\b", re.I)),
    ("bare", re.compile(rf"(?<![\w.])(-?{DIGITS})( million| thousand| billion)?(?!\w)|\b({SPELT})\b", re.I)),
)
SCALE = {"million": 1e6, "thousand": 1e3, "billion": 1e9}


def numbers(text: str) -> tuple[Number, ...]:
    """Every number in a text, in its order; each stretch of text is read once, in its most special form."""
    found: list[Number] = []
    masked = text
    for form, pattern in PATTERNS:
        for m in list(pattern.finditer(masked)):
            if form == "range" and not _is_range(masked, m):
                continue
            if form == "bare" and _idle(masked, m):
                continue
            found += _read(form, m, text)
            masked = masked[: m.start()] + " " * (m.end() - m.start()) + masked[m.end() :]
    return tuple(sorted(found, key=lambda n: n.start))


def directions(text: str) -> tuple[Direction, ...]:
    """Every word of more or less, in order; "more often" is one."""
    pattern = re.compile(rf"\b(much )?(?:({'|'.join(UP)})|({'|'.join(DOWN)}))\b(?: often\b)?", re.I)
    return tuple(Direction(1 if m.group(2) else -1, m.start(), m.end()) for m in pattern.finditer(text))


def aliases(label: str, measure: str, among: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The ways in which a sentence may name what a fact measures, longest first; `among` are the long labels of its run."""
    label = clean(label)
    base = {label, CAPPED.sub("", label), clean(measure), readable(measure), doing(measure)}
    stem, level = parts(label, measure)
    stems = {stem, readable(stem), clean(stem), *(short(stem, among, most) for most in (42, 32))}
    if level:
        levels = {level, *(short(level, (), most) for most in (42, 32))}
        base = {f"{s} {link} {v}" for s in stems for v in levels for link in ("is", "=")} | {label}
        base |= {made for s in stems for v in levels for made in (noun(s, v), f"{v} for {s}")}
    elif among:
        base |= stems
    return tuple(sorted((b for b in base if re.search(r"[^\W\d]", b)), key=lambda b: (-len(b), b)))


def mentions(text: str, names: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where any of the names stands in the text, whole words only, not overlapping, longest first, and not as the
    unit of a number."""
    spans: list[tuple[int, int]] = []
    for name in sorted(set(names), key=lambda n: (-len(n), n)):
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.I)
        for m in pattern.finditer(text):
            unit = re.search(r"\d(?: million)? $", text[: m.start()])
            if not unit and not any(m.start() < e and s < m.end() for s, e in spans):
                spans.append((m.start(), m.end()))
    return tuple(sorted(spans))


def _is_range(text: str, m: re.Match[str]) -> bool:
    """Whether two numbers with "to" or "and" between are an interval or a scale: in brackets, or after "between" or "of"."""
    before = text[: m.start()].rstrip()
    return before.endswith("(") or bool(re.search(r"(between|scale of|from|range of)$", before, re.I))


def _idle(text: str, m: re.Match[str]) -> bool:
    """Whether a number word only points: "the two groups", "these two"."""
    spelt = m.group(3)
    return spelt is not None and bool(re.search(r"\b(the|these|those|both|other)( other)? $", text[: m.start()], re.I))


def _value(text: str) -> tuple[float, float]:
    """A number written in digits or words, and half of its last digit."""
    low = text.lower().replace(",", "")
    if re.fullmatch(r"-?\d.*", low):
        mantissa, _, exponent = low.partition("e")
        digits = len(mantissa.partition(".")[2])
        return float(low), 0.5 * 10.0 ** (int(exponent or 0) - digits)
    head, _, tail = low.partition("-")
    return float(WORDS[head] + (1 if tail == "one" else WORDS.get(tail, 0))), 0.5


def _read(form: str, m: re.Match[str], text: str) -> list[Number]:
    """The number or numbers of one match."""
    about = bool(re.search(r"\b(about|around|nearly|almost|roughly|some|over|under) $", text[: m.start()], re.I))
    span = (m.start(), m.end(), m.group(0))
    if form == "ratio":
        top, whole = _value(m.group(1))[0], _value(m.group(2))[0]
        return [Number(top / whole, "ratio", 0.5 / whole, _side(text, *span[:2]), "", *span)]
    if form == "range":
        scale = re.search(r"(scale of|from)\s*$", text[: m.start()], re.I)
        kind, sides = "percent" if m.group(3) else "bare", ("scale", "scale") if scale else ("low", "high")
        return [Number(_value(m.group(i + 1))[0], kind, _value(m.group(i + 1))[1], sides[i], "", *span) for i in (0, 1)]
    if form == "all":
        return [Number(float(m.group(1).lower() in ("all", "everybody")), "ratio", 0.0005, "own", "", *span)]
    if form in ("whole", "part"):
        low = m.group(1).lower()
        value = WHOLES.get(low) or PARTS[low]
        multiple = form == "whole" or bool(re.match(r" (the average|as (many|much|often)|of the average)", text[m.end() :]))
        slack = 0.25 if form == "whole" else 0.05
        return [Number(value, "multiple" if multiple else "ratio", slack, _side(text, *span[:2]), "", *span)]
    raw = m.group(1) or m.group(3)
    value, slack = _value(raw)
    if form == "bare" and m.group(2):
        factor = SCALE[m.group(2).strip().lower()]
        value, slack = value * factor, slack * factor
    if about:
        slack = max(slack, 0.05 * abs(value))
    unit = ""
    after = re.match(r"\s?([A-Za-z\u20ac$\u00a3]+)", text[m.end() :])
    if form == "bare" and after:
        unit = after.group(1).lower()
    side = _side(text, m.start(), m.end())
    return [Number(value, form, slack, side, unit if unit in UNITS else "", *span)]


def _side(text: str, start: int, end: int) -> str:
    """Whose number it is, by the words right before and behind it."""
    before, after = text[:start], text[end:]
    if re.match(r"\s?(percentage )?(points? )?([a-z]+ )?(above|below|more than|less than|higher than|lower than)\b", after):
        return "gap"
    named = re.search(r"\b(everyone|average of|of everyone,)[: ]*\s?$", before)
    if named or re.match(r"\s?(of|for|among) (everyone|all)\b", after):
        return "everyone"
    if re.search(rf"{DIGITS} of $", before):
        return "everyone"
    if re.match(r"\s?(of|for|among) the (rest|others)\b", after) or re.search(r"\b(rest|others)[: ]*\s?$", before):
        return "rest"
    if re.search(r"\bagainst (about )?$", before):
        return "other"
    return "own"
