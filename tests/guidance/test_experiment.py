"""How many users a test needs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personae.guidance.experiment import ROOM, experiment, per_arm_of_means, per_arm_of_shares, said
from personae.model.fact import Fact
from personae.model.library import Library
from personae.words.numbers import percent, tenths

KNOWN = Library(())


def share(value: float, n: int = 500) -> Fact:
    return Fact("P1.x", "P1", "x", "x", "share", value, "share of users", n)


@pytest.mark.parametrize(("base", "found", "users"), [(0.40, 0.45, 1534), (0.10, 0.15, 686), (0.5, 0.6, 388)])
def test_two_shares_need_what_the_textbook_says(base: float, found: float, users: int) -> None:
    """Fleiss, Levin and Paik (2003), equation 4.14: alpha 0.05 two-sided, power 0.8."""
    assert per_arm_of_shares(base, found) == per_arm_of_shares(found, base) == users


def test_two_means_need_what_the_textbook_says() -> None:
    assert per_arm_of_means(10, 2) == 393 and per_arm_of_means(1, 1) == 16


@given(st.floats(*ROOM), st.integers(10, 100_000), st.booleans())
def test_a_test_is_of_a_change_that_there_can_be(base: float, users: int, less: bool) -> None:
    made = experiment(share(base), users, KNOWN, less=less)
    assert made is not None and 0 <= made.found <= 1 and made.found != base and made.per_arm > 0
    if made.reach is not None:
        assert 0 <= made.reach <= 1 and per_arm_of_shares(base, made.reach) <= users // 2
        assert made.testable == (abs(made.found - base) >= abs(made.reach - base) - 1e-9)


@pytest.mark.parametrize("value", [0.0, 0.004, 0.98, 1.0])
def test_what_almost_nobody_or_everybody_does_cannot_be_tested(value: float) -> None:
    assert experiment(share(value), 500, KNOWN) is None


@given(st.floats(*ROOM))
def test_a_change_shows_where_it_is_rounded(base: float) -> None:
    """No change "from 98 % to 98 %", nor "from about 4 in 10 to about 4 in 10"."""
    for written in (percent, tenths):
        change = re.search(
            r"a change from (.+?) to (.+?)[: ]? ?(takes|would)", said(experiment(share(base), 10**6, KNOWN), written, "users")
        )
        assert change is not None and change[1] != change[2]


def test_too_few_users_are_called_not_testable() -> None:
    """Requirement 145."""
    few = said(experiment(share(0.4), 200, KNOWN), lambda v: f"{v:.0%}", "users")
    assert few.startswith("Not testable with 200 users") and "1,534 in each of two arms" in few
    many = said(experiment(share(0.4), 5000, KNOWN, 90), lambda v: f"{v:.0%}", "users")
    assert "two arms of 1,534 users" in many and "90 days" in many
    assert said(None, str, "users").startswith("Cannot be sized")


def test_the_spread_of_a_mean_follows_from_its_interval() -> None:
    fact = Fact("P1.y", "P1", "y", "y", "mean", 20.0, "", 100, 20 - 1.96, 20 + 1.96)
    made = experiment(fact, 1000, KNOWN)
    assert made is not None and made.spread == pytest.approx(10, rel=1e-4) and made.per_arm == 393
