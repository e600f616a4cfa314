"""How often users do one thing."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, flag, happened, number
from personae.sums import count, has, named
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="how often an event, or one with a certain property",
    unit="events",
    needs=("event",),
    formula="number of rows of `event`, of those in which the column `where` is `value`",
    example="event_count(event=purchase, where=category, value=shoes)",
    adds=("event",),
)


def query(log: Events, *, event: EventName = "", where: TextColumn = "", value: str = "") -> Any:
    """Per user: the number of such events."""
    t = log.table
    asked = happened(t, event) & (t[where].cast("string") == value).fill_null(False) if where else happened(t, event)
    return t.group_by("user").agg(number(flag(asked).sum()).name(_name(event, where, value)))


def values(log: Log, *, event: EventName = "", where: TextColumn = "", value: str = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    label = f"{readable(event)} events" if event else "events"
    label += f" with {readable(where)} {value}" if where else ""
    how = f"number of rows of {event or 'any event'}" + (f" with {where} = {value}" if where else "")
    return (Habit(_name(event, where, value), label, "events", count(log, did(log, event) & has(log, where, value)), how),)


def _name(event: str, where: str, value: str) -> str:
    return named("event_count", event, where, value)
