"""How users divide what they do among the values of a column."""

from __future__ import annotations

from typing import Any

import numpy as np

from personae.model.recipe import EventName, Habit, Log, Recipe, TextColumn
from personae.sql.events import Events, happened, number
from personae.sums import by_user, kinds
from personae.sums import happened as did
from personae.words.names import readable

RECIPE = Recipe(
    title="shares by category, genre, device",
    unit="share",
    needs=(),
    formula="rows with that value of `of` / rows with any value, among rows of `event`; the `most` values "
    "that most users have, "
    'and "other" for the rest',
    example="shares(of=category, most=10)",
    relative=True,
)


def query(log: Events, *, of: TextColumn, event: EventName = "", most: int = 20) -> Any:
    """Rows of user, name and value (the share); what is missing is 0."""
    import ibis

    t = log.table.filter(happened(log.table, event))
    t = t.mutate(kind=t[of].cast("string").nullif(""))
    t = t.filter(t.kind.notnull())
    pairs = t.group_by("user", "kind").agg(n=number(t.count()))
    reach = pairs.group_by("kind").agg(users=pairs.count())
    ranked = reach.mutate(place=ibis.row_number().over(order_by=[reach.users.desc(), reach.kind]))
    known = pairs.join(ranked, "kind")
    said = known.mutate(name=ibis.literal(f"share_of_{of}_") + ibis.ifelse(known.place < most, known.kind, "other"))
    shares = said.group_by("user", "name").agg(n=said.n.sum())
    total = pairs.group_by("user").agg(total=pairs.n.sum())
    both = shares.join(total, "user")
    return both.select("user", "name", value=both.n / both.total)


def values(log: Log, *, of: TextColumn, event: EventName = "", most: int = 20) -> tuple[Habit, ...]:
    """The same in numpy: a measure for each value."""
    codes, levels = log.texts[of]
    user, kind, often = kinds(log, codes, did(log, event))
    reach = np.bincount(kind, minlength=len(levels))
    order = sorted(np.flatnonzero(reach).tolist(), key=lambda i: (-int(reach[i]), levels[i].encode()))
    total = by_user(user, often, log)
    groups = {levels[i]: kind == i for i in order[:most]}
    if order[most:]:
        groups["other"] = groups.get("other", np.zeros(len(kind), bool)) | np.isin(kind, order[most:])
    what = readable(of)
    return tuple(
        Habit(
            f"share_of_{of}_{level}", f"share of events with {what} {level}", "share",
            np.bincount(user[rows], often[rows], log.users) / total, f"rows with {of} = {level} / rows with {of}",
        )
        for level, rows in groups.items()
    )  # fmt: skip
