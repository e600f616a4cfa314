"""How many sessions end after one event."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number
from personae.sums import by_user, named

RECIPE = Recipe(
    title="share of sessions with a single event",
    unit="share",
    needs=("time", "clock"),
    formula="sessions of one event / sessions; a session ends with a pause of more than `pause` minutes",
    example="bounce_rate(pause=30)",
    makes=("bounce_rate",),
)


def query(log: Events, *, pause: int = 30) -> Any:
    """Per user: share of sessions with one event."""
    import ibis

    t = log.table
    order = ibis.window(group_by=t.user, order_by=t.at)
    gaps = t.mutate(before=t.at - t.at.lag().over(order), after=t.at.lead().over(order) - t.at)
    begun, ended = (gaps[c].isnull() | (gaps[c] > 60 * pause) for c in ("before", "after"))
    users = gaps.group_by("user").agg(n=number(flag(begun).sum()), alone=number(flag(begun & ended).sum()))
    return users.select("user", (users.alone / users.n).name(_name(pause)))


def values(log: Log, *, pause: int = 30) -> tuple[Habit, ...]:
    """The same in numpy."""
    order = np.lexsort((log.instants, log.user))
    who, at = log.user[order], log.instants[order]
    begun = np.concatenate(([True], (who[1:] != who[:-1]) | (np.diff(at) > 60 * pause), [True]))
    alone, new = begun[:-1] & begun[1:], begun[:-1]
    share = by_user(who, alone[: len(who)].astype(np.float64), log) / by_user(who, new[: len(who)].astype(np.float64), log)
    how = f"sessions of one event / sessions; a pause of more than {pause} minutes ends one"
    return (Habit(_name(pause), "share of sessions with one event", "share", share, how),)


def _name(pause: int) -> str:
    return named("bounce_rate", f"{pause}min" if pause != 30 else "")
