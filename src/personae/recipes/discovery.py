"""Whether users look for new things or come back to the same ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, happened, number
from personae.sums import by_user, kinds, named
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="new things against repeats: songs, products, pages",
    unit="share",
    needs=(),
    formula="rows in which the user meets a value of `of` for the first time in the window / rows with a value, among rows of "
    "`event`; the share of repeats is 1 less this",
    example="discovery(of=song, event=play)",
)


def query(log: Events, *, of: TextColumn, event: EventName = "") -> Any:
    """Per user with a value: the share of first times."""
    t = log.table.filter(happened(log.table, event))
    t = t.mutate(kind=t[of].cast("string").nullif(""))
    t = t.filter(t.kind.notnull())
    kinds = t.group_by("user", "kind").agg(n=number(t.count()))
    return kinds.group_by("user").agg((number(kinds.count()) / kinds.n.sum()).name(named("discovery_of", of, event)))


def values(log: Log, *, of: TextColumn, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    user, _, often = kinds(log, log.texts[of][0], did(log, event))
    share = by_user(user, np.ones(len(user)), log) / by_user(user, often, log)
    how = f"different {of} / rows with {of}"
    return (Habit(named("discovery_of", of, event), f"share of events with a new {readable(of)}", "share", share, how),)
