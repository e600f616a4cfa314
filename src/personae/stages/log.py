"""A log of events: how often each user did what, when, and for how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from personae import habits, plugins
from personae.errors import DataError, UsageError
from personae.model.features import Counts, LeftOut, Measure, Window
from personae.model.recipe import Habit
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.model.vocabulary import Topic, repeats, topics
from personae.progress import step, warn
from personae.sql import per_user
from personae.stages.part import INTEGERS, Part, floats, id_of, keyed, scattered, spoken
from personae.stages.traits import category, flagged

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_EVENTS = 5_000
"""Different events that are counted: those most users do."""
_BATCH = 500_000
_RFM = ("events", "days_since_last", "days_since_first")
"""Habits that form groups in a log that does not say what happened; the others only describe."""
_FARTHEST = 2**32
"""Seconds between the first and the last event: 136 years."""


@dataclass(frozen=True, eq=False)
class _Log:
    """A log as the questions see it: SQL of the rows inside the window, of the id, of the second of the epoch."""

    table: Table
    relation: str
    id: str
    second: str
    event: Column | None
    value: Column | None
    users: int


@dataclass(frozen=True, eq=False)
class _Rows:
    """Events as integers: user (rows,), event (rows,) -1 for one that does not count, seconds after the first (rows,)."""

    u: npt.NDArray[np.int32]
    e: npt.NDArray[np.int16]
    t: npt.NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class _Times:
    """How the times of a log are read: `base` is the first second as written, `naive` says that it is local time."""

    clock: habits.Clock
    window: Window
    naive: bool
    timed: bool
    base: int
    days: tuple[int, int]


def from_log(engine: Any, table: Table, study: Study, users: int) -> Part:
    """Counts, habits, amounts and properties of the events of a log, inside the window of the study."""
    log, times, left_out = _opened(engine, table, study, users)
    names, rarer = _event_names(engine, log)
    rows, unused = _coded(engine, log, names, times.base if times else 0)
    counts = _counts(engine, log, names, rows)
    forms = counts is None
    found = habits.variety(counts.matrix) if counts is not None else ()
    if times is not None and len(rows.u) and not table.timed_by:
        step("measure", "when users act")
        at, base = _instants(rows.t, times)
        found += habits.rhythm(rows.u, at, base, users, times.clock, times.days, times.timed)
    elif forms:
        n = np.bincount(rows.u, minlength=users).astype(np.float64)
        found += (Habit("events", "events", "events", np.where(n > 0, n, np.nan), "number of events"),)
    made = tuple(_habit(h, table, forms and not study.group_by) for h in found)
    made += _amounts(engine, log, study, forms) + _properties(engine, log)
    columns = tuple(LeftOut(c.name, c.why) for c in table.columns if c.role in (Role.IGNORE, Role.TEXT))
    return Part(counts, made, times.window if times else None, left_out + unused + rarer + columns)


def _habit(habit: Habit, table: Table, forms: bool) -> Measure:
    forms = forms and habit.name in _RFM
    return Measure(
        habit.name, habit.label, Role.BEHAVIOUR, Kind.DECIMAL, habit.values, (), habit.unit, table.source, habit.how, forms
    )  # fmt: skip


# ---------------------------------------------------------------- times


def _opened(engine: Any, table: Table, study: Study, users: int) -> tuple[_Log, _Times | None, tuple[LeftOut, ...]]:
    """The log with its window."""
    relation, id = keyed(engine, table)
    time, event, value = table.column(Role.TIME), table.column(Role.EVENT), table.column(Role.VALUE)
    log = _Log(table, relation, id, "", event, value, users)
    if time is None or time.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return log, None, ()
    relation, second = _dated(engine, table, time)
    low, high, some, rows, midnight = engine.rows(per_user.span(relation, second))[0]
    left: tuple[LeftOut, ...] = ()
    if rows > some:
        why = (
            "find no row that says whose they are and when"
            if table.timed_by
            else "have no time, so nobody knows when they happened"
        )
        left = (LeftOut(f"{rows - some:,} rows of {table.source}", why),)
        warn(f"{left[0].name} {left[0].reason}; they are not counted")
    if low is None:
        return log, None, left
    timed = time.kind is Kind.TIMESTAMP and midnight < some
    times = _times(time, study, low, high, timed)
    edges = _edges(times)
    inside = f"(SELECT * FROM {relation} WHERE {second} >= {edges[0]} AND {second} < {edges[1]})"
    whole = rows == some and edges[0] <= low and high < edges[1]
    if not whole and rows == some and edges[0] > low:
        warn(f"only the {times.window.days:,} days from {times.window.start} on count in {table.source}")
    first = max(low, edges[0])
    if min(high, edges[1]) - first >= _FARTHEST:
        a, b = (str(np.datetime64(s, "s"))[:10] for s in (low, high))
        what = f'the times in "{time.name}" reach from {a} to {b}, more than 136 years'
        raise DataError(
            "P103", what, where=table.source, fix="correct the wrong times, or look at the last days only: --window 365d"
        )
    return replace(log, relation=relation if whole else inside, second=second), replace(times, base=first), left


def _dated(engine: Any, table: Table, time: Column) -> tuple[str, str]:
    """A relation and the SQL of the second of the epoch in it. Times written as text are read once, each text once."""
    relation, second = engine.quote(table.relation), _seconds(time)
    if time.native != "VARCHAR":
        return relation, second
    into, name = engine.quote(f"{table.relation}__dated"), engine.quote("personae second")
    used = [engine.quote(c.name) for c in table.columns if c.role not in (Role.IGNORE, Role.TEXT, Role.TIME)]
    engine.execute(per_user.dated(into, relation, engine.quote(time.name), second, name, used))
    return into, name


def _seconds(time: Column) -> str:
    """SQL of whole seconds of the epoch; the integers of an epoch column are divided as they are."""
    dialect = plugins.find("engines", "duckdb")
    per = {"s": 1, "ms": 1_000, "us": 1_000_000}.get(time.format)
    if per and (time.native in INTEGERS or (time.native == "VARCHAR" and not time.scale)):
        name = dialect.quote(time.name)
        name = name if time.native in INTEGERS else f"TRY_CAST(trim({name}) AS BIGINT)"
        return f"CAST({name} AS BIGINT)" if per == 1 else f"CAST({name} // {per} AS BIGINT)"
    return f"CAST(epoch_us(CAST({dialect.typed(time)} AS TIMESTAMP)) // 1000000 AS BIGINT)"


def _times(time: Column, study: Study, low: int, high: int, timed: bool) -> _Times:
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
    if study.window:
        digits = study.window.strip().lower().removesuffix("d")
        if not digits.isdigit() or int(digits) < 1:
            raise UsageError("P001", f'"{study.window}" is no window', where="--window", fix='write days, such as "90d"')
        if timed and int(local[1]) % habits.DAY < habits.DAY - 3600 and last > first:
            last -= 1  # the last day is not over: its last hour is empty
        first = max(first, last - int(digits) + 1)
    zone = study.timezone or ("as written" if naive else "UTC")
    start, end = (str(np.datetime64(d, "D")) for d in (first, last + 1))
    if naive and timed and not study.timezone:
        warn(f'the times in "{time.name}" name no time zone: they are taken as they stand. --timezone Europe/Paris says which')
    return _Times(clock, Window(start, end, zone, last - first + 1), naive, timed, low, (first, last))


def _edges(times: _Times) -> tuple[int, int]:
    """The first second of the window and the first after it, as written."""
    edges = np.array([times.days[0] * habits.DAY, (times.days[1] + 1) * habits.DAY])
    start, end = edges if times.naive else times.clock.instants(edges)
    return int(start), int(end)


def _instants(t: npt.NDArray[np.uint32], times: _Times) -> tuple[npt.NDArray[np.uint32], int]:
    """Seconds as written as instants, after a base of their own."""
    if not times.naive or len(times.clock.since) == 1:
        return t, times.base - (int(times.clock.offset[0]) if times.naive else 0)
    base = times.base - int(times.clock.offset.max())
    out = np.empty(len(t), np.uint32)
    for i in range(0, len(t), _BATCH):
        out[i : i + _BATCH] = times.clock.instants(t[i : i + _BATCH] + np.int64(times.base)) - base
    return out, base


# ---------------------------------------------------------------- events


def _named(event: Column) -> str:
    """SQL of an event's name, NULL when it is blank."""
    name = plugins.find("engines", "duckdb").typed(replace(event, kind=Kind.TEXT))
    return str(name) if event.native != "VARCHAR" else f"nullif({name}, '')"


def _event_names(engine: Any, log: _Log) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """The events that count, in the order of names, and those that do not."""
    if log.event is None:
        return (), ()
    found = engine.arrow(per_user.events(log.relation, _named(log.event))).column(0).to_pylist()
    if len(found) <= MOST_EVENTS:
        return tuple(sorted(found, key=lambda n: n.encode())), ()
    kept = engine.arrow(per_user.reach(log.relation, _named(log.event), log.id)).column(0).to_pylist()[:MOST_EVENTS]
    reason = f"only the {MOST_EVENTS:,} that most users do are counted"
    warn(f'"{log.event.name}" has {len(found):,} different values; {reason}')
    return tuple(sorted(kept, key=lambda n: n.encode())), (
        LeftOut(f"{len(found) - MOST_EVENTS:,} rarer values of {log.event.name}", reason),
    )


def _coded(engine: Any, log: _Log, names: Sequence[str], base: int) -> tuple[_Rows, tuple[LeftOut, ...]]:
    """Every event as integers, straight from Arrow batches into arrays."""
    import pyarrow as pa

    codes = f"{log.table.relation}__codes"
    if log.event:
        held = pa.table({"c": pa.array(range(len(names)), pa.int16()), "event": pa.array(names, pa.string())})
        engine.register(f"{codes}_names", held)
        engine.execute(per_user.codes(engine.quote(codes), engine.quote(f"{codes}_names")))
        engine.unregister(f"{codes}_names")
    low, positions = _near(engine, log)
    what = _named(log.event) if log.event else ""
    total = log.table.used
    u, e, t = np.empty(total, np.int32), np.empty(total, np.int16), np.empty(total, np.uint32)
    nobody = at = seen = 0
    for batch in engine.batches(per_user.coded(log.relation, log.id, what, log.second, base, engine.quote(codes), low), _BATCH):
        who, done, when = batch.columns
        seen += len(who)
        if who.null_count:
            nobody += who.null_count
            batch = batch.filter(who.is_valid())
            who, done, when = batch.columns
        n = len(who)
        u[at : at + n] = positions[who.to_numpy()] if positions is not None else who.to_numpy()
        e[at : at + n], t[at : at + n] = done.to_numpy(), when.to_numpy()
        at += n
        step("measure", "events", seen, total, "rows")
    left = [(nobody, "without an id: they belong to nobody")]
    if log.event:
        left.append((log.event.empty, f"without a word in {log.event.name}: they count for no event"))
    made = tuple(LeftOut(f"{n:,} row{'s' if n > 1 else ''} of {log.table.source}", why) for n, why in left if n)
    for x in made:
        warn(f"{x.name} {x.reason}")
    return _Rows(u[:at], e[:at], t[:at]), made


def _near(engine: Any, log: _Log) -> tuple[int | None, npt.NDArray[np.int32] | None]:
    """The smallest id and the positions of all ids from it on, when ids are integers close together."""
    if id_of(log.table).native not in INTEGERS:
        return None, None
    low, high = engine.rows(per_user.integer_ids(log.relation, log.id))[0]
    if low is None or high - low > 16 * log.users + 1_000_000:
        return None, None
    positions = np.full(high - low + 1, -1, np.int32)
    found = engine.arrow(per_user.positions())
    number, place = found.column(0).to_numpy(), found.column(1).to_numpy()
    mine = (number >= low) & (number <= high)
    positions[number[mine] - low] = place[mine]
    return low, positions


def _counts(engine: Any, log: _Log, names: Sequence[str], rows: _Rows) -> Counts | None:
    """How often each user did each event."""
    if log.event is None:
        return None
    times = log.value is not None and repeats(log.value.name) and not log.second
    matrix = _added(engine, log, names) if times else habits.tally(rows.u, rows.e, log.users, len(names))
    why = f'"{log.value.name}" says how often each row happened' if times and log.value else ""
    return Counts(matrix, tuple(names), log.table.source, why, log.event.name)


def _added(engine: Any, log: _Log, names: Sequence[str]) -> csr_matrix:
    """Counts of a log that was added up already."""
    from scipy.sparse import csr_matrix

    assert log.event is not None and log.value is not None  # noqa: S101 - asked by _counts alone
    typed = plugins.find("engines", "duckdb").typed
    found = engine.arrow(per_user.added(log.relation, log.id, _named(log.event), typed(log.value)))
    at = {n: i for i, n in enumerate(names)}
    columns = np.array([at.get(n, -1) for n in found.column(1).to_pylist()], np.int32)
    keep = columns >= 0
    cells = (floats(found.column(2))[keep], (found.column(0).to_numpy()[keep], columns[keep]))
    matrix = csr_matrix(cells, shape=(log.users, len(names)))
    matrix.sum_duplicates()
    return matrix


# ---------------------------------------------------------------- amounts and properties


def _amounts(engine: Any, log: _Log, study: Study, forms: bool) -> tuple[Measure, ...]:
    """Sum, mean and largest of the amount; the mean of every other number."""
    exact = plugins.find("engines", "duckdb").exact
    made: list[Measure] = []
    for c in log.table.columns:
        asked = c.role in (Role.VALUE, Role.BEHAVIOUR, Role.ATTITUDE, Role.DEMOGRAPHIC, Role.OUTCOME)
        if not asked or not c.kind.numeric or (c == log.value and log.event is not None and repeats(c.name) and not log.second):
            continue
        found = engine.arrow(per_user.amounts(log.relation, log.id, exact(c)))
        rows, n = found.column(0).to_numpy(), found.column(3).to_numpy()
        total, most = (scattered(rows, floats(found.column(i)), log.users) for i in (1, 2))
        mean = scattered(rows, floats(found.column(1)) / n, log.users)
        here = c.name in study.group_by if study.group_by else forms and c.role in (Role.VALUE, Role.BEHAVIOUR)
        said = spoken(c.name)
        blank = Measure(c.name, said, Role.BEHAVIOUR, c.kind, total, (), "", log.table.source, forms=here)
        if c.role is Role.VALUE:
            made.append(replace(blank, name=f"{c.name}_total", label=f"total {said}", query=f"sum({c.name})"))
            largest = replace(blank, name=f"{c.name}_largest", label=f"largest {said}", query=f"max({c.name})")
            made.append(replace(largest, values=most, forms=False))
        elif c.role is Role.BEHAVIOUR and c.kind is Kind.DECIMAL and Topic.AMOUNT in topics(c.name):
            made.append(replace(blank, name=f"{c.name}_total", label=f"total {said}", query=f"sum({c.name})", forms=False))
        average = replace(blank, kind=Kind.DECIMAL, values=mean, query=f"sum({c.name}) / count({c.name})")
        if c.role in (Role.VALUE, Role.BEHAVIOUR):
            made.append(replace(average, name=f"{c.name}_mean", label=f"{said} per event"))
        else:
            made.append(replace(average, role=c.role))
    return tuple(made)


def _properties(engine: Any, log: _Log) -> tuple[Measure, ...]:
    """The most frequent value of what describes each event: a country, a device."""
    made = []
    for c in log.table.columns:
        asked = c.role in (Role.BEHAVIOUR, Role.ATTITUDE, Role.DEMOGRAPHIC, Role.OUTCOME)
        if not asked or c.kind.numeric or c.kind in (Kind.DATE, Kind.TIMESTAMP):
            continue
        found = engine.arrow(per_user.usual(log.relation, log.id, _named(c)))
        label, query = f"most frequent {spoken(c.name)}", f"most frequent value of {c.name}"
        blank = Measure(c.name, label, c.role, Kind.CATEGORY, np.zeros(0), source=log.table.source, query=query)
        measure = category(blank, found.column(0).to_numpy(), found.column(1), log.users)
        made.append(flagged(measure) if c.role is Role.OUTCOME and len(measure.levels) == 2 else measure)
    return tuple(made)
