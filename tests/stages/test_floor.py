"""No number of one to nine users leaves, and none that follows from the others by subtraction (R107, EXP-03)."""

from __future__ import annotations

import numpy as np

from described import number
from known import known
from personae.model.rule_card import Cut
from personae.model.study import Role
from personae.stages.rule_cards import candidates, holds, seen
from personae.stages.value import value

LABELS = np.repeat([0, 1, 2], 100)


def _paid(*payers: int) -> np.ndarray:
    return np.concatenate([np.r_[np.full(n, 10.0), np.zeros(100 - n)] for n in payers])


def test_what_few_paid_does_not_follow_from_the_parts_of_the_others() -> None:
    """60, 50 and 5 pay: 1 - P1 - P2 would be what five people paid."""
    told = value(known(LABELS, number("revenue", _paid(60, 50, 5), Role.VALUE)))
    assert [f.id for f in told] == ["P1.worth.revenue"]
    assert len(value(known(LABELS, number("revenue", _paid(60, 50, 40), Role.VALUE)))) == 3


def test_a_cut_leaves_the_floor_on_either_side_among_users_with_a_value() -> None:
    """Of 40 users with a value 36 have 1: the 160 without one hide nobody."""
    x = np.r_[np.ones(36), np.zeros(4), np.full(160, np.nan)]
    features = known(np.repeat([0, 1], 100), number("x", x), number("y", np.arange(200.0))).features
    rows = np.arange(200)
    cuts = candidates(features, rows, np.repeat([0, 1], 100).astype(np.int32), 10)
    assert any(c.name == "y" for c in cuts)
    assert not [c for c in cuts if c.name == "x"], [_sides(features, c) for c in cuts if c.name == "x"]


def _sides(features: object, cut: Cut) -> int:
    return int(holds(seen(features, np.arange(200)), cut).sum())  # type: ignore[arg-type]
