"""Journeys from the order of events: hand-counted worlds, and a planted drop."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ways import Looked, log, looked

SHOP = ("view product", "add to cart", "begin checkout", "enter payment", "purchase")


def _shop(stops: tuple[float, float, float], seed: int = 1, users: int = 60) -> Looked:
    """Three kinds of shoppers who differ in what they look at; of each kind a share of visits stops at payment."""
    rng = np.random.default_rng(seed)
    people, groups = [], {}
    for g, stop in enumerate(stops):
        for i in range(users):
            name = f"u{g}{i:03d}"
            groups[name] = g
            own = ("search", "read review", "view offer")[g]
            visits = [(own, own, *(SHOP[:4] if rng.random() < stop else SHOP)) for _ in range(4)]
            people.append((name, visits))
    return looked(groups, log(people), event="event", time="time")


@pytest.fixture(scope="module")
def planted() -> Looked:
    return _shop((0.1, 0.7, 0.1))


def test_a_drop_planted_at_payment_is_the_top_pain_of_that_persona_and_of_no_other(planted: Looked) -> None:
    """Requirement 119."""
    top = planted.pains("P2")[0]
    assert (top.kind, top.at) == ("drop", "enter payment")
    assert not [p for k in ("P1", "P3") for p in planted.pains(k) if p.kind == "drop"]
    first = planted.facts[top.facts[0]]
    assert first.p is not None and first.p < 0.001 and first.low is not None and first.low > (first.everyone or 1)


def test_without_a_planted_drop_none_is_asserted() -> None:
    """Requirement 119."""
    assert not [p for seed in (2, 3) for p in _shop((0.2, 0.2, 0.2), seed, 40).dossier.pains if p.kind == "drop"]
