"""How soon users do something for the first time."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import least, named
from personae.words.names import readable

RECIPE = Recipe(
    title="days from the first event to the first of a kind",
    unit="days",
    needs=("time", "event"),
    formula="(time of the first `event` - time of the user's first event of any kind) / 86,400 seconds; nothing for users who "
    "never did it",
    example="time_to_first(event=purchase)",
)


def query(log: Events, *, event: EventName) -> Any:
    """Per user who did it: days until then."""
    import ibis

    t = log.table
    users = t.group_by("user").agg(a=t.at.min(), b=ibis.ifelse(happened(t, event), t.at, ibis.null("int64")).min())
    there = users.filter(users.b.notnull())
    return there.select("user", (number(there.b - there.a) / 86_400.0).name(named("time_to_first", event)))


def values(log: Log, *, event: EventName) -> tuple[Habit, ...]:
    """The same in numpy."""
    days = (least(log, log.instants, did(log, event)) - least(log, log.instants, log.user >= 0)) / 86_400.0
    said = readable(event)
    how = f"time of the first {said} - time of the first event"
    return (Habit(named("time_to_first", event), f"days to the first {said}", "days", days, how),)
