"""What claims are checked against."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from personae.model.fact import Fact
from personae.model.persona import Persona
from personae.words.naming import stems

EVERYONE = "all"


@dataclass(frozen=True)
class Ground:
    """The facts of a run by id, the key of each persona's name, and the texts that people wrote and that may be quoted."""

    facts: Mapping[str, Fact]
    names: Mapping[str, str]
    quotes: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    """The long labels of the run, which a sentence may cut to what tells them apart."""
    own: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    """The facts of each subject."""


def ground(personas: Iterable[Persona], facts: Iterable[Fact], quotes: Iterable[str] = ()) -> Ground:
    """The ground of these personas."""
    facts = tuple(facts)
    own: dict[str, tuple[Fact, ...]] = {}
    for f in facts:
        own[f.subject] = (*own.get(f.subject, ()), f)
    return Ground({f.id: f for f in facts}, {p.name: p.key for p in personas}, tuple(quotes), stems(facts), own)
