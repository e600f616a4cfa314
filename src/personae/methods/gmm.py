"""Gaussian mixture by expectation maximisation (Dempster, Laird & Rubin 1977)."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from personae.errors import Refused
from personae.model.clustering import Clustering, Space


def fit(space: Space, size: int, seed: int, covariance: str = "full", starts: int = 2) -> Clustering:
    """`size` components, labels by the largest responsibility; the BIC (Schwarz 1978) is among the settings."""
    n, d = space.scores.shape
    if n < 5 * size * (d + 1):
        raise Refused(f"{n} users are too few to estimate {size} covariances in {d} directions")
    model = GaussianMixture(size, covariance_type=covariance, n_init=starts, random_state=seed, reg_covar=1e-4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = model.fit_predict(space.scores).astype(np.int32)
    return Clustering("gmm", labels, size, seed, {"covariance": covariance, "bic": float(model.bic(space.scores))})
