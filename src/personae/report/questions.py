"""What the data cannot explain about each persona, as questions for people, and what people have answered since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from personae.model.cast import Cast
from personae.model.edit import Note
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona, Profile
from personae.words.catalogue import say
from personae.words.empathy import why
from personae.words.names import capital, done, parts, readable, short

ALIKE = 0.8
"""Likeness of two texts from which on they are taken for the same question."""
SURE = 0.05
MOST = 6
"""Questions of one persona that are listed; those that a person brought or answered come on top."""
KINDS = ("pain", "trait", "less", "border", "empathy")
"""Kinds of questions, the best first."""
UNKNOWN = Claim("Not recorded.", "?", ())


@dataclass(frozen=True)
class Question:
    """A question about a persona. `why` is what the data show and do not explain; `notes` are the answers to it."""

    persona: str
    text: str
    why: Claim
    kind: str
    """"trait", "less", "pain", "border", "empathy", "hypothesis", or "own" for one that a person brought."""
    notes: tuple[Note, ...] = ()

    @property
    def confirmed(self) -> int:
        """How many answers bear it out."""
        return sum(n.says == "confirmed" for n in self.notes)

    @property
    def refuted(self) -> int:
        """How many answers speak against it."""
        return sum(n.says == "refuted" for n in self.notes)

    @property
    def state(self) -> str:
        """ "confirmed" or "refuted" where all answers say so, "disputed" where they differ, else "open"."""
        if self.confirmed and self.refuted:
            return "disputed"
        return "confirmed" if self.confirmed else "refuted" if self.refuted else "open"


def questions(cast: Cast, key: str = "") -> tuple[Question, ...]:
    """The questions about one persona, or about all: at most six of each, the first of every kind before the second of any, and
    all that a person brought or answered."""
    found: list[Question] = []
    for p in cast.personas:
        if key in ("", p.key):
            found += _best(_of(cast, p))
    return tuple(found)


def asked(cast: Cast, key: str, text: str) -> str:
    """The persona's question that a text means; the text itself where there is none like it."""
    known = {_plain(q.text): q.text for p in cast.personas if key in ("", p.key) for q in _of(cast, p)}
    near = get_close_matches(_plain(text), list(known), 1, ALIKE)
    return known[near[0]] if near else text


def _best(found: list[Question]) -> list[Question]:
    """The best questions of one persona, in their order."""
    turn = {q.text: [x.text for x in found if x.kind == q.kind].index(q.text) for q in found}
    offered = [q for q in found if q.kind in KINDS]
    first = sorted(offered, key=lambda q: (turn[q.text], KINDS.index(q.kind)))[:MOST]
    return [q for q in found if q in first or q.notes or q.kind not in KINDS]


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c == " ").strip()


def _of(cast: Cast, p: Persona) -> list[Question]:
    profile = next(x for x in cast.profiles if x.key == p.key)
    facts = {f.id: f for f in cast.facts}
    made: dict[str, Question] = {}
    for q in (*_pains(cast, p, facts), *_traits(p, profile, facts), *_borders(cast, p, facts), *_unsaid(p)):
        made.setdefault(q.text, q)
    for n in p.notes:
        if n.about:
            made.setdefault(n.about, Question(p.key, n.about, UNKNOWN, "own"))
    answers = {t: tuple(n for n in p.notes if n.about == t) for t in made}
    return [Question(q.persona, q.text, q.why, q.kind, answers[t]) for t, q in made.items()]


def _traits(p: Persona, profile: Profile, facts: dict[str, Fact]) -> Iterator[Question]:
    """Why they do what sets them apart, the more so where no outcome differs."""
    said = {c.facts[0]: c for c in p.traits if c.facts}
    outcomes = [facts[i] for i in profile.outcomes if i in facts]
    flat = [f for f in outcomes if f.p is not None and f.p >= SURE]
    for t in profile.above[:2]:
        if t.fact in said and t.fact in facts:
            thing, doing = _thing(facts[t.fact]), facts[t.fact].unit == "share of activity"
            text = (
                f"What do they get out of {thing}?" if doing else f"{capital(thing)}, more than on average: what is behind it?"
            )
            yield Question(p.key, text, said[t.fact], "trait")
    told = {c.facts[0]: c for c in p.outcomes if c.facts}
    if profile.above and flat and len(flat) == len(outcomes) and flat[0].id in told:
        text = f"What they do differs, {_thing(flat[0])} does not: what else decides it?"
        yield Question(p.key, text, told[flat[0].id], "trait")
    for t in [t for t in profile.below if not t.label.startswith("mentions ")][:2]:
        if t.fact in said and t.fact in facts:
            yield Question(p.key, _less(facts[t.fact]), said[t.fact], "less")


def _less(f: Fact) -> str:
    """The question about what they do less of, or what is lower or rarer among them."""
    if f.unit == "share of activity":
        return f"Little {_thing(f)}: what keeps them from more?"
    return f"{capital(_thing(f))}, less than on average: what is behind it?"


def _pains(cast: Cast, p: Persona, facts: dict[str, Fact]) -> Iterator[Question]:
    """What happens where they stop or try again, and what each other kind of pain leaves open."""
    known = {x.facts[0]: x for x in cast.dossier.pains if x.persona == p.key and x.facts}
    for c in p.hinders:
        pain = next((known[i] for i in c.facts if i in known and i in facts), None)
        if pain is not None:
            at = f"What happens to them at {readable(pain.at)}?"
            yield Question(p.key, at if pain.kind in ("drop", "retry") else why(pain, say), c, "pain")


def _borders(cast: Cast, p: Persona, facts: dict[str, Fact]) -> Iterator[Question]:
    for q in cast.personas:
        id = f"{p.key}.soft.{q.key}"
        if id in facts:
            claim = Claim("No gap shows between the two groups.", "M", (id,))
            yield Question(p.key, f"When do they act like \u201c{q.name}\u201d, and what decides it?", claim, "border")


def _unsaid(p: Persona) -> Iterator[Question]:
    """What stays empty in the empathy map, and what was written down as a guess."""
    for quadrant in p.empathy:
        if quadrant.ask and not quadrant.claims:
            yield Question(p.key, quadrant.ask, UNKNOWN, "empathy")
    parts = (p.story, p.does, p.wants, p.hinders, p.meets, p.value, *(x.claims for x in p.empathy))
    for c in (c for part in parts for c in part if c.grade == "?"):
        yield Question(p.key, c.text if c.text.endswith("?") else f"Is it so: {c.text}", UNKNOWN, "hypothesis")


def _thing(f: Fact) -> str:
    """What a fact is about, short enough for a sentence."""
    if f.unit == "share of activity":
        return short(done(f.label, f.measure))
    stem, level = parts(f.label, f.measure)
    return f"{short(stem)} is {short(level)}" if level else short(stem)
