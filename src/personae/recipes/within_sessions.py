"""What users do in the sessions in which they buy."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, flag, happened, number
from personae.sums import by_user, kinds
from personae.sums import happened as did
from personae.words.names import doing, readable

RECIPE = Recipe(
    title="what happens in sessions with an event: while purchasing",
    unit="events a session",
    needs=("time", "clock", "event"),
    formula="only sessions that hold `event` count; for every kind of event: its number in them / number of "
    "such sessions; a session "
    "ends with a pause of more than `pause` minutes",
    example="within_sessions(event=purchase)",
    relative=True,
)


def query(log: Events, *, event: EventName, pause: int = 30) -> Any:
    """Rows of user, name and value (events a session); what is missing is 0."""
    import ibis

    t = log.table
    gap = t.at - t.at.lag().over(ibis.window(group_by=t.user, order_by=t.at))
    begun = t.mutate(new=flag(gap.isnull() | (gap > 60 * pause)))
    upto = ibis.range_window(preceding=None, following=0, group_by=begun.user, order_by=begun.at)
    numbered = begun.mutate(session=begun.new.sum().over(upto))
    asked = numbered.group_by("user", "session").agg(has=flag(happened(numbered, event)).max())
    asked = asked.filter(asked.has == 1).drop("has")
    rows = numbered.join(asked, ["user", "session"])
    rows = rows.filter(rows.event.notnull())
    kinds = rows.mutate(name=ibis.literal(f"in_{event}_sessions_") + rows.event)
    found = kinds.group_by("user", "name").agg(n=number(kinds.count()))
    sessions = asked.group_by("user").agg(sessions=number(asked.count()))
    both = found.join(sessions, "user")
    return both.select("user", "name", value=both.n / both.sessions)


def values(log: Log, *, event: EventName, pause: int = 30) -> tuple[Habit, ...]:
    """The same in numpy: a measure for each kind of event."""
    order = np.lexsort((log.instants, log.user))
    who, at = log.user[order], log.instants[order]
    new = np.concatenate(([True], (who[1:] != who[:-1]) | (np.diff(at) > 60 * pause)))[: len(who)]
    session = np.empty(len(who), np.int64)
    session[order] = np.cumsum(new) - 1
    size = int(new.sum())
    asked = np.bincount(session, did(log, event), size) > 0
    owner = np.zeros(size, np.int32)
    owner[session] = log.user
    sessions = by_user(owner[asked], np.ones(int(asked.sum())), log)
    user, kind, often = kinds(log, log.event, asked[session] if len(session) else np.zeros(0, bool))
    said = readable(event)
    return tuple(
        Habit(
            f"in_{event}_sessions_{log.events[k]}", f"{doing(log.events[k])} per session with {said}", "events",
            np.bincount(user[kind == k], often[kind == k], log.users) / sessions,
            f"{log.events[k]} in sessions with {event} / such sessions",
        )
        for k in np.unique(kind).tolist()
    )  # fmt: skip
