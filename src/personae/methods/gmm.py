"""Gaussian mixture by expectation maximisation (Dempster, Laird & Rubin 1977), covariances chosen by BIC (Schwarz 1978).

Users belong to every component in part: the responsibilities. Components may be long, tilted and of different size.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FLOOR = 1e-4
"""Added to every variance, so that no component shrinks onto a few equal users."""


def fit(
    space: Space,
    size: int,
    seed: int,
    covariance: Literal["auto", "full", "tied", "diag", "spherical"] = "auto",
    starts: int = 2,
    iterations: int = 200,
) -> Clustering:
    """`size` components, labels by the largest responsibility; "auto" takes the covariance of the lowest BIC.

    `memberships` are the responsibilities, `covariances` (k, r, r) are written out in full whatever their kind. Settings:
    `covariance`, `bic`, one `bic KIND` for each kind that was estimated, `log_likelihood` (of all users), `iterations`,
    `converged`. Refused where users are too few for the parameters.
    """
    z = space.scores
    n, d = z.shape
    need = {"full": 5 * size * (d + 1), "tied": 5 * (size + d + 1), "diag": 10 * size, "spherical": 10 * size}
    kinds = [k for k in need if covariance in ("auto", k) and n >= need[k]]
    if not kinds:
        raise Refused(f"{n} users are too few to estimate {size} covariances in {d} directions")
    models = {kind: _estimated(z, size, seed, kind, starts, iterations) for kind in kinds}
    bic = {kind: float(m.bic(z)) for kind, m in models.items()}
    kind = min(bic, key=lambda k: bic[k])
    model, shares = models[kind], models[kind].predict_proba(z)
    settings: dict[str, float | str] = {
        "covariance": kind,
        "bic": bic[kind],
        **{f"bic {k}": v for k, v in bic.items()},
        "log_likelihood": float(model.score(z) * n),
        "iterations": int(model.n_iter_),
        "converged": "yes" if model.converged_ else "no",
    }
    labels = shares.argmax(axis=1).astype(np.int32)
    return Clustering(
        "gmm", labels, size, seed, settings, memberships=shares, covariances=_full(model.covariances_, kind, size, d)
    )


def _estimated(z: Floats, size: int, seed: int, kind: str, starts: int, iterations: int) -> GaussianMixture:
    model = GaussianMixture(size, covariance_type=kind, n_init=starts, random_state=seed, reg_covar=FLOOR, max_iter=iterations)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said in the settings
        return model.fit(z)


def _full(covariances: Floats, kind: str, size: int, d: int) -> Floats:
    """Covariances of any kind as (size, d, d)."""
    if kind == "full":
        return covariances
    if kind == "tied":
        return np.repeat(covariances[None], size, axis=0)
    variances = covariances if kind == "diag" else np.repeat(covariances[:, None], d, axis=1)
    return np.asarray(variances[:, :, None] * np.eye(d))
