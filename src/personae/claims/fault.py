"""Every number and every word of more or less in a claim, recomputed against the facts it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from personae.claims.backing import OWN_WORDS, backs, is_part, sign
from personae.claims.ground import EVERYONE, Ground
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.words.apart import average
from personae.words.names import parts
from personae.words.numbers import LITTLE, alike
from personae.words.reading import Direction, aliases, directions, mentions, numbers

UNKNOWABLE = (
    (re.compile(r"\b(last|previous|next|this) (year|quarter|month|week|time)\b|\byesterday\b|\bthan before\b", re.I),
     "it compares with another time"),
    (re.compile(r"\b(because|due to|so that|causes?|caused by|leads? to|thanks to|as a result)\b", re.I), "it names a cause"),
)  # fmt: skip
"""What no fact of one run can back."""
LIKE = "like everyone"
FAIRLY = 0.6
"""A group that comes back less than this is shaky (Hennig 2007)."""


def fault(claim: Claim, persona: Persona, known: Ground, part: str = "story") -> str:
    """Why a claim of a persona does not hold; "" when it does."""
    facts, names = known.facts, known.names
    if claim.grade != "M":
        return "" if claim.grade in ("S", "A", "?") else f"its grade {claim.grade!r} is unknown"
    if not claim.facts:
        return "it cites no fact"
    missing = [i for i in claim.facts if i not in facts]
    if missing:
        return f"there is no fact {missing[0]}"
    cited = [facts[i] for i in claim.facts]
    allowed = {persona.key, EVERYONE} | ({persona.nearest} if part == "difference" else set())
    foreign = next((f for f in cited if f.subject not in allowed), None)
    if foreign:
        return f"it cites {foreign.id}, which is about another group"
    called = {f.id: aliases(f.label, f.measure, known.among) for f in cited if f.measure not in OWN_WORDS}
    text = _masked(claim.text, called.values())
    allowed |= {k for k in names.values() if f"{persona.key}.soft.{k}" in claim.facts}
    if any(k not in allowed and _names(text, n) for n, k in names.items()):
        return "it names another group"
    return _overstated(claim.text, cited, persona, facts) or _unbacked(claim.text, cited, called, persona, names)


def _names(text: str, name: str) -> bool:
    """Whether a text names a group: one of a single word, like "Others", only with its capital inside a sentence."""
    found = mentions(text, [name])
    return bool(found) if " " in name else any(text[s:e] == name for s, e in found)


def _overstated(text: str, cited: list[Fact], persona: Persona, facts: Mapping[str, Fact]) -> str:
    """Why words about gaps, about the average and about almost nothing do not hold; "" when they do."""
    low, own = text.lower(), {f.id.partition(".")[2]: f for f in cited if f.subject == persona.key}
    borders, steady = own.get("borders"), own.get("steadiness")
    if "this is a natural group" in low:
        if borders is None or borders.value != borders.everyone:
            return "it has no gap to some of its neighbours"
        if (steady.value if steady else persona.steadiness) < FAIRLY and "shaky" not in low:
            return "it is shaky"
    if re.search(r"\ba gap (to|between)\b", low) and (borders is None or borders.value == 0):
        return "no fact it cites shows a gap"
    if re.search(r"\bno gap shows\b", low) and (borders is None or borders.value > 0):
        return "no fact it cites says that there is no gap"
    if re.search(r"\bclose to the average\b", low) and not average(facts.values(), persona.key):
        return "some of its measures are far from the average"
    if re.search(r"\balmost none\b", low) and not any(f.multiple is not None and f.multiple < LITTLE for f in cited):
        return "no fact it cites is almost none"
    return ""


def _masked(text: str, names: Iterable[Iterable[str]]) -> str:
    """The text with names blanked out, of the same length."""
    for start, end in mentions(text, (n for several in names for n in several)):
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _unbacked(
    text: str, cited: list[Fact], labels: Mapping[str, tuple[str, ...]], persona: Persona, names: Mapping[str, str]
) -> str:
    """The first number, direction or name in a text that the cited facts do not back; "" when there is none."""
    if LIKE in text.lower():
        return _unlike(text, cited, labels)
    for f in cited:
        if f.id in labels and not mentions(text, labels[f.id]) and not _words_of(f) & _words(text):
            return f"it does not say what {f.id} is about"
    places = _places(text, labels)
    plain = _masked(text, labels.values())
    for pattern, why in UNKNOWABLE:
        if pattern.search(plain):
            return why
    masked = text
    for start, end in (*mentions(text, names), *((s, e) for s, e, _ in places)):
        masked = masked[:start] + "\x00" * (end - start) + masked[end:]
    nearest = [s for s, _ in mentions(text, [n for n, k in names.items() if k == persona.nearest])]
    for number in numbers(masked):
        facts = [f for f in cited if f.id in (_owner(number.start, places, text) or {c.id for c in cited})]
        facts += [f for f in cited if f.measure in OWN_WORDS and f not in facts]
        if any(f.subject == persona.nearest for f in cited):
            other = any(_between(text, s, number.start) for s in nearest)
            facts = [f for f in facts if (f.subject == persona.nearest) == other]
        if not any(backs(f, number) for f in facts):
            return f"no fact it cites backs {number.text.strip()!r}"
    for d in directions(masked):
        facts = [f for f in cited if f.id in _governed(d, places, masked, {c.id for c in cited})]
        if any(sign(f) not in (d.sign, None) for f in facts if f.subject == persona.key):
            return f"{masked[d.start : d.end]!r} has the wrong direction"
    return ""


def _unlike(text: str, cited: list[Fact], labels: Mapping[str, tuple[str, ...]]) -> str:
    """Why a text that says "like everyone" does not hold: a fact it cites differs clearly, or is about something else."""
    for f in cited:
        stem = parts(f.label, f.measure)[0]
        whole = (*labels.get(f.id, ()), *aliases(stem, f.measure.partition("=")[0]))
        if not mentions(text, whole) and not _words_of(f) & _words(text):
            return f"it does not say what {f.id} is about"
        part = is_part(f)
        if f.p is not None and f.p < 0.05 and not alike(f.value, f.everyone or 0.0, part=part):
            return f"{f.id} differs from everyone"
    invented = numbers(_masked(text, labels.values()))
    return f"no fact it cites backs {invented[0].text.strip()!r}" if invented else ""


def _words(text: str) -> set[str]:
    """The words of a text."""
    return set(re.findall(r"[^\W_]+", text.lower()))


def _words_of(fact: Fact) -> frozenset[str]:
    """The words that carry what a fact is about."""
    return frozenset(w for w in re.findall(r"[^\W_]+", fact.label.lower()) if len(w) > 3)


def _places(text: str, labels: Mapping[str, Iterable[str]]) -> list[tuple[int, int, frozenset[str]]]:
    """Where the text names what facts are about: (start, end, fact ids), longer names first."""
    by_name: dict[str, set[str]] = {}
    for i, names in labels.items():
        for n in names:
            by_name.setdefault(n.casefold(), set()).add(i)
    spans: list[tuple[int, int, frozenset[str]]] = []
    for name in sorted(by_name, key=lambda n: (-len(n), n)):
        for start, end in mentions(text, [name]):
            if not any(start < e and s < end for s, e, _ in spans):
                spans.append((start, end, frozenset(by_name[name])))
    return sorted(spans, key=lambda s: s[0])


def _owner(start: int, places: list[tuple[int, int, frozenset[str]]], text: str) -> frozenset[str]:
    """The facts a number at that place is about: those named last before it, or else first behind it."""
    before = [ids for _, e, ids in places if e <= start]
    return before[-1] if before else places[0][2] if places else frozenset()


def _between(text: str, name: int, number: int) -> bool:
    """Whether a group's name and a number stand in the same part of a sentence."""
    low, high = sorted((name, number))
    return not re.search(r"[;,:](?!\d)", text[low:high])


def _governed(d: Direction, places: list[tuple[int, int, frozenset[str]]], text: str, everything: set[str]) -> set[str]:
    """The facts a word of more or less is about: those named behind it up to the next such word, or else before it."""
    later = [x.start for x in directions(text) if x.start > d.start]
    stop = min([*later, *(d.end + m.start() for m in re.finditer(r"[;.](?!\d)", text[d.end :]))], default=len(text))
    behind = {i for s, _, ids in places if d.end <= s < stop for i in ids}
    if behind:
        return behind
    before = [ids for _, e, ids in places if e <= d.start]
    return set(before[-1]) if before else everything
