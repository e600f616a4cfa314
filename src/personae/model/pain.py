"""Something that gets in the way of a persona."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pain:
    """What a detector found for one persona. `kind` is the detector's name, by which the library of actions is searched;
    `at` is the event, phase, column or theme it was found at; `weight` orders pains: the share of the persona's users who are
    hit beyond everyone's share. Every pain rests on `facts`, the first of which measures it; none comes from a name."""

    persona: str
    kind: str
    at: str
    weight: float
    facts: tuple[str, ...]
