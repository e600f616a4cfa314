"""When the events of a log happened, and which of them lie inside the window of the study."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from personae import habits, plugins
from personae.errors import DataError, UsageError
from personae.model.features import LeftOut, Window
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.progress import warn
from personae.sql import per_user
from personae.stages.part import INTEGERS, keyed
from personae.words.names import plural

_FARTHEST = 2**32
"""Seconds between the first and the last event: 136 years."""
_BATCH = 500_000
Opened = tuple[str, str, "Times | None", tuple[LeftOut, ...]]


@dataclass(frozen=True, eq=False)
class Times:
    """How the times of a log are read: `base` is the first second as written, `naive` says that it is local time.

    `days` are the first and last local day that count. Where `own` is not 0, that many first days of each user count.
    """

    clock: habits.Clock
    window: Window
    naive: bool
    timed: bool
    base: int
    days: tuple[int, int]
    own: int = 0

    def local(self, t: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
        """Seconds after `base` as local seconds of the epoch."""
        written = t + np.int64(self.base)
        return written if self.naive else self.clock.local(written)

    def instants(self, t: npt.NDArray[np.uint32]) -> tuple[npt.NDArray[np.uint32], int]:
        """Seconds after `base` as instants, after a base of their own."""
        if not self.naive or len(self.clock.since) == 1:
            return t, self.base - (int(self.clock.offset[0]) if self.naive else 0)
        base = self.base - int(self.clock.offset.max())
        out = np.empty(len(t), np.uint32)
        for i in range(0, len(t), _BATCH):
            out[i : i + _BATCH] = self.clock.instants(t[i : i + _BATCH] + np.int64(self.base)) - base
        return out, base


@dataclass(frozen=True)
class Asked:
    """What --window asks for: the last `last` days, the first `first` days of each user, or the days `low` to `high`."""

    last: int = 0
    first: int = 0
    low: int = 0
    high: int = 0


def asked(text: str) -> Asked:
    """The window that a text asks for, "" for all. Raises UsageError P001 when it is none."""
    said = text.strip().lower()
    if not said:
        return Asked()
    if found := re.fullmatch(r"(first-)?0*([1-9]\d{0,4})d", said):
        return Asked(first=int(found[2])) if found[1] else Asked(last=int(found[2]))
    low, dots, high = said.partition("..")
    try:
        first, last = ((date.fromisoformat(d) - date(1970, 1, 1)).days for d in (low, high if dots else "none"))
    except ValueError:
        first, last = 1, 0
    if last < first:
        fix = 'write days such as "90d" or "first-7d", or dates such as "2026-01-01..2026-03-31", the earlier one first'
        raise UsageError("P001", f'"{text}" is no window', where="--window", fix=fix)
    return Asked(low=first, high=last)


def opened(
    engine: Any, table: Table, study: Study, kept: Collection[str] = (), placing: bool = False, again: bool = False
) -> Opened:
    """The rows of a log inside the window: a relation, the SQL of the second of the epoch in it, how times are read (None
    where they say nothing), and what was left out. Columns in `kept` stay in the relation whatever their role.

    Where new users are `placing` by an old run between two dates, and none of their events lies there, as many days count as
    lie between these dates, up to the last that is over. With `again` the log was opened before: its times are not read anew.
    """
    relation, id = keyed(engine, table)
    time = table.column(Role.TIME)
    if time is None or time.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return relation, "", None, ()
    relation, second = _dated(engine, table, time, kept, again)
    low, high, some, rows, midnight = engine.rows(per_user.span(relation, second))[0]
    left: tuple[LeftOut, ...] = ()
    if rows > some:
        found = "find no row that says whose they are and when"
        why = found if table.timed_by else "have no time, so nobody knows when they happened"
        left = (LeftOut(f"{rows - some:,} rows of {table.source}", why),)
        warn(f"{left[0].name} {left[0].reason}; they are not counted")
    if low is None:
        return relation, "", None, left
    times, edges = within(table, time, study, (low, high), time.kind is Kind.TIMESTAMP and midnight < some, placing)
    whole = rows == some and edges[0] <= low and high < edges[1]
    inside = f"(SELECT * FROM {relation} WHERE {second} >= {edges[0]} AND {second} < {edges[1]})"
    if not whole and rows == some and edges[0] > low and not study.window:
        warn(f"only the {times.window.days:,} days from {times.window.start} on count in {table.source}")
    first = max(low, edges[0])
    if min(high, edges[1]) - first >= _FARTHEST:
        raise _too_far(table, time, low, high)
    relation = relation if whole else inside
    if times.own:
        relation = per_user.first_days(relation, id, _local(times, second), times.own)
        _say_cut_short(engine, relation, id, times, second, study.entity)
    return relation, second, replace(times, base=first), left


def within(
    table: Table, time: Column, study: Study, span: tuple[int, int], timed: bool, placing: bool
) -> tuple[Times, tuple[int, int]]:
    """How the times of a log whose first and last second as written are `span` are read, and the first second of its window
    and the first after it. Raises DataError P111 where no event lies there."""
    times = times_of(time, study, *span, timed)
    edges, (low, high) = _edges(times), span
    if placing and asked(study.window).high and (high < edges[0] or low >= edges[1]):
        days = times.days[1] - times.days[0] + 1
        warn(f"no event lies in the run's window, {study.window}: the last {days:,} days of {table.source} count instead")
        times = times_of(time, replace(study, window=f"{days}d"), low, high, timed)
        edges = _edges(times)
    if high < edges[0] or low >= edges[1]:
        raise _outside(table, study, times, low, high)
    return times, edges


def _too_far(table: Table, time: Column, low: int, high: int) -> DataError:
    a, b = (str(np.datetime64(s, "s"))[:10] for s in (low, high))
    what = f'the times in "{time.name}" reach from {a} to {b}, more than 136 years'
    fix = "correct the wrong times, or look at the last days only: --window 365d"
    return DataError("P103", what, where=table.source, fix=fix)


def _outside(table: Table, study: Study, times: Times, low: int, high: int) -> DataError:
    a, b = (str(np.datetime64(s, "s"))[:10] for s in (low, high))
    what = f"no event lies in the window {study.window}"
    return DataError("P111", what, where=f"{table.source}, which reaches from {a} to {b}", fix=f"--window {a}..{b}, or none")


def _say_cut_short(engine: Any, relation: str, id: str, times: Times, second: str, entity: str) -> None:
    """Warn of users whose first days are not over when the log ends."""
    day = _local(times, second)
    late = times.days[1] - times.own + 1
    cut = engine.rows(per_user.begun_after(relation, id, day, late))[0][0]
    if cut:
        some = f"1 {entity} has" if cut == 1 else f"{cut:,} {plural(entity)} have"
        days = "1 whole day" if times.own == 1 else f"{times.own:,} whole days"
        warn(f"{some} not been there for {days} when the log ends; what they did until then counts")


def _dated(engine: Any, table: Table, time: Column, kept: Collection[str], again: bool) -> tuple[str, str]:
    """A relation and the SQL of the second of the epoch in it. Times written as text are read once, each text once."""
    relation, second = engine.quote(table.relation), seconds(time)
    if time.native != "VARCHAR":
        return relation, second
    into, name = engine.quote(f"{table.relation}__dated"), engine.quote("personae second")
    idle = (Role.IGNORE, Role.TEXT, Role.TIME)
    used = [engine.quote(c.name) for c in table.columns if c.role not in idle or (c.name in kept and c.name != time.name)]
    if not again:
        engine.execute(per_user.dated(into, relation, engine.quote(time.name), second, name, used))
    return into, name


def seconds(time: Column) -> str:
    """SQL of whole seconds of the epoch; the integers of an epoch column are divided as they are."""
    dialect = plugins.find("engines", "duckdb")
    per = {"s": 1, "ms": 1_000, "us": 1_000_000}.get(time.format)
    if per and (time.native in INTEGERS or (time.native == "VARCHAR" and not time.scale)):
        name = dialect.quote(time.name)
        name = name if time.native in INTEGERS else f"TRY_CAST(trim({name}) AS BIGINT)"
        return f"CAST({name} AS BIGINT)" if per == 1 else f"CAST({name} // {per} AS BIGINT)"
    return f"CAST(epoch_us(CAST({dialect.typed(time)} AS TIMESTAMP)) // 1000000 AS BIGINT)"


def times_of(time: Column, study: Study, low: int, high: int, timed: bool) -> Times:
    """Clock and window of times between two seconds as written."""
    naive = time.native != "TIMESTAMP WITH TIME ZONE" and time.format not in ("s", "ms", "us", "zoned")
    try:
        clock = habits.clock(study.timezone, low, high)
    except (LookupError, ValueError, OSError) as error:
        fix = 'write a name such as "Europe/Paris"'
        raise UsageError("P001", f'"{study.timezone}" is no time zone', where="--timezone", fix=fix) from error
    ends = np.array([low, high])
    local = ends if naive else clock.local(ends)
    first, last = (int(x) // habits.DAY for x in local)
    wanted = asked(study.window)
    if wanted.last:
        if timed and int(local[1]) % habits.DAY < habits.DAY - 3600 and last > first:
            last -= 1  # the last day is not over: its last hour is empty
        first = max(first, last - wanted.last + 1)
    elif wanted.high or wanted.low:
        if last < wanted.high:
            ends_on = np.datetime64(last, "D")
            warn(f"the log ends on {ends_on}, before the window does: what is counted up to its end is counted to then")
        first, last = wanted.low, wanted.high
    zone = study.timezone or ("as written" if naive else "UTC")
    start, end = (str(np.datetime64(d, "D")) for d in (first, last + 1))
    if naive and timed and not study.timezone:
        warn(f'the times in "{time.name}" name no time zone: they are taken as they stand. --timezone Europe/Paris says which')
    window = Window(start, end, zone, last - first + 1, wanted.first)
    return Times(clock, window, naive, timed, low, (first, last), wanted.first)


def _edges(times: Times) -> tuple[int, int]:
    """The first second of the window and the first after it, as written."""
    edges = np.array([times.days[0] * habits.DAY, (times.days[1] + 1) * habits.DAY])
    start, end = edges if times.naive else times.clock.instants(edges)
    return int(start), int(end)


def _local(times: Times, second: str) -> str:
    """SQL of the local day of a second as written."""
    clock = times.clock
    if times.naive:
        return per_user.day(second)
    return per_user.day(per_user.shifted(second, clock.since.tolist(), clock.offset.tolist()))
