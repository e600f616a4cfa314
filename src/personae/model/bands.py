"""Bands of one measure: where it is cut, who lies between the cuts, and how that compares with fixed buckets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which measure to cut, against which outcome ("" for none), into how many bands at most, and the buckets in use."""

    column: str
    against: str = ""
    most: int = 6
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True)
class Cut:
    """A cut: values below `value` lie in the band before it.

    `at` is where it was found, `low` to `high` its 95 % interval, `value` the roundest number near the middle of that. `kind`
    is "valley", "outcome", "use" (drawn because it was asked for) or "zero" (0 itself lies before it). `p` says how easily
    chance does the same, None where that was not asked.
    """

    value: float
    at: float
    low: float
    high: float
    kind: str
    p: float | None = None


@dataclass(frozen=True)
class Band:
    """One band: its name, `low` <= value < `high` (None: open), users and share. `outcome` is the mean or rate with its
    interval, None where no outcome was asked for or too few users stand behind it."""

    name: str
    low: float | None
    high: float | None
    users: int
    share: float
    outcome: float | None = None
    outcome_low: float | None = None
    outcome_high: float | None = None


@dataclass(frozen=True)
class Contest:
    """Bands found on one half of the users against fixed buckets, on the other half; shares of what differs that each explains.

    `best` and `buckets_best` are what as many bands, placed as well as can be, explain there; None against an outcome.
    `winner` is "bands", "buckets" or "neither".
    """

    users: int
    bands: int
    explained: float
    best: float | None
    buckets: tuple[float, ...]
    usual: bool
    buckets_explained: float
    buckets_best: float | None
    winner: str
    words: str


@dataclass(frozen=True)
class Bands:
    """The answer: `kind` is "natural", "telling", "use" (forced) or "none"; `why` says it in a sentence. `empty` users have no
    value (None: fewer than the floor). `bins` are the edges
    and users of a picture, none of them fewer than the floor without being 0. `scale` is "raw" or "log"."""

    column: str
    label: str
    unit: str
    scale: str
    entity: str
    users: int
    empty: int | None
    kind: str
    why: str
    cuts: tuple[Cut, ...]
    bands: tuple[Band, ...]
    notes: tuple[str, ...] = ()
    against: str = ""
    against_share: bool = False
    trend: str = ""
    """How the outcome goes from band to band: "rises", "falls" or "turns"."""
    contest: Contest | None = None
    edges: tuple[float, ...] = field(default=(), repr=False)
    counts: tuple[int, ...] = field(default=(), repr=False)

    def place(self, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
        """The position of the band of each value (n,), -1 for empty ones."""
        import numpy as np

        x = np.asarray(values, np.float64)
        at = np.zeros(len(x), np.int64)
        for c in self.cuts:
            at += (x > c.value) if c.kind == "zero" else (x >= c.value)
        return np.where(np.isnan(x), -1, at)

    def case(self, column: str = "") -> str:
        """The same as an SQL expression over a numeric column, NULL for empty values."""
        name = quoted(column or self.column)
        last = self.bands[-1].name if self.bands else ""
        whens = [
            f"  WHEN {name} {'<=' if c.kind == 'zero' else '<'} {number(c.value)} THEN {_text(b.name)}"
            for c, b in zip(self.cuts, self.bands)
        ]
        return "\n".join(("CASE", f"  WHEN {name} IS NULL THEN NULL", *whens, f"  ELSE {_text(last)}", "END"))


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def number(value: float) -> str:
    """A number as SQL and people read it, without an exponent."""
    if value == round(value) and abs(value) < 1e15:
        return str(round(value))
    from decimal import Decimal

    return format(Decimal(repr(value)), "f")


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
