"""At which hours users act."""

from __future__ import annotations

from typing import Any

from personae.habits import rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, hour, number

RECIPE = Recipe(
    title="shares of events by part of the day",
    unit="share",
    needs=("time", "clock"),
    formula="night_share = events from 0:00 to 5:59 local time / events; morning_share 6:00 to 11:59; afternoon_share 12:00 to "
    "17:59; evening_share 18:00 to 23:59",
    example="rhythm",
    makes=("night_share", "morning_share", "afternoon_share", "evening_share"),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: the share of events in each quarter of the day."""
    t = log.table
    sums = {name: number(flag((hour(t.t) >= 6 * i) & (hour(t.t) < 6 * i + 6)).sum()) for i, name in enumerate(RECIPE.makes)}
    users = t.group_by("user").agg(n=number(t.count()), **sums)
    return users.select("user", **{name: users[name] / users.n for name in RECIPE.makes})


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
