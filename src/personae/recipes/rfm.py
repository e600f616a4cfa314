"""Recency, frequency and monetary value as scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import least, total

RECIPE = Recipe(
    title="RFM scores from 1 to 5",
    unit="points from 1 to 5",
    needs=("time", "value"),
    formula="users are ranked by days since the last `event`, by number of events and by total amount; score "
    "= 1 + floor(5 * users "
    "who are worse / users), so that 5 is best: most recent, most often, most spent, and users with equal "
    "values have equal scores",
    example="rfm(event=purchase)",
    makes=("recency_score", "frequency_score", "monetary_score"),
    relative=True,
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user who did it: three scores."""
    import ibis

    t = log.table.filter(happened(log.table, event))
    users = t.group_by("user").agg(day=t.day.max(), n=t.count(), spent=ibis.coalesce(t.value.sum(), 0.0))
    everyone = users.count().over(ibis.window())
    worse = {made: ibis.rank().over(order_by=users[of]) for made, of in zip(RECIPE.makes, ("day", "n", "spent"), strict=True)}
    return users.select("user", **{made: number(1 + _whole(5 * rank, everyone)) for made, rank in worse.items()})


def _whole(part: Any, whole: Any) -> Any:
    """The whole times that one number holds another."""
    return ((part - part % whole) / whole).cast("int64")


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    rows = did(log, event)
    n = np.bincount(log.user[rows], minlength=log.users)
    spent = total(log, np.nan_to_num(log.value), rows)
    there = n > 0
    of = (-least(log, -log.day, rows), n.astype(np.float64), spent)
    words = ("recency", "frequency", "monetary")
    told = ("days since the last event, fewer is better", "number of events", "total amount")
    return tuple(
        Habit(f"{w}_score", f"{w} score", RECIPE.unit, _score(v, there), f"quintile by {how}")
        for w, v, how in zip(words, of, told, strict=True)
    )


def _score(values: npt.NDArray[np.float64], there: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """1 to 5 by the number of users with a smaller value."""
    known = values[there]
    out = np.full(len(values), np.nan)
    if len(known):
        out[there] = 1 + 5 * np.searchsorted(np.sort(known), known) // len(known)
    return out
