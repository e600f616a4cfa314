"""Verify: personas in which every claim holds."""

from __future__ import annotations

from personae import progress
from personae.claims.settle import Refusal, settled
from personae.model.dossier import Dossier
from personae.model.fact import Fact
from personae.model.persona import Persona


def verify(personas: tuple[Persona, ...], facts: tuple[Fact, ...], dossier: Dossier | None = None) -> tuple[Persona, ...]:
    """The personas without the claims that no fact backs; each removal is told. A name that another persona has
    or that says what people are and not what they do is replaced by the persona's key. Quotes must be those of the dossier."""
    found = settled(personas, facts, quotes=quotes(dossier))
    for r in found.replaced:
        progress.warn(_removed(r))
    return found.personas


def _removed(r: Refusal) -> str:
    """What was taken out, in words; why is for whoever writes, and stands in the ledger of what was written."""
    if r.part == "name":
        return f"{r.persona} is not called {r.text!r}: {r.reason}"
    return f"a sentence on {r.persona} was left out, as its numbers do not carry it for certain: {r.text}"


def quotes(dossier: Dossier | None) -> tuple[str, ...]:
    """The texts of people that may be quoted."""
    return tuple(q.text for q in getattr(dossier, "quotes", ()))
