"""How long users have been there."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, number
from personae.sums import least

RECIPE = Recipe(
    title="days since the first event",
    unit="days",
    needs=("time",),
    formula="last day of the window - day of the user's first event in it",
    example="tenure",
    makes=("tenure",),
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: tenure."""
    t = log.table
    users = t.group_by("user").agg(first=t.day.min())
    return users.select("user", tenure=number(log.last - users.first))


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    days = log.last - least(log, log.day, log.user >= 0)
    return (Habit("tenure", "days since the first event", "days", days, "last day of the window - day of the first event"),)
