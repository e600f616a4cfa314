"""What claims are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from personae.model.fact import Fact
from personae.model.persona import Persona
from personae.words.names import readable
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
    labels: frozenset[str] = frozenset()
    """What is measured, folded: a sentence may put these words in quotation marks."""


def ground(personas: Iterable[Persona], facts: Iterable[Fact], quotes: Iterable[str] = ()) -> Ground:
    """The ground of these personas."""
    facts = tuple(facts)
    own: dict[str, tuple[Fact, ...]] = {}
    for f in facts:
        own[f.subject] = (*own.get(f.subject, ()), f)
    labels = frozenset(folded(t) for f in facts for t in (f.label, readable(f.measure)))
    return Ground({f.id: f for f in facts}, {p.name: p.key for p in personas}, tuple(quotes), stems(facts), own, labels)


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """The words of a text alone, for comparing."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
