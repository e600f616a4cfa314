"""At which hours users act, more finely than by parts of the day."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import Habit, Log, Recipe
from personae.sql.events import Events, flag, hour, number
from personae.sums import count

RECIPE = Recipe(
    title="shares of events by hours of the day",
    unit="share",
    needs=("time", "clock"),
    formula="events within these hours, local time / events; the day is cut into pieces of `width` hours from midnight on",
    example="hours(width=3)",
)


def query(log: Events, *, width: int = 2) -> Any:
    """Per user: a share for each piece of the day."""
    t = log.table
    sums = {name: number(flag((hour(t.t) >= a) & (hour(t.t) < b)).sum()) for name, a, b in _pieces(width)}
    users = t.group_by("user").agg(n=number(t.count()), **sums)
    return users.select("user", **{name: users[name] / users.n for name in sums})


def values(log: Log, *, width: int = 2) -> tuple[Habit, ...]:
    """The same in numpy."""
    at = log.t % 86_400 // 3_600
    return tuple(
        Habit(
            name, f"share of events from {a} to {b} o'clock", "share", count(log, (at >= a) & (at < b)) / count(log),
            f"events from {a}:00 to {b - 1}:59 / events",
        )
        for name, a, b in _pieces(width)
    )  # fmt: skip


def _pieces(width: int) -> list[tuple[str, int, int]]:
    ends = [(a, min(a + width, 24)) for a in range(0, 24, max(width, 1))]
    return [(f"hours_{a:02}_{b:02}_share", a, b) for a, b in ends]
