"""How much users give back."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe
from personae.sql.events import Events, flag, happened, number, over
from personae.sums import count, total
from personae.sums import happened as did
from personae.sums import over as part

RECIPE = Recipe(
    title="share of returns, and the amount returned",
    unit="share and amount",
    needs=("value",),
    formula="a return is a row of `event`, or without `event` a row with a negative amount; return_share = returns / rows with "
    "an amount; returned_amount = sum of their amounts without sign",
    example="returns(event=return)",
    makes=("return_share", "returned_amount"),
)


def query(log: Events, *, event: EventName = "") -> Any:
    """Per user with an amount: return_share, returned_amount."""
    import ibis

    t = log.table.filter(log.table.value.notnull())
    back = happened(t, event) if event else t.value < 0
    returned = ibis.ifelse(back, t.value.abs(), 0.0)
    return t.group_by("user").agg(return_share=over(flag(back).sum(), t.count()), returned_amount=number(returned.sum()))


def values(log: Log, *, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    known = log.value == log.value
    back = (did(log, event) if event else log.value < 0) & known
    share = part(count(log, back), count(log, known))
    amount = total(log, np.where(back, np.abs(log.value), 0.0), known)
    said = event or f"negative {log.amount}"
    return (
        Habit("return_share", "share of returns", "share", share, f"rows of {said} / rows with {log.amount}"),
        Habit("returned_amount", f"returned {log.amount}", "", amount, f"sum of {log.amount} of {said}, without sign"),
    )
