"""k-medoids: groups around users, for any distance."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from sklearn.metrics import adjusted_rand_score as ari

from methods.spaces import PLAIN, blobs, cloud, space
from personae.methods import kmedoids
from personae.model.study import Study


def best_by_force(pairs: np.ndarray, size: int) -> float:
    return min(float(pairs[:, list(m)].min(axis=1).sum()) for m in combinations(range(len(pairs)), size))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(5, 14))
def test_no_swap_is_left_that_would_be_better(seed: int, size: int, n: int) -> None:
    """Whatever the data: never above its start, and no single swap lowers it."""
    pairs = cdist(*[np.random.default_rng(seed).standard_normal((n, 2))] * 2)
    first = kmedoids.build(pairs, size)
    medoids, _, done = kmedoids.faster_pam(pairs, first)
    cost = pairs[:, medoids].min(axis=1).sum()
    assert done
    assert best_by_force(pairs, size) - 1e-9 <= cost <= pairs[:, first].min(axis=1).sum() + 1e-9
    for i, other in ((i, o) for i in range(size) for o in range(n)):
        swapped = [*np.delete(medoids, i), other]
        assert pairs[:, swapped].min(axis=1).sum() >= cost - 1e-9


@pytest.mark.parametrize("seed", range(8))
def test_the_best_medoids_of_a_few_users_are_found(seed: int) -> None:
    x, _ = blobs(18, 3, seed=seed)
    pairs = cdist(x, x)
    medoids, _, _ = kmedoids.faster_pam(pairs, kmedoids.build(pairs, 3))
    assert pairs[:, medoids].min(axis=1).sum() == pytest.approx(best_by_force(pairs, 3))


def test_swaps_mend_a_bad_start() -> None:
    x, _ = blobs(60, 3)
    pairs = cdist(x, x)
    medoids, swaps, _ = kmedoids.faster_pam(pairs, np.array([0, 1, 2]))
    good = kmedoids.faster_pam(pairs, kmedoids.build(pairs, 3))[0]
    assert swaps > 0
    assert pairs[:, medoids].min(axis=1).sum() == pytest.approx(pairs[:, good].min(axis=1).sum())


@pytest.mark.parametrize("study", [PLAIN, Study(sources=(), scale="minmax", reduce="none", outliers="none"), Study(sources=())])
def test_gowers_distance_is_as_calculated_by_hand(study: Study) -> None:
    """Requirement 64: a number's difference over its range, 1 for another category, the mean over three columns."""
    age, city, plan = np.array([20.0, 30, 40, 60] * 10), ["a", "a", "b", "c"] * 10, ["free", "pro", "pro", "free"] * 10
    x = kmedoids.positions(space(study, age=age, city=city, plan=plan), "gower")[:4]
    by_hand = np.array([[0, 0.25 + 1, 0.5 + 2, 1 + 1], [0, 0, 0.25 + 1, 0.75 + 2], [0, 0, 0, 0.5 + 2], [0, 0, 0, 0]]) / 3
    seen = cdist(x, x, "cityblock")
    if study.scale == "auto":  # without jitter, but numbers may be drawn in
        np.testing.assert_allclose(seen[0, 1] - seen[0, 3], by_hand[0, 1] - by_hand[0, 3], atol=0.05)
        return
    np.testing.assert_allclose(seen, by_hand + by_hand.T, atol=1e-12)


def test_rare_levels_differ_from_each_other_less_than_from_the_rest() -> None:
    """Levels below one in a hundred have no coordinate: together they are one level."""
    city = np.array(["a", "b"] * 150)
    city[:2] = ["x", "y"]
    x = kmedoids.positions(space(age=np.arange(300) % 9, city=city), "gower")
    seen = cdist(x[[0, 9, 18]], x[[0, 9, 18]], "cityblock")  # the same age
    assert seen[0, 1] == pytest.approx(0.5)
    assert seen[0, 2] == pytest.approx(0.5)
    assert seen[1, 2] == pytest.approx(0.5)


@pytest.mark.parametrize("distance", ["euclidean", "manhattan", "cosine", "gower"])
def test_groups_are_found_by_every_distance(distance: str) -> None:
    """Requirement 64."""
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, 300)
    x = np.array([[9, 0, 0], [0, 9, 0], [0, 0, 9.0]])[kind] + rng.standard_normal((300, 3))
    made = kmedoids.fit(cloud(x), 3, 1, distance=distance)  # type: ignore[arg-type]
    assert ari(kind, made.labels) > 0.95
    assert made.settings["distance"] == distance
    assert made.settings["objective"] <= made.settings["start"]  # type: ignore[operator]


def test_manhattan_follows_the_many_where_squares_follow_the_few() -> None:
    """One user far off in one column moves no medoid."""
    x, kind = blobs(200, 2, gap=8.0)
    x[0, 0] = 500.0
    made = kmedoids.fit(cloud(x), 2, 1, distance="manhattan")
    assert ari(kind[1:], made.labels[1:]) == 1.0


def test_many_users_go_to_the_nearest_medoid_of_a_sample() -> None:
    x, kind = blobs(900, 4, gap=9.0)
    made = kmedoids.fit(cloud(x), 4, 1, most=200)
    assert made.settings["sampled"] == 200
    assert ari(kind, made.labels) > 0.98
