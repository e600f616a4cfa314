"""What the personas give away of who people are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """A measure that formed the groups and goes with an attribute; `strength` is 0 to 1, as a correlation of ranks."""

    name: str
    label: str
    strength: float


@dataclass(frozen=True)
class Attribute:
    """How well something that people are can be guessed from their persona.

    `ground` is the protected ground it belongs to, such as "sex" or "age"; "" for other things people are. `strength` is
    Cramer's V without its bias (0 to 1), `p` of its test, corrected for the number of attributes (Holm). `guessed` is the
    share guessed right on users held out, every answer weighing alike, and `chance` what blind guessing reaches.
    `finding` is "formed" (it formed the groups itself), "flagged" (the personas surely give it away), "proxy" (they do not,
    but a measure that formed them does), "clear" or "few" (of too few users known).
    """

    name: str
    label: str
    ground: str
    users: int
    strength: float | None
    p: float | None
    guessed: float | None
    chance: float | None
    carriers: tuple[Carrier, ...]
    finding: str
