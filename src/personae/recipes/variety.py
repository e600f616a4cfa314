"""How many different things users do, and how much of it is one thing."""

from __future__ import annotations

import math
from typing import Any

from personae.habits import variety_of
from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, number

RECIPE = Recipe(
    title="different events, their entropy, share of the top one",
    unit="events, bits and share",
    needs=("event",),
    formula="event_types = number of different events; variety = -sum(p * log2(p)) over the shares p of a user's events; "
    "top_event_share = events of the most frequent kind / events",
    example="variety",
    makes=("event_types", "variety", "top_event_share"),
    usual=True,
    adds=(),
)


def query(log: Events) -> Any:
    """Per user: event_types, variety, top_event_share."""
    import ibis

    t = log.table.filter(log.table.event.notnull())
    kinds = t.group_by("user", "event").agg(n=number(t.count()))
    users = kinds.group_by("user").agg(
        event_types=number(kinds.count()), total=kinds.n.sum(), top=kinds.n.max(), logs=(kinds.n * kinds.n.ln()).sum()
    )
    bits = (users.total.ln() - users.logs / users.total) / math.log(2)
    return users.select(
        "user",
        event_types=users.event_types,
        variety=ibis.ifelse(bits > 0, bits, 0.0),
        top_event_share=users.top / users.total,
    )


def values(log: Log) -> tuple[Habit, ...]:
    """The same in numpy."""
    return variety_of(log)
