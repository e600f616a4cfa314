"""On how many days a month users come."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import by_user, count
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="days with a login (or any event) per 30 days",
    unit="days",
    needs=("time",),
    formula="30 * different local days with `event` (without `event`: with anything) / days of the window",
    example="login_frequency(event=login)",
    makes=("login_frequency",),
    adds=("event",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user: days with the event in 30."""
    import ibis

    t = log.table
    days = t.group_by("user", "day").agg(on=ibis.ifelse(happened(t, event), 1, 0).max())
    users = days.group_by("user").agg(on=number(days.on.sum()))
    span = log.last - log.first + 1
    return users.select("user", login_frequency=30.0 * users.on / (float(span) if isinstance(span, int) else number(span)))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    rows = did(log, event)
    size = log.last - log.first + 1
    days = np.unique(log.user[rows].astype(np.int64) * size + log.day[rows] - log.first)
    on = np.nan_to_num(by_user((days // size).astype(np.int32), np.ones(len(days)), log)) + 0 * count(log)
    said = readable(event) if event else "an event"
    how = f"30 * different days with {said} / days of the window"
    return (Habit("login_frequency", f"days with {said} per month", "days", 30.0 * on / size, how),)
