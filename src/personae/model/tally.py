"""What is kept of a log so that later files add to it, instead of the log."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Counted:
    """What of a log is added up, and how its columns are read; plain data, the same for every run that reads the same things.

    A tally holds how often each user did each event. With `days` it holds that for each day; with `clock` also the parts of the
    day and the stretches without a long pause, from which sessions follow; for each of the `amounts` its exact sum.
    """

    id: str
    event: str = ""
    time: str = ""
    format: str = ""
    """Kind and format of the times."""
    zone: str = ""
    window: str = ""
    amounts: tuple[tuple[str, str], ...] = ()
    """Columns of numbers, and how they are read."""
    hidden: tuple[str, ...] = ()
    """Events that are left out."""
    missing: tuple[str, ...] = ()
    days: bool = False
    clock: bool = False

    def lacks(self, wanted: Counted) -> str:
        """What a rule that wants this would miss, in words; "" where all of it is here."""
        for name in (f.name for f in fields(self) if f.name not in ("amounts", "days", "clock")):
            here, there = getattr(self, name), getattr(wanted, name)
            if here != there:
                return f"{_WORDS[name]} {_said(here)}, and the rule reads {_said(there)}"
        amounts = [n for n, how in wanted.amounts if (n, how) not in self.amounts]
        if amounts:
            return f"no sums of {', '.join(amounts)}"
        if wanted.days > self.days:
            return "no days, which the rule reads"
        return "no sessions and hours, which the rule reads" if wanted.clock > self.clock else ""


_WORDS = {
    "id": "ids of", "event": "events of", "time": "times of", "format": "times as", "zone": "the time zone",
    "window": "the window", "hidden": "hidden events", "missing": "missing markers",
}  # fmt: skip


def _said(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value) or "none"


@dataclass(frozen=True)
class Piece:
    """A file that was counted: its name, the sha256 of its bytes, rows that were used and set aside, and the first and last
    second of its times as written, where it has any."""

    name: str
    sha256: str
    rows: int
    set_aside: int
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Tally:
    """What a folder holds: what is counted, the files that were, the types of their columns, and how many parts there are."""

    counted: Counted
    files: tuple[Piece, ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    """(column, native type) of the columns that are read."""
    parts: tuple[int, ...] = ()
    people: int = 0
    """The next number of a user."""
    names: int = 0
    """The next number of an event."""
    since: int | None = None
    """The first day of which everything is kept, None where no day was dropped."""
