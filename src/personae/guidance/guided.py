"""Personas with what could be done for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from personae.guidance.library import library
from personae.guidance.propose import Case, checklist, spread, touches
from personae.guidance.signals import signals
from personae.model.dossier import Dossier
from personae.model.fact import Fact
from personae.model.library import Library
from personae.model.persona import Claim, Opportunity, Persona, Profile
from personae.model.study import Study
from personae.model.vocabulary import is_thing
from personae.words.names import plural


@dataclass(frozen=True)
class Wording:
    """How a writer says things: a fact as a claim, what it is about in a sentence, and one of its values."""

    say: Callable[[Fact], Claim]
    thing: Callable[[Fact], str]
    value: Callable[[Fact, float], str]


def guided(
    personas: tuple[Persona, ...],
    profiles: tuple[Profile, ...],
    facts: Mapping[str, Fact],
    wording: Wording,
    study: Study,
    dossier: Dossier,
) -> tuple[Persona, ...]:
    """The personas with their opportunities, checklists and cells of surfaces; those of groups that are not told of, and those
    of things such as products, which nobody greets or writes to, stay as they are.

    Raises UsageError P001 where the study names a library that does not fit.
    """
    known = library(study.library)
    if is_thing(study.entity):
        return personas
    cases = [_case(x, p, facts, wording, study, dossier) for x, p in zip(personas, profiles, strict=True) if p.facts]
    proposed = {c.key: (c, found) for c, found in zip(cases, spread(cases, known), strict=True)}
    return tuple(_one(p, *proposed[p.key], study, known) if p.key in proposed else p for p in personas)


def _case(
    persona: Persona, profile: Profile, facts: Mapping[str, Fact], wording: Wording, study: Study, dossier: Dossier
) -> Case:
    """One persona as the proposals see it."""
    seen = signals(profile, dossier.pains, facts, wording.say, wording.thing, persona.hinders)
    own = {i: f for i, f in facts.items() if f.subject == profile.key}
    return Case(
        profile.key, profile.users, profile.share, seen, own, wording.value, study.entity, plural(study.entity), dossier.days
    )


def _one(persona: Persona, case: Case, proposed: tuple[Opportunity, ...], study: Study, known: Library) -> Persona:
    """One persona with its proposals."""
    return replace(
        persona,
        opportunities=proposed,
        checklist=checklist(case, known),
        touches=touches(case, known, study.surfaces),
    )
