"""When users came first and last."""

from __future__ import annotations

from typing import Any

from personae.habits import rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, number

RECIPE = Recipe(
    title="days since the last event, since the first, between them",
    unit="days",
    needs=("time",),
    formula="days_since_last = last day of the window - day of the last event; days_since_first = last day of the window - "
    "day of the first event; days_first_to_last = day of the last event - day of the first event",
    example="spans",
    makes=("days_since_last", "days_since_first", "days_first_to_last"),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: days_since_last, days_since_first, days_first_to_last."""
    t = log.table
    users = t.group_by("user").agg(a=t.day.min(), b=t.day.max())
    return users.select(
        "user",
        days_since_last=number(log.last - users.b),
        days_since_first=number(log.last - users.a),
        days_first_to_last=number(users.b - users.a),
    )


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
