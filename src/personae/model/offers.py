"""What was offered, and who took it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Offers:
    """Offers, products or campaigns that users took or did not. `column` names them; `looked_at` users were counted.

    `names` and `codes` go together: the fact "P1.<code>" is the share of users of P1 who took the offer of that name at least
    once, "all.<code>" the share of everyone. A fact that would rest on too few is not there.
    """

    column: str
    names: tuple[str, ...]
    codes: tuple[str, ...]
    looked_at: int


@dataclass(frozen=True)
class Decision:
    """What to do with one offer for one persona: `act` is "send", "other offer", "do not send", or "" where too few took it to
    say. `take` and `everyone` are the facts of the take-up, `lift` the one over the other, `instead` the name of the other
    offer, `why` the reason."""

    persona: str
    offer: str
    act: str
    why: str
    take: str
    everyone: str
    lift: float | None
    instead: str = ""
