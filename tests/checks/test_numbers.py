"""Criteria for the number of groups on data whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import silhouette_samples

from personae import plugins
from personae.checks import gap, prediction, separation
from personae.model.clustering import Clustering, Space
from personae.model.criteria import Point
from personae.model.study import Study
from personae.model.trial import Tried
from personae.stages import silhouettes
from personae.stages.criteria import mixture
from personae.stages.search import judge


def space(z: NDArray[np.float64]) -> Space:
    """A space of plain numbers."""
    n, r = z.shape
    return Space((), np.eye(r), z, None, np.ones(n), np.arange(n), (), None, 0, "", True, False, z, z, z)


def three(n: int = 300, gap: float = 8.0, seed: int = 1) -> tuple[Space, NDArray[np.int32]]:
    """Three round groups in two directions, as in the paper on the gap."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n).astype(np.int32)
    return space(np.array([[0, 0], [gap, 0], [0, gap]])[labels] + rng.standard_normal((n, 2))), labels


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(5, 300), st.integers(1, 6), st.integers(2, 6))
def test_silhouettes_are_those_of_scikit_learn_and_an_only_member_has_none(seed: int, n: int, r: int, k: int) -> None:
    """Requirement 91."""
    rng = np.random.default_rng(seed)
    z, labels = rng.standard_normal((n, r)), rng.integers(0, k - 1, n).astype(np.int32)
    labels[0] = k - 1
    if len(np.unique(labels)) < k or k >= n:
        labels = (np.arange(n) % max(2, min(k, n - 1))).astype(np.int32)
        k = int(labels.max()) + 1
    mine = separation.silhouette(z, labels, k)
    assert np.abs(mine - silhouette_samples(z, labels)).max() < 1e-9
    assert all(mine[labels == c] == 0 for c in range(k) if (labels == c).sum() == 1)


def judged(s: Space, labels: NDArray[np.int32], study: Study) -> Tried:
    return judge(s, Clustering("kmeans", labels, int(labels.max()) + 1, 7), study)


def test_all_numbers_in_one_pass_are_what_each_is_alone() -> None:
    """Requirement 91."""
    s, labels = three(400)
    study = Study(sources=())
    halves = (s.scores[:, 0] > 0).astype(np.int32)
    found = silhouettes.silhouettes(s, [judged(s, labels, study), judged(s, halves, study)], study)
    for t, own in zip(found, (labels, halves), strict=True):
        expected = silhouette_samples(s.scores, own)
        assert t.candidate.silhouette == pytest.approx(expected.mean(), abs=1e-9)
        assert t.candidate.silhouette_low == t.candidate.silhouette_high == t.candidate.silhouette
        assert [g.mean for g in t.fits] == pytest.approx([expected[own == c].mean() for c in range(own.max() + 1)], abs=1e-9)


def test_past_the_limit_a_sample_has_an_interval_that_holds_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requirement 91, MOD-15."""
    s, labels = three(3000, gap=4.0)
    study = Study(sources=())
    exact = silhouettes.silhouettes(s, [judged(s, labels, study)], study)[0].candidate
    monkeypatch.setattr(silhouettes, "EXACT", 2000)
    some = silhouettes.silhouettes(s, [judged(s, labels, study)], study)[0].candidate
    assert (exact.silhouette_users, some.silhouette_users) == (3000, 2000)
    assert some.silhouette_low is not None and some.silhouette_high is not None and exact.silhouette is not None
    assert some.silhouette_low < exact.silhouette < some.silhouette_high
    assert some.silhouette_high - some.silhouette_low < 0.02


def test_shares_of_few_users_are_hidden_and_so_is_what_gives_them_away() -> None:
    """Requirement 107: 3 of 100 users are misplaced; the share on the border would tell it."""
    s = np.r_[np.full(60, 0.5), np.full(37, 0.1), np.full(3, -0.1)]
    assert silhouettes._shares(s, 10) == (0.6, None, None)
    assert silhouettes._shares(s, 1) == (0.6, 0.37, 0.03)


def test_users_of_a_group_are_more_alike_than_users_of_different_groups() -> None:
    """Requirement 9."""
    s, labels = three(300)
    fits = silhouettes.silhouettes(s, [judged(s, labels, Study(sources=()))], Study(sources=()))[0].fits
    assert all((g.within or 0) > 0.6 and (g.between or 0) < 0 for g in fits)
    d = np.sqrt(((s.scores[:, None] - s.scores[None]) ** 2).sum(-1))
    mine = labels == 0
    inside = d[np.ix_(mine, mine)].sum() / (mine.sum() * (mine.sum() - 1))
    assert fits[0].within == pytest.approx(1 - inside / (d.sum() / (300 * 299)), abs=1e-9)


def test_the_gap_finds_three_separate_groups_and_one_in_a_box() -> None:
    """Requirement 95; scenarios (a) and (b) of Tibshirani, Walther & Hastie 2001."""
    assert gap.curve(three()[0], range(2, 8), 7).groups == 3
    box = space(np.random.default_rng(2).uniform(size=(200, 10)))
    assert gap.curve(box, range(2, 8), 7).groups == 1


def test_the_gap_takes_the_first_number_within_one_standard_error_of_the_next() -> None:
    points = [Point(1, 0.1, 0.01), Point(2, 0.3, 0.01), Point(3, 0.305, 0.01), Point(4, 0.9, 0.01)]
    assert gap.first_within(points) == 2
    assert gap.first_within([Point(1, 0.1, 0.01), Point(2, 0.3, 0.01)]) is None


def test_prediction_strength_is_that_of_the_worst_group() -> None:
    """By hand: of 4 users 3 stay together, 3 of 6 pairs; of 2 users both, 1 of 1."""
    assert prediction.together(np.array([[3.0, 1.0], [0.0, 2.0]])) == 0.5
    assert prediction.together(np.array([[3.0, 0.0], [0.0, 1.0]])) == 1.0


def test_prediction_strength_finds_three_separate_groups_and_one_in_a_crowd() -> None:
    """Requirement 95; Tibshirani & Walther 2005."""
    assert prediction.curve(three()[0], range(2, 7), 7).groups == 3
    crowd = space(np.random.default_rng(3).standard_normal((400, 10)))
    assert prediction.curve(crowd, range(2, 7), 7).groups == 1


def test_mixtures_find_three_bell_curves_and_one() -> None:
    """Requirement 95."""
    found = mixture(three()[0], range(2, 7), 7)
    one = mixture(space(np.random.default_rng(4).standard_normal((400, 3))), range(2, 7), 7)
    assert found is not None and found.groups == 3
    assert one is not None and one.groups == 1


def test_data_without_groups_show_a_silhouette_of_their_own() -> None:
    """Requirement 94: a crowd scores what its null scores, groups score more."""
    study = Study(sources=())
    crowd = space(np.random.default_rng(5).standard_normal((500, 4)))
    for s, least, most in ((three(500)[0], 0.05, 1.0), (crowd, -0.05, 0.05)):
        made = plugins.find("methods", "kmeans").fit(s, 3, 7)
        t = silhouettes.silhouettes(s, [judge(s, replace(made, options={}), study)], study)[0]
        null = silhouettes._nulls(s, [t], study)["kmeans", 3]
        assert least < (t.candidate.silhouette or 0) - null < most
