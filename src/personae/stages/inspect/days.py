"""A log by day: gaps, broken feeds, events that begin late, amounts that change their unit, moments that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae.model.inspection import Days, Finding, Number
from personae.model.study import Role
from personae.model.table import Column, Kind, Level, Table
from personae.stages.inspect.view import Checked, Floats, View

ENOUGH, LITTLE, MUCH = 10, 0.1, 10.0
"""Events a day from which an empty day is a gap; shares of the usual day that make a day odd."""
EVENTS, LONGEST = 50, 4_000
"""Kinds of events looked at one by one; days of a log that are looked at one by one."""
UNITS = (10, 60, 100, 1_000, 3_600, 1_000_000)
NEAR = 0.12
"""How far (of its size, on a log scale) a jump may be from a change of unit."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class _Log:
    table: Table
    relation: str
    """Its rows that have a time, with the day since 1970 as "personae day"; quoted."""
    first: int
    counts: NDArray[np.int64]


def over_time(view: View) -> Checked:
    """Everything about the days of every log."""
    found: list[Finding] = []
    kept: list[Days] = []
    for table in view.tables:
        time = table.column(Role.TIME)
        if table.shape != "events" or table.timed_by or time is None or time.kind not in (Kind.DATE, Kind.TIMESTAMP):
            continue
        relation = _timed(view.engine, table, time)
        found += _moments(view, table, time, relation)
        log = _opened(view.engine, table, relation)
        if log is None:
            continue
        mine, odd = _by_day(log, view.many)
        units, changed = _units(view, log)
        mine += [*_began(view, log), *units, *_last_day(view, log, time)]
        found += mine
        first = _EPOCH + timedelta(days=log.first)
        marks = tuple(sorted({*odd, *changed}))
        words = f"{len(marks):,} day{'s' if len(marks) != 1 else ''} marked" if marks else "no day stands out"
        kept.append(Days(table.source, first.isoformat(), tuple(int(c) for c in log.counts), marks, words))
    looked = "no gap, no broken day, no change of unit over time" if kept or found else ""
    return Checked(found, looked, days=tuple(kept))


_AT, _DAY = '"personae time"', '"personae day"'


def _timed(engine: Any, table: Table, time: Column) -> str:
    """The rows of a log with their times read once, beside the event and the amounts."""
    into, q = engine.quote(f"{table.relation}__timed"), engine.quote
    kept = "".join(f", {q(c.name)}" for c in table.columns if c.role in (Role.EVENT, Role.VALUE, Role.BEHAVIOUR))
    rows = f"SELECT CAST({engine.typed(time)} AS TIMESTAMP) AS {_AT}{kept} FROM {q(table.relation)}"
    day = f"date_diff('day', DATE '1970-01-01', CAST({_AT} AS DATE))"
    engine.execute(f"CREATE OR REPLACE TABLE {into} AS SELECT *, {day} AS {_DAY} FROM ({rows}) WHERE {_AT} IS NOT NULL")
    return str(into)


def _opened(engine: Any, table: Table, relation: str) -> _Log | None:
    """The log with its events by day; None where it is too short or reaches too far."""
    rows = engine.rows(f"SELECT {_DAY}, count(*) FROM {relation} GROUP BY 1 ORDER BY 1")
    if len(rows) < 2 or rows[-1][0] - rows[0][0] >= LONGEST:
        return None
    counts = np.zeros(rows[-1][0] - rows[0][0] + 1, np.int64)
    for d, n in rows:
        counts[d - rows[0][0]] = n
    return _Log(table, relation, int(rows[0][0]), counts)


def _name(log: _Log, position: int) -> str:
    return (_EPOCH + timedelta(days=log.first + position)).isoformat()


# ---------------------------------------------------------------- days


def usual(counts: NDArray[np.int64]) -> Floats:
    """What each day (n,) would have by the same weekdays of the four weeks before and after: their median."""
    out = np.zeros(len(counts))
    for i in range(len(counts)):
        near = [i + 7 * w for w in range(-4, 5) if w]
        same = [int(counts[j]) for j in near if 0 <= j < len(counts)]
        out[i] = np.median(same) if len(same) >= 2 else 0.0
    return out


def _by_day(log: _Log, many: str) -> tuple[list[Finding], list[int]]:
    """Gaps and days far off the usual."""
    base, x = usual(log.counts), log.counts
    gaps = [i for i in range(len(x)) if x[i] == 0 and base[i] >= ENOUGH]
    inner = range(1, len(x) - 1)
    low = [i for i in inner if 0 < x[i] < LITTLE * base[i] and base[i] >= 2 * ENOUGH]
    high = [i for i in inner if x[i] > MUCH * max(base[i], 2.0) and x[i] >= 10 * ENOUGH and base[i] >= 2]
    found = []
    if gaps:
        one = len(gaps) == 1
        said = (
            Number(len(gaps), "day"),
            f" of {log.table.source} {'has' if one else 'have'} no event: {_stretches(log, gaps)}",
        )
        done = f"{many} seem quieter then; habits and counts are taken as they stand"
        found.append(
            Finding(
                "gap",
                Level.WARN,
                said,
                (),
                log.table.source,
                done,
                "bring the missing rows, or a window without them: --window",
            )
        )
    for days, words in (
        (low, f"under {LITTLE:.0%} of the usual".replace("%", " %")),
        (high, f"over {MUCH:.0f} times the usual"),
    ):
        if days:
            one = len(days) == 1
            said = (
                Number(len(days), "day"),
                f" of {log.table.source} {'has' if one else 'have'} {words}: {_stretches(log, days)}",
            )
            done = "counts are taken as they stand"
            found.append(Finding("feed", Level.WARN, said, (), log.table.source, done, "check the feed of these days"))
    return found, gaps + low + high


def _stretches(log: _Log, days: list[int], most: int = 4) -> str:
    """Days in words, neighbours together."""
    runs: list[list[int]] = []
    for d in days:
        if runs and d == runs[-1][1] + 1:
            runs[-1][1] = d
        else:
            runs.append([d, d])
    shown = [_name(log, a) if a == b else f"{_name(log, a)} to {_name(log, b)}" for a, b in runs[:most]]
    return ", ".join(shown) + (f" and {len(runs) - most} more" if len(runs) > most else "")


def _began(view: View, log: _Log) -> Iterator[Finding]:
    """Kinds of events that begin after a good while, or end before one, at full strength."""
    event = log.table.column(Role.EVENT)
    if event is None or len(log.counts) < 21:
        return
    q = view.engine.quote
    name = f"CAST({q(event.name)} AS VARCHAR)"
    rows = view.engine.rows(
        f"SELECT {name} AS e, count(*), min({_DAY}), max({_DAY}) FROM {log.relation} "
        f"WHERE {name} IS NOT NULL GROUP BY 1 HAVING count(*) >= 100 ORDER BY 2 DESC, 1 LIMIT {EVENTS}"
    )
    before = np.cumsum(log.counts)
    for text, n, low, high in rows:
        a, b = int(low) - log.first, int(high) - log.first
        inside = before[b] - (before[a - 1] if a else 0)
        rate = n / max(inside, 1)
        if a >= max(7, 0.1 * len(log.counts)) and rate * before[a - 1] >= 50:
            yield _abrupt(log, str(text), f"begins on {_name(log, a)}", f"earlier {view.many} could not do it, it seems", n)
        if len(log.counts) - 1 - b >= max(7, 0.1 * len(log.counts)) and rate * (before[-1] - before[b]) >= 50:
            yield _abrupt(log, str(text), f"ends on {_name(log, b)}", f"later {view.many} could not do it, it seems", n)


def _abrupt(log: _Log, event: str, what: str, done: str, n: int) -> Finding:
    said = (f'event "{event}" {what}, in the middle of the time; it happens ', Number(n, "time"))
    flag = "if it was tracked only then, choose a window: --window"
    return Finding("began", Level.WARN, said, (event,), log.table.source, done, flag)


# ---------------------------------------------------------------- amounts


def _units(view: View, log: _Log) -> tuple[list[Finding], list[int]]:
    """Amounts whose median jumps by a change of unit and stays there."""
    found, marks = [], []
    q = view.engine.quote
    for c in log.table.columns:
        if c.role not in (Role.VALUE, Role.BEHAVIOUR) or not c.kind.numeric or c.distinct < 10:
            continue
        v = f"CAST({view.engine.typed(c)} AS DOUBLE)"
        rows = view.engine.rows(
            f"SELECT d, median(v), count(v) FROM (SELECT {_DAY} AS d, {v} AS v FROM {log.relation}) "
            "WHERE v > 0 GROUP BY 1 HAVING count(v) >= 3 ORDER BY 1"
        )
        jump = changed(np.array([r[1] for r in rows], np.float64)) if len(rows) >= 10 else None
        if jump is not None:
            at, factor = int(rows[jump[0]][0]) - log.first, jump[1]
            up = "times what it was" if factor > 1 else "of what it was"
            by = f"{factor:,.0f} {up}" if factor > 1 else f"1/{1 / factor:,.0f} {up}"
            said = (f'from {_name(log, at)} on the median of "{c.name}" is {by}: another unit, it seems',)
            flag = f"bring all to one unit, or leave it out: --ignore {q(c.name)}"
            found.append(Finding("unit_change", Level.WARN, said, (c.name,), log.table.source, "added up as it stands", flag))
            marks.append(at)
    return found, marks


def changed(medians: Floats) -> tuple[int, float] | None:
    """Where daily medians (n,) jump once by a change of unit and stay: (position of the first day after, factor); else None."""
    logs = np.log(medians)
    n = len(logs)
    best = min(range(4, n - 3), key=lambda i: logs[:i].var() * i + logs[i:].var() * (n - i), default=None)
    if best is None:
        return None
    a, b = logs[:best], logs[best:]
    jump = float(np.median(b) - np.median(a))
    spread = max(float(np.quantile(np.abs(part - np.median(part)), 0.9)) for part in (a, b))
    unit = min((f for u in UNITS for f in (float(u), 1.0 / u)), key=lambda f: abs(np.log(f) - jump))
    if spread > 0.3 * abs(jump) or abs(np.log(unit) - jump) > NEAR * abs(jump):
        return None
    return best, unit


# ---------------------------------------------------------------- moments


def _moments(view: View, table: Table, time: Column, relation: str) -> Iterator[Finding]:
    """Times at midnight, in the future, and where machines put what they do not know."""
    now = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)
    ((n, midnight, ahead, zero),) = view.engine.rows(
        f"SELECT count(t), count_if(t = date_trunc('day', t)), count_if(t > TIMESTAMP '{now:%Y-%m-%d %H:%M:%S}'), "
        f"count_if(t < TIMESTAMP '1970-01-02' AND t >= TIMESTAMP '1970-01-01' OR t < TIMESTAMP '1900-01-02') "
        f"FROM (SELECT {_AT} AS t FROM {relation})"
    )
    whole = time.kind is Kind.TIMESTAMP
    found: list[tuple[Level, tuple[str | Number, ...], str, str]] = []
    name = f' of "{time.name}"'
    if ahead:
        late = (Number(ahead, "time"), f"{name} {'lies' if ahead == 1 else 'lie'} in the future")
        found.append((Level.WARN, late, "they count, and move the end of the window", "correct them, or choose days: --window"))
    if zero and not any("1970" in n.words or "earliest" in n.words for n in table.notes):
        none = (Number(zero, "time"), f"{name} {'is' if zero == 1 else 'are'} 1 January 1970 or 1900: no date, it seems")
        found.append((Level.WARN, none, "they count as they stand", "leave those rows out"))
    if whole and n and midnight == n:
        days = (f'every time of "{time.name}" is midnight: days, not moments',)
        found.append((Level.PASS, days, "no measure of hours is made", ""))
    elif whole and midnight >= max(20, 0.1 * n):
        mixed = (Number(round(midnight / n, 3), "share"), f" of the times{name} are midnight sharp: days among moments")
        found.append(
            (Level.WARN, mixed, "they count as midnight, which bends measures of hours", "bring the hours, or days only")
        )
    yield from (Finding("time", level, said, (time.name,), table.source, done, flag) for level, said, done, flag in found)


def _last_day(view: View, log: _Log, time: Column) -> Iterator[Finding]:
    """A last day that ends early."""
    base = float(usual(log.counts)[-1])
    if time.kind is not Kind.TIMESTAMP or base < 2 * ENOUGH or log.counts[-1] >= 0.5 * base:
        return
    (((last),),) = view.engine.rows(f"SELECT max({_AT}) FROM {log.relation}")
    if last is None or last.hour >= 22 or (last.hour, last.minute) == (0, 0):
        return
    said = (
        f"the last day of {log.table.source}, {last:%Y-%m-%d}, ends at {last:%H:%M} with ",
        Number(int(log.counts[-1]), "event"),
    )
    done = "it counts as far as it goes; a --window in days leaves it out"
    yield Finding("gap", Level.PASS, (*said, f" (usually about {base:,.0f})"), (time.name,), log.table.source, done)
