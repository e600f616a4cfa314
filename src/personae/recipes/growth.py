"""What users do this month against last month."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.model.study import Role
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import total

RECIPE = Recipe(
    title="month-over-month growth of the amount",
    unit="amount",
    needs=("time", "value"),
    formula="amount_last_month = sum of amounts of the last `days` days of the window; amount_month_before = "
    "of the `days` days "
    "before; the growth of a group is sum(amount_last_month) / sum(amount_month_before) - 1; nothing in a window too short",
    example="growth(days=30)",
    makes=("amount_last_month", "amount_month_before"),
    outcome=True,
)


def query(log: Events, *, days: int = 30, event: EventName = "") -> Any:
    """Per user: the amounts of the last month and of the one before, 0 where there is none."""
    import ibis

    t = log.table
    ago = log.last - t.day
    enough = log.last - log.first + 1 >= 2 * days
    enough = ibis.literal(enough) if isinstance(enough, bool) else enough
    known = happened(t, event) & t.value.notnull()
    sums = {
        name: ibis.ifelse(known & (ago >= a * days) & (ago < (a + 1) * days), t.value, 0.0).sum()
        for a, name in enumerate(RECIPE.makes)
    }
    users = t.group_by("user").agg(**sums)
    return users.select("user", **{n: ibis.ifelse(enough, number(users[n]), ibis.null("float64")) for n in RECIPE.makes})


def values(log: Log, *, days: int = 30, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    if log.last - log.first + 1 < 2 * days:
        return ()
    ago = log.last - log.day
    known = did(log, event) & (log.value == log.value)
    labels = (f"{log.amount} in the last {days} days", f"{log.amount} in the {days} days before")
    everyone = np.ones(len(log.user), bool)
    return tuple(
        Habit(
            name, label, "", total(log, np.where(known & (ago // days == a), log.value, 0.0), everyone),
            f"sum({log.amount}) from {a * days} to {(a + 1) * days - 1} days before the last day of the window", Role.OUTCOME,
            "" if a else RECIPE.makes[1],
        )
        for a, (name, label) in enumerate(zip(RECIPE.makes, labels, strict=True))
    )  # fmt: skip
