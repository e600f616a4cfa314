"""Verify: personas in which every claim holds."""

from __future__ import annotations

from personae import progress
from personae.claims.settle import settled
from personae.model.dossier import Dossier
from personae.model.fact import Fact
from personae.model.persona import Persona


def verify(personas: tuple[Persona, ...], facts: tuple[Fact, ...], dossier: Dossier | None = None) -> tuple[Persona, ...]:
    """The personas without the claims that no fact backs; each removal is said as a warning. A name that another persona has
    or that says what people are and not what they do is replaced by the persona's key. Quotes must be those of the dossier."""
    found = settled(personas, facts, quotes=quotes(dossier))
    for r in found.replaced:
        progress.warn(f"{r.persona}: a sentence was left out of {r.part}, {r.reason}: {r.text!r}")
    return found.personas


def quotes(dossier: Dossier | None) -> tuple[str, ...]:
    """The texts of people that may be quoted."""
    return tuple(q.text for q in getattr(dossier, "quotes", ()))
