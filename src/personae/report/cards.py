"""One card per persona."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personae.charts.avatar import NO_DRAWING, Avatar, avatar
from personae.charts.look import Mark, mark
from personae.charts.multiples import Line, line
from personae.charts.numbers import count, percent, plural, sentence
from personae.charts.steadiness import hundred
from personae.charts.traits import Differences, shown, traits
from personae.model.cast import Cast
from personae.model.edit import Note
from personae.model.fact import Fact
from personae.model.persona import UNTESTED, Claim, Persona, Profile
from personae.model.vocabulary import is_thing
from personae.report.proof import Proof, Said, said
from personae.words.names import clean
from personae.words.worlds import caveat, life


@dataclass(frozen=True)
class Noted:
    """A note of a person: its text, and what it is about, what it says, where it comes from and when, in a line."""

    text: str
    mark: str


@dataclass(frozen=True)
class Card:
    """Everything on one persona's page."""

    key: str
    mark: Mark
    name: str
    users: str
    share: str
    steady: str
    steady_words: str
    tagline: Said
    differences: Differences
    traits: tuple[Said, ...]
    story: tuple[Said, ...]
    outcomes: tuple[Said, ...]
    demographics: tuple[Said, ...]
    difference: Said | None
    firm: str
    firm_proofs: tuple[Proof, ...]
    edited: bool
    life: str = ""
    """In how many other ways to form the groups it is there; "" where none were tried."""
    notes: tuple[Noted, ...] = ()
    """What people wrote about it."""
    typical: tuple[str, ...] = ()
    """The most typical things of a group, where things are grouped and no people."""
    avatar: Avatar = NO_DRAWING
    picture: str = ""
    """An own picture as a data address; it then stands in place of the drawing, and says so."""
    does: tuple[Said, ...] = ()
    wants: tuple[Said, ...] = ()
    hinders: tuple[Said, ...] = ()
    meets: tuple[Said, ...] = ()
    value: tuple[Said, ...] = ()
    opportunities: tuple[tuple[str, str], ...] = ()
    """Title and horizon of the first of what could be done."""
    asks: tuple[str, ...] = ()
    """What nobody can know without asking."""
    origin: str = ""
    """Where the card comes from, in words."""
    near: str = ""
    """The place on the page of the nearest persona."""


ORIGINS = {
    "data": "from data", "interviews": "from interviews", "assumption": "an assumption: nobody measured it",
    "edited": "from data, edited by a person",
}  # fmt: skip
SHOWN = 3
"""Opportunities, questions and lines of a block on a card; the rest stands in the parts that are about them."""


def scale(cast: Cast) -> Line:
    """One line for the difference bars of all cards, so that they compare."""
    return line(tuple(t.multiple for p in cast.profiles for t in shown(p)))


def card(cast: Cast, persona: Persona, facts: Mapping[str, Fact], proofs: Mapping[str, Proof], on: Line) -> Card:
    """The card of a persona; `on` is the line of the difference bars."""
    profile = next(p for p in cast.profiles if p.key == persona.key)

    def all_of(claims: tuple[Claim, ...]) -> tuple[Said, ...]:
        return tuple(said(c, proofs) for c in claims)

    return Card(
        key=persona.key,
        mark=mark(persona.index),
        name=persona.name,
        users=count(persona.users),
        share=percent(persona.share),
        steady="; ".join(x for x in (persona.steady, caveat(cast.evidence.worlds, persona.index)) if x),
        steady_words=_steady(persona),
        tagline=said(persona.tagline, proofs),
        differences=traits(profile, persona.name, facts, on, cast.study.floor),
        traits=all_of(persona.traits),
        story=all_of(persona.story),
        outcomes=all_of(persona.outcomes),
        demographics=all_of(persona.demographics),
        difference=said(persona.difference, proofs) if persona.difference else None,
        firm=firm(profile, cast.study.entity, cast.study.floor),
        firm_proofs=tuple(proofs[id] for id in profile.facts[2:] if id in proofs),
        edited=persona.origin == "edited",
        life=sentence(life(cast.evidence.worlds, persona.index)) if cast.evidence.worlds else "",
        notes=tuple(noted(n) for n in persona.notes),
        typical=typical(cast, persona.key),
        picture=persona.picture,
        avatar=avatar(profile, mark(persona.index), persona.name),
        does=all_of(persona.does[:SHOWN]),
        wants=all_of(persona.wants[:SHOWN]),
        hinders=all_of(persona.hinders[:SHOWN]),
        meets=all_of(persona.meets[:SHOWN]),
        value=all_of(persona.value),
        opportunities=tuple((o.title, o.horizon) for o in persona.opportunities[:SHOWN]),
        asks=tuple(dict.fromkeys(q.ask for q in persona.empathy if q.ask and not q.claims))[:SHOWN],
        origin=ORIGINS.get(persona.origin, persona.origin),
        near=persona.nearest if persona.difference else "",
    )


def noted(note: Note) -> Noted:
    """A note as a card shows it."""
    about = f"on \u201c{note.about}\u201d" if note.about else ""
    return Noted(note.text, ", ".join(x for x in (about, note.says, note.source, note.date) if x))


def _steady(persona: Persona) -> str:
    """How much of a group comes back, and what follows where that is little (Hennig 2007)."""
    if persona.steady == UNTESTED:
        return "A person made this group; whether it comes back on other samples was not tested."
    words = f"Repeated on other samples, this group comes back {hundred(persona.steadiness)} times in 100."
    return f"{words} Below 60 a group is not to be trusted." if persona.steady == "shaky" else words


def typical(cast: Cast, key: str) -> tuple[str, ...]:
    """The names of the most typical things of a group; of people nothing is shown."""
    if not is_thing(cast.study.entity):
        return ()
    return tuple(clean(m.id) for m in cast.members if m.persona == key and m.part == "typical")


def firm(profile: Profile, entity: str, floor: int) -> str:
    """How many of a group sit near its border, in a sentence."""
    many, users = plural(entity), round(profile.border_share * profile.users)
    if not users:
        return f"None of these {many} sit near a border with another group."
    if users < floor:
        return f"Fewer than {floor} of these {many} sit near the border with another group."
    share = percent(profile.border_share)
    return f"{share} of these {many} sit near the border with another group and could go either way."
