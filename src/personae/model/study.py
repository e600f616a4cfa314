"""Which data, which columns mean what, which plugs, which seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a column is used for."""

    ID = "id"
    TIME = "time"
    EVENT = "event"
    VALUE = "value"
    BEHAVIOUR = "behaviour"
    ATTITUDE = "attitude"
    DEMOGRAPHIC = "demographic"
    OUTCOME = "outcome"
    TEXT = "text"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Study:
    """Everything a run needs to know beside the bytes of its sources. Empty means: work it out from the data."""

    sources: tuple[str, ...]
    # what the columns mean
    id: str = ""
    time: str = ""
    event: str = ""
    value: str = ""
    group_by: tuple[str, ...] = ()
    describe: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    override: str = ""
    """The written reason for letting demographic columns form groups (R48)."""
    entity: str = "user"
    # how the files are to be read
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    """"." or ",": the decimal mark where the data leave it open."""
    dates: str = ""
    """"dmy", "mdy" or "ymd": the order of day and month where the data leave it open."""
    timezone: str = ""
    missing: tuple[str, ...] = ()
    """Markers beside the empty field that are to be taken as empty."""
    on_duplicate: str = ""
    """"first", "last" or "drop": what to do with users whose rows disagree."""
    allow_rejects: int = 0
    max_inflated: int = 4 << 30
    """Bytes a compressed file may grow to."""
    # what is looked at
    window: str = ""
    """"90d": the days before the last complete day that count; empty means all of the log."""
    # how groups are formed
    groups: str = "auto"
    """"auto", "5" or "3-7"."""
    method: str = "auto"
    sample: int = 20_000
    """Users the search looks at; everyone is placed afterwards."""
    floor: int = 10
    """No value for fewer users than this leaves the tool."""
    force: bool = False
    seed: int = 7
    # what the machine may spend
    memory: str = ""
    threads: int = 0

    def group_range(self) -> tuple[int, int]:
        """The smallest and largest number of groups to try; equal when the user fixed it."""
        if self.groups == "auto":
            return 2, 10
        low, _, high = self.groups.partition("-")
        return int(low), int(high or low)

    @property
    def asked(self) -> int | None:
        """The number of groups the user fixed, if any."""
        low, high = self.group_range()
        return low if low == high else None
