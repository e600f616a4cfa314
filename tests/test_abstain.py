"""A group that the run never saw is in no persona, and new users of those it saw are: in events and in tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix

import personae
from cast_builder import cast as small_cast
from conftest import planted
from personae.model.features import Features
from personae.model.rule import REASONS, Extent
from personae.rule import place
from personae.stages.extent import extent

LIKE_NONE = set(REASONS[8:])


def _events() -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Four tastes over the same sixteen events."""
    world = planted(users=1200, groups=4, events=16, seed=3, activity=60.0, strength=4.5)
    columns = {e: pa.array(c) for e, c in zip(world.events, world.counts.T, strict=True)}
    return pa.table({"user_id": world.ids, **columns}), world.labels


def _table() -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """Four kinds of customers by five amounts whose logarithms are normal, so that each has a long tail; the last lies amid
    the others."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 4, 1200)
    centres = np.array([[2.6, 0, 0, 1, -1], [0, 2.6, 0, -1, 1], [0, 0, 2.6, 1, 1], [-0.6, -0.6, -0.6, -1.4, -1.4]])
    amounts = np.exp(3 + 0.9 * (centres[labels] + 0.5 * rng.standard_normal((1200, 5))))
    names = ("food", "books", "games", "music", "travel")
    return pa.table({"user_id": [f"c{i:04d}" for i in range(1200)], **dict(zip(names, amounts.T, strict=True))}), labels


@pytest.fixture(scope="module", params=["events", "table"])
def answers(request: pytest.FixtureRequest) -> tuple[personae.Result, pa.Table, pa.Table]:
    """A run on half of the users of three groups; the places of the other half, and of the fourth group."""
    table, labels = _events() if request.param == "events" else _table()
    known = np.flatnonzero(labels < 3)
    seen, fresh, unseen = known[::2], known[1::2], np.flatnonzero(labels == 3)
    result = personae.run(table.take(seen), id="user_id", groups=3, worlds="none")
    return result, personae.score(result, table.take(fresh)), personae.score(result, table.take(unseen))


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
    table, labels = _events() if rule.features[0].of == "event" else _table()
    placed = personae.score(replace(result, cast=old), table.take(np.flatnonzero(labels == 3)))
    assert not LIKE_NONE & set(placed["reason"].to_pylist())


def test_who_did_nothing_is_not_held_against_those_who_did_something() -> None:
    """Their place among the others is a matter of the rule's `active` alone."""
    rule = small_cast().rule
    assert rule is not None
    bare = np.zeros((rule.projection.shape[1], 0))
    tight = Extent(np.array([0.5]), np.ones(len(rule.owner)), np.array([np.inf, 0.0]), bare, np.full(2, np.inf))
    m = sum(f.of == "event" for f in rule.features)
    counts = csr_matrix(np.vstack([np.zeros(m), np.ones(m)]))
    measures = {f.column: np.ones(2) for f in rule.features if f.of == "measure"}
    before = place(replace(rule, active=False), counts, measures, 2)
    after = place(replace(rule, active=False, extent=tight), counts, measures, 2)
    assert after.reason[0] == before.reason[0]
    assert after.reason[1] == 8


def test_of_few_users_nothing_is_learnt(answers: tuple[personae.Result, pa.Table, pa.Table]) -> None:
    world = planted(users=120, groups=2, events=16, seed=3)
    rule = answers[0].cast.rule
    assert rule is not None
    features: Features = world.features(measures=rule.features[0].of == "measure")
    assert extent(rule, features) is None
