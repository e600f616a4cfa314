"""From which decades the things are that users take to."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, NumberColumn, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import by_user, kinds
from personae.sums import happened as did

RECIPE = Recipe(
    title="shares by decade of a column of years",
    unit="share",
    needs=(),
    formula="rows whose year `of` lies in that decade / rows with a year, among rows of `event`",
    example="decades(of=release_year)",
    relative=True,
)


def query(log: Events, *, of: NumberColumn, event: EventName = "") -> Any:
    """Rows of user, name and value (the share); what is missing is 0."""
    import ibis

    t = log.table.filter(happened(log.table, event) & log.table[of].notnull())
    year = t[of].cast("int64")
    dated = t.mutate(name=ibis.literal(f"share_of_{of}_") + ((year - year % 10) / 10).cast("int64").cast("string") + "0s")
    pairs = dated.group_by("user", "name").agg(n=number(dated.count()))
    total = pairs.group_by("user").agg(total=pairs.n.sum())
    both = pairs.join(total, "user")
    return both.select("user", "name", value=both.n / both.total)


def values(log: Log, *, of: NumberColumn, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy: a measure for each decade."""
    year = log.numbers[of]
    decade = np.where(np.isfinite(year), np.rint(np.nan_to_num(year)) // 10, -1).astype(np.int32)
    user, which, often = kinds(log, decade, did(log, event))
    total = by_user(user, often, log)
    return tuple(
        Habit(
            f"share_of_{of}_{d}0s", f"share of events from the {d}0s", "share",
            np.bincount(user[which == d], often[which == d], log.users) / total, f"rows with {of} from {d}0 to {d}9 / rows",
        )
        for d in np.unique(which).tolist()
    )  # fmt: skip
