"""Who has stopped coming."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.model.study import Role
from personae.sql.events import Events, flag, happened, number
from personae.sums import happened as did
from personae.sums import least
from personae.words.names import readable

RECIPE = Recipe(
    title="users without an event in the last days",
    unit="share of users",
    needs=("time",),
    formula="1 for users who did `event` (without it: anything) in the window, but not in its last `days` "
    "days, else 0; an outcome, "
    "so it never forms groups",
    example="attrition(days=30)",
    makes=("attrition",),
    outcome=True,
)


def query(log: Events, *, days: int = 30, event: EventName = "") -> Any:
    """Per user who ever did it: 1 or 0."""
    t = log.table.filter(happened(log.table, event))
    users = t.group_by("user").agg(last=t.day.max())
    return users.select("user", attrition=number(flag(log.last - users.last >= days)))


def values(log: Log, *, days: int = 30, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    since = least(log, log.last - log.day, did(log, event))
    gone = np.where(np.isfinite(since), (since >= days).astype(np.float64), np.nan)
    label = f"no {readable(event) if event else 'event'} in the last {days} days"
    how = f"no {event or 'event'} in the last {days} days of the window"
    return (Habit("attrition", label, "share", gone, how, Role.OUTCOME),)
