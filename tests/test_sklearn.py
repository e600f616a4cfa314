"""MOD-14: the estimators keep scikit-learn's contract, and find what is there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from conftest import World
from personae.sklearn import BehaviourSpace, PersonaClusterer


@parametrize_with_checks([BehaviourSpace()])
def test_the_space_keeps_the_contract_of_scikit_learn(estimator, check):
    """MOD-14, without expected failures. Requirement 87."""
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([PersonaClusterer()])
def test_the_clusterer_keeps_the_contract_of_scikit_learn(estimator, check):
    """MOD-14, without expected failures."""
    check(estimator)


@pytest.fixture(scope="module")
def world() -> World:
    from conftest import planted

    return planted(users=500, groups=3, events=12, seed=2)


@pytest.fixture(scope="module")
def fitted(world: World) -> PersonaClusterer:
    return PersonaClusterer(kind="counts").fit(world.counts)


def test_planted_groups_come_back(world: World, fitted: PersonaClusterer) -> None:
    placed = fitted.labels_ >= 0
    assert fitted.counts_
    assert fitted.verdict_.kind == "natural"
    assert adjusted_rand_score(world.labels[placed], fitted.labels_[placed]) > 0.9


def test_a_row_alone_gets_the_label_it_got_in_the_crowd(world: World, fitted: PersonaClusterer) -> None:
    """MOD-03."""
    alone = np.concatenate([fitted.predict(row[None, :]) for row in world.counts[:50]])
    assert (alone == fitted.labels_[:50]).all()


def test_ten_times_the_activity_is_the_same_group_unless_it_is_unlike_everybody(world: World, fitted: PersonaClusterer) -> None:
    """Requirement 6."""
    once, tenfold = fitted.predict(world.counts), fitted.predict(world.counts * 10)
    both = (once >= 0) & (tenfold >= 0)
    assert (once[both] == tenfold[both]).all()
    assert np.allclose(fitted.transform(world.counts), fitted.transform(world.counts * 10))


def test_the_nearest_group_of_transform_is_the_label(world: World, fitted: PersonaClusterer) -> None:
    distances = fitted.transform(world.counts)
    placed = fitted.labels_ >= 0
    assert distances.shape == (500, fitted.rule_.size)
    assert (distances.argmin(axis=1)[placed] == fitted.labels_[placed]).all()


def test_where_there_is_nothing_everybody_is_in_one_group(planted: Callable[..., World]) -> None:
    found = PersonaClusterer(kind="counts").fit(planted(users=400, groups=0, events=10, seed=4).counts)
    assert found.verdict_.kind == "nothing"
    assert found.rule_ is None
    assert set(found.labels_) == {0}
    assert found.transform(np.ones((2, 10))).shape == (2, 1)


def test_a_few_rows_are_too_few_to_tell() -> None:
    found = PersonaClusterer().fit([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]])
    assert found.verdict_.kind == "nothing"
    assert "at least 20" in found.verdict_.why


def test_a_number_of_groups_is_honoured_and_the_own_opinion_kept(world: World) -> None:
    """Requirement 39."""
    found = PersonaClusterer(n_groups=5, kind="counts").fit(world.counts)
    assert set(found.labels_) - {-1} == set(range(5))
    assert found.verdict_.own == 3


def test_columns_of_a_data_frame_are_remembered_and_frames_come_back(world: World) -> None:
    frame = pd.DataFrame(world.counts, columns=list(world.events))
    space = BehaviourSpace(kind="counts").set_output(transform="pandas").fit(frame)
    out = space.transform(frame)
    assert list(space.feature_names_in_) == list(world.events)
    assert list(out.columns) == list(space.get_feature_names_out()) == [f"behaviourspace{i}" for i in range(out.shape[1])]


def test_the_space_feeds_a_pipeline(world: World) -> None:
    from sklearn.cluster import KMeans

    labels = make_pipeline(BehaviourSpace(kind="counts"), KMeans(3, n_init=5, random_state=0)).fit_predict(world.counts)
    assert adjusted_rand_score(world.labels, labels) > 0.9


def test_empty_cells_of_a_table_are_the_average_and_counts_have_none(world: World) -> None:
    table = world.counts.astype(float) + 0.5
    table[3, 2] = np.nan
    assert np.isfinite(BehaviourSpace().fit_transform(table)).all()
    with pytest.raises(ValueError, match="without empty cells"):
        BehaviourSpace(kind="counts").fit(np.where(np.arange(12) == 3, np.nan, world.counts))


def test_columns_that_never_vary_make_no_space() -> None:
    with pytest.raises(ValueError, match="one value only"):
        BehaviourSpace().fit(np.ones((40, 3)))
