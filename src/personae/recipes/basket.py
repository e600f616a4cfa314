"""What a purchase holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, number
from personae.sums import by_user, kinds, over, total

RECIPE = Recipe(
    title="items and amount of an order",
    unit="items and amount",
    needs=("value",),
    formula="rows with a positive amount are items; basket_items = items / different values of `order`; basket_value = sum of "
    "their amounts / different values of `order`",
    example="basket(order=order_id)",
    makes=("basket_items", "basket_value"),
)


def query(log: Events, *, order: TextColumn) -> Any:
    """Per user with an order: basket_items, basket_value."""
    t = log.table
    t = t.mutate(key=t[order].cast("string").nullif("")).filter(t.value > 0)
    t = t.filter(t.key.notnull())
    orders = t.group_by("user", "key").agg(n=t.count(), spent=t.value.sum())
    users = orders.group_by("user").agg(
        orders=number(orders.count()), n=number(orders.n.sum()), spent=number(orders.spent.sum())
    )
    return users.select("user", basket_items=users.n / users.orders, basket_value=users.spent / users.orders)


def values(log: Log, *, order: TextColumn) -> tuple[Habit, ...]:
    """The same in numpy."""
    codes, _ = log.texts[order]
    rows = (log.value > 0) & (codes >= 0)
    user, _, items = kinds(log, codes, rows)
    orders = by_user(user, np.ones(len(user)), log)
    return (
        Habit("basket_items", "items per order", "items", over(by_user(user, items, log), orders), f"rows / different {order}"),
        Habit(
            "basket_value", f"{log.amount} per order", "", over(total(log, log.value, rows), orders),
            f"sum of positive {log.amount} / different {order}",
        ),
    )  # fmt: skip
