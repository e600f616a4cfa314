"""The empathy maps as a page shows them: what can be observed first, what goes on inside last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personae.model.persona import Persona
from personae.report.proof import Proof, Said, said

TITLES = {
    "sees": "Sees", "says": "Says", "does": "Does", "hears": "Hears", "thinks": "Thinks", "feels": "Feels", "pains": "Pains",
    "gains": "Gains",
}  # fmt: skip
"""The parts and their headings, in the order of the canvas."""


@dataclass(frozen=True)
class Part:
    """One part of a map; without claims it is empty, and `ask` is what would fill it."""

    name: str
    title: str
    claims: tuple[Said, ...]
    ask: str


def empathy(persona: Persona, proofs: Mapping[str, Proof]) -> tuple[Part, ...]:
    """The map of a persona; empty where it has none."""
    return tuple(
        Part(q.part, TITLES.get(q.part, q.part), tuple(said(c, proofs) for c in q.claims), q.ask) for q in persona.empathy
    )
