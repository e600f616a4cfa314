"""A log of events: how often each user did what, when, and for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from personae import habits, plugins
from personae.errors import DataError
from personae.model.features import Counts, LeftOut, Measure
from personae.model.recipe import Asked, Habit, Log, NumberColumn, TextColumn
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.model.vocabulary import Topic, repeats, topics
from personae.progress import step, warn
from personae.sql import per_user
from personae.stages.asked import asked, columns
from personae.stages.made import check_columns, ended, lacking, made, needed, unknown
from personae.stages.part import INTEGERS, Part, floats, id_of, keyed, scattered, spoken
from personae.stages.roles import takes
from personae.stages.traits import category, flagged
from personae.stages.when import Times, opened

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_EVENTS = 5_000
"""Different events that are counted: those most users do."""
_BATCH = 500_000
_RFM = ("events", "days_since_last", "days_since_first")
"""Habits that form groups in a log that does not say what happened; the others only describe."""


@dataclass(frozen=True, eq=False)
class _Log:
    """A log as the questions see it: SQL of the rows inside the window, of the id, of the second of the epoch, and of the
    name of what happened; `recipes` are those that can be made of it."""

    table: Table
    relation: str
    id: str
    second: str
    what: str
    event: Column | None
    value: Column | None
    users: int
    recipes: tuple[Asked, ...] = ()


@dataclass(frozen=True, eq=False)
class _Rows:
    """Events as integers: user (rows,), event (rows,) -1 for one that does not count, seconds after the first (rows,), and
    what recipes read beside them: positions among `levels`, or numbers."""

    u: npt.NDArray[np.int32]
    e: npt.NDArray[np.int16]
    t: npt.NDArray[np.uint32]
    more: Mapping[str, npt.NDArray[Any]]
    levels: Mapping[str, tuple[str, ...]]


def from_log(engine: Any, table: Table, study: Study, users: int, rule: Rule | None = None) -> Part:
    """Counts, habits, amounts and properties of the events of a log, inside the window of the study, and what recipes make.

    With a rule that is to place the users, a recipe that these data cannot feed is passed over; without one it is refused.
    """
    log, times, left_out, refused = _opened(engine, table, study, users, rule is not None)
    names, rarer = _event_names(engine, log, study.floor if rule is None else 0)
    rows, unused = _coded(engine, log, names, times.base if times else 0, bool(rarer))
    counts = _counts(engine, log, names, rows, study)
    forms = counts is None
    found = habits.variety(counts.matrix) if counts is not None else ()
    if counts is not None and counts.people:
        found = tuple(_of_people(h) for h in found)
    events = _events(log, rows, names, times) if log.recipes or (times is not None and times.own) else None
    if times is not None and len(rows.u) and not table.timed_by:
        step("measure", "when users act")
        at, base = times.instants(rows.t)
        days = (0, times.own - 1) if times.own else times.days
        own = events.own if events is not None else None
        found += habits.rhythm(rows.u, at, base, users, times.clock, days, times.timed, own)
    elif forms:
        n = np.bincount(rows.u, minlength=users).astype(np.float64)
        found += (Habit("events", "events", "events", np.where(n > 0, n, np.nan), "number of events"),)
    usual = tuple(habit(h, table, forms and not study.group_by) for h in found)
    usual += _amounts(engine, log, study, forms) + _properties(engine, log)
    asked_for: tuple[Measure, ...] = ()
    if events is not None and log.recipes:
        wrong = [(r, unknown(r, table, events)) for r in log.recipes] if rule is None else []
        refused += tuple((r.text, e) for r, e in wrong if e is not None)
        able = [r for r in log.recipes if r.text not in dict(refused) and r.name != "counts"]
        step("measure", "recipes")
        asked_for = made(able, events, table, study.group_by, forms, study.floor if rule is None else 0)
        usual = tuple(m for m in usual if m.name not in {a.name for a in asked_for})
        usual, asked_for = (ended(ms, asked_for, study.group_by) for ms in (usual, asked_for))
    used = needed(log.recipes, table)
    idle = tuple(LeftOut(c.name, c.why) for c in table.columns if c.role in (Role.IGNORE, Role.TEXT) and c not in used)
    window = times.window if times else None
    return Part(counts, usual, window, left_out + unused + rarer + idle, True, asked_for, refused)


def _opened(
    engine: Any, table: Table, study: Study, users: int, placing: bool
) -> tuple[_Log, Times | None, tuple[LeftOut, ...], tuple[tuple[str, DataError], ...]]:
    """The log with its window, and the recipes that it cannot feed."""
    recipes = asked(study.features)
    if not placing:
        check_columns(recipes, table, study)
    kept = {study.offer, *(c.name for c in needed(recipes, table))}  # offers are looked at later
    relation, second, times, left = opened(engine, table, study, kept, placing)
    event, value = table.column(Role.EVENT), table.column(Role.VALUE)
    there = {"time": times, "clock": times and times.timed, "event": event, "value": value}
    wrong = [(r, lacking(r, table, [k for k, v in there.items() if v])) for r in recipes]
    able = tuple(r for r, error in wrong if error is None)
    what = text_of(event) if event else ""
    pairs = [c for r in able if r.name == "counts" for c in needed([r], table)]
    for c in pairs[:1]:
        what = per_user.paired(what, text_of(c))
    log = _Log(table, relation, keyed(engine, table)[1], second, what, event, value, users, able)
    return log, times, left, tuple((r.text, error) for r, error in wrong if error is not None)


def _events(log: _Log, rows: _Rows, names: Sequence[str], times: Times | None) -> Log:
    """The rows as recipes see them."""
    t = times.local(rows.t) if times else np.zeros(len(rows.u), np.int64)
    at = own = None
    if times and len(times.clock.since) > 1:
        seconds, base = times.instants(rows.t)
        at = seconds + np.int64(base)
    first, last = times.days if times else (0, 0)
    if times and times.own:
        first, last = 0, times.own - 1
        own = np.full(log.users, np.iinfo(np.int64).max)
        np.minimum.at(own, rows.u, t // habits.DAY)
    event, events = (rows.more[_EVENT], rows.levels[_EVENT]) if _EVENT in rows.more else (rows.e, tuple(names))
    value = rows.more.get(_VALUE, np.full(len(rows.u), np.nan))
    texts = {c: (rows.more[c], rows.levels[c]) for c in rows.levels}
    numbers = {c.removeprefix(_NUMBER): v for c, v in rows.more.items() if c.startswith(_NUMBER)}
    amount = spoken(log.value.name) if log.value else "amount"
    return Log(
        log.users, rows.u, t, event.astype(np.int32), events, value, first, last, bool(times and times.timed), texts, numbers,
        amount, at, own,
    )  # fmt: skip


_EVENT, _VALUE, _NUMBER = "\0event", "\0value", "\0number "
"""What recipes read beside the columns that they name; no column is called so."""


_BY_PEOPLE = {
    "event_types": ("different people who took it", "people"),
    "variety": ("variety of people", "bits"),
    "top_event_share": ("share of the person who took it most", "share"),
}


def _of_people(habit: Habit) -> Habit:
    """A habit of a thing, whose events are the people who took it, in words that say so."""
    label, unit = _BY_PEOPLE.get(habit.name, (habit.label, habit.unit))
    return replace(habit, label=label, unit=unit)


def habit(made: Habit, table: Table, forms: bool) -> Measure:
    """A habit as a measure; where habits form groups, those that do."""
    forms = forms and made.name in _RFM
    return Measure(
        made.name, made.label, Role.BEHAVIOUR, Kind.DECIMAL, made.values, (), made.unit, table.source, made.how, forms
    )  # fmt: skip


# ---------------------------------------------------------------- events


def text_of(column: Column) -> str:
    """SQL of a column as text, such as an event's name, NULL when it is blank."""
    text = plugins.find("engines", "duckdb").typed(replace(column, kind=Kind.TEXT))
    return str(text) if column.native != "VARCHAR" else f"nullif({text}, '')"


def _event_names(engine: Any, log: _Log, floor: int) -> tuple[tuple[str, ...], tuple[LeftOut, ...]]:
    """The events that count, in the order of names, and those that do not. Of events combined with a property only those that
    at least `floor` users did: a value of few, in a name, would point at them."""
    if log.event is None:
        return (), ()
    if floor and log.what != text_of(log.event):
        reached = engine.arrow(per_user.reach(log.relation, log.what, log.id))
        often = [n for n, users in zip(*(reached.column(i).to_pylist() for i in (0, 1)), strict=True) if users >= floor]
        few = reached.num_rows - len(often[:MOST_EVENTS])
        left = (LeftOut(f"{few:,} rarer pairs of {log.event.name}", "done by few users, or beyond the most that count"),)
        return tuple(sorted(often[:MOST_EVENTS], key=lambda n: n.encode())), left if few else ()
    found = engine.arrow(per_user.events(log.relation, log.what)).column(0).to_pylist()
    if len(found) <= MOST_EVENTS:
        return tuple(sorted(found, key=lambda n: n.encode())), ()
    kept = engine.arrow(per_user.reach(log.relation, log.what, log.id)).column(0).to_pylist()[:MOST_EVENTS]
    reason = f"only the {MOST_EVENTS:,} that most users do are counted"
    warn(f'"{log.event.name}" has {len(found):,} different values; {reason}')
    return tuple(sorted(kept, key=lambda n: n.encode())), (
        LeftOut(f"{len(found) - MOST_EVENTS:,} rarer values of {log.event.name}", reason),
    )


def _coded(engine: Any, log: _Log, names: Sequence[str], base: int, rarer: bool) -> tuple[_Rows, tuple[LeftOut, ...]]:
    """Every event as integers, straight from Arrow batches into arrays."""
    import pyarrow as pa

    codes = f"{log.table.relation}__codes"
    if log.event:
        held = pa.table({"c": pa.array(range(len(names)), pa.int16()), "event": pa.array(names, pa.string())})
        engine.register(f"{codes}_names", held)
        engine.execute(per_user.codes(engine.quote(codes), engine.quote(f"{codes}_names")))
        engine.unregister(f"{codes}_names")
    low, positions = _near(engine, log)
    total = log.table.used
    u, e, t = np.empty(total, np.int32), np.empty(total, np.int16), np.empty(total, np.uint32)
    beside, levels = _beside(engine, log, rarer)
    more: dict[str, npt.NDArray[Any]] = {n: np.empty(total, np.int32 if n in levels else np.float64) for n, *_ in beside}
    pairs = [(value, known) for _, value, known in beside]
    query = per_user.coded(log.relation, log.id, log.what, log.second, base, engine.quote(codes), low, pairs)
    nobody = at = seen = 0
    for batch in engine.batches(query, _BATCH):
        who, done, when, *others = batch.columns
        seen += len(who)
        if who.null_count:
            nobody += who.null_count
            batch = batch.filter(who.is_valid())
            who, done, when, *others = batch.columns
        n = len(who)
        u[at : at + n] = positions[who.to_numpy()] if positions is not None else who.to_numpy()
        e[at : at + n], t[at : at + n] = done.to_numpy(), when.to_numpy()
        for array, column in zip(more.values(), others, strict=True):
            array[at : at + n] = column.to_numpy(zero_copy_only=False)
        at += n
        step("measure", "events", seen, total, "rows")
    left_out = left_behind(log.table, nobody, log.event)
    return _Rows(u[:at], e[:at], t[:at], {n: v[:at] for n, v in more.items()}, levels), left_out


def left_behind(table: Table, nobody: int, event: Column | None) -> tuple[LeftOut, ...]:
    """The rows of a log that count for nobody or nothing, which are warned of."""
    left = [(nobody, "without an id: they belong to nobody")]
    if event is not None:
        left.append((event.empty, f"without a word in {event.name}: they count for no event"))
    made = tuple(LeftOut(f"{n:,} row{'s' if n > 1 else ''} of {table.source}", why) for n, why in left if n)
    for x in made:
        warn(f"{x.name} {x.reason}")
    return made


def _beside(engine: Any, log: _Log, rarer: bool) -> tuple[list[tuple[str, str, str]], dict[str, tuple[str, ...]]]:
    """What recipes read beside user, event and time: (name, expression, relation of its values or "" for a number), and the
    values. The event itself is among them where it is counted under combined names or not all of it is counted."""
    if not log.recipes:
        return [], {}
    typed = plugins.find("engines", "duckdb").typed
    beside: list[tuple[str, str, str]] = []
    levels: dict[str, tuple[str, ...]] = {}
    named = {kind: {c for r in log.recipes for _, c, k in columns(r) if k == kind} for kind in (TextColumn, NumberColumn)}
    texts = {c.name: text_of(c) for c in log.table.columns if c.name in named[TextColumn]}
    if log.event is not None and (rarer or log.what != text_of(log.event)):
        texts[_EVENT] = text_of(log.event)
    for i, (name, value) in enumerate(texts.items()):
        known = engine.quote(f"{log.table.relation}__levels_{i}")
        engine.execute(per_user.levels(known, log.relation, value))
        levels[name] = tuple(engine.arrow(per_user.named(known)).column(0).to_pylist())
        beside.append((name, value, known))
    for c in log.table.columns:
        if c.name in named[NumberColumn]:
            beside.append((_NUMBER + c.name, f"CAST({typed(c)} AS DOUBLE)", ""))
    if log.value is not None:
        beside.append((_VALUE, f"CAST({typed(log.value)} AS DOUBLE)", ""))
    return beside, levels


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


def _counts(engine: Any, log: _Log, names: Sequence[str], rows: _Rows, study: Study) -> Counts | None:
    """How often each user did each event."""
    if log.event is None:
        return None
    times = log.value is not None and repeats(log.value.name) and not log.second
    matrix = _added(engine, log, names) if times else habits.tally(rows.u, rows.e, log.users, len(names))
    why = f'"{log.value.name}" says how often each row happened' if times and log.value else ""
    return Counts(matrix, tuple(names), log.table.source, why, log.event.name, takes(log.event, study))


def _added(engine: Any, log: _Log, names: Sequence[str]) -> csr_matrix:
    """Counts of a log that was added up already."""
    from scipy.sparse import csr_matrix

    assert log.event is not None and log.value is not None  # noqa: S101 - asked by _counts alone
    typed = plugins.find("engines", "duckdb").typed
    found = engine.arrow(per_user.added(log.relation, log.id, text_of(log.event), typed(log.value)))
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
        made += amount(c, found, log.table.source, study, forms, log.users)
    return tuple(made)


def amount(c: Column, found: Any, source: str, study: Study, forms: bool, users: int) -> list[Measure]:
    """The measures of one column of numbers, from the Arrow table (r, total, most, n) that `per_user.amounts` asks for."""
    rows, n = found.column(0).to_numpy(), found.column(3).to_numpy()
    total, most = (scattered(rows, floats(found.column(i)), users) for i in (1, 2))
    mean = scattered(rows, floats(found.column(1)) / n, users)
    here = c.name in study.group_by if study.group_by else forms and c.role in (Role.VALUE, Role.BEHAVIOUR)
    said = spoken(c.name)
    made: list[Measure] = []
    blank = Measure(c.name, said, Role.BEHAVIOUR, c.kind, total, (), "", source, forms=here)
    if c.role is Role.VALUE:
        made.append(replace(blank, name=f"{c.name}_total", label=f"total {said}", query=f"sum({c.name})"))
        largest = replace(blank, name=f"{c.name}_largest", label=f"largest {said}", query=f"max({c.name})")
        made.append(replace(largest, values=most, forms=False))
    elif c.role is Role.BEHAVIOUR and c.kind is Kind.DECIMAL and Topic.AMOUNT in topics(c.name):
        made.append(replace(blank, name=f"{c.name}_total", label=f"total {said}", query=f"sum({c.name})", forms=False))
    average = replace(blank, kind=Kind.DECIMAL, values=mean, query=f"sum({c.name}) / count({c.name})")
    if c.role in (Role.VALUE, Role.BEHAVIOUR):
        return [*made, replace(average, name=f"{c.name}_mean", label=f"{said} per event")]
    return [*made, replace(average, role=c.role)]


def _properties(engine: Any, log: _Log) -> tuple[Measure, ...]:
    """The most frequent value of what describes each event: a country, a device."""
    made = []
    for c in log.table.columns:
        asked = c.role in (Role.BEHAVIOUR, Role.ATTITUDE, Role.DEMOGRAPHIC, Role.OUTCOME)
        if not asked or c.kind.numeric or c.kind in (Kind.DATE, Kind.TIMESTAMP):
            continue
        found = engine.arrow(per_user.usual(log.relation, log.id, text_of(c)))
        label, query = f"most frequent {spoken(c.name)}", f"most frequent value of {c.name}"
        blank = Measure(c.name, label, c.role, Kind.CATEGORY, np.zeros(0), source=log.table.source, query=query)
        measure = category(blank, found.column(0).to_numpy(), found.column(1), log.users)
        made.append(flagged(measure) if c.role is Role.OUTCOME and len(measure.levels) == 2 else measure)
    return tuple(made)
