"""A log that its database added up: the same counts, habits and amounts as from its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import habits
from personae.model.features import Counts, LeftOut, Measure
from personae.model.recipe import Habit
from personae.model.study import Role, Study
from personae.model.table import Kind, Table
from personae.progress import step, warn
from personae.sql import per_user
from personae.stages.log import MOST_EVENTS, amount
from personae.stages.part import Part, floats, id_of, keyed, scattered
from personae.stages.when import Times, times_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

TIMES, _MOST, _FILLED = '"personae n"', '"personae most"', '"personae filled"'


def fits(table: Table) -> bool:
    """Whether a table is what its sums were made for: a log whose columns mean what they were taken for. Others always are."""
    if not table.sums:
        return True
    key, event, time = (table.column(r) for r in (Role.ID, Role.EVENT, Role.TIME))
    if key is None or event is None or time is None or table.shape != "events" or time.kind not in (Kind.DATE, Kind.TIMESTAMP):
        return False
    rest = [c for c in table.columns if c not in (key, event, time)]
    named = (key.name, event.name, time.name, *(c.name for c in rest))
    whole = not table.set_aside and table.sums == f"{table.relation}__sums" and event.distinct <= MOST_EVENTS
    return whole and table.summed == named and all(c.kind.numeric and c.role is not Role.TEXT for c in rest)


def from_sums(engine: Any, table: Table, study: Study, users: int) -> Part:
    """What `from_log` makes of the rows, from their sums."""
    step("measure", "what the database added up")
    counts = _counts(engine, table, users)
    low, high, some, midnight = table.span
    time = table.column(Role.TIME)
    assert time is not None  # noqa: S101 - `fits` was asked
    times = times_of(time, study, low, high, time.kind is Kind.TIMESTAMP and midnight < some)
    found = (*habits.variety(counts.matrix), *_rhythm(engine, table, users, times))
    made = [Measure(h.name, h.label, Role.BEHAVIOUR, Kind.DECIMAL, h.values, (), h.unit, table.source, h.how) for h in found]
    return Part(counts, (*made, *_amounts(engine, table, study, users)), times.window, _left_out(engine, table), log=True)


def _counts(engine: Any, table: Table, users: int) -> Counts:
    """How often each user did each event."""
    event = table.column(Role.EVENT)
    assert event is not None  # noqa: S101 - `fits` was asked
    relation, id = keyed(engine, table)
    found = engine.arrow(per_user.added(relation, id, engine.quote(event.name), TIMES))
    done = found.column(1).to_pylist()
    names = sorted(set(done), key=lambda n: n.encode())
    at = {n: i for i, n in enumerate(names)}
    return Counts(_matrix(found, [at[n] for n in done], (users, len(names))), tuple(names), table.source, "", event.name)


def _matrix(found: Any, columns: list[int], shape: tuple[int, int]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    matrix = csr_matrix((floats(found.column(2)), (found.column(0).to_numpy(), np.array(columns, np.int32))), shape=shape)
    matrix.sort_indices()
    return matrix


def _rhythm(engine: Any, table: Table, users: int, times: Times) -> list[Habit]:
    """The habits that the database measured, under the words of those measured here."""
    found = engine.arrow(per_user.measured(engine.quote(table.sums)))
    rows = found.column("r").to_numpy()
    who, when, base = np.zeros(1, np.int32), np.zeros(1, np.uint32), times.days[0] * habits.DAY
    words = habits.rhythm(who, when, base, 1, times.clock, times.days, times.timed)
    return [replace(h, values=scattered(rows, floats(found.column(h.name)), users)) for h in words]


def _amounts(engine: Any, table: Table, study: Study, users: int) -> tuple[Measure, ...]:
    """Sum, mean and largest of the amount."""
    key = id_of(table)
    taken = (Role.ID, Role.EVENT, Role.TIME, Role.IGNORE)
    made: list[Measure] = []
    for column in (c for c in table.columns if c.role not in taken and c.name != key.name):
        relation, id = keyed(engine, table)
        sql = per_user.amounts(relation, id, engine.quote(column.name), _MOST, _FILLED)
        made += amount(column, engine.arrow(sql), table.source, study, False, users)
    return tuple(made)


def _left_out(engine: Any, table: Table) -> tuple[LeftOut, ...]:
    """Rows that count for nobody or for nothing, and columns that are not used."""
    relation, id = keyed(engine, table)
    event = table.column(Role.EVENT)
    nobody = int(engine.rows(f"SELECT coalesce(sum({TIMES}), 0) FROM {relation} WHERE {id} IS NULL")[0][0])
    blank = event.empty if event else 0
    left = [
        (table.used - table.span[2], "have no time, so nobody knows when they happened", "; they are not counted"),
        (nobody, "without an id: they belong to nobody", ""),
        (blank, f"without a word in {event.name if event else ''}: they count for no event", ""),
    ]
    made = []
    for n, why, more in left:
        if n:
            many = "s" if n > 1 or more else ""
            made.append(LeftOut(f"{n:,} row{many} of {table.source}", why))
            warn(f"{made[-1].name} {why}{more}")
    columns = (LeftOut(c.name, c.why) for c in table.columns if c.role in (Role.IGNORE, Role.TEXT))
    return (*made, *columns)
