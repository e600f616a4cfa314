"""How the data of a later run differ from those of the run before, and whether they are fit to be grouped at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shift:
    """One thing that is not as it was.

    `of` says what: "measure", "event", "category", "empty" (the share without a value) or "persona" (the share of users in
    one). `before` and `after` are means or shares in `unit`; `effect` is a size free of units (standard deviations for means,
    Cohen's h for shares) and `size` its word: "small", "medium" or "large"; `p` is corrected for all that was tested.
    """

    of: str
    name: str
    label: str
    unit: str
    before: float
    after: float
    effect: float
    size: str
    p: float
    words: str = ""


@dataclass(frozen=True)
class Gate:
    """A condition that new data must meet before anything is made of them; `words` say what was found, `fix` what to do."""

    name: str
    passed: bool
    words: str
    fix: str = ""


@dataclass(frozen=True)
class Drift:
    """What shifted, the largest effect first, of `tested` things; `words` sum it up."""

    tested: int
    shifts: tuple[Shift, ...]
    users_before: int
    users_after: int
    words: str = ""

    @property
    def clear(self) -> bool:
        """Whether nothing shifted."""
        return not self.shifts
