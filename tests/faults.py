"""True sentences and the faults that a writer could make of them, for tests and benchmarks of the checker."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from personae.claims.ground import Ground
from personae.claims.reading import Reading
from personae.claims.walk import claims
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona

TURNED = {
    "more": "less", "More": "Less", "less": "more", "fewer": "more", "higher": "lower", "lower": "higher", "Higher": "Lower",
    "above": "below", "below": "above", "Below": "Above", "rare": "frequent", "hardly": "often", "barely": "often",
}  # fmt: skip
QUANTITIES = {
    "Most of": "Few of", "most of": "few of", "Nearly all": "Hardly any", "half of": "nearly all of", "None of": "Most of",
    "A minority": "A majority", "largest": "smallest", "smallest": "largest", "highest": "lowest", "lowest": "highest",
    "Only": "Nearly all", "One in four": "Three in four",
}  # fmt: skip
QUOTES = (
    " \u201cI would never shop anywhere else,\u201d said one of them.", " As one put it: \u201cIt saves my evenings.\u201d",
    " They say that it is the best shop in town.", " \"I just like it here\" sums it up.",
)  # fmt: skip
CAUSES = (
    ", because they have little time", ", which leads to higher revenue", " due to the price", ", so that they stay longer",
    ", which drives their loyalty", ", as a result of the newsletter",
)  # fmt: skip
OTHERS = (
    " This was the same in 2021.", " 37 % of them said so.", " Twice as many as last year.", " Seven in ten agree.",
    " They feel at home here.", " Most are young women.", " It peaked in March 2024.",
)  # fmt: skip
FIGURE = re.compile(r"(?<![\w.,])\d(?:[\d,]*\d)?(?:\.\d+)?")


@dataclass(frozen=True)
class Planted:
    """A claim with a fault of a kind, as it would stand in a part of a persona."""

    kind: str
    persona: Persona
    part: str
    claim: Claim
    was: str


def planted(personas: Sequence[Persona], known: Ground, said: Sequence[tuple[Persona, str, Claim]] = ()) -> Iterator[Planted]:
    """Faults of every kind, planted in the claims of personas, or in those of `said`."""
    by_key = {p.key: p for p in personas}
    for persona, part, claim in said or [(p, part, c) for p in personas for part, c in claims(p)]:
        if claim.grade == "?" or part.startswith(("opportunity", "surface", "checklist")) or not claim.facts:
            continue
        reading = Reading(claim, persona, known, part)
        yield from _swapped(reading, by_key, known.facts)
        yield from _reworded("wrong direction", reading, TURNED)
        yield from _reworded("wrong quantity", reading, QUANTITIES)
        yield from _magnitudes(reading)
        for kind, endings in (("invented quote", QUOTES), ("invented cause", CAUSES), ("invented statement", OTHERS)):
            for ending in endings:
                yield Planted(kind, persona, part, replace(claim, text=_with(claim.text, ending)), claim.text)


def _with(text: str, ending: str) -> str:
    """A sentence with something behind it, before its full stop where it is no sentence of its own."""
    return text.rstrip(".") + ending + "." if ending.startswith((",", " due")) else text + ending


def _swapped(said: Reading, by_key: Mapping[str, Persona], facts: Mapping[str, Fact]) -> Iterator[Planted]:
    """The sentence told of another persona, with the facts it was made of and with that persona's own."""
    own = said.persona
    for other in by_key.values():
        if other.key == own.key or said.part == "difference" or not other.users:
            continue
        yield Planted("swapped persona", other, said.part, said.claim, said.text)
        pairs = [(facts[i], facts.get(i.replace(f"{own.key}.", f"{other.key}.", 1))) for i in said.claim.facts if i in facts]
        theirs = tuple(b.id for _, b in pairs if b)
        if said.numbers and len(theirs) == len(pairs) and all(b and _unlike(a, b) for a, b in pairs):
            yield Planted("swapped figures", other, said.part, replace(said.claim, facts=theirs), said.text)


def _unlike(a: Fact, b: Fact) -> bool:
    """Whether two facts differ so clearly that no sentence with numbers is true of both."""
    return abs(a.value - b.value) > 0.25 * max(abs(a.value), abs(b.value)) and a.measure not in ("steadiness", "borders")


def _reworded(kind: str, said: Reading, words: Mapping[str, str]) -> Iterator[Planted]:
    """The sentence with one word turned round, outside names and quotes."""
    for was, now in words.items():
        for m in re.finditer(rf"\b{was}\b", said.bare):
            if re.search(r"no clear|sets them apart|more than|fewer than|not ", said.text[max(m.start() - 9, 0) : m.end() + 5]):
                continue
            text = said.text[: m.start()] + now + said.text[m.end() :]
            yield Planted(kind, said.persona, said.part, replace(said.claim, text=text), said.text)


def _magnitudes(said: Reading) -> Iterator[Planted]:
    """The sentence with one figure made half, half as much again, or three times as large, or with another unit."""
    for m in FIGURE.finditer(said.bare):
        number = next((n for n in said.numbers if n.start <= m.start() < n.end), None)
        if number is None or number.side == "scale" or number.bound or (number.form == "ratio" and m.start() > number.start):
            continue
        value, digits = float(m.group().replace(",", "")), len(m.group().partition(".")[2])
        for factor in (0.5, 1.5, 3.0):
            changed = f"{value * factor:.{digits}f}"
            if abs(float(changed) - value) > 2.5 * number.slack and value:
                text = said.text[: m.start()] + changed + said.text[m.end() :]
                yield Planted("wrong magnitude", said.persona, said.part, replace(said.claim, text=text), said.text)
    for was, now in ((" %", " points"), (" times the average", " % of the average"), (" days", " hours"), (" users", " %")):
        at = said.bare.find(was)
        if at > 0 and said.bare[at - 1].isdigit():
            text = said.text[:at] + now + said.text[at + len(was) :]
            yield Planted("wrong unit", said.persona, said.part, replace(said.claim, text=text), said.text)
