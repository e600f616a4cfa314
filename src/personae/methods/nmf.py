"""Non-negative matrix factorisation (Lee & Seung 1999) of the weighted space: parts that add up, mixed members.

W (n, k) says how much of each part a user has, H (k, d) what each part is made of. A user belongs to the part that explains
most of what they do: argmax of w_j * sum(h_j), not of w_j alone, whose scale is arbitrary.
"""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning

from personae.errors import Refused
from personae.model.clustering import Clustering, Space


def fit(space: Space, size: int, seed: int, iterations: int = 200) -> Clustering:
    """`size` parts, as many as groups. Refused where the space has no non-negative form."""
    if space.weighted is None:
        raise Refused("the measures cannot be written as amounts that add up")
    if size > min(space.weighted.shape):
        raise Refused(f"{space.weighted.shape[1]} columns cannot make {size} parts")
    model = NMF(size, init="nndsvda", max_iter=iterations, random_state=seed, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        w = model.fit_transform(space.weighted)
    strength = w * model.components_.sum(axis=1)
    labels = strength.argmax(axis=1).astype(np.int32)
    empty = size - len(np.unique(labels))
    settings: dict[str, float | str] = {
        "components": size,
        "empty": empty,
        "iterations": int(model.n_iter_),
        "error": float(model.reconstruction_err_),
    }
    return Clustering("nmf", labels, size, seed, settings)
