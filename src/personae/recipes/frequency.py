"""How often users come or buy."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, flag, happened, number
from personae.sums import count, named
from personae.sums import happened as did
from personae.words.names import plural, readable

RECIPE = Recipe(
    title="number of events, or of purchases",
    unit="events",
    needs=(),
    formula="number of rows of `event` in the window",
    example="frequency(event=purchase)",
    makes=("frequency",),
    adds=("event",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user: the number of events of a kind."""
    t = log.table
    return t.group_by("user").agg(number(flag(happened(t, event)).sum()).name(named("frequency", event)))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    label = f"number of {plural(readable(event)) if event else 'events'}"
    return (Habit(named("frequency", event), label, "", count(log, did(log, event)), f"rows of {event or 'any event'}"),)
