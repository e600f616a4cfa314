"""Runs of events without a long pause."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.habits import PAUSE, rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number

RECIPE = Recipe(
    title="sessions, and events per session",
    unit="sessions and events",
    needs=("time", "clock"),
    formula="a session ends with a pause of more than `pause` minutes; events_per_session = events / sessions",
    example="sessions(pause=60)",
    makes=("sessions", "events_per_session"),
    usual=True,
    adds=(),
)


def query(log: Events, *, pause: int = 30) -> Any:
    """Per user: sessions, events_per_session."""
    import ibis

    t = log.table
    before = t.at.lag().over(ibis.window(group_by=t.user, order_by=t.at))
    begun = t.mutate(new=flag(before.isnull() | (t.at - before > 60 * pause)))
    users = begun.group_by("user").agg(n=number(begun.count()), sessions=number(begun.new.sum()))
    made = users.select("user", sessions=users.sessions, events_per_session=users.n / users.sessions)
    return made.rename({_named(name, pause): name for name in RECIPE.makes})


def values(log: Log, *, pause: int = 30) -> tuple[Habit, ...]:
    """The same in numpy."""
    if 60 * pause == PAUSE:
        return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
    at = log.instants
    order = np.lexsort((at, log.user))
    who, when = log.user[order], at[order]
    new = np.concatenate(([True], (who[1:] != who[:-1]) | (when[1:] - when[:-1] > 60 * pause)))[: len(who)]
    events = np.bincount(who, minlength=log.users).astype(np.float64)
    sessions = np.bincount(who, new, log.users).astype(np.float64)
    sessions[sessions == 0] = np.nan
    said = f"runs of events without a pause of more than {pause} minutes"
    one, other = (_named(name, pause) for name in RECIPE.makes)
    return (
        Habit(one, f"sessions (pause of {pause} minutes)", "sessions", sessions, said),
        Habit(other, f"events per session (pause of {pause} minutes)", "events", events / sessions, f"events / {one}"),
    )


def _named(name: str, pause: int) -> str:
    return name if 60 * pause == PAUSE else f"{name}_{pause}min"
