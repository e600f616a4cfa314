"""Gaussian mixtures and latent classes."""

import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score as ari
from sklearn.mixture import GaussianMixture

from conftest import planted
from methods.spaces import PLAIN, Floats, blobs, cloud, space
from personae.errors import Refused
from personae.methods import gmm, latent
from personae.model.study import Study
from personae.stages.space import behaviour_space

X, TRUTH = blobs(600, 3, gap=3.0)
KINDS = ("full", "tied", "diag", "spherical")


@pytest.mark.parametrize("kind", KINDS)
def test_a_mixture_is_scikit_learns(kind: str) -> None:
    """Requirements 77 and 78: log-likelihood, BIC, responsibilities and covariances."""
    made = gmm.fit(cloud(X), 3, 4, covariance=kind)  # type: ignore[arg-type]
    model = GaussianMixture(3, covariance_type=kind, n_init=2, random_state=4, reg_covar=1e-4, max_iter=200).fit(X)
    assert made.settings["log_likelihood"] == pytest.approx(model.score_samples(X).sum(), abs=1e-6)
    assert made.settings["bic"] == pytest.approx(model.bic(X), abs=1e-6)
    np.testing.assert_allclose(made.memberships, model.predict_proba(X), atol=1e-6)
    assert made.covariances is not None
    by_hand = [multivariate_normal(m, c).logpdf(X) for m, c in zip(model.means_, made.covariances)]
    likelihood = logsumexp(np.log(model.weights_)[:, None] + np.array(by_hand), axis=0).sum()
    assert made.settings["log_likelihood"] == pytest.approx(likelihood, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_log_likelihood_never_falls(kind: str) -> None:
    """Requirement 78."""
    x = np.random.default_rng(8).standard_normal((300, 3))
    seen = [
        float(gmm.fit(cloud(x), 4, 4, covariance=kind, starts=1, iterations=i).settings["log_likelihood"])  # type: ignore[arg-type]
        for i in range(1, 30)
    ]
    assert all(later >= earlier - 1e-6 for earlier, later in pairwise(seen))
    assert seen[-1] > seen[0]


@pytest.mark.parametrize(
    ("kind", "root", "sizes"),
    [("spherical", np.eye(2), [1, 2, 4]), ("tied", np.array([[3.0, 0.0], [2.6, 0.6]]), [1, 1, 1])],
)
def test_the_covariance_of_the_data_is_chosen(kind: str, root: Floats, sizes: list[float]) -> None:
    """Requirement 77: the lowest BIC of the table."""
    rng = np.random.default_rng(2)
    of = rng.integers(0, 3, 900)
    x = np.array([[0, 0], [25, 0], [0, 25]])[of] + rng.standard_normal((900, 2)) @ root.T * np.array(sizes)[of][:, None]
    made = gmm.fit(cloud(x), 3, 1)
    table = {k: made.settings[f"bic {k}"] for k in KINDS}
    assert made.settings["covariance"] == kind == min(table, key=lambda k: float(table[k]))
    assert made.settings["bic"] == table[kind]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4))
def test_whatever_the_data_responsibilities_sum_to_one(seed: int, size: int, columns: int) -> None:
    """Requirement 77."""
    made = gmm.fit(cloud(np.random.default_rng(seed).standard_normal((120, columns))), size, 1)
    assert made.memberships is not None
    assert made.covariances is not None
    np.testing.assert_allclose(made.memberships.sum(axis=1), 1)
    assert made.covariances.shape == (size, columns, columns)
    assert (np.linalg.eigvalsh(made.covariances) > 0).all()


def test_covariances_that_cannot_be_estimated_are_left_out_or_refused() -> None:
    few = cloud(np.random.default_rng(1).standard_normal((60, 9)))
    assert "bic full" not in gmm.fit(few, 3, 1).settings
    with pytest.raises(Refused, match="60 users are too few to estimate 3 covariances in 9 directions"):
        gmm.fit(few, 3, 1, covariance="full")


def answers(n: int = 600) -> tuple[dict[str, Floats], Floats]:
    """Answers from 1 to 4 to six items by three kinds of people, one of them in words."""
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 3, n)
    law = rng.dirichlet(np.full(4, 0.35), (3, 6))
    said = {f"q{j}": np.array([rng.choice(4, p=law[c, j]) for c in kind]) + 1.0 for j in range(5)}
    return {**said, "q5": np.array(["red", "blue", "green", "none"])[[rng.choice(4, p=law[c, 5]) for c in kind]]}, kind


@pytest.mark.parametrize("study", [PLAIN, Study(sources=())], ids=["standard", "auto"])
def test_kinds_of_answers_are_found(study: Study) -> None:
    """Items are read exactly, also where the space spreads ties."""
    pytest.importorskip("stepmix")
    columns, kind = answers()
    made = latent.fit(space(study, **columns, minutes=np.random.default_rng(2).gamma(2, 9, 600)), 3, 1)
    truth = kind if len(made.labels) == 600 else None
    assert truth is not None
    assert made.memberships is not None
    assert ari(truth, made.labels) > 0.85
    assert (made.settings["items"], made.settings["left_out"], made.settings["converged"]) == (6, 1, "yes")
    np.testing.assert_allclose(made.memberships.sum(axis=1), 1)


def test_classes_are_refused_where_nothing_is_an_item() -> None:
    pytest.importorskip("stepmix")
    with pytest.raises(Refused, match="3 columns of at most 10 different values; here are 0"):
        latent.fit(cloud(X), 3, 1)
    counts = behaviour_space(planted(users=200).features(), Study(sources=()))
    assert counts is not None
    with pytest.raises(Refused, match="counts of events"):
        latent.fit(counts, 3, 1)


def test_without_the_extra_classes_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "stepmix.stepmix", None)
    with pytest.raises(Refused, match=r'pip install "personae\[latent\]"'):
        latent.fit(cloud(X), 3, 1)
