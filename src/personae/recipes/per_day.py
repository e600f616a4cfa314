"""How much users do in a day."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, flag, happened, number
from personae.sums import count, named
from personae.sums import happened as did
from personae.words.names import plural, readable

RECIPE = Recipe(
    title="events per day: plays, shares, orders",
    unit="events",
    needs=("time",),
    formula="number of rows of `event` / days of the window",
    example="per_day(event=play)",
    makes=("per_day",),
    adds=("event",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user: events a day."""
    t = log.table
    users = t.group_by("user").agg(n=number(flag(happened(t, event)).sum()))
    span = log.last - log.first + 1
    days = float(span) if isinstance(span, int) else number(span)
    return users.select("user", (users.n / days).name(named(event, "per_day")))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    rate = count(log, did(log, event)) / (log.last - log.first + 1)
    label = f"{plural(readable(event)) if event else 'events'} per day"
    return (Habit(named(event, "per_day"), label, "", rate, f"rows of {event or 'any event'} / days of the window"),)
