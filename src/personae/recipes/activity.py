"""How much users do, and on how many days."""

from __future__ import annotations

from typing import Any

from personae.habits import rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, number

RECIPE = Recipe(
    title="events, active days, events per active day",
    unit="events and days",
    needs=("time",),
    formula="events = number of events in the window; active_days = number of different local days with an event; "
    "events_per_active_day = events / active_days",
    example="activity",
    makes=("events", "active_days", "events_per_active_day"),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: events, active_days, events_per_active_day."""
    t = log.table
    days = t.group_by("user", "day").agg(n=t.count())
    users = days.group_by("user").agg(events=number(days.n.sum()), active_days=number(days.count()))
    return users.mutate(events_per_active_day=users.events / users.active_days)


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
