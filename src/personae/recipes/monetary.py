"""How much users spend."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import named, total
from personae.words.names import readable

RECIPE = Recipe(
    title="total amount, less what was returned",
    unit="amount",
    needs=("value",),
    formula="sum of the amounts of a user's rows of `event`, negative ones included; nothing for users without an amount",
    example="monetary",
    makes=("monetary",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user with an amount: the sum."""
    t = log.table.filter(happened(log.table, event) & log.table.value.notnull())
    return t.group_by("user").agg(number(t.value.sum()).name(named("monetary", event)))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    spent = total(log, log.value, did(log, event) & (log.value == log.value))
    label = f"total {log.amount}" + (f" of {readable(event)} events" if event else "")
    return (Habit(named("monetary", event), label, "", spent, f"sum({log.amount})" + (f" of {event}" if event else "")),)
