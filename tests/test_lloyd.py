"""k-means is scikit-learn's, start for start."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from personae import lloyd


def _blobs(users: int, directions: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    middles = rng.normal(0, 1.2, (5, directions))
    return np.asarray(middles[rng.integers(0, 5, users)] + rng.normal(0, 1, (users, directions)))


@pytest.mark.parametrize(("users", "directions", "size", "starts"), [(40, 1, 2, 3), (300, 4, 7, 2), (5000, 12, 4, 1)])
def test_labels_centres_and_rounds_are_those_of_scikit_learn(users: int, directions: int, size: int, starts: int) -> None:
    z = _blobs(users, directions, 3)
    with threadpool_limits(limits=1):
        theirs, ours = KMeans(size, n_init=starts, random_state=8).fit(z), lloyd.fit(z, size, 8, starts)
    assert np.array_equal(ours.labels, theirs.labels_)
    assert np.allclose(ours.centres, theirs.cluster_centers_, atol=1e-12)
    assert (ours.rounds, pytest.approx(ours.inertia)) == (theirs.n_iter_, theirs.inertia_)


def test_points_that_count_more_than_once_draw_centres_as_in_scikit_learn() -> None:
    z, weight = _blobs(400, 3, 5), np.random.default_rng(1).integers(1, 9, 400).astype(float)
    theirs = KMeans(4, n_init=3, random_state=2).fit(z, sample_weight=weight)
    assert np.array_equal(lloyd.fit(z, 4, 2, 3, weight).labels, theirs.labels_)


def test_a_centre_that_nobody_is_nearest_to_takes_the_point_furthest_from_its_own() -> None:
    z = np.array([[0.0], [1.0], [2.0], [10.0]])
    start = np.array([[0.0], [1.0], [99.0]])
    cloud = lloyd.Cloud(z)
    made = cloud.rest(start - cloud.middle)
    assert np.array_equal(made.labels, KMeans(3, init=start, n_init=1).fit(z).labels_)
    assert made.inertia == pytest.approx(0.5)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 60), st.integers(1, 5), st.integers(0, 10_000), st.integers(1, 6))
def test_everybody_is_nearest_to_the_mean_of_their_group(users: int, directions: int, seed: int, size: int) -> None:
    z = np.round(_blobs(users, directions, seed), 1)
    made = next(lloyd.Cloud(z).groupings(min(size, users), np.random.RandomState(seed), tol=0.0))
    apart = ((z[:, None] - made.centres) ** 2).sum(axis=2)
    assert np.allclose(apart[np.arange(users), made.labels], apart.min(axis=1))
    held = np.unique(made.labels)
    assert np.allclose(made.centres[held], lloyd.centres(z, made.labels, len(made.centres))[held])


def test_points_that_are_no_numbers_or_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="no numbers"):
        lloyd.fit(np.array([[1.0], [np.nan], [2.0]]), 2, 1)
    with pytest.raises(ValueError, match="do not make 4 groups"):
        lloyd.fit(np.array([[1.0], [3.0], [2.0]]), 4, 1)
