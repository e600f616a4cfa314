"""How long ago users did something last."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import least, named
from personae.words.names import readable

RECIPE = Recipe(
    title="days since the last event",
    unit="days",
    needs=("time",),
    formula="last day of the window - day of the user's last `event`; nothing for users who never did it",
    example="recency(event=purchase)",
    makes=("recency",),
    adds=("event",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user who did it: days since the last time."""
    t = log.table.filter(happened(log.table, event))
    users = t.group_by("user").agg(last=t.day.max())
    return users.select("user", number(log.last - users.last).name(named("recency", event)))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    days = least(log, log.last - log.day, did(log, event))
    label = f"days since the last {readable(event) if event else 'event'}"
    how = f"last day of the window - day of the last {event or 'event'}"
    return (Habit(named("recency", event), label, "days", days, how),)
