"""A log that is added up in its database: one row a user and event, and the usual measures of each user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from personae import progress
from personae.databases import summing
from personae.databases.moving import filled, settled
from personae.databases.tables import Database, Field
from personae.files.rows import waiting
from personae.model.study import Study
from personae.model.table import Table
from personae.sql import in_database

_DAY = 86_400


def summed(
    engine: Any, database: Database, query: str, source: str, fields: Sequence[Field], counted: int, study: Study, relation: str
) -> Table | None:
    """A table of one row a user and event with how often, and beside it the measures of each user; None when moving the
    rows is quicker, or the only way."""
    if counted < summing.ROWS:
        return None
    plan = summing.plan(database, query, fields, study)
    if plan is None or not summing.slow(database, query, fields):
        return None
    progress.step("read", f"{source}: adding up in the database")
    totals = _Totals(*(None if v is None else str(v) for v in database.rows(f"{plan.opening} {_totals(plan)}")[0]))
    if totals.low is None or int(totals.low) < 0 or int(totals.rows) != counted:
        return None
    if not _paired(engine, database, plan, study, relation, counted):
        return None
    timed = plan.time.wanted != "DATE" and plan.time.carried != "DATE" and int(totals.midnight) < int(totals.some)
    days = (int(totals.low) // _DAY, int(str(totals.high)) // _DAY)
    sums = f"{relation}__sums"
    for i, (query, columns) in enumerate(summing.habits(plan, database.dialect, days, timed)):
        names = [f.name for f in columns]
        filled(engine, database, query, columns, f"{sums}_{i}", names, Study(sources=()), (source, 0))
    _joined(engine, sums, i + 1, database.hexed)
    progress.tell("read", f"{source}  added up by {source.rpartition('(')[2].rstrip(')')}, which was quicker")
    return _table(engine, source, plan, fields, totals, relation)


@dataclass(frozen=True)
class _Totals:
    """What `in_database.totals` counts, as texts."""

    rows: Any
    some: Any
    low: Any
    high: Any
    midnight: Any
    users: Any
    events: Any
    moments: Any
    filled: Any = "0"
    values: Any = "0"
    least: Any = None
    most: Any = None


def _totals(plan: summing.Plan) -> str:
    return in_database.totals(plan.value is not None)


def _paired(engine: Any, database: Database, plan: summing.Plan, study: Study, relation: str, counted: int) -> bool:
    """Make the table of one row a user and event; False when there are too many of them to be worth it."""
    most = counted // summing.FOLD
    query, columns = summing.pairs(plan, most + 1)
    raw, names = f"{relation}__pairs", [f.name for f in columns]
    if filled(engine, database, query, columns, raw, names, study, (relation, 0)) > most:
        return False
    types, _ = settled(engine, raw, names, columns, relation)
    if plan.value and "VARCHAR" in types[4:6] and engine.rows(f"SELECT count(total) FROM {engine.quote(raw)}") != [(0,)]:
        return False
    q, text = engine.quote, _unhexed if database.hexed else str
    user = text("who") if plan.user.carried == "VARCHAR" else f"CAST({text('who')} AS {plan.user.carried})"
    made = [f"{user} AS {q(plan.user.name)}", f"{text('event')} AS {q(plan.event.name)}"]
    made.append(f"{_moment(plan)} AS {q(plan.time.name)}")
    if plan.value:
        made.append(f"total AS {q(plan.value.name)}")
    more = ', most AS "personae most", filled AS "personae filled"' if plan.value else ""
    engine.execute(f'CREATE OR REPLACE TABLE {q(relation)} AS SELECT {", ".join(made)}, n AS "personae n"{more} FROM {q(raw)}')
    return True


def _unhexed(column: str) -> str:
    return f"decode(unhex({column}))"


def _moment(plan: summing.Plan) -> str:
    """The first time of a pair in the type that its column has when rows are moved."""
    if plan.per:
        return f"CAST(t * {plan.per} AS {plan.time.carried})"
    stamp = "make_timestamp(t * 1000000)"
    match plan.time.wanted or plan.time.carried:
        case "DATE":
            return f"CAST({stamp} AS DATE)"
        case "TIMESTAMP":
            return stamp
    return f"({stamp} AT TIME ZONE 'UTC')"


def _joined(engine: Any, into: str, parts: int, hexed: bool) -> None:
    """The measures of all queries in one table, one row a user, whose id is `who`."""
    q = engine.quote
    listed = ", ".join(f"p{i}.* EXCLUDE (who)" for i in range(parts))
    tables = f"{q(into + '_0')} AS p0" + "".join(
        f" JOIN {q(f'{into}_{i}')} AS p{i} ON p{i}.who = p0.who" for i in range(1, parts)
    )
    who = _unhexed("p0.who") if hexed else "p0.who"
    engine.execute(f"CREATE OR REPLACE TABLE {q(into)} AS SELECT {who} AS who, {listed} FROM {tables}")


def _table(engine: Any, source: str, plan: summing.Plan, fields: Sequence[Field], totals: _Totals, relation: str) -> Table:
    """The table as if its rows had been moved: all counts are of rows."""
    kinds = dict(row[:2] for row in engine.rows(f"DESCRIBE SELECT * FROM {engine.quote(relation)}"))
    rows, q = int(totals.rows), engine.quote
    distinct = {
        f.name: engine.rows(f"SELECT count(DISTINCT {q(f.name)}) FROM {q(relation)}")[0][0] for f in (plan.user, plan.event)
    }
    counts = {
        plan.user.name: (totals.users, distinct[plan.user.name], "", ""),
        plan.event.name: (totals.events, distinct[plan.event.name], "", ""),
    }
    counts[plan.time.name] = (totals.some, totals.moments, "", "")
    if plan.value:
        counts[plan.value.name] = (totals.filled, totals.values, totals.least, totals.most)
    columns = []
    for field in fields:
        filled, different, low, high = counts[field.name]
        column = waiting([field.name], kinds[field.name])[0]
        columns.append(
            replace(column, rows=rows, empty=rows - int(filled), distinct=int(different), low=low or "", high=high or "")
        )
    ends = tuple(int(str(v)) for v in (totals.low, totals.high, totals.some, totals.midnight))
    return Table(
        source=source,
        relation=relation,
        shape="",
        columns=tuple(columns),
        seen=rows,
        used=rows,
        format=f"{source.rpartition('(')[2].rstrip(')')} table, added up in the database",
        sums=f"{relation}__sums",
        summed=tuple(f.name for f in (plan.user, plan.event, plan.time, plan.value) if f),
        span=ends,
    )
