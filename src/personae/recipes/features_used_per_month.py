"""How many different things users do in a month."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, number
from personae.sums import by_user
from personae.words.names import readable

RECIPE = Recipe(
    title="different features used in a month",
    unit="features",
    needs=("time",),
    formula="months are the 30 days up to the last day of the window, the 30 before them, and so on; sum over "
    "the user's months "
    "of the number of different values / months in which the user did anything",
    example="features_used_per_month(of=feature)",
    makes=("features_used_per_month",),
)


def query(log: Events, *, of: TextColumn = "") -> Any:
    """Per user: different values a month."""
    t = log.table
    ago = log.last - t.day
    dated = t.mutate(month=((ago - ago % 30) / 30).cast("int64"), kind=t[of].cast("string").nullif("") if of else t.event)
    kinds = dated.group_by("user", "month", "kind").agg(n=dated.kind.count())
    months = kinds.group_by("user", "month").agg(n=kinds.kind.count())
    return months.group_by("user").agg(features_used_per_month=number(months.n.sum()) / number(months.count()))


def values(log: Log, *, of: TextColumn = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    codes = (log.texts[of][0] if of else log.event).astype(np.int64)
    month = (log.last - log.day) // 30
    size = int(month.max(initial=0)) + 1
    when = log.user.astype(np.int64) * size + month
    known = codes >= 0
    pairs = np.unique(np.stack([when[known], codes[known]]), axis=1)[0]
    active = np.unique(when)
    used = np.bincount(pairs // size, minlength=log.users)
    months = by_user((active // size).astype(np.int32), np.ones(len(active)), log)
    what = readable(of) if of else "event"
    how = f"different values of {what} in each 30 days with an event, averaged"
    label = f"different {'features' if of in ('', 'feature') else what + ' values'} per month"
    return (Habit("features_used_per_month", label, "features", used / months, how),)
