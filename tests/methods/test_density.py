"""Density methods: scikit-learn's own counts, and noise that stays out of the groups in every user's place."""

import csv

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_moons

from conftest import real
from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.features import Features, Measure
from personae.model.rule import Place
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.method import method
from personae.stages.score import place_features
from personae.stages.settle import settle
from personae.stages.space import behaviour_space

STUDY = Study(sources=())


def table(x: NDArray[np.float64]) -> Features:
    columns = (
        Measure(f"x{j}", f"x{j}", Role.BEHAVIOUR, Kind.DECIMAL, np.ascontiguousarray(x[:, j]), forms=True)
        for j in range(x.shape[1])
    )
    return Features(pa.array([f"u{i:05d}" for i in range(len(x))]), None, tuple(columns))


def moons(users: int = 800, stray: int = 60) -> NDArray[np.float64]:
    rng = np.random.default_rng(4)
    x = make_moons(users, noise=0.05, random_state=4)[0]
    return np.vstack([x, rng.uniform([-2.2, -1.7], [3.2, 2.2], (stray, 2))])[rng.permutation(users + stray)]


def space_of(x: NDArray[np.float64]) -> Space:
    space = behaviour_space(table(x), STUDY)
    assert space is not None
    return space


def fitted(name: str, space: Space, **options: object) -> Clustering:
    made: Clustering = plugins.find("methods", name).fit(space, 0, 7, **options)
    return made


@pytest.mark.parametrize("eps", [0.0, 0.1, 0.2])
def test_core_border_and_outside_are_counted_as_scikit_learn_counts_them(eps: float) -> None:
    """Requirement 72: who was first taken for noise and is reached later is border."""
    space = space_of(moons())
    made = fitted("dbscan", space, eps=eps)
    theirs = DBSCAN(eps=float(made.settings["eps"]), min_samples=10).fit(space.scores)
    assert made.kinds is not None
    core = len(theirs.core_sample_indices_)
    noise = int((theirs.labels_ < 0).sum())
    assert np.bincount(made.kinds, minlength=3).tolist() == [core, len(space.scores) - core - noise, noise]
    assert [made.settings[k] for k in ("core", "border", "outside")] == [core, len(space.scores) - core - noise, noise]
    inside = theirs.labels_ >= 0
    np.testing.assert_array_equal(made.labels[inside], theirs.labels_[inside])


@pytest.mark.parametrize("name", ["dbscan", "hdbscan"])
def test_noise_is_outside_in_the_users_file_and_fidelity_counts_it(name: str) -> None:
    """Requirements 72, 74: the rule repeats the method's own noise."""
    x = moons()
    space = space_of(x)
    made = fitted(name, space)
    rule, fidelity = settle(space, made, table(x), STUDY)
    placed = place_features(rule, table(x)).persona[space.rows]
    assert made.kinds is not None
    noise = made.kinds == Place.OUTSIDE
    assert 20 <= noise.sum() <= 100
    assert ((placed < 0) == noise).mean() >= 0.95
    assert (placed[noise] < 0).mean() >= 0.7
    assert fidelity >= 0.93


def test_noise_of_hdbscan_stays_out_or_joins_and_the_share_is_told() -> None:
    """Requirement 76."""
    space = space_of(moons())
    kept, joined = fitted("hdbscan", space), fitted("hdbscan", space, noise="join")
    assert kept.kinds is not None
    assert joined.kinds is None
    assert float(kept.settings["noise"]) == pytest.approx((kept.kinds == Place.OUTSIDE).mean())
    assert "are left out" in str(kept.settings["left"])
    assert "joined the nearest" in str(joined.settings["left"])
    with pytest.raises(Refused, match="in no dense region"):
        fitted("hdbscan", space, most=0.01)


def test_one_region_is_refused_with_what_was_seen() -> None:
    with pytest.raises(Refused, match="there is one dense region; try another eps"):
        fitted("dbscan", space_of(np.random.default_rng(1).standard_normal((300, 2))), eps=5.0)


def test_a_reach_that_is_too_long_is_refused_with_one_that_parts() -> None:
    space = space_of(moons())
    with pytest.raises(Refused) as no:
        fitted("dbscan", space, eps=50.0)
    asked = method(no.value.fix.removeprefix("--method ").strip('"'))
    assert fitted("dbscan", space, **asked.options).size >= 2


def test_k_means_refuses_other_distances_with_the_method_that_has_them() -> None:
    with pytest.raises(Refused) as no:
        fitted("kmeans", space_of(moons()), distance="manhattan")
    assert no.value.fix == '--method "kmedoids(distance=manhattan)"'


def test_mall_customers_have_the_counts_of_scikit_learn() -> None:
    """Requirement 72, on real data."""
    with (real("mall_customers") / "mall_customers.csv").open() as file:
        x = np.array([[float(r["income"]), float(r["score"])] for r in csv.DictReader(file)])
    space = space_of(x)
    made = fitted("dbscan", space, eps=0.35, min_samples=5)
    theirs = DBSCAN(eps=0.35, min_samples=5).fit(space.scores)
    assert made.settings["core"] == len(theirs.core_sample_indices_)
    assert made.settings["outside"] == (theirs.labels_ < 0).sum()
