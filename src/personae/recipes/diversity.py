"""How many different things of a kind users take to, and how evenly."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, happened, number
from personae.sums import by_user, kinds, named
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="diversity of genres, categories, pages",
    unit="bits",
    needs=(),
    formula="entropy -sum(p * log2(p)) over the shares p of the values of `of` among a user's rows of `event` that have one; 0 "
    "is always the same, 1 two in equal parts, 3 eight",
    example="diversity(of=genre)",
)


def query(log: Events, *, of: TextColumn, event: EventName = "") -> Any:
    """Per user with a value: the entropy."""
    import ibis

    t = log.table.filter(happened(log.table, event))
    t = t.mutate(kind=t[of].cast("string").nullif(""))
    t = t.filter(t.kind.notnull())
    kinds = t.group_by("user", "kind").agg(n=number(t.count()))
    users = kinds.group_by("user").agg(total=kinds.n.sum(), logs=(kinds.n * kinds.n.ln()).sum())
    bits = (users.total.ln() - users.logs / users.total) / math.log(2)
    return users.select("user", ibis.ifelse(bits > 0, bits, 0.0).name(named("diversity_of", of, event)))


def values(log: Log, *, of: TextColumn, event: EventName = "") -> tuple[Habit, ...]:
    """The same in numpy."""
    user, _, often = kinds(log, log.texts[of][0], did(log, event))
    total = by_user(user, often, log)
    bits = np.maximum(np.log2(total) - by_user(user, often * np.log2(often), log) / total, 0.0)
    how = f"entropy in bits of the shares of {of}"
    return (Habit(named("diversity_of", of, event), f"diversity of {readable(of)}", "bits", bits, how),)
