"""Casts of a refresh made by hand: who was where, and what the change says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

import cast_builder
from personae.model.cast import Cast
from personae.model.descent import Descent
from personae.stages.diff import diff

KEYS = ("P1", "P2", "P3", "P4")
NAMES = dict(zip(KEYS, ("Frequent buyers", "Quiet browsers", "Recipe savers", "Offer viewers"), strict=True))


def placed(places: Sequence[str], ids: Sequence[str] | None = None, run: str = "") -> Cast:
    """A cast whose users stand in these personas by key, "" for none."""
    made = cast_builder.cast()
    keys = [k for k in KEYS if k in places]
    where = np.array([keys.index(p) if p else -1 for p in places], np.int32)
    n, zero = len(places), np.zeros(len(places))
    people = tuple(
        replace(
            made.personas[0], key=k, name=NAMES[k], index=i, users=int((where == i).sum()), share=float((where == i).mean())
        )
        for i, k in enumerate(keys)
    )
    profiles = tuple(replace(made.profiles[0], key=p.key, index=p.index, users=p.users) for p in people)
    codes = np.where(where < 0, 2, 0).astype(np.int8)
    place = replace(
        made.placement, persona=where, second=np.full(n, -1, np.int32), membership=zero + 0.9, margin=zero + 0.5, kind=codes,
        reason=np.where(where < 0, 4, 0).astype(np.int8),
    )  # fmt: skip
    names = [f"u{i:04d}" for i in range(n)] if ids is None else list(ids)
    return replace(made, ids=pa.array(names, pa.string()), placement=place, personas=people, profiles=profiles, run=run)


def refreshed(before: Cast, after: Cast, *acts: Descent) -> Cast:
    """The later cast as a refresh of the earlier one: personas of one key are the same."""
    both = {p.key for p in before.personas} & {p.key for p in after.personas}
    made = diff(before, after, {k: k for k in both})
    acted = {k for a in acts for k in (*a.before, *a.after)}
    same = tuple(Descent("same", (k,), (k,), (NAMES[k],), (NAMES[k],)) for k in KEYS if k in both and k not in acted)
    return replace(after, change=replace(made, descents=(*acts, *same)))


def act(kind: str, before: Sequence[str], after: Sequence[str]) -> Descent:
    """One act of descent."""
    return Descent(kind, tuple(before), tuple(after), tuple(NAMES[k] for k in before), tuple(NAMES[k] for k in after))
