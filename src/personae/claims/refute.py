"""Refute: a second look at a claim that held, which tries to show that it says nothing, or more than its facts can carry.

Three doubts, each apart from the recomputation: a difference or a quantity that its interval does not carry; a sentence that
would hold as well with a number or a comparison turned round, so that it was never tested; and words that a fact of the same
persona contradicts although the claim does not cite it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from personae.claims import comparisons
from personae.claims.backing import OWN_WORDS, is_part
from personae.claims.fault import ADVICE, fault
from personae.claims.ground import Ground
from personae.claims.reading import Reading, named
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.words.comparing import quantities
from personae.words.reading import mentions

UNSURE = re.compile(
    r"\bno clear difference\b|\bnot (?:certain|sure|clear)\b|\bfor sure\b|\bcertain with\b|\bmay be chance\b", re.I
)
"""Words that own up to a difference that is not sure."""
FIGURE = re.compile(r"(?<![\w.,])\d(?:[\d,]*\d)?(?:\.\d+)?")
TURNED = {
    "more": "less", "less": "more", "fewer": "more", "higher": "lower", "lower": "higher", "above": "below", "below": "above",
    "most": "few", "few": "most", "twice": "half", "half": "twice", "larger": "smaller", "smaller": "larger",
    "largest": "smallest", "smallest": "largest", "highest": "lowest", "lowest": "highest",
}  # fmt: skip
"""Words and what turns a sentence round in their place."""
WORD = re.compile(rf"\b(?:{'|'.join(TURNED)})\b", re.I)
BY = 1.7
"""What a figure is multiplied by to make a sentence wrong."""


def refuted(claim: Claim, persona: Persona, known: Ground, part: str = "story") -> str:
    """Why a claim that its facts back should still not be told; "" when no doubt stands."""
    if claim.grade == "?" or part in ADVICE or not claim.facts:
        return ""
    said = Reading(claim, persona, known, part)
    return _unsure(said) or _contradicted(said) or _hollow(said)


def _unsure(said: Reading) -> str:
    """A difference that may be none, or a quantity that may be another, by the intervals."""
    if UNSURE.search(said.text):
        return ""
    for d in said.directions:
        for f in comparisons.governed(said, d):
            if f.subject == said.persona.key and f.measure not in OWN_WORDS and _spans(f):
                return f"{f.id} may be no difference at all, by its interval"
    for q in quantities(said.bare):
        for f in (f for f in said.about(q.start, q.end) if is_part(f) and f.low is not None and f.high is not None):
            if (q.low > 0.4 and (f.low or 0.0) < min(q.low, 0.5)) or (q.high < 0.6 and (f.high or 1.0) > max(q.high, 0.5)):
                return f"{said.text[q.start : q.end]!r} may be another number, by the interval of {f.id}"
    return ""


def _spans(fact: Fact) -> bool:
    """Whether the interval of a difference holds no difference; of two intervals that of the multiple is looked at."""
    if fact.multiple_low is not None and fact.multiple_high is not None:
        return fact.multiple_low <= 1 <= fact.multiple_high and fact.multiple_low < fact.multiple_high
    if fact.p is not None:
        return fact.p >= 0.05
    if fact.low is None or fact.high is None or fact.everyone is None:
        return False
    return fact.low <= fact.everyone <= fact.high and fact.low < fact.high


def _contradicted(said: Reading) -> str:
    """A word of more or less about something that the claim names and does not cite, and of which the opposite is known."""
    if not said.directions:
        return ""
    low, cited = said.text.casefold(), {f.label for f in said.cited}
    for f in said.known.own.get(said.persona.key, ()):
        if f.statistic == "median" or f.measure in OWN_WORDS or f.label in cited or comparisons.apart(f) is None:
            continue
        names = [n for n in named(f.label, f.measure, said.known.among) if n.casefold() in low]
        if names and mentions(said.plain, names):
            more = Reading(replace(said.claim, facts=(*said.claim.facts, f.id)), said.persona, said.known, said.part)
            if not _spans(f) and comparisons.directed(more):
                return f"{f.id} says the opposite"
    return ""


def _hollow(said: Reading) -> str:
    """A number or comparison that could be turned round and nothing would be noticed."""
    for what, text in _turned(said):
        if not fault(replace(said.claim, text=text), said.persona, said.known, said.part):
            return f"it would hold as well with another {what!r}, so nothing backs it"
    return ""


def _turned(said: Reading) -> Iterator[tuple[str, str]]:
    """The sentence with each figure and each comparison outside names and quotes turned round, one at a time."""
    for m in FIGURE.finditer(said.bare):
        number = next((n for n in said.numbers if n.start <= m.start() < n.end), None)
        if number is not None and (number.bound or (number.side in ("scale", "everyone") and number.form == "bare")):
            continue
        if number is None or (number.form == "ratio" and m.start() > number.start):
            continue
        value = float(m.group().replace(",", ""))
        wrong = value * BY if value else 7.0
        digits = len(m.group().partition(".")[2])
        yield m.group(), f"{said.text[: m.start()]}{wrong:.{digits}f}{said.text[m.end() :]}"
    for m in WORD.finditer(said.bare):
        if any(d.start <= m.start() < d.end for d in said.directions):
            word = TURNED[m.group().lower()]
            yield m.group(), f"{said.text[: m.start()]}{word}{said.text[m.end() :]}"
