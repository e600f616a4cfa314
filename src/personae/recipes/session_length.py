"""How long sessions last."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number
from personae.sums import by_user, named

RECIPE = Recipe(
    title="minutes per session",
    unit="minutes",
    needs=("time", "clock"),
    formula="sum over sessions of (last event - first event) / sessions; a session ends with a pause of more than `pause` "
    "minutes, and one of a single event lasts 0",
    example="session_length(pause=30)",
    makes=("session_length",),
)


def query(log: Events, *, pause: int = 30) -> Any:
    """Per user: mean minutes of a session."""
    import ibis

    t = log.table
    gap = t.at - t.at.lag().over(ibis.window(group_by=t.user, order_by=t.at))
    timed = t.mutate(gap=gap)
    within = timed.mutate(
        new=flag(timed.gap.isnull() | (timed.gap > 60 * pause)), spent=ibis.ifelse(timed.gap <= 60 * pause, timed.gap, 0)
    )
    minutes = number(within.spent.sum()) / 60.0 / number(within.new.sum())
    return within.group_by("user").agg(minutes.name(_name(pause)))


def values(log: Log, *, pause: int = 30) -> tuple[Habit, ...]:
    """The same in numpy."""
    order = np.lexsort((log.instants, log.user))
    who, at = log.user[order], log.instants[order]
    same = np.concatenate(([False], who[1:] == who[:-1]))[: len(who)]
    gap = np.where(same, np.diff(at, prepend=at[:1]), 0)
    on = same & (gap <= 60 * pause)
    minutes = by_user(who, np.where(on, gap, 0).astype(np.float64), log) / 60.0 / by_user(who, (~on).astype(np.float64), log)
    how = f"minutes from first to last event of sessions / sessions; a pause of more than {pause} minutes ends one"
    return (Habit(_name(pause), "minutes per session", "minutes", minutes, how),)


def _name(pause: int) -> str:
    return named("session_length", f"{pause}min" if pause != 30 else "")
