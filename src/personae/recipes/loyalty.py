"""How much users keep to one thing of a kind."""

from __future__ import annotations

from typing import Any

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, happened, number
from personae.sums import by_user, kinds, named
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="concentration on one artist, brand, shop",
    unit="share",
    needs=(),
    formula="Herfindahl concentration sum(p^2) over the shares p of the values of `of` among a user's rows of "
    "`event` that have "
    "one: the chance that two of them, drawn with replacement, share the value; 1 is always the same",
    example="loyalty(of=artist)",
)


def query(log: Events, *, of: TextColumn, event: EventName = "") -> Any:
    """Per user with a value: the concentration."""
    t = log.table.filter(happened(log.table, event))
    t = t.mutate(kind=t[of].cast("string").nullif(""))
    t = t.filter(t.kind.notnull())
    kinds = t.group_by("user", "kind").agg(n=number(t.count()))
    users = kinds.group_by("user").agg(total=kinds.n.sum(), squares=(kinds.n * kinds.n).sum())
    return users.select("user", (users.squares / (users.total * users.total)).name(named("loyalty_to", of, event)))


def values(log: Log, *, of: TextColumn, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    user, _, often = kinds(log, log.texts[of][0], did(log, event))
    total = by_user(user, often, log)
    found = by_user(user, often * often, log) / (total * total)
    how = f"sum of the squared shares of {of}"
    return (Habit(named("loyalty_to", of, event), f"concentration on one {readable(of)}", "share", found, how),)
