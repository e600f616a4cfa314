"""Who did nothing is in no persona, where nearly everybody did something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from conftest import planted
from personae import plugins
from personae.model.features import Features, Measure
from personae.model.rule import Place, Rule
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.score import place_features
from personae.stages.settle import settle
from personae.stages.space import behaviour_space

STUDY = Study(sources=("x.csv",), worlds="none")


def world(idle: int) -> Features:
    """400 users with a plan, the first of whom did nothing."""
    made = planted(users=400, groups=3, events=8).features()
    counts = made.counts.matrix.tolil()
    counts[:idle] = 0
    plan = Measure("plan", "plan", Role.BEHAVIOUR, Kind.TEXT, np.arange(400, dtype=np.int32) % 2, ("free", "pro"), forms=True)
    return replace(made, counts=replace(made.counts, matrix=counts.tocsr()), measures=(plan,))


def learnt(features: Features, active: bool | None = None) -> Rule:
    """The rule of three round groups."""
    space = behaviour_space(features, STUDY, active)
    assert space is not None
    return settle(space, plugins.find("methods", "kmeans").fit(space, 3, 7), features, STUDY)[0]


def test_who_did_nothing_takes_no_part_and_has_no_place() -> None:
    few = world(40)
    space = behaviour_space(few, STUDY)
    assert space is not None and space.active and space.rows.min() == 40
    rule = learnt(few)
    placed = place_features(rule, few)
    assert rule.active and (placed.persona[:40] == -1).all() and (placed.persona[40:] >= 0).mean() > 0.9
    assert set(placed.reason[:40].tolist()) == {4} and set(placed.kind[:40].tolist()) == {int(Place.OUTSIDE)}
    assert (placed.second[:40] == -1).all()


def test_where_many_did_nothing_it_is_a_way_to_behave() -> None:
    """As in a list of customers beside the log of a help desk."""
    many = world(41)
    space = behaviour_space(many, STUDY)
    assert space is not None and not space.active and space.rows.min() == 0
    assert (place_features(learnt(many), many).persona[:41] >= 0).all()


@pytest.mark.parametrize(("idle", "active"), [(41, True), (40, False)])
def test_the_rule_in_force_says_what_doing_nothing_means(idle: int, active: bool) -> None:
    """Else a share of 90 % that is passed from one refresh to the next would move everybody who did nothing."""
    later = world(idle)
    rule = learnt(later, active)
    assert rule.active is active
    assert (place_features(rule, later).persona[:idle] < 0).all() == active
