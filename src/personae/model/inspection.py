"""What a look at the data found before anything was grouped."""

from __future__ import annotations

from dataclasses import dataclass

from personae.model.table import Level

KINDS = {
    "leak": "a column that gives an outcome away",
    "small": "too few users to group",
    "infinite": "numbers without an end, or that are no number",
    "unit_change": "an amount whose unit changes at some day",
    "gap": "days without any event",
    "feed": "days with far fewer or far more events than those around them",
    "began": "events that begin or end in the middle of the time",
    "time": "moments that can hardly be meant",
    "personal": "data that point at one person",
    "sensitive": "columns that say what nobody may be grouped by",
    "identifier": "columns that only name",
    "code": "numbers that are names and have no order",
    "missing": "empty cells, and what they go with",
    "marker": "texts and numbers that may stand for empty",
    "constant": "columns with one value",
    "copy": "columns that say the same thing twice",
    "repeated": "answers of several columns that the same users give",
    "correlated": "columns that rise and fall together",
    "extreme": "a few values far beyond the others",
    "few": "numbers that take few values",
    "duplicates": "rows and ids that appear more than once",
    "profiles": "users who are alike in everything",
    "heavy": "a few users who do most of it",
    "imbalance": "outcomes that hardly anybody has",
    "reading": "how the files were read",
}
"""Every kind of finding, the most urgent first, with what it is about."""


@dataclass(frozen=True)
class Number:
    """A number inside a finding. `unit` is what it counts ("user", "row", "cell", "value"...), "share", "times" or "".

    A share knows its `base`, so that it can be withheld where it stands for too few.
    """

    value: float
    unit: str = ""
    base: int = 0


@dataclass(frozen=True)
class Finding:
    """One thing seen in the data: how much it matters, the columns, what was seen (texts and numbers), what will be done about
    it, and the flag that changes that. `example` may quote a value: it is shown to who holds the data and never written."""

    kind: str
    level: Level
    words: tuple[str | Number, ...]
    columns: tuple[str, ...] = ()
    source: str = ""
    done: str = ""
    flag: str = ""
    example: str = ""
    accepted: bool = False

    @property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers behind the words."""
        return tuple(w for w in self.words if isinstance(w, Number))


@dataclass(frozen=True)
class Looked:
    """A look that found nothing wrong."""

    kind: str
    words: str


@dataclass(frozen=True)
class Pair:
    """Two columns that rise and fall together: rank correlation between -1 and 1."""

    first: str
    second: str
    rho: float


@dataclass(frozen=True)
class Sketch:
    """How the values of a column are spread over users: (label, users) in order; no bar stands for fewer than the floor."""

    source: str
    column: str
    kind: str
    """"histogram" (bars are ranges of numbers) or "levels" (bars are answers)."""
    bars: tuple[tuple[str, int], ...]
    words: str


@dataclass(frozen=True)
class Days:
    """Events of a log by day: `first` is an ISO date, `counts` one number a day, `odd` positions of days worth a mark."""

    source: str
    first: str
    counts: tuple[int, ...]
    odd: tuple[int, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Inspection:
    """All that was seen: findings (stop, warn, pass, in that order), looks that found nothing, pictures, what was bounded."""

    users: int
    findings: tuple[Finding, ...]
    passed: tuple[Looked, ...]
    pairs: tuple[Pair, ...] = ()
    sketches: tuple[Sketch, ...] = ()
    days: tuple[Days, ...] = ()
    bounds: tuple[str, ...] = ()

    @property
    def stops(self) -> tuple[Finding, ...]:
        """The findings that stop a run."""
        return tuple(f for f in self.findings if f.level is Level.STOP)
