"""A log of events as recipes see it on any engine: one Ibis table of fixed columns, whatever the source calls them.

Only integers and the portable functions are used, so that the same expressions compile for every dialect: a day is taken by
remainders, which all engines agree on, and never by a division that some round and others cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

DAY = 86_400
DIALECTS = ("bigquery", "clickhouse", "databricks", "duckdb", "mysql", "postgres", "snowflake", "sqlite")


@dataclass(frozen=True, eq=False)
class Events:
    """The events inside the window.

    `table` has the columns `user` (string), `t` (local second of the epoch, int64), `at` (instant, int64), `day` (int64),
    `event` (string), `value` (float64) and the named properties; `first` and `last` are the first and last day that count,
    as numbers or as scalar expressions; `timed` says whether times carry a time of day.
    """

    table: Any
    first: Any
    last: Any
    timed: bool = True


def events(
    table: Any,
    *,
    user: str,
    t: Any,
    event: str = "",
    value: str = "",
    columns: Sequence[str] = (),
    at: Any = None,
    first: Any = None,
    last: Any = None,
    timed: bool = True,
) -> Events:
    """A table of any names as Events: `t` is its local second of the epoch and `at` the instant, as expressions or names.

    Rows without a user or a time do not count. Without `first` and `last` the window is that of the data; with numbers for
    them only the days between count, both included.
    """
    import ibis

    local = (table[t] if isinstance(t, str) else t).cast("int64")
    true = local if at is None else (table[at] if isinstance(at, str) else at).cast("int64")
    named = table.select(
        user=table[user].cast("string"),
        t=local,
        at=true,
        event=table[event].cast("string").nullif("") if event else ibis.null("string"),
        value=table[value].cast("float64") if value else ibis.null("float64"),
        **{c: table[c] for c in columns},
    )
    named = named.filter(named.user.notnull(), named.user != "", named.t.notnull())
    dated = named.mutate(day=day(named.t))
    if first is not None:
        dated = dated.filter(dated.day >= first)
    if last is not None:
        dated = dated.filter(dated.day <= last)
    low = first if first is not None else dated.day.min().as_scalar()
    high = last if last is not None else dated.day.max().as_scalar()
    return Events(dated, low, high, timed)


def first_days(log: Events, days: int) -> Events:
    """The first days of each user's own history; `day` then counts from the user's first day, which is 0."""
    table = log.table
    begun = table.group_by("user").agg(begun=table.day.min())
    joined = table.join(begun, "user")
    joined = joined.mutate(day=joined.day - joined.begun).drop("begun")
    return replace(log, table=joined.filter(joined.day < days), first=0, last=days - 1)


def floored(number: Any, size: int) -> Any:
    """number modulo size, never negative, on engines that keep the sign and on those that do not."""
    return ((number % size) + size) % size


def day(t: Any) -> Any:
    """The day of the epoch of a second."""
    return ((t - floored(t, DAY)) / DAY).cast("int64")


def hour(t: Any) -> Any:
    """The hour of the day of a second, 0 to 23."""
    second = floored(t, DAY)
    return ((second - second % 3600) / 3600).cast("int64")


def weekday(t: Any) -> Any:
    """The day of the week of a second, 0 (Monday) to 6."""
    return floored(day(t) + 3, 7)


def flag(condition: Any) -> Any:
    """A condition as 1 or 0, to be summed."""
    import ibis

    return ibis.ifelse(condition, 1, 0)


def number(whole: Any) -> Any:
    """A count or a sum as float64."""
    return whole.cast("float64")


def happened(table: Any, event: str) -> Any:
    """Whether a row is of that event; "" stands for all."""
    return (table.event == event).fill_null(False) if event else table.user.notnull()


def over(part: Any, whole: Any) -> Any:
    """part / whole as float64, empty where the whole is nothing."""
    return number(part) / number(whole).nullif(0.0)


def unread(texts: Sequence[str] = (), numbers: Sequence[str] = ()) -> Events:
    """A log that is nowhere yet: a table `log` of user, t, event and value, and of columns of texts and numbers."""
    import ibis

    plain = {"user": "string", "t": "int64", "event": "string", "value": "float64"}
    columns = {**dict.fromkeys(texts, "string"), **dict.fromkeys(numbers, "float64")}
    table = ibis.table({**plain, **columns}, name="log")
    return events(table, user="user", t="t", event="event", value="value", columns=list(columns))


def text(expression: Any, dialect: str) -> str:
    """An expression as the SQL of a dialect, one of DIALECTS; no connection is made."""
    import ibis

    return str(ibis.to_sql(expression, dialect=dialect))
