"""Whom to talk to."""

from __future__ import annotations

from dataclasses import dataclass

PARTS = ("typical", "borderline", "contrary")
"""The mix of an interview list, in the order in which places are given."""


@dataclass(frozen=True)
class Invited:
    """One person to talk to: of which persona, as what, and why in words. `part` is one of PARTS, or "inside" for those who
    fill the places that nobody of a part is left for."""

    persona: str
    part: str
    id: str
    why: str
