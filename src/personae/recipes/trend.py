"""Whether users do more or less as time goes on."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import named
from personae.words.names import readable

RECIPE = Recipe(
    title="whether a user's events per week rise or fall",
    unit="events a week, each week",
    needs=("time",),
    formula="slope of the least-squares line through the events of each whole week of the window, weeks counted back from its "
    "last day; nothing for a window of less than two weeks",
    example="trend(event=play)",
    makes=("trend",),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user: the slope."""
    import ibis

    t = log.table
    weeks = _whole(log.last - log.first + 1)
    ago = _whole(log.last - t.day)
    counted = ibis.ifelse(happened(t, event) & (ago < weeks), weeks - 1 - 2 * ago, 0)
    users = t.group_by("user").agg(up=number(counted.sum()))
    w = number(ibis.literal(weeks, "int64") if isinstance(weeks, int) else weeks)
    slope = 6.0 * users.up / (w * (w * w - 1.0)).nullif(0.0)
    return users.select("user", slope.name(named("trend", event)))


def _whole(days: Any) -> Any:
    """Whole weeks in a number of days that is not negative."""
    return days // 7 if isinstance(days, int) else ((days - days % 7) / 7).cast("int64")


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy: with weeks 0 to w - 1 the slope is the sum over events of (week - middle), over w (w² - 1) / 12."""
    weeks = (log.last - log.first + 1) // 7
    ago = (log.last - log.day) // 7
    rows = did(log, event) & (ago < weeks)
    up = np.bincount(log.user[rows], weeks - 1 - 2 * ago[rows], log.users)
    there = np.bincount(log.user, minlength=log.users) > 0
    slope = np.where(there, 6.0 * up / (weeks * (weeks * weeks - 1.0)), np.nan) if weeks > 1 else np.full(log.users, np.nan)
    label = f"trend of weekly {readable(event) + ' ' if event else ''}events"
    return (Habit(named("trend", event), label, "a week", slope, "slope of the line through the events of each whole week"),)
