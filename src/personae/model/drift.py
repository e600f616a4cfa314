"""How the data of a later run differ from those of the run before, and whether they are fit to be grouped at all."""

from __future__ import annotations

from dataclasses import dataclass

LEAST = 0.1
"""The smallest size that matters: that of a tenth of a standard deviation."""
SIZES = (("small", LEAST), ("medium", 0.3), ("large", 0.5))
"""Words for sizes and where they begin. For a normal measure these are a population stability index of 0.01, 0.09 and 0.25."""


@dataclass(frozen=True)
class Shift:
    """One thing that is not as it was.

    `of` says what: "measure" and "event" (more or less of it), "category" (its answers are spread otherwise), "shape" (a
    measure spread otherwise at about the same height), "empty" (the share without a value), "persona" (the share of users in
    one) or "outside" (in none). `before` and `after` are shares where `unit` is "share of users", and otherwise means of those
    who have any; nan stands for too few to show. `level` is the answer that moved most, and of "outside" the reason of most
    where that is no behaviour. `effect` is a size free of units: Cohen's h for shares, for measures the standardised difference
    that their ranks show; `size` is its word, "small", "medium" or "large"; `p` is corrected for all that was tested.
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
    level: str = ""


@dataclass(frozen=True)
class Gate:
    """A condition that new data must meet before anything is made of them; `words` say what was found, `fix` what to do.

    A gate that passed and has words found a few bad columns, `columns`, which take no part while the rest is done.
    """

    name: str
    passed: bool
    words: str
    fix: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Drift:
    """What shifted, the largest effect first, of `tested` things; `words` sum it up.

    `least` is the smallest size that could be told from chance with so many users.
    """

    tested: int
    shifts: tuple[Shift, ...]
    users_before: int
    users_after: int
    words: str = ""
    least: float = LEAST

    @property
    def clear(self) -> bool:
        """Whether nothing shifted."""
        return not self.shifts


def size(effect: float) -> str:
    """The word for an effect; "" where it is too small to matter."""
    return next((word for word, least in reversed(SIZES) if abs(effect) >= least), "")
