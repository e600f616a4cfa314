"""Who worded the sentences of a cast, when, and which of them are the plain writer's all the same."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which language model is to word a cast, and what that may cost.

    `model` is "openai:NAME", "anthropic:NAME" or "local:NAME"; `url` the address of the endpoint, needed for "local" and left
    empty for a provider's own. `budget` is in tokens, sent and received; `seconds` is the time one attempt may take, `total`
    that of all together; `pause` the first wait of the back-off, doubled each time.
    """

    model: str
    url: str = ""
    budget: int = 100_000
    again: bool = False
    """Whether answers of earlier runs are left aside."""
    seconds: float = 30.0
    total: float = 600.0
    pause: float = 0.5


@dataclass(frozen=True)
class Kept:
    """A line that stays the plain writer's: of which persona, in which part of it, and why."""

    persona: str
    part: str
    reason: str


@dataclass(frozen=True)
class Worded:
    """How a language model worded a cast. Nothing in it depends on when the cast was worded again from kept answers."""

    model: str
    date: str
    """Of the newest answer, as 2026-05-30; empty where none came."""
    place: str
    """Where the model is: a provider's host, or "this machine" or "a server of yours"."""
    sent: str
    """Hash of every request, in their order."""
    requests: int
    tokens: int
    """Sent and received, as the endpoint counted them."""
    lines: int
    """Lines that the model was asked for."""
    kept: tuple[Kept, ...] = ()

    @property
    def made(self) -> int:
        """Lines that are the model's."""
        return self.lines - len(self.kept)
