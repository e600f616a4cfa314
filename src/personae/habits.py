"""What a user's events say about their habits: numpy over events coded as integers, in blocks of whole users.

The same functions serve a log read by one engine and, later, the partitions of a cluster: they see nothing but arrays.
All sums are of integers, so results do not depend on the order of rows or on threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from personae.model.recipe import Habit, Log

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
DAY = 86_400
PAUSE = 1_800
"""Seconds without an event that end a session."""
_BLOCK = 1_000_000
"""Rows looked at together: 8 MB an array."""
_LOW = np.int64(0xFFFF)
_LATE = np.int64(0xFFFFFFFF)


def tally(u: npt.NDArray[np.int32], e: npt.NDArray[np.int16], users: int, events: int) -> csr_matrix:
    """How often each user did each event: u (rows,) users, e (rows,) events, -1 for rows that do not count.

    Gives a canonical CSR matrix (users, events) of float64.
    """
    from scipy.sparse import csr_matrix

    key = u.astype(np.int64)
    key <<= 16
    key |= e & _LOW
    if (e < 0).any():
        key = key[e >= 0]
    key.sort()
    blocks = list(_blocks(key, 16))
    cells = sum(int(np.count_nonzero(key[a + 1 : b] != key[a : b - 1])) + 1 for a, b in blocks)
    kind = np.int32 if cells < 2**31 else np.int64
    columns: npt.NDArray[Any] = np.empty(cells, kind)
    indptr: npt.NDArray[Any] = np.zeros(users + 1, kind)
    data, at = np.empty(cells), 0
    for start, stop in blocks:
        part = key[start:stop]
        first = np.flatnonzero(np.concatenate(([True], part[1:] != part[:-1])))
        begun = part[first]
        low, high = int(begun[0] >> 16), int(begun[-1] >> 16)
        indptr[low + 1 : high + 2] = np.bincount((begun >> 16) - low, minlength=high - low + 1)
        columns[at : at + len(first)] = begun & _LOW
        data[at : at + len(first)] = np.diff(first, append=len(part))
        at += len(first)
    return csr_matrix((data, columns, np.cumsum(indptr, dtype=kind)), shape=(users, events))


def _blocks(key: Ints, shift: int) -> Iterator[tuple[int, int]]:
    """Stretches of sorted keys that end between users."""
    start = 0
    while start < len(key):
        stop = min(start + _BLOCK, len(key))
        if stop < len(key):
            stop = int(np.searchsorted(key, ((key[stop - 1] >> shift) + 1) << shift))
        yield start, stop
        start = stop


@dataclass(frozen=True, eq=False)
class Clock:
    """From instants to local time: `since` (m,) instants at which `offset` (m,) seconds begin to hold."""

    since: Ints
    offset: Ints

    def local(self, instants: Ints) -> Ints:
        """Local seconds of the epoch."""
        if len(self.since) == 1:
            return np.asarray(instants + self.offset[0])
        return np.asarray(instants + self.offset[np.searchsorted(self.since, instants, side="right") - 1])

    def instants(self, local: Ints) -> Ints:
        """The instants of local seconds; of an hour that comes twice the first, of one that is left out as if it were not."""
        if len(self.since) == 1:
            return np.asarray(local - self.offset[0])
        return np.asarray(local - self.offset[np.searchsorted(self.turns, local, side="right") - 1])

    @property
    def turns(self) -> Ints:
        """(m,) the local seconds from which each offset leads back to instants."""
        before = np.concatenate((self.offset[:1], self.offset[:-1]))
        turn = self.since + np.maximum(before, self.offset)
        turn[0] = np.iinfo(np.int64).min
        return np.asarray(turn)


def clock(zone: str, first: int, last: int) -> Clock:
    """The clock of a time zone between two instants; "" and "UTC" never turn. Raises KeyError-like errors of zoneinfo."""
    if zone in ("", "UTC"):
        return Clock(np.zeros(1, np.int64), np.zeros(1, np.int64))
    rules = ZoneInfo(zone)
    low, high = first - 2 * DAY, last + 2 * DAY
    since, offset = [low], [_offset(rules, low)]
    for at in range(low, high, 7 * DAY):
        a, b = at, min(at + 7 * DAY, high)
        if _offset(rules, a) == _offset(rules, b):
            continue
        while b - a > 1:
            middle = (a + b) // 2
            a, b = (middle, b) if _offset(rules, middle) == offset[-1] else (a, middle)
        since.append(b)
        offset.append(_offset(rules, b))
    return Clock(np.array(since, np.int64), np.array(offset, np.int64))


def _offset(rules: ZoneInfo, at: int) -> int:
    from datetime import UTC, datetime, timedelta

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    return int((moment.astimezone(rules).utcoffset() or timedelta()).total_seconds())


VARIETY = ("event_types", "variety", "top_event_share")
"""The habits that `variety` makes."""


def variety(counts: csr_matrix) -> tuple[Habit, ...]:
    """How many different things each user does, and how much of it is one thing."""
    n = counts.shape[0]
    per = np.diff(counts.indptr)
    some = per > 0
    starts = counts.indptr[:-1][some]
    total = np.full(n, np.nan)
    different, entropy, top = total.copy(), total.copy(), total.copy()
    if len(starts):
        total[some] = np.add.reduceat(counts.data, starts)
        different[some] = per[some]
        top[some] = np.maximum.reduceat(counts.data, starts) / total[some]
        logs = np.add.reduceat(counts.data * np.log2(counts.data), starts)
        entropy[some] = np.maximum(np.log2(total[some]) - logs / total[some], 0.0)
    return (
        Habit("event_types", "different events used", "events", different, "number of different events"),
        Habit("variety", "variety of events", "bits", entropy, "entropy of the shares of events, base 2"),
        Habit("top_event_share", "share of the most frequent event", "share", top, "events of the most frequent kind / events"),
    )


def rhythm(
    u: npt.NDArray[np.int32],
    t: npt.NDArray[np.uint32],
    base: int,
    users: int,
    clock: Clock,
    days: tuple[int, int],
    timed: bool,
    own: Ints | None = None,
) -> tuple[Habit, ...]:
    """When users act: u (rows,) users and t (rows,) seconds after the instant `base`, in any order.

    `days` are the first and last local day that count; `timed` says whether times carry a time of day, without which sessions
    and hours mean nothing. With `own` (users,), days are counted from that day of each user on.
    """
    key = u.astype(np.int64)
    key <<= 32
    key |= t
    key.sort()
    sums = {name: np.zeros(users) for name in ("events", "active", "sessions", "weekend", "late", *PARTS)}
    first, last = np.full(users, np.nan), np.full(users, np.nan)
    middle = (days[0] + days[1] + 1) / 2
    for start, stop in _blocks(key, 32):
        part = key[start:stop]
        who, at = part >> 32, (part & _LATE) + base
        local = clock.local(at)
        day = local // DAY
        new = np.concatenate(([True], who[1:] != who[:-1]))
        begin = np.flatnonzero(new)
        rows = who[begin]

        def total(flags: npt.NDArray[np.bool_], begin: Ints = begin) -> Ints:
            return np.asarray(np.add.reduceat(flags, begin, dtype=np.int64))

        sums["events"][rows] = np.diff(begin, append=len(part))
        sums["active"][rows] = total(_new_days(new, day, who))
        since = day if own is None else day - own[who]
        first[rows] = np.minimum.reduceat(since, begin)
        last[rows] = np.maximum.reduceat(since, begin)
        sums["weekend"][rows] = total((day + 3) % 7 >= 5)
        sums["late"][rows] = total(since >= middle)
        if timed:
            sums["sessions"][rows] = total(new | np.concatenate(([True], at[1:] - at[:-1] > PAUSE)))
            hour = (local - day * DAY) // 3600
            for name, (low, high) in PARTS.items():
                sums[name][rows] = total((hour >= low) & (hour < high))
    return of_sums(sums, first, last, days, timed)


def variety_of(log: Log) -> tuple[Habit, ...]:
    """`variety` of the events of a log."""
    if log.n is not None:
        return tuple(h for h in log.known if h.name in VARIETY)
    return variety(tally(log.user, log.event.astype(np.int16), log.users, max(len(log.events), 1)))


def rhythm_of(log: Log) -> tuple[Habit, ...]:
    """`rhythm` of the events of a log."""
    if log.n is not None:
        return log.known
    at = log.instants
    base = int(at.min()) if len(at) else 0
    days = (log.first, log.last)
    return rhythm(log.user, (at - base).astype(np.uint32), base, log.users, _clock_of(log), days, log.timed, log.own)


def _clock_of(log: Log) -> Clock:
    """The clock between the instants and the local times of a log."""
    if log.at is None or not len(log.at):
        return Clock(np.zeros(1, np.int64), np.zeros(1, np.int64))
    order = np.argsort(log.at, kind="stable")
    at, offset = log.at[order], (log.t - log.at)[order]
    turns = np.flatnonzero(np.concatenate(([True], offset[1:] != offset[:-1])))
    return Clock(at[turns], offset[turns])


PARTS = {"night": (0, 6), "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 24)}
"""Hours of the parts of a day."""


def _new_days(new: npt.NDArray[np.bool_], day: Ints, who: Ints) -> npt.NDArray[np.bool_]:
    """Rows that are the first of their user on their day."""
    step = day[1:] - day[:-1]
    if (step[~new[1:]] < 0).any():  # a clock turned back over midnight: 23:30 comes after 0:10
        order = np.lexsort((day, who))
        flags = np.zeros(len(day), bool)
        ordered = day[order]
        flags[order] = new | np.concatenate(([True], ordered[1:] != ordered[:-1]))
        return flags
    return np.asarray(new | np.concatenate(([True], step != 0)))


def of_sums(sums: Mapping[str, Floats], first: Floats, last: Floats, days: tuple[int, int], timed: bool) -> tuple[Habit, ...]:
    """Sums per user (users,) as measures: "events", "active" (days), "weekend", "late" and, where `timed`, "sessions" and the
    parts of the day; `first` and `last` are the days of the first and last event, nan for users without one."""
    events = np.where(sums["events"] > 0, sums["events"], np.nan)
    active = np.where(sums["active"] > 0, sums["active"], np.nan)
    made = [
        Habit("events", "events", "events", events, "number of events in the window"),
        Habit("active_days", "active days", "days", active, "number of different local days with an event"),
        Habit("events_per_active_day", "events per active day", "events", events / active, "events / active_days"),
        Habit(
            "days_since_last",
            "days since the last event",
            "days",
            days[1] - last,
            "last day of the window - day of the last event",
        ),
        Habit(
            "days_since_first",
            "days since the first event",
            "days",
            days[1] - first,
            "last day of the window - day of the first event",
        ),
        Habit(
            "days_first_to_last",
            "days from first to last event",
            "days",
            last - first,
            "day of the last event - day of the first event",
        ),
        Habit(
            "weekend_share",
            "share of events on weekends",
            "share",
            sums["weekend"] / events,
            "events on Saturday or Sunday / events",
        ),
    ]
    if days[1] > days[0]:
        made.append(
            Habit(
                "later_half_share",
                "share of events in the later half of the time",
                "share",
                sums["late"] / events,
                "events in the second half of the window / events",
            )
        )
    if timed:
        sessions = np.where(sums["sessions"] > 0, sums["sessions"], np.nan)
        made.append(
            Habit("sessions", "sessions", "sessions", sessions, "runs of events without a pause of more than 30 minutes")
        )
        made.append(Habit("events_per_session", "events per session", "events", events / sessions, "events / sessions"))
        made += [
            Habit(f"{p}_share", f"share of events {_WORDS[p]}", "share", sums[p] / events, f"events {_WORDS[p]} / events")
            for p in PARTS
        ]
    return tuple(made)


_WORDS = {
    "night": "at night (0 to 6)",
    "morning": "in the morning (6 to 12)",
    "afternoon": "in the afternoon (12 to 18)",
    "evening": "in the evening (18 to 24)",
}
