"""k-means and its kin."""

import hashlib
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import BisectingKMeans, KMeans
from sklearn.metrics import adjusted_rand_score as ari
from sklearn.preprocessing import StandardScaler

import personae
from methods.spaces import blobs, cloud
from personae.errors import Refused
from personae.methods import bisecting, kmeans, minibatch

NOISE = np.random.default_rng(3).standard_normal((400, 4))


@pytest.mark.parametrize("size", [2, 5, 9])
def test_several_starts_are_scikit_learns_own(size: int) -> None:
    """Requirement 61: the same starts give the same labels, and the best of them is kept."""
    made = kmeans.fit(cloud(NOISE), size, 11, starts=6)
    model = KMeans(size, n_init=6, random_state=11).fit(NOISE)
    np.testing.assert_array_equal(made.labels, model.labels_)
    assert made.settings["objective"] == pytest.approx(
        model.inertia_, rel=1e-12
    )  # sums of another order differ in the last bit


def test_the_objective_never_rises_between_iterations() -> None:
    """Requirement 61."""
    fits = [kmeans.fit(cloud(NOISE), 6, 2, starts=1, strict=True, iterations=i).settings for i in range(1, 25)]
    objective = [float(f["objective"]) for f in fits]
    assert all(later <= earlier for earlier, later in pairwise(objective))
    assert objective[-1] < objective[0]


def test_the_best_and_the_worst_start_are_said() -> None:
    """Requirement 62."""
    made = kmeans.fit(cloud(NOISE), 9, 2, starts=8).settings
    stream = np.random.RandomState(2)
    each = [KMeans(9, n_init=1, random_state=stream).fit(NOISE).inertia_ for _ in range(8)]
    assert (made["objective"], made["worst"]) == pytest.approx((min(each), max(each)), rel=1e-12)
    assert made["spread"] == pytest.approx(max(each) / min(each) - 1)


@pytest.mark.parametrize("distance", ["manhattan", "cosine"])
def test_means_are_refused_for_distances_they_do_not_belong_to(distance: str) -> None:
    """Requirement 64."""
    with pytest.raises(Refused, match=rf"Euclidean.*kmedoids\(distance={distance}\)"):
        kmeans.fit(cloud(NOISE), 3, 1, distance=distance)  # type: ignore[arg-type]


def test_that_groups_had_not_settled_is_a_warning_of_the_run() -> None:
    """MOD-12."""
    x, _ = blobs(200, columns=4, gap=2.0)
    frame = pd.DataFrame(x, columns=list("abcd")).assign(id=[f"u{i}" for i in range(200)])
    made = personae.run(frame, id="id", groups=4, method="kmeans(iterations=1, starts=1)", scale="standard", force=True)
    assert any("kmeans stopped at its largest number of iterations" in w for w in made.cast.warnings)
    settled = personae.run(frame, id="id", groups=4, method="kmeans", scale="standard", force=True)
    assert not any("stopped" in w for w in settled.cast.warnings)


def course(n: int = 600) -> pd.DataFrame:
    """Five kinds of users; `engagement` is one of their columns."""
    rng = np.random.default_rng(6)
    kind = rng.choice(5, n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    centre = rng.permuted(np.tile(np.array([0.0, 6.0, 12.0, 18.0, 24.0])[:, None], (1, 4)), axis=0)
    x = centre[kind] + rng.standard_normal((n, 4))
    frame = pd.DataFrame(x * [1, 10, 100, 0.1], columns=["engagement", "spend", "visits", "rating"])
    return frame.assign(user=[f"user{i}" for i in range(n)])


def of_the_course(frame: pd.DataFrame) -> tuple[KMeans, pd.DataFrame]:
    """The code sample of the course: scale, five groups with seed 42, size and mean engagement of each."""
    model = KMeans(n_clusters=5, random_state=42)
    frame = frame.assign(segment=model.fit_predict(StandardScaler().fit_transform(frame.drop(columns="user"))))
    return model, frame.groupby("segment")["engagement"].agg(["size", "mean"])


def test_the_code_sample_of_the_course_is_reproduced_by_one_call() -> None:
    """Requirement 65: size and mean engagement of every segment, to the last digit. The random start of the sample
    depends on the order of the rows; ours does not: users stand in the order of a hash of their ids, and so they do here."""
    frame = course()
    hashed = [hashlib.md5(u.encode(), usedforsecurity=False).hexdigest() for u in frame["user"]]
    frame = frame.iloc[np.argsort(hashed)].reset_index(drop=True)
    chain = {"id": "user", "scale": "standard", "reduce": "none", "outliers": "none"}
    made = personae.run(frame, **chain, method="kmeans(starts=1, strict=no)", groups=5, seed=42)
    place = dict(zip(made.users["id"], made.users["persona"]))
    ours = frame.assign(segment=frame["user"].map(place)).groupby("segment")["engagement"].agg(["size", "mean"])
    theirs = of_the_course(frame)[1]
    assert sorted(map(tuple, ours.to_numpy())) == sorted(map(tuple, theirs.to_numpy()))


@pytest.mark.parametrize("size", range(2, 11))
def test_the_elbow_of_the_course_is_the_same_numbers(size: int) -> None:
    """Requirement 65: the inertia of k from 2 to 10."""
    x = StandardScaler().fit_transform(course().drop(columns="user"))
    made = kmeans.fit(cloud(x), size, 42, starts=1)
    model = KMeans(n_clusters=size, random_state=42).fit(x)
    assert made.settings["objective"] == pytest.approx(
        model.inertia_, rel=1e-12
    )  # sums of another order differ in the last bit
    np.testing.assert_array_equal(made.labels, model.labels_)


def test_mini_batches_find_the_groups_of_all_users() -> None:
    """Requirement 83."""
    x, labels = blobs(5000, 5, gap=8.0)
    assert ari(minibatch.fit(cloud(x), 5, 1, batch=256).labels, kmeans.fit(cloud(x), 5, 1).labels) > 0.98
    assert ari(minibatch.fit(cloud(x), 5, 1).labels, labels) > 0.95


def test_halving_again_and_again_gives_scikit_learns_groups_and_a_tree() -> None:
    x, labels = blobs(400, 4, gap=9.0, seed=5)
    made = bisecting.fit(cloud(x), 4, 3)
    theirs = BisectingKMeans(4, n_init=5, random_state=3).fit(x)
    assert made.tree is not None
    assert ari(made.labels, labels) == ari(made.labels, theirs.labels_) == 1.0
    assert sorted(made.tree.sizes) == sorted(np.bincount(made.labels))


def test_equal_users_cannot_be_halved_without_end() -> None:
    with pytest.raises(Refused, match="no more than 2 groups"):
        bisecting.fit(cloud(np.repeat([[0.0, 1.0], [5.0, 1.0]], 30, axis=0)), 3, 1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7), st.integers(8, 60))
def test_a_smaller_cut_of_the_tree_is_the_smaller_grouping(seed: int, size: int, n: int) -> None:
    """Whatever the data."""
    x = cloud(np.random.default_rng(seed).standard_normal((n, 2)))
    try:
        big = bisecting.fit(x, size, 1)
    except Refused:
        return
    assert big.tree is not None
    assert big.leaf is not None
    small = bisecting.fit(x, size - 1, 1) if size > 2 else None
    assert list(big.tree.heights) == sorted(big.tree.heights)
    assert sorted(big.tree.cut(size)) == list(range(size))
    if small is not None:
        assert ari(np.array(big.tree.cut(size - 1))[big.leaf], small.labels) == 1.0
