"""Whether users act on weekends."""

from __future__ import annotations

from typing import Any

from personae.habits import rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number, weekday

RECIPE = Recipe(
    title="share of events on weekends",
    unit="share",
    needs=("time",),
    formula="weekend_share = events on Saturday or Sunday, local time / events",
    example="weekend",
    makes=("weekend_share",),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: weekend_share."""
    t = log.table
    return t.group_by("user").agg(weekend_share=number(flag(weekday(t.t) >= 5).sum()) / number(t.count()))


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
