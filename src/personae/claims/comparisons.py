"""Words of more and less, of how much, of how many and of first and last, against the facts they are about."""

from __future__ import annotations

import re

from personae.claims.backing import OWN_WORDS, is_part, sign
from personae.claims.reading import Reading
from personae.model.fact import Fact
from personae.model.persona import FAIRLY, STEADY
from personae.words.clauses import clause
from personae.words.comparing import Direction, Quantity, degrees, quantities, ranks
from personae.words.numbers import LITTLE
from personae.words.reading import mentions

STRONG, HUGE, SLIGHT = 1.25, 2.0, 1.5
"""Multiples, or one over them, from which a difference is clear, from which it is huge, and up to which it is slight."""
CLEAR_GAP, HUGE_GAP, SLIGHT_GAP = 0.05, 0.2, 0.1
"""The same for differences between shares."""
SIZE = re.compile(
    r"\b(?:a |the |this )?(large|big|sizeable|major|small|little|minor|tiny|niche) (?:group|segment|persona)\b", re.I
)


def wrong(said: Reading) -> str:
    """The first comparison of a claim that its facts do not bear out; "" when all do."""
    return next((why for check in (_ranked, directed, _measured, _counted, _sized, _signed) if (why := check(said))), "")


def unsteady(said: Reading) -> str:
    """Why words about how firm a group is do not hold."""
    found = next((f for f in said.cited if f.measure == "steadiness"), None)
    low = said.text.lower()
    told = re.search(r"\b(fairly steady|steady|stable|shaky|unstable)\b", low)
    if not told or found is None:
        return ""
    meant = {"fairly steady": (FAIRLY, STEADY), "steady": (STEADY, 1.01), "stable": (STEADY, 1.01)}.get(
        told.group(1), (-1, FAIRLY)
    )
    return "" if meant[0] <= found.value < meant[1] else f"{found.id} does not say {told.group(1)!r}"


def governed(said: Reading, d: Direction) -> tuple[Fact, ...]:
    """The facts a word of more or less is about: those behind it up to the next such word, those before it in its own clause
    when none of that clause is behind it, or else those named last."""
    text = said.bare
    left, right, _ = clause(text, d.start, d.end)
    inside = [p for p in said.places if left <= p[0] < right]
    if inside and all(p[1] <= d.start for p in inside):
        ids = {i for _, _, some in inside for i in some}
        return tuple(f for f in said.cited if f.id in ids)
    later = [x.start for x in said.directions if x.start > d.start]
    stop = min([*later, *(d.end + m.start() for m in re.finditer(r"[;.](?!\d)", text[d.end :]))], default=len(text))
    behind = {i for s, _, some in said.places if d.end <= s < stop for i in some}
    before = [some for _, e, some in said.places if e <= d.start]
    ids = behind or set(before[-1] if before else (f.id for f in said.cited))
    return tuple(f for f in said.cited if f.id in ids)


def apart(fact: Fact, against: Fact | None = None) -> int | None:
    """1 when a fact is above everyone, or above another fact, -1 below, 0 the same, None when it compares nothing."""
    if against is None:
        return sign(fact)
    return 0 if fact.value == against.value else 1 if fact.value > against.value else -1


def directed(said: Reading) -> str:
    """A word of more or less with the wrong direction."""
    ranked = [(r.start, r.end) for r in ranks(said.bare)]
    for d in said.directions:
        if any(s <= d.start < e for s, e in ranked) or any(q.start <= d.start < q.end for q in quantities(said.bare)):
            continue
        own = [f for f in governed(said, d) if f.subject == said.persona.key]
        if any(apart(f, _other(said, f, d)) not in (d.sign, None) for f in own):
            return f"{said.text[d.start : d.end]!r} has the wrong direction"
    return ""


def _other(said: Reading, fact: Fact, d: Direction) -> Fact | None:
    """The same measure of the nearest persona, where a comparison is with that one."""
    left, right, _ = clause(said.text, d.start, d.end)
    names = [n for n, k in said.known.names.items() if k == said.persona.nearest]
    with_it = said.part == "difference" and re.search(r"\bthan\b", said.text[d.end :]) and mentions(said.text[d.end :], names)
    if not with_it or right < left:
        return None
    return next((f for f in said.cited if f.subject == said.persona.nearest and f.measure == fact.measure), None)


def _measured(said: Reading) -> str:
    """A word for the size of a difference that its fact does not have."""
    for name, start, end in degrees(said.bare):
        near = next((d for d in said.directions if d.start >= end - 1), Direction(1, start, end))
        for f in governed(said, near):
            ratio = f.multiple if f.multiple else None
            gap = abs(f.value - f.everyone) if is_part(f) and f.everyone is not None else 0.0
            size = max(ratio, 1 / ratio) if ratio else (99.0 if f.multiple == 0 else None)
            if size is None and not is_part(f):
                continue
            size = size or 1.0
            floor = {"strong": (STRONG, CLEAR_GAP), "huge": (HUGE, HUGE_GAP)}.get(name)
            if floor and size < floor[0] and gap < floor[1]:
                return f"{said.text[start:end]!r} says too much of {f.id}"
            if name == "slight" and size > SLIGHT and gap > SLIGHT_GAP:
                return f"{said.text[start:end]!r} says too little of {f.id}"
    return ""


def _counted(said: Reading) -> str:
    """A word for a part of the users that its fact does not have."""
    for q in quantities(said.bare):
        facts = [f for f in said.about(q.start, q.end) if is_part(f)] or [f for f in said.cited if is_part(f)]
        if facts and not any(_holds(f, q, said) for f in facts):
            return f"{said.text[q.start : q.end]!r} does not fit {facts[0].id}"
        none = said.text[q.start : q.end].lower() == "almost none"  # of a mean it says how little, as a multiple
        if none and any(f.multiple is not None and f.multiple < LITTLE for f in said.about(q.start, q.end)):
            continue
        if not facts and any(f.id in said.called for f in said.cited):
            return f"no fact it cites is a share, for {said.text[q.start : q.end]!r}"
    return ""


def _holds(fact: Fact, q: Quantity, said: Reading) -> bool:
    """Whether the value lies in the range of the words."""
    if fact.subject != said.persona.key or not q.low - 1e-9 <= fact.value <= q.high + 1e-9:
        return False
    return fact.measure not in OWN_WORDS or fact.measure in ("share of users", "borderline")


def _sized(said: Reading) -> str:
    """A word for the size of the group that its share does not bear out."""
    m = SIZE.search(said.bare)
    shares = [f.value for f in said.known.facts.values() if f.measure == "share of users"]
    own = next((f.value for f in said.known.own.get(said.persona.key, ()) if f.measure == "share of users"), None)
    if not m or own is None:
        return ""
    big = m.group(1).lower() in ("large", "big", "sizeable", "major")
    middle = sum(shares) / len(shares)
    return "" if (own >= middle) == big else f"{m.group().strip()!r} does not fit its share"


def _ranked(said: Reading) -> str:
    """A claim to be first or last of all groups that is not so."""
    for r in ranks(said.bare):
        facts = [f for f in said.about(r.start, r.end) if f.subject == said.persona.key]
        if any(f.measure in ("users", "share of users") for f in said.cited) and not any(f.id in said.called for f in facts):
            facts = [f for f in said.cited if f.measure in ("users", "share of users")]
        if not facts or any(_place(f, said, up=r.place > 0) != abs(r.place) for f in facts[:1]):
            return f"{said.text[r.start : r.end]!r} is not so"
    return ""


def _place(fact: Fact, said: Reading, *, up: bool) -> int:
    """The place of a fact among the same of all personas."""
    keys = set(said.known.names.values())
    same = [f.value for f in said.known.facts.values()
            if f.subject in keys and (f.measure, f.statistic) == (fact.measure, fact.statistic)]  # fmt: skip
    return 1 + sum(v > fact.value if up else v < fact.value for v in same)


def _signed(said: Reading) -> str:
    """ "Positive" or "negative" for a value on the other side of zero."""
    for m in re.finditer(r"\b(positive|negative)\b", said.bare, re.I):
        wrong = [f for f in said.about(m.start(), m.end()) if (f.value > 0) != (m.group().lower() == "positive")]
        if wrong:
            return f"{m.group()!r} is not so of {wrong[0].id}"
    return ""
