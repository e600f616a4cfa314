"""How much of what users do is one thing."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, flag, happened, number
from personae.sums import count, has, named
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="share of events that are one event, or have a property",
    unit="share",
    needs=("event",),
    formula="number of rows of `event`, of those in which the column `where` is `value` / all rows of the user",
    example="event_share(event=purchase)",
    adds=("event",),
)


def query(log: Events, *, event: EventName = "", where: TextColumn = "", value: str = "") -> Any:
    """Per user: the share of such events."""
    t = log.table
    asked = happened(t, event) & (t[where].cast("string") == value).fill_null(False) if where else happened(t, event)
    return t.group_by("user").agg((number(flag(asked).sum()) / number(t.count())).name(_name(event, where, value)))


def values(log: Log, *, event: EventName = "", where: TextColumn = "", value: str = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    label = f"share of {readable(event)} events" if event else "share of events"
    label += f" with {readable(where)} {value}" if where else ""
    how = f"rows of {event or 'any event'}" + (f" with {where} = {value}" if where else "") + " / rows of the user"
    share = count(log, did(log, event) & has(log, where, value)) / count(log)
    return (Habit(_name(event, where, value), label, "share", share, how),)


def _name(event: str, where: str, value: str) -> str:
    return named("event_share", event, where, value)
