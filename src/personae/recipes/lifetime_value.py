"""What users have been worth so far."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import total

RECIPE = Recipe(
    title="lifetime value to date",
    unit="amount",
    needs=("value",),
    formula="margin * sum of the amounts of `event` in the window, returns taken off; a record of what was, no forecast",
    example="lifetime_value(margin=0.3)",
    makes=("lifetime_value",),
)


def query(log: Events, *, margin: float = 1.0, event: EventName = "") -> Any:
    """Per user with an amount: margin times the total."""
    t = log.table.filter(happened(log.table, event) & log.table.value.notnull())
    return t.group_by("user").agg(lifetime_value=margin * number(t.value.sum()))


def values(log: Log, *, margin: float = 1.0, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    worth = margin * total(log, log.value, did(log, event) & (log.value == log.value))
    how = f"{margin:g} * sum({log.amount}) in the window"
    return (Habit("lifetime_value", "lifetime value to date", "", worth, how),)
