"""What the things are like that users take to."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, NumberColumn, Recipe
from personae.sql.events import Events, happened, number
from personae.sums import happened as did
from personae.sums import named, over, total
from personae.words.names import readable

RECIPE = Recipe(
    title="mean of a number: energy, price, rating",
    unit="that of the column",
    needs=(),
    formula="sum of `of` / number of rows with a value, among rows of `event`",
    example="mean_of(of=energy, event=play)",
)


def query(log: Events, *, of: NumberColumn, event: EventName = "") -> Any:
    """Per user with a value: the mean."""
    t = log.table.filter(happened(log.table, event) & log.table[of].notnull())
    return t.group_by("user").agg((number(t[of].cast("float64").sum()) / number(t.count())).name(named("mean", of, event)))


def values(log: Log, *, of: NumberColumn, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    number = log.numbers[of]
    rows = did(log, event) & (number == number)
    mean = over(total(log, number, rows), total(log, rows.astype(float), rows))
    return (Habit(named("mean", of, event), f"mean {readable(of)}", "", mean, f"sum({of}) / number of {of}"),)
