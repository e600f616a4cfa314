"""Users worth talking to: the most typical of each group, those on its border, the most pronounced, and the contrary."""

from __future__ import annotations

import numpy as np

from personae.facts.tally import Item, columns
from personae.model.features import Features
from personae.model.persona import Member
from personae.model.rule import Place, Placement

EACH = 10
CONTRARY = 30
"""Contrary users that are kept: interview lists never ask anybody twice."""


def members(
    features: Features, placement: Placement, index: int, key: str, items: tuple[Item, ...], above: list[int], below: list[int]
) -> tuple[Member, ...]:
    """Up to ten of each part and thirty contrary, nobody twice; ties in the order of ids. `above` and `below` are positions of
    its traits. Contrary are those well inside who have least of what sets the group apart."""
    rows = np.flatnonzero(placement.persona == index)
    each = min(EACH, len(rows) // 3)
    margin, membership = placement.margin[rows], placement.membership[rows]
    told = above or below
    values = np.nan_to_num(columns(features, tuple(items[j] for j in told), rows), nan=0.0)
    spread = values.std(axis=0)
    pronounced = ((values - values.mean(axis=0)) / np.where(spread > 0, spread, 1.0)).sum(axis=1) * (1.0 if above else -1.0)
    left = np.ones(len(rows), dtype=bool)
    chosen: list[Member] = []
    orders = (
        ("typical", np.lexsort((np.arange(len(rows)), -margin, -membership))),
        ("borderline", np.lexsort((np.arange(len(rows)), membership, margin))),
        ("extreme", np.lexsort((np.arange(len(rows)), -pronounced))),
    )
    for part, order in orders:
        best = [int(i) for i in order if left[i]][:each]
        left[best] = False
        chosen += [_member(features, key, part, int(rows[i]), float(membership[i]), float(margin[i])) for i in best]
    if told:
        inside = left & (pronounced < 0) & (placement.kind[rows] == Place.CORE)
        order = np.lexsort((np.arange(len(rows)), pronounced))
        best = [int(i) for i in order if inside[i]][:CONTRARY]
        chosen += [_member(features, key, "contrary", int(rows[i]), float(membership[i]), float(margin[i])) for i in best]
    return tuple(chosen)


def _member(features: Features, key: str, part: str, row: int, membership: float, margin: float) -> Member:
    """One user with the id as it came in."""
    return Member(key, part, features.ids[row].as_py(), membership, margin)
