"""Words of more and less, of how much, and of first and last, found in a sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from personae.words.patterns import alternatives, either

UP = (
    "more", "above", "higher", "greater", "larger", "bigger", "longer", "exceeds", "exceed", "outdo", "outpace", "increase",
    "increased", "often", "frequently", "elevated", "heavier", "stronger", "richer", "ahead", "overrepresented", "heavily",
    "outstrip", "a lot", "high", "frequent", "commonly", "plenty", "dominate", "dominates", "constantly",
)  # fmt: skip
DOWN = (
    "less", "fewer", "below", "lower", "smaller", "shorter", "rarely", "seldom", "decrease", "decreased", "rare", "hardly",
    "barely", "scarcely", "infrequently", "trail", "trails", "lag", "lags", "behind", "underrepresented", "weaker", "poorer",
    "lighter", "reduced", "low", "avoid", "avoids", "ignore", "ignores", "skip", "skips", "infrequent", "sparingly",
)  # fmt: skip
_SPELT = "(?:two|three|four|five|six|seven|eight|nine|ten) |(?:twen|thir|for|fif|six|seven|eigh|nine)ty"
_NUMBER = rf"(?:an? )?(?:\d|half|third|quarter|fifth|sixth|eighth|tenth|{_SPELT})"
BOUND = re.compile(rf"\b(?:more|less|fewer|over|under|above|below)(?: than)? {_NUMBER}", re.I)
DIRECTION = re.compile(
    rf"\b(?:({'|'.join(sorted(UP, key=len, reverse=True))}|over (?=the average|everyone|average))"
    rf"|({'|'.join(sorted(DOWN, key=len, reverse=True))}|under (?=the average|everyone|average)))\b(?: often\b| frequently\b)?",
    re.I,
)
NOT = re.compile(r"\b(?:not|no|never|nor|n't|isn't|aren't|don't|doesn't|without)(?: [a-z]+)? $", re.I)
_THAN = alternatives("""
    more / less / fewer / higher / lower / above / below / larger / smaller / greater / ahead / behind / longer /
    shorter / bigger / over / under / stronger / weaker / difference
""")
_STRONG = alternatives("""
    far / much / well / considerabl[ey] / substantial(?:ly)? / marked(?:ly)? / clear(?:ly)? / strong(?:ly)? /
    sharp(?:ly)? / significant(?:ly)? / a lot / way / distinct(?:ly)? / notabl[ey] / noticeabl[ey]
""")
_SLIGHT = "slight(?:ly)?|somewhat|marginal(?:ly)?|a little|a bit|modest(?:ly)?|just"
DEGREES = (
    ("huge", either("""
        huge(?:ly)? / dramatic(?:ally)? / vast(?:ly)? / massive(?:ly)? / enormous(?:ly)? / extreme(?:ly)? /
        overwhelming(?:ly)? / exceptional(?:ly)? / by far
     """)),
    ("strong", re.compile(rf"\b(?:{_STRONG})(?= (?:{_THAN}))", re.I)),
    ("slight", re.compile(rf"\b(?:{_SLIGHT})(?= (?:{_THAN}))", re.I)),
)  # fmt: skip
_OF = r"(?= of\b| (?:users|customers|members|people|shoppers|visitors|clients|accounts|stores|products)\b)"
_NEARLY = "(?:nearly|almost|virtually|practically)"
_MOST = r"(?!of\b|often|like|apart|common|frequent|active|clearly|strongly)(?=[a-z]+\b)"
QUANTITIES: tuple[tuple[re.Pattern[str], float, float], ...] = (
    (either(f"{_NEARLY} (?:all|everyone|everybody|every one) / vast majority"), 0.85, 1),
    (either(f"{_NEARLY} (?:none|nobody|no one|never) / (?:hardly|barely) any(?:one|body)? / next to none"), 0, 0.05),
    (either("always / without exception / every (?:single )?one of (?:them|these) / each of them"), 0.95, 1),
    (either("never / none of (?:the|these) / no one"), 0, 0.005),
    (re.compile(
        r"\b(?:more than|over|above|well over) half\b|\b(?:a|the|a clear|the great) majority\b|\bthe bulk\b|\bmainly\b"
        rf"|\bmostly\b|\bpredominantly\b|\bmost{_OF}|^most (?=[a-z]+\b)|(?<=[,;:] )most {_MOST}", re.I), 0.5000001, 1),
    (either("(?:less than|fewer than|under|below|well under) half / a minority"), 0, 0.4999999),
    (re.compile(rf"\bmany{_OF}|\ba good part\b|\ba large (?:share|part)\b", re.I), 0.25, 1),
    (re.compile(rf"\b(?:only )?(?:a )?few{_OF}|\ba handful\b|\ba small (?:share|part|minority)\b", re.I), 0, 0.25),
    (re.compile(rf"\bsome{_OF}", re.I), 0.0000001, 0.9999999),
)  # fmt: skip
_COUNTING = (
    "all every none one nobody never always any most half majority minority bulk mainly predominantly many few handful part "
    "share some each exception"
)
COUNTING = tuple(_COUNTING.split())
"""Words of which every quantity has one."""
BEST = r"largest|biggest|highest|greatest|strongest|longest|most(?! of\b)|best|heaviest|top"
LEAST = r"smallest|lowest|fewest|least|weakest|shortest|rarest|lightest"
RANKED = re.compile(
    rf"\b(?:the )?(second|third)?[- ]?(?:({BEST})|({LEAST}))(?: [a-z]+){{0,3}}? (?:of (?:all|the|any) (?:the )?(?:\w+ )?groups"
    rf"|of any group|among (?:all|the)(?: \w+)? groups|group|persona|segment)\b"
    rf"|\b(more|higher|larger|above|longer)( \w+)?(?: than)? any other (?:group|persona|segment)\b"
    rf"|\b(?:of|among) (?:all|the)(?: the)?(?: \w+)? groups\b[^.;]{{0,40}}?\b(?:({BEST})|({LEAST}))\b"
    rf"|\b(less|fewer|lower|smaller|shorter)( \w+)?(?: than)? any other (?:group|persona|segment)\b",
    re.I,
)


@dataclass(frozen=True)
class Direction:
    """A word that says more (1) or less (-1)."""

    sign: int
    start: int
    end: int


@dataclass(frozen=True)
class Quantity:
    """Words for a part of the users: at least `low`, at most `high`."""

    low: float
    high: float
    start: int
    end: int


@dataclass(frozen=True)
class Rank:
    """Words for the first (1), second... of all groups from the top, or, negative, from the bottom."""

    place: int
    start: int
    end: int


def directions(text: str) -> tuple[Direction, ...]:
    """Every word of more or less, in order; "more often" is one, "not more" is neither, "more than 90 %" is a number."""
    taken = [(m.start(), m.end()) for m in BOUND.finditer(text)]
    found = []
    for m in DIRECTION.finditer(text):
        if any(s <= m.start() < e for s, e in taken) or NOT.search(text[: m.start()]):
            continue
        found.append(Direction(1 if m.group(1) else -1, m.start(), m.end()))
    return tuple(found)


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every word for a part of the users, in order; each stretch is read once."""
    found: list[Quantity] = []
    said = text.lower()
    if not any(w in said for w in COUNTING):
        return ()
    for pattern, low, high in QUANTITIES:
        for m in pattern.finditer(text):
            if not any(q.start < m.end() and m.start() < q.end for q in found):
                found.append(Quantity(low, high, m.start(), m.end()))
    return tuple(sorted(found, key=lambda q: q.start))


def degrees(text: str) -> tuple[tuple[str, int, int], ...]:
    """Every word of how large a difference is: "huge", "strong" or "slight", with its place."""
    found = ((name, m.start(), m.end()) for name, pattern in DEGREES for m in pattern.finditer(text))
    return tuple(f for f in found if not NOT.search(text[: f[1]]))


def ranks(text: str) -> tuple[Rank, ...]:
    """Every claim to be first or last of all groups."""
    found = []
    for m in RANKED.finditer(text):
        place = {"second": 2, "third": 3}.get((m.group(1) or "").lower(), 1)
        up = bool(m.group(2) or m.group(4) or m.group(6))
        found.append(Rank(place if up else -place, m.start(), m.end()))
    return tuple(found)
