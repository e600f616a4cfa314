"""A log added up where it lies: SQL for the database itself, in which user, event and value are columns of `personae_log`.

Columns arrive as expressions in the dialect of the database; times are whole seconds of the epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from personae.sql.events import Events, events

LOG = "personae_log"


def opening(query: str, user: str, event: str, second: str, value: str) -> str:
    """The start of a statement in which the rows of a query are the log. `value` may be "" for none."""
    amount = f", {value} AS value" if value else ""
    return f"WITH {LOG} AS (SELECT {user} AS who, {event} AS event, {second} AS t{amount} FROM ({query}\n) AS q)"


def totals(value: bool) -> str:
    """One row: rows, rows with a time, first and last second, seconds at midnight, rows with a user, with an event, different
    seconds; with a value also how many there are, different ones, the smallest and the largest."""
    more = ", count(value), count(DISTINCT value), min(value), max(value)" if value else ""
    return (
        "SELECT count(*), count(t), min(t), max(t), count(CASE WHEN t % 86400 = 0 THEN 1 END), count(nullif(who, '')), "
        f"count(nullif(event, '')), count(DISTINCT t){more} FROM {LOG}"
    )


def pairs(value: bool, most: int) -> str:
    """One row a user and event, at most so many: rows with a time, the first second; with a value the sum, the largest and how
    many, of rows with a time."""
    timed = "CASE WHEN t IS NOT NULL THEN value END"
    more = f", sum({timed}), max({timed}), count({timed})" if value else ""
    return f"SELECT nullif(who, ''), nullif(event, ''), count(t), min(t){more} FROM {LOG} GROUP BY 1, 2 LIMIT {most}"


def per_user(recipe: Callable[[Events], Any], dialect: str, days: tuple[int, int], timed: bool) -> tuple[str, tuple[str, ...]]:
    """The measures of a recipe, one row a user, and their names."""
    import ibis

    table = ibis.table({"who": "string", "event": "string", "t": "int64"}, name=LOG)
    log = events(table, user="who", t="t", event="event", first=days[0], last=days[1], timed=timed)
    made = recipe(log)
    return f"SELECT * FROM ({ibis.to_sql(made, dialect=dialect)}\n) AS made", tuple(c for c in made.columns if c != "user")
