"""How often users turn away from what they began."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, flag, happened, over
from personae.sums import count
from personae.sums import happened as did
from personae.sums import over as part
from personae.words.names import readable

RECIPE = Recipe(
    title="events of a kind per other event: skips per play",
    unit="share",
    needs=("event",),
    formula="number of `event` / number of `of`; nothing for users who never did `of`",
    example="skip_rate(event=skip, of=play)",
)


def query(log: Events, *, event: EventName, of: EventName) -> Any:
    """Per user who did `of`: the rate."""
    t = log.table
    users = t.group_by("user").agg(a=flag(happened(t, event)).sum(), b=flag(happened(t, of)).sum())
    return users.select("user", skip_rate=over(users.a, users.b))


def values(log: Log, *, event: EventName, of: EventName) -> tuple[Habit, ...]:
    """The same in numpy."""
    rate = part(count(log, did(log, event)), count(log, did(log, of)))
    said = f"{readable(event)} rate" if event == "skip" else f"{readable(event)} events per {readable(of)}"
    return (Habit("skip_rate", said, "share", rate, f"number of {event} / number of {of}"),)
