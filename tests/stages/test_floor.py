"""No number of one to nine users leaves, and none that follows from the others by subtraction (R107, EXP-03)."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from described import category, events, number
from known import known
from personae.facts.compared import Crew, compared, summed
from personae.facts.tally import Item
from personae.model.rule_card import Cut
from personae.model.study import Role
from personae.stages.fairness import fairness
from personae.stages.pains import pains
from personae.stages.rule_cards import candidates, holds, seen
from personae.stages.value import value
from personae.words import tone
from personae.words.stating import stated

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


def _did(*users: int) -> np.ndarray:
    """Events (300, 2): everybody does the first, of each hundred so many the second."""
    second = np.concatenate([np.r_[np.ones(n), np.zeros(100 - n)] for n in users])
    return np.stack([np.ones(300), second], axis=1).astype(int)


def test_a_share_of_all_but_a_few_is_a_bound_in_every_number_and_sentence() -> None:
    """97 of 100, 60 and 50: neither the share nor what follows from everyone's and the rest's says that three did not."""
    seen_ = known(LABELS, counts=events(_did(97, 60, 50), ("view", "buy")))
    facts = {f.id: f for f in seen_.facts}
    own, other, all_ = (facts[f"{key}.e1.users"] for key in ("P1", "P2", "all"))
    assert (own.value, own.least, own.n) == (0.9, True, 100)
    assert (other.value, other.least, all_.value, all_.least) == (0.6, False, 200 / 300, False)
    assert own.everyone == all_.value and own.rest == 0.55 and own.low is not None and own.low < 0.9 < (own.high or 0)
    assert stated(own).text == "Buy (at least once): over 90 % of them, against 67 % of everyone."
    assert tone.value(own, own.value) == tone.value(own, own.value, "manager") == "over 90 %"


@given(st.lists(st.integers(0, 100), min_size=2, max_size=4))
@settings(max_examples=100, deadline=None)
def test_no_share_and_no_difference_of_shares_stands_for_one_to_nine_users(did: list[int]) -> None:
    """Whatever each hundred do: of every group that is told, and of those that are not told together."""
    labels = np.repeat(np.arange(len(did)), 100)
    users = np.concatenate([np.r_[np.ones(n), np.zeros(100 - n)] for n in did])
    who = Crew(labels, tuple(f"P{i + 1}" for i in range(len(did))))
    item = Item("x", "x", "x", "x", "share", "share of users", Role.BEHAVIOUR, True, "", "", proportion=True, doing=True)
    facts = {f.subject: round(f.value * f.n) for f in compared(summed((item,), labels, users[:, None], len(did) + 1), who, 10)}
    whole, parts = facts.pop("all", None), list(facts.values())
    assert not [x for x in parts if 0 < x < 10 or 0 < 100 - x < 10]
    hidden = len(did) - len(parts)
    if whole is not None and hidden == 1:
        assert whole - sum(parts) in (0, *range(10, 91), 100)


def test_how_many_a_number_rests_on_does_not_tell_of_the_few_it_does_not_rest_on() -> None:
    """Three of 100 have no value: the number rests on 90; none is missing elsewhere."""
    x, age = np.arange(300.0), np.repeat([0, 1, 0], 100)
    x[100:103], age[:3] = np.nan, -1
    seen_ = known(LABELS, number("x", x), category("region", age, ("n", "s")))
    n = {f.id: f.n for f in seen_.facts if f.measure == "x"}
    assert n == {"all.m0.mean": 290, "P1.m0.mean": 100, "P2.m0.mean": 90, "P3.m0.mean": 100} | {
        "all.m0.median": 290, "P1.m0.median": 100, "P2.m0.median": 90, "P3.m0.median": 100
    }  # fmt: skip
    assert [a.users for a in fairness(seen_)] == [290]


def test_what_is_hidden_is_not_taken_for_nearly_all() -> None:
    """Requirement 119: 3 of P1 ask for help, so another group is hidden too; 97 of 100 who ask are told with a bound."""
    counts = _did(3, 40, 50)
    counts[:3, 1] = 60
    found, facts = pains(known(LABELS, counts=events(counts, ("view", "contact support"))), None, ())
    assert not {"P1", "P2"} & {f.subject for f in facts if "ever.help" in f.id}
    assert not [p for p in found if p.persona in ("P1", "P2") and p.kind == "help"]
    found, facts = pains(known(LABELS, counts=events(_did(97, 20, 10), ("view", "contact support"))), None, ())
    assert [(p.persona, p.kind) for p in found if p.kind == "help"] == [("P1", "help")]
    assert next(f for f in facts if f.id == "P1.ever.help").least
