"""What a log gives to the features, from what was added up of it instead of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import habits
from personae.errors import DataError
from personae.model.cast import Cast
from personae.model.features import Counts, Measure
from personae.model.recipe import Habit, Log
from personae.model.study import Role, Study
from personae.model.table import Kind, Table
from personae.model.tally import Counted, Tally
from personae.progress import step
from personae.sql import tally
from personae.stages.addable import adding, amounts_of, read_of
from personae.stages.counting import relation
from personae.stages.log import amount, habit
from personae.stages.made import ended, lacking, made
from personae.stages.part import Part, floats, scattered
from personae.stages.roles import takes
from personae.stages.when import Times, within
from personae.stages.when import asked as wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HERE, _BEGUN = relation("here"), relation("begun")


@dataclass(frozen=True)
class _Inside:
    """The relations of a tally inside the window, and how its times are read."""

    times: Times | None
    days: tuple[int, int] | None
    own: tuple[str, str, int] | None

    def __call__(self, name: str) -> str:
        return tally.inside(relation(name), _HERE, self.days, self.own)


def tallied(engine: Any, table: Table, study: Study, users: int, cast: Cast, held: Tally) -> Part:
    """The counts, habits and amounts that the rule of a cast reads, inside the window of the study, as `from_log` makes them of
    all rows. `table` is the log as the run knew it.

    Raises DataError P202 where the window begins before the days that are kept, and as `from_log` does.
    """
    assert cast.rule is not None  # noqa: S101 - asked by addable
    engine.execute(tally.placed(_HERE, relation("who")))
    counted = held.counted
    inside = _inside(engine, table, study, counted)
    _check_kept(inside, held)
    step("measure", "what was counted")
    event = table.column(Role.EVENT)
    counts = _counts(engine, inside, table, study, users) if event is not None else None
    known = habits.variety(counts.matrix) if counts is not None else ()
    known += _rhythm(engine, inside, counted, users) if counted.days else _events(engine, inside, users)
    forms = counts is None
    usual = tuple(habit(h, table, forms and not study.group_by) for h in known)
    for c in amounts_of(counted, table):
        at = [n for n, _ in counted.amounts].index(c.name)
        usual += tuple(amount(c, engine.arrow(tally.amounts(inside(f"sums_{at}"))), table.source, study, forms, users))
    recipes = [r for r in adding(cast) if lacking(r, table, _has(inside.times, table)) is None]
    more: tuple[Measure, ...] = ()
    if recipes:
        more = made(recipes, _log(engine, inside, counts, known, users), table, study.group_by, forms)
        usual = tuple(m for m in usual if m.name not in {a.name for a in more})
        usual, more = (ended(ms, more, study.group_by) for ms in (usual, more))
    read = set(read_of(cast, cast.rule, table))
    return Part(
        counts,
        tuple(m for m in usual if m.name in read),
        inside.times.window if inside.times is not None else None,
        log=True,
        asked=tuple(m for m in more if m.name in read),
    )


def reached(engine: Any, table: Table, study: Study, counted: Counted) -> tuple[int | None, tuple[str, str, int] | None]:
    """The first day that can still come to lie in a window of the last days, None where all may; and, where the first days of
    each user count, what `sql.tally.inside` knows them by: earlier events only ever move them back.

    Files that are added move the last day of a log back by no more than one, where its times turn out to have hours. Where
    people who leave move it back further, `tallied` says so.
    """
    inside, window = _inside(engine, table, study, counted), wanted(counted.window)
    last = inside.days[1] - window.last - 1 if inside.days and window.last else None
    return last, inside.own


def _check_kept(inside: _Inside, held: Tally) -> None:
    """Raise DataError P202 where days of the window were dropped: who came last was taken out since."""
    if inside.days is None or held.since is None or inside.days[0] >= held.since:
        return
    first, since = (np.datetime64(d, "D") for d in (inside.days[0], held.since))
    what = f"the window begins on {first} now that people were taken out, and days before {since} are not kept any more"
    fix = "count all files anew into another folder: personae score ALL_FILES --tally DIR"
    raise DataError("P202", what, where="--tally", did="nobody was placed", fix=fix)


def _times(engine: Any, table: Table, study: Study, counted: Counted) -> Times | None:
    """How the times of everything that was counted are read."""
    low, high, n, midnight = engine.rows(tally.span(relation("who")))[0]
    time = table.column(Role.TIME)
    if not counted.time or time is None or low is None:
        return None
    return within(table, time, study, (low, high), time.kind is Kind.TIMESTAMP and midnight < n, placing=True)[0]


def _inside(engine: Any, table: Table, study: Study, counted: Counted) -> _Inside:
    times = _times(engine, table, study, counted)
    if times is None or not counted.days:
        return _Inside(times, None, None)
    if not times.own:
        return _Inside(times, times.days, None)
    day = "day" if times.naive else "local"
    engine.execute(tally.begun(_BEGUN, relation("done"), _HERE, day))
    return _Inside(times, times.days, (_BEGUN, day, times.own))


def _counts(engine: Any, inside: _Inside, table: Table, study: Study, users: int) -> Counts:
    """How often each user did each event that was done inside the window."""
    from scipy.sparse import csr_matrix

    named = dict(engine.rows(f"SELECT e, event FROM {relation('names')}"))
    found = engine.arrow(tally.counts(inside("done")))
    who, what = (found.column(i).to_numpy() for i in (0, 1))
    there = sorted(np.unique(what).tolist(), key=lambda e: named[e].encode())
    place = np.full(max(named, default=-1) + 1, -1, np.int64)
    place[there] = np.arange(len(there))
    matrix = csr_matrix((floats(found.column(2)), (who, place[what])), shape=(users, len(there)))
    matrix.sort_indices()
    event = table.column(Role.EVENT)
    assert event is not None  # noqa: S101 - asked by the caller
    return Counts(matrix, tuple(named[e] for e in there), table.source, "", event.name, takes(event, study))


def _events(engine: Any, inside: _Inside, users: int) -> tuple[Habit, ...]:
    """The number of events alone, where nothing else is asked of them."""
    n = _by_user(engine, tally.events(inside("done")), users)[0]
    return (Habit("events", "events", "events", np.where(n > 0, n, np.nan), "number of events"),)


def _rhythm(engine: Any, inside: _Inside, counted: Counted, users: int) -> tuple[Habit, ...]:
    """When users act."""
    if inside.times is None:
        return ()
    days = (0, inside.times.own - 1) if inside.times.own else inside.times.days
    found = _by_user(engine, tally.rhythm(inside("done"), days), users)
    sums = dict(zip(("events", "active", "weekend", "late"), found, strict=False))
    first, last = (np.where(sums["events"] > 0, x, np.nan) for x in found[4:])
    timed = inside.times.timed and counted.clock
    if timed:
        sums |= dict(zip(habits.PARTS, _by_user(engine, tally.parts(inside("hours"), tuple(habits.PARTS)), users), strict=True))
        sums["sessions"] = _by_user(engine, tally.sessions(inside("stays")), users)[0]
    return habits.of_sums(sums, first, last, days, timed)


def _by_user(engine: Any, query: str, users: int) -> list[NDArray[np.float64]]:
    """Each column after the first as values of all users, 0 for those without."""
    found = engine.arrow(query)
    rows = found.column(0).to_numpy()
    return [np.nan_to_num(scattered(rows, floats(found.column(i)), users)) for i in range(1, found.num_columns)]


def _has(times: Times | None, table: Table) -> list[str]:
    """What recipes may ask for."""
    event, value = table.column(Role.EVENT), table.column(Role.VALUE)
    there = {"time": times, "clock": times and times.timed, "event": event, "value": value}
    return [k for k, v in there.items() if v]


def _log(engine: Any, inside: _Inside, counts: Counts | None, known: tuple[Habit, ...], users: int) -> Log:
    """Counts of users, days and events as recipes see a log."""
    found = engine.arrow(tally.cells(inside("done")))
    user, day, what, n = (found.column(i).to_numpy() for i in range(4))
    named = dict(engine.rows(f"SELECT e, event FROM {relation('names')}"))
    events = counts.events if counts is not None else ()
    at = {name: i for i, name in enumerate(events)}
    place = np.full(max(named, default=-1) + 2, -1, np.int32)
    for e, name in named.items():
        place[e] = at.get(name, -1)
    t = day.astype(np.int64) * habits.DAY
    first, last = inside.days or (0, 0)
    own = None
    if inside.times is not None and inside.times.own:
        first, last = 0, inside.times.own - 1
        own = np.full(users, np.iinfo(np.int64).max)
        begun = engine.arrow(f"SELECT r, begun FROM {_BEGUN} JOIN {_HERE} USING (u)")
        own[begun.column(0).to_numpy()] = begun.column(1).to_numpy()
    timed = bool(inside.times and inside.times.timed)
    value = np.full(len(user), np.nan)
    return Log(users, user, t, place[what], events, value, first, last, timed, own=own, n=n.astype(np.int64), known=known)


def check_any(engine: Any, where: str) -> None:
    """Raise DataError P107 where nothing was counted yet."""
    ((n,),) = engine.rows(f"SELECT count(*) FROM {relation('who')}")
    if not n:
        raise DataError(
            "P107", "nothing was counted yet", where=where, fix="name files to count: personae score FILES --tally DIR"
        )
