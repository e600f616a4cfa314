"""How much users spend at a time."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import named, over, total
from personae.words.names import readable

RECIPE = Recipe(
    title="mean amount of a purchase",
    unit="amount",
    needs=("value",),
    formula="sum of the positive amounts of `event` / their number",
    example="avg_purchase_value(event=purchase)",
    makes=("avg_purchase_value",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user with a positive amount: the mean."""
    t = log.table.filter(happened(log.table, event) & (log.table.value > 0))
    return t.group_by("user").agg(avg_purchase_value=number(t.value.sum()) / number(t.count()))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    rows = did(log, event) & (log.value > 0)
    mean = over(total(log, log.value, rows), total(log, rows.astype(float), rows))
    how = f"sum of positive {log.amount} / number of them" + (f", of {event}" if event else "")
    label = f"{log.amount} per {readable(event) if event else 'purchase'}"
    return (Habit(named("avg_purchase_value"), label, "", mean, how),)
