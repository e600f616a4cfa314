"""Whether and how a log is added up inside its database instead of moving its rows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from personae import plugins
from personae.audit.headers import names_id, names_time
from personae.databases.tables import Database, Field
from personae.model.study import Study
from personae.sql import in_database

ROWS = 1_000_000
"""Rows below which moving them is always quick enough."""
FOLD = 4
"""Rows there must be for each pair of user and event; with fewer, adding up saves little."""
SLOW = 25_000
"""Rows a second below which moving is slower than adding up. Of 1.2 million rows PostgreSQL added up one in 42 microseconds and
gave one away in 7, on two busy cores; over a line of 4 Mbit/s that was 74 against 144 seconds for all."""
RECIPES = ("activity", "spans", "weekend", "later_half", "sessions", "rhythm")
"""What is measured of every log with times, beside its counts."""
_PROBE = 20_000
_DATED = ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")


@dataclass(frozen=True)
class Plan:
    """The columns of a log that can be added up, and the start of every statement that does.

    `per` says how many of a column of whole numbers make a second; 0 for columns of times.
    """

    user: Field
    event: Field
    time: Field
    value: Field | None
    per: int
    opening: str


def plan(database: Database, query: str, fields: Sequence[Field], study: Study) -> Plan | None:
    """The columns of a log of id, event, time and at most one exact amount; None for any other table, and for studies that
    need the rows: recipes, windows, time zones other than UTC, declared markers."""
    if study.features or study.window or study.missing or study.ignore or study.timezone not in ("", "UTC"):
        return None
    rest = list(fields)
    when = _taken(rest, study.time, [f for f in rest if _dated(f)] or [f for f in rest if _counts_time(f)])
    exact = [f for f in rest if _exact(f) and f.name != study.id and not names_id(f.name)]
    amount = _taken(rest, study.value, exact) if len(rest) == 3 else None
    user = _taken(rest, study.id, [f for f in rest if names_id(f.name)])
    if when is None or user is None or len(rest) != 1 or not (_plain(user) and _plain(rest[0])) or rest[0].carried in _WHOLE:
        return None
    per = 0 if _dated(when) else _unit(database, query, when)
    if per is None:
        return None
    who, event = (database.text(database.quote(f.name)) for f in (user, rest[0]))
    second = database.second(database.quote(when.name), per)
    opening = in_database.opening(query, who, event, second, database.quote(amount.name) if amount else "")
    return Plan(user, rest[0], when, amount, per, opening)


def _dated(field: Field) -> bool:
    return (field.wanted or field.carried) in _DATED


def _counts_time(field: Field) -> bool:
    """Whether whole numbers may be seconds since 1970, by their name."""
    return field.carried in ("INTEGER", "BIGINT") and names_time(field.name)


def _plain(field: Field) -> bool:
    """Whether a column is text or whole numbers, as they are."""
    return not field.wanted and field.carried in ("VARCHAR", *_WHOLE)


def _unit(database: Database, query: str, field: Field) -> int | None:
    """How many of these numbers make a second, None when they are no times."""
    column = database.quote(field.name)
    ((low, high),) = database.rows(f"SELECT min({column}), max({column}) FROM ({query}\n) AS q")
    if low is None:
        return None
    spans = {1: (1e8, 4.2e9), 1_000: (1e11, 4.2e12), 1_000_000: (1e14, 4.2e15)}
    return next((per for per, (a, b) in spans.items() if a <= int(str(low)) and int(str(high)) < b), None)


def _taken(rest: list[Field], said: str, fits: list[Field]) -> Field | None:
    """The field that was named, or the only one that fits, taken out of the rest."""
    found = [f for f in rest if f.name == said] or fits
    if len(found) != 1:
        return None
    rest.remove(found[0])
    return found[0]


def _exact(field: Field) -> bool:
    """Whether a column can be summed without rounding."""
    return field.wanted == "NUMERIC" or field.carried in _WHOLE or field.carried.startswith("DECIMAL")


def slow(database: Database, query: str, fields: Sequence[Field]) -> bool:
    """Whether rows come so slowly that adding them up where they are is quicker: the first ones are timed."""
    began = time.monotonic()
    rows = sum(batch.num_rows for batch in database.batches(f"{query} LIMIT {_PROBE}", fields))
    return bool(rows < SLOW * (time.monotonic() - began))


def pairs(plan: Plan, most: int) -> tuple[str, tuple[Field, ...]]:
    """The query of one row a user and event, at most so many, and its columns."""
    fields: tuple[Field, ...] = (Field("who", "VARCHAR"), Field("event", "VARCHAR"), Field("n", "BIGINT"), Field("t", "BIGINT"))
    if plan.value:
        fields += (Field("total", "VARCHAR", "NUMERIC"), Field("most", "VARCHAR", "NUMERIC"), Field("filled", "BIGINT"))
    return f"{plan.opening} {in_database.pairs(plan.value is not None, most)}", fields


def habits(plan: Plan, dialect: str, days: tuple[int, int], timed: bool) -> list[tuple[str, tuple[Field, ...]]]:
    """The queries of the usual measures, one row a user, and their columns."""
    made = []
    for name in RECIPES if timed else RECIPES[:-2]:
        sql, columns = in_database.per_user(plugins.find("recipes", name).query, dialect, days, timed)
        fields = (Field("who", "VARCHAR"), *(Field(c, "DOUBLE") for c in columns))
        made.append((f"{plan.opening} {sql}", fields))
    return made
