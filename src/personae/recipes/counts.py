"""How often users do each event with each value of a property: the behaviour matrix with combined names."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, number
from personae.sums import kinds

RECIPE = Recipe(
    title="event x property as what forms the groups",
    unit="events",
    needs=(),
    formula='number of rows of each pair, named "event: value"; rows without a value count for the event alone',
    example="counts(by=category)",
)


def query(log: Events, *, by: TextColumn) -> Any:
    """Rows of user, name ("event: value") and value (the count); what is missing is 0."""
    import ibis

    t = log.table
    what, said = t.event.nullif(""), t[by].cast("string").nullif("")
    name = ibis.cases((what.isnull(), said), (said.isnull(), what), else_=what + ": " + said)
    named = t.mutate(name=name).filter(name.notnull())
    return named.group_by("user", "name").agg(value=number(named.count()))


def values(log: Log, *, by: TextColumn) -> tuple[Habit, ...]:
    """The same in numpy: a measure for every pair."""
    codes, levels = log.texts[by]
    wide = len(levels) + 1
    pair = ((log.event.astype(np.int64) + 1) * wide + codes + 1).astype(np.int32)
    user, which, often = kinds(log, pair, pair > 0)
    made = []
    for code in np.unique(which):
        mine = which == code
        count = np.zeros(log.users)
        count[user[mine]] = often[mine]
        event, level = divmod(int(code), wide)
        name = ": ".join((*log.events[max(event - 1, 0) : event], *levels[max(level - 1, 0) : level]))
        made.append(Habit(name, name, "events", count, f"number of rows of {name}"))
    return tuple(made)
