"""Numbers and names found in a sentence, for checking it against facts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from personae.words.clauses import side
from personae.words.names import CAPPED, clean, doing, noun, parts, readable, short

DIGITS = r"\d(?:[\d,]*\d)?(?:\.\d+)?(?:e-?\d+)?"
WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    "hundred": 100, "thousand": 1000, "dozen": 12,
}  # fmt: skip
WHOLES = {"twice": 2.0, "double": 2.0, "doubled": 2.0, "triple": 3.0, "tripled": 3.0, "thrice": 3.0, "quadruple": 4.0}
PIECES = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "twentieth": 20, "hundredth": 100}
COUNTED = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9}
TENS = "|".join(w for w, v in WORDS.items() if 20 <= v <= 90)
SMALL = "|".join(w for w, v in WORDS.items() if v < 10)
SPELT = rf"(?:(?:{TENS})-(?:one|{SMALL})|(?:{'|'.join(WORDS)}))"
ANY = rf"(?:{DIGITS}|{SPELT})"
_UNITS = (
    "users customers members people days day hours hour minutes minute seconds second weeks week months month years year euros "
    "euro eur dollars dollar usd gbp pounds points point percent times sessions orders visits events items pages clicks "
    "answers comments responses respondents"
)
UNITS = frozenset(_UNITS.split())
"""Words behind a number that claim a unit."""


@dataclass(frozen=True)
class Number:
    """A number in a text. `form` is "percent", "ratio" (N in M), "multiple", "points" or "bare".

    `slack` is the rounding that the text itself implies, in the units of `value`. `side` says whose it is by the words around
    it: "own", "everyone", "rest", "other" (everyone or the rest), "low" and "high" (ends of an interval), "scale" (an end of
    a scale), "gap" and "gap rest" (a difference from everyone, from the rest). `unit` is the word behind it when that word
    claims a unit. `bound` is 1 for "more than" and -1 for "less than" the number. Further forms are "n" (users behind a
    value) and "p" (of a test).
    """

    value: float
    form: str
    slack: float
    side: str
    unit: str
    start: int
    end: int
    text: str
    bound: int = 0


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("level", re.compile(r"\b9[05] ?(?:%|percent) (?=(?:confidence )?interval|confidence|sure|certain)", re.I)),
    ("n", re.compile(rf"\bn ?= ?({DIGITS})", re.I)),
    ("p", re.compile(rf"\bp(?:-value)? ?(?:of|below|under|=|<|is) ?({DIGITS})", re.I)),
    ("ratio", re.compile(rf"\b({ANY}|one) (?:times )?(?:in|out of) (?:every )?({ANY})\b", re.I)),
    ("range", re.compile(rf"(?<![\w.])(-?{DIGITS})(?: ?%)? (?:to|and|\u2013) (-?{DIGITS}) ?(%|percent\b|per cent\b)?", re.I)),
    (
        "all",
        re.compile(
            r"(?<!nearly )(?<!almost )(?<!not )(?<!virtually )\b(all|none|nobody|everybody)(?= of (?:them|its)\b)", re.I
        ),
    ),
    ("percent", re.compile(rf"(?<![\w.])(-?{DIGITS}|{ANY}) ?(?:%|percent\b|per cent\b)", re.I)),
    ("multiple", re.compile(rf"(?<![\w.])({ANY})(?: times\b|-fold\b| ?x\b|\u00d7)", re.I)),
    ("whole", re.compile(rf"\b({'|'.join(WHOLES)})\b", re.I)),
    ("part", re.compile(rf"\b(half|(?:{'|'.join(COUNTED)})[ -](?:{'|'.join(PIECES)})s?)\b", re.I)),
    ("points", re.compile(rf"(?<![\w.])({ANY}) (?:percentage )?points\b", re.I)),
    ("bare", re.compile(rf"(?<![\w.])(-?{DIGITS})( million| thousand| billion)?(?!\w)|\b({SPELT})\b", re.I)),
)
FIGURES = tuple((form, re.compile(pattern.pattern.replace(ANY, DIGITS), pattern.flags))
                for form, pattern in PATTERNS if form not in ("whole", "part"))  # fmt: skip
"""The same where no number is written in words."""
SPELLED = (*WORDS, *WHOLES, *PIECES, "half", "one in", "one out")
SCALE = {"million": 1e6, "thousand": 1e3, "billion": 1e9}


OF_WHAT = re.compile(
    r",? (?:the average|as (?:many|much|often|likely|common|frequent)|of the average|that of|of what everyone|everyone"
    r"|(?:of )?the (?:usual|overall|average|general) (?:rate|share|level)|the (?:rate|share|level|average) of|of the (?=\d))",
    re.I,
)
"""Words behind a part that make it a multiple."""
RANGED = re.compile(r"(between|scale of|from|range of|interval|interval of)$", re.I)
LOOSE = re.compile(r"\b(about|around|nearly|almost|roughly|some|close to|approximately|just over|just under) $", re.I)


def numbers(text: str) -> tuple[Number, ...]:
    """Every number in a text, in its order; each stretch of text is read once, in its most special form."""
    found: list[Number] = []
    masked, words = text, any(w in text.casefold() for w in SPELLED)
    for form, pattern in PATTERNS if words else FIGURES:
        for m in list(pattern.finditer(masked)):
            if form == "range" and not _is_range(masked, m):
                continue
            if form == "bare" and _idle(masked, m):
                continue
            found += _read(form, m, text)
            masked = masked[: m.start()] + " " * (m.end() - m.start()) + masked[m.end() :]
    return tuple(sorted(found, key=lambda n: n.start))


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
    low = text.casefold()
    for name in sorted({n for n in names if n.casefold() in low}, key=lambda n: (-len(n), n)):
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.I)
        for m in pattern.finditer(text):
            unit = re.search(r"\d(?: million)? $", text[: m.start()])
            if not unit and not any(m.start() < e and s < m.end() for s, e in spans):
                spans.append((m.start(), m.end()))
    return tuple(sorted(spans))


def _is_range(text: str, m: re.Match[str]) -> bool:
    """Whether two numbers with "to" or "and" between are an interval or a scale: in brackets, or after "between" or "of"."""
    before = text[: m.start()].rstrip()
    return before.endswith(("(", "[")) or bool(RANGED.search(before))


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
    if low == "one":
        return 1.0, 0.5
    head, _, tail = low.partition("-")
    return float(WORDS[head] + (1 if tail == "one" else WORDS.get(tail, 0))), 0.5


def _piece(text: str) -> float:
    """A part in words: "two thirds"."""
    if text == "half":
        return 0.5
    count, piece = re.split(r"[ -]", text)
    return COUNTED[count] / PIECES[piece if piece in PIECES else piece.rstrip("s")]


def _bound(text: str, start: int, end: int, side: str) -> int:
    """Whether a number is only the least or the most: after "more than" or "under"."""
    of_all = side == "everyone" and text[end:].startswith((" of all ", " of everyone"))
    if side not in ("own", "gap", "gap rest") and not of_all:
        return 0
    before = text[:start]
    if re.search(r"\b(?:more than|over|above|at least|upwards of|no fewer than|exceeding) $", before, re.I):
        return 1
    return -1 if re.search(r"\b(?:less than|fewer than|under|below|at most|up to|no more than) $", before, re.I) else 0


def _read(form: str, m: re.Match[str], text: str) -> list[Number]:
    """The number or numbers of one match."""
    span = (m.start(), m.end(), m.group(0))
    if form == "level":
        return []
    if form == "all":
        return [Number(float(m.group(1).lower() in ("all", "everybody")), "ratio", 0.0005, "own", "", *span)]
    if form == "range":
        return _ends(m, text)
    whose = side(text, m.start(), m.end())
    bound = _bound(text, m.start(), m.end(), whose)
    if form == "ratio":
        top, whole = _value(m.group(1))[0], _value(m.group(2))[0]
        return [Number(top / whole, "ratio", min(0.5 / whole, 0.05), whose, "", *span, bound)]
    if form in ("n", "p"):
        value, slack = _value(m.group(1))
        below = bool(re.search(r"below|under|<", m.group(0)))
        return [Number(value, form, slack, "own", "", *span, -1 if below else 0)]
    if form in ("whole", "part"):
        return [_worded(form, m, text, whose, bound)]
    return [_plain(form, m, text, whose, bound)]


def _ends(m: re.Match[str], text: str) -> list[Number]:
    """Both ends of an interval or of a scale."""
    span = (m.start(), m.end(), m.group(0))
    before = text[: m.start()]
    scale = bool(re.search(r"scale (?:of|from)\s*$", before, re.I) or re.search(r"points from\s*$", before, re.I))
    kind = "percent" if m.group(3) else "multiple" if re.match(r" ?(?:times|x)\b", text[m.end() :]) else "bare"
    sides = ("scale", "scale") if scale else ("low", "high")
    return [Number(_value(m.group(i + 1))[0], kind, _value(m.group(i + 1))[1], sides[i], "", *span) for i in (0, 1)]


def _worded(form: str, m: re.Match[str], text: str, whose: str, bound: int) -> Number:
    """Twice, half, a third."""
    low = m.group(1).lower()
    value = WHOLES.get(low) or _piece(low)
    whole = OF_WHAT.match(text[m.end() :])
    multiple = form == "whole" or bool(whole)
    slack = 0.25 * value / 2 if form == "whole" else min(0.05, 0.2 * value)
    return Number(value, "multiple" if multiple else "ratio", slack, whose, "", m.start(), m.end(), m.group(0), bound)


def _plain(form: str, m: re.Match[str], text: str, whose: str, bound: int) -> Number:
    """A number in digits or words, with what it counts."""
    value, slack = _value(m.group(1) or m.group(3))
    if form == "bare" and m.group(2):
        factor = SCALE[m.group(2).strip().lower()]
        value, slack = value * factor, slack * factor
    if LOOSE.search(text[: m.start()]):
        slack = max(slack, 0.05 * abs(value))
    after = re.match(r"\s?([A-Za-z\u20ac$\u00a3]+)", text[m.end() :])
    unit = after.group(1).lower() if form == "bare" and after else ""
    return Number(value, form, slack, whose, unit if unit in UNITS else "", m.start(), m.end(), m.group(0), bound)
