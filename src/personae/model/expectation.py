"""What people expect of a run, written down beside its settings, and what was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expectation:
    """One assertion. `persona` is the key or name it is about, "" for the whole run; `what` is what is looked at.

    A number must be from `low` to `high` (shares from 0 to 1; None for no bound); a word must be one of `words`. `text` is
    what was written, in line `line` of its file.
    """

    persona: str
    what: str
    text: str
    line: int
    low: float | None = None
    high: float | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """Whether an expectation holds: "held", "failed", or "not checked" where this run cannot say; `found` says what is."""

    expectation: Expectation
    state: str
    found: str

    @property
    def held(self) -> bool:
        """Whether nothing speaks against it."""
        return self.state != "failed"
