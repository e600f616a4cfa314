"""A group that the run never saw is in no persona, and new users of those it saw are: in events and in tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

import personae
from conftest import planted
from personae.model.features import Features
from personae.model.rule import REASONS, Extent, Feature, Rule, Step
from personae.rule import place
from personae.stages.extent import extent

LIKE_NONE = set(REASONS[8:])


Take = Callable[[npt.NDArray[np.int64]], pa.Table]
"""The data of the users at these positions."""


def _events() -> tuple[Take, npt.NDArray[np.int64]]:
    """Four tastes over the same sixteen events, as a log."""
    world = planted(users=1600, groups=4, events=16, seed=3, activity=60.0, strength=4.5)
    start = np.datetime64("2026-03-01T00:00:00")

    def take(at: npt.NDArray[np.int64]) -> pa.Table:
        user, event = (np.repeat(i, world.counts[at].ravel()) for i in np.indices(world.counts[at].shape).reshape(2, -1))
        time = pa.array(start + (np.arange(len(user)) * 997) % (90 * 86_400))
        ids, names = np.array(world.ids)[at], np.array(world.events)
        return pa.table({"user_id": ids[user], "event": names[event], "time": time})

    return take, world.labels


def _table() -> tuple[Take, npt.NDArray[np.int64]]:
    """Four kinds of customers by five amounts whose logarithms are normal, so that each has a long tail; the last lies amid
    the others."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 4, 1600)
    centres = np.array([[2.6, 0, 0, 1, -1], [0, 2.6, 0, -1, 1], [0, 0, 2.6, 1, 1], [-0.6, -0.6, -0.6, -1.4, -1.4]])
    amounts = np.exp(3 + 0.9 * (centres[labels] + 0.5 * rng.standard_normal((1600, 5))))
    names = ("food", "books", "games", "music", "travel")
    table = pa.table({"user_id": [f"c{i:04d}" for i in range(1600)], **dict(zip(names, amounts.T, strict=True))})
    return table.take, labels


@pytest.fixture(scope="module", params=["events", "table"])
def answers(request: pytest.FixtureRequest) -> tuple[personae.Result, pa.Table, pa.Table]:
    """A run on half of the users of three groups; the places of the other half, and of the fourth group."""
    take, labels = _events() if request.param == "events" else _table()
    known = np.flatnonzero(labels < 3)
    seen, fresh, unseen = known[::2], known[1::2], np.flatnonzero(labels == 3)
    result = personae.run(take(seen), id="user_id", groups=3, worlds="none")
    return result, personae.score(result, take(fresh)), personae.score(result, take(unseen))


def test_four_fifths_of_a_group_nobody_has_seen_are_outside(answers: tuple[personae.Result, pa.Table, pa.Table]) -> None:
    """Its users do the same things as the others, in other proportions."""
    _, _, unseen = answers
    outside = [a for a in unseen.to_pylist() if a["kind"] == "outside"]
    assert len(outside) >= 0.8 * len(unseen)
    assert all(a["persona"] is None for a in outside)
    assert sum(a["reason"] in LIKE_NONE for a in outside) >= 0.3 * len(outside)


def test_new_users_of_the_groups_it_saw_have_a_place(answers: tuple[personae.Result, pa.Table, pa.Table]) -> None:
    result, fresh, _ = answers
    assert sum(k == "outside" for k in fresh["kind"].to_pylist()) <= 0.04 * len(fresh)
    assert sum(k == "outside" for k in result.users["kind"].to_pylist()) <= 0.02 * len(result.users)


def test_without_limits_a_rule_places_as_rules_did_before(answers: tuple[personae.Result, pa.Table, pa.Table]) -> None:
    result = answers[0]
    rule = result.cast.rule
    assert rule is not None
    old = replace(result.cast, rule=replace(rule, extent=None))
    take, labels = _events() if rule.features[0].of == "event" else _table()
    placed = personae.score(replace(result, cast=old), take(np.flatnonzero(labels == 3)))
    assert not LIKE_NONE & set(placed["reason"].to_pylist())


def test_who_did_nothing_is_not_held_against_those_who_did_something() -> None:
    """Their place among the others is a matter of the rule's `active` alone."""
    steps = (Step("root", {}), Step("scale", {"mean": 0.5, "by": 1.0}))
    features = tuple(Feature(e, "event", e, steps) for e in "ab")
    loose = Rule(features, np.eye(2), np.eye(2), np.arange(2, dtype=np.int32), np.full(2, np.inf), 1.0)
    spend = Feature("spend", "measure", "spend", (Step("scale", {"mean": 0.0, "by": 1.0}),))
    loose = replace(loose, features=(*features, spend), projection=np.array([[1.0, 0], [0, 1], [0, 0]]))
    tight = Extent(np.array([0.5]), np.ones(2), np.array([np.inf, 0.0]), np.zeros((2, 0)), np.full(2, np.inf))
    counts, measures = csr_matrix([[0.0, 0.0], [3.0, 1.0]]), {"spend": np.ones(2)}
    assert place(loose, counts, measures, 2).persona.tolist() == [0, 0]
    before = place(loose, counts, measures, 2).reason[0]
    assert place(replace(loose, extent=tight), counts, measures, 2).reason.tolist() == [before, 8]


def test_of_few_users_nothing_is_learnt(answers: tuple[personae.Result, pa.Table, pa.Table]) -> None:
    world = planted(users=120, groups=2, events=16, seed=3)
    rule = answers[0].cast.rule
    assert rule is not None
    features: Features = world.features(measures=rule.features[0].of == "measure")
    assert extent(rule, features) is None
