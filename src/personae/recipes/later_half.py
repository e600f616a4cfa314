"""Whether users act early or late in the window."""

from __future__ import annotations

from typing import Any

from personae.habits import rhythm_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, number

RECIPE = Recipe(
    title="share of events in the later half of the time",
    unit="share",
    needs=("time",),
    formula="later_half_share = events on days of the second half of the window / events; not made of a window of one day",
    example="later_half",
    makes=("later_half_share",),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: later_half_share."""
    import ibis

    t = log.table
    late = flag(2 * t.day >= log.first + log.last + 1)
    users = t.group_by("user").agg(n=number(t.count()), late=number(late.sum()))
    several = ibis.literal(log.last > log.first) if isinstance(log.last, int) else log.last > log.first
    return users.select("user", later_half_share=ibis.ifelse(several, users.late / users.n, ibis.null("float64")))


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return tuple(h for h in rhythm_of(log) if h.name in RECIPE.makes)
