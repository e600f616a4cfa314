"""Who came of whom, on tables of users made by hand. REF-01."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from personae.model.descent import Crossing
from personae.stages.descend import descend


def _crossing(then: Any, now: Any = None, size: Any = None) -> Crossing:
    """Users of both runs by group before (rows) and after; `now` all new users by both rules, `size` those of the time."""
    then = np.array(then, np.int64)
    now = then if now is None else np.array(now, np.int64)
    size = then.sum(axis=1) if size is None else np.array(size, np.int64)
    return Crossing(
        now, now.sum(axis=1), now.sum(axis=0), then, then.sum(axis=1), then.sum(axis=0), size, int(size.sum()), int(now.sum())
    )


def _told(c: Crossing) -> set[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    return {(a.kind, a.before, a.after) for a in descend(c, 10)}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_groups_under_other_labels_are_the_same(order: tuple[int, ...]) -> None:
    table = np.diag([300, 200, 100])[:, order]
    assert _told(_crossing(table)) == {("same", (i,), (order.index(i),)) for i in range(3)}


def test_a_group_whose_people_are_in_two_has_split() -> None:
    c = _crossing([[160, 140, 0], [0, 0, 200]])
    assert _told(c) == {("split", (0,), (0, 1)), ("same", (1,), (2,))}


def test_two_groups_whose_people_are_in_one_have_merged() -> None:
    c = _crossing([[160, 0], [140, 0], [0, 200]])
    assert _told(c) == {("merged", (0, 1), (0,)), ("same", (2,), (1,))}


def test_a_group_that_nobody_known_is_in_is_new_and_no_part_of_the_group_the_old_rule_puts_it_in() -> None:
    c = _crossing(then=[[280, 0, 4], [0, 190, 0]], now=[[300, 0, 150], [0, 200, 0]])
    assert _told(c) == {("same", (0,), (0,)), ("same", (1,), (1,)), ("new", (), (2,))}


def test_a_group_that_many_others_gave_people_to_is_new() -> None:
    c = _crossing([[220, 0, 40], [0, 160, 40]])
    assert ("new", (), (2,)) in _told(c)


def test_a_group_whose_people_left_is_gone_and_has_not_merged() -> None:
    c = _crossing(then=[[300, 0], [0, 200], [12, 0]], size=[300, 200, 180])
    assert ("gone", (2,), ()) in _told(c)
    assert not [a for a in _told(c) if a[0] == "merged"]


def test_without_known_people_the_old_rule_on_the_new_users_says_who_came_of_whom() -> None:
    none = np.zeros((2, 3), np.int64)
    c = _crossing(then=none, now=[[160, 140, 0], [0, 0, 200]], size=[300, 200])
    assert _told(c) == {("split", (0,), (0, 1)), ("same", (1,), (2,))}


def test_movement_of_people_does_not_blur_which_group_is_which() -> None:
    """Half of the people changed places, but the groups are where they were."""
    c = _crossing(then=[[110, 110, 80], [100, 90, 110]], now=[[210, 0, 0], [0, 0, 190]])
    assert {("same", (0,), (0,)), ("same", (1,), (2,))} <= _told(c)


def test_every_group_stands_in_an_act_whatever_the_table() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        k, m = rng.integers(1, 6, 2)
        table = rng.integers(0, 200, (k, m)) * (rng.random((k, m)) < 0.5)
        acts = descend(_crossing(table, size=table.sum(axis=1) + 1), 10)
        assert {i for a in acts for i in a.before} == set(range(k))
        after = [j for a in acts for j in a.after]
        assert sorted(after) == list(range(m)), "one act a group after"
