"""On which days of the week users act."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number, weekday
from personae.sums import count

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RECIPE = Recipe(
    title="shares of events by day of the week",
    unit="share",
    needs=("time",),
    formula="events on that day of the week, local time / events",
    example="weekdays",
    makes=tuple(f"{d}_share" for d in _DAYS),
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: seven shares."""
    t = log.table
    sums = {name: number(flag(weekday(t.t) == i).sum()) for i, name in enumerate(RECIPE.makes)}
    users = t.group_by("user").agg(n=number(t.count()), **sums)
    return users.select("user", **{name: users[name] / users.n for name in RECIPE.makes})


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    on = (log.t // 86_400 + 3) % 7
    return tuple(
        Habit(
            name, f"share of events on {d.capitalize()}s", "share", count(log, on == i) / count(log), f"events on {d} / events"
        )
        for i, (name, d) in enumerate(zip(RECIPE.makes, _DAYS, strict=True))
    )
