"""Non-negative matrix factorisation (Lee & Seung 1999) of the weighted space: parts that add up, mixed members.

W (n, k) says how much of each part a user has, H (k, d) what each part is made of. A user belongs to the part that explains
most of what they do: argmax of w_j * sum(h_j), not of w_j alone, whose scale is arbitrary. Starts from the singular vectors
(NNDSVD, Boutsidis & Gallopoulos 2008), or with `warm` from the factors of one part fewer and what those leave unexplained, from
two parts on: the errors of all these ranks are then comparable, and none is larger than the one before.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.extmath import randomized_svd

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

TOLERANCE = 1e-3


def fit(space: Space, size: int, seed: int, iterations: int = 200, warm: bool = False) -> Clustering:
    """`size` parts, as many as groups; `memberships` are the shares of what each part explains of a user, `parts` is H.

    Settings: `components` (the number of parts), `empty` (parts that are nobody's largest), `error` (Frobenius norm of what is
    left), `iterations`, `converged`, and with `warm` the error of every rank on the way. Refused where the space has no
    non-negative form, or fewer columns than parts.
    """
    v = space.weighted
    if v is None:
        raise Refused("the measures cannot be written as amounts that add up")
    if size > min(v.shape):
        raise Refused(f"{v.shape[1]} columns cannot make {size} parts")
    on_the_way: dict[str, float | str] = {}
    low = min(2, size) if warm else size
    w, model = _factors(v, low, seed, iterations)
    for k in range(low + 1, size + 1):
        on_the_way[f"error at {k - 1}"] = float(model.reconstruction_err_)
        w, model = _factors(v, k, seed, iterations, _one_more(v, w, model.components_, seed))
    assert model.components_.shape[0] == w.shape[1] == size, "as many parts as groups"  # noqa: S101 - requirement 7
    strength = w * model.components_.sum(axis=1)
    labels = strength.argmax(axis=1).astype(np.int32)
    settings: dict[str, float | str] = {
        "components": size,
        "empty": size - len(np.unique(labels)),
        "iterations": int(model.n_iter_),
        "converged": "yes" if model.n_iter_ < iterations else "no",
        "error": float(model.reconstruction_err_),
        **on_the_way,
    }
    return Clustering("nmf", labels, size, seed, settings, memberships=_shares(strength), parts=model.components_)


def _factors(
    v: Floats, size: int, seed: int, iterations: int, start: tuple[Floats, Floats] | None = None
) -> tuple[Floats, NMF]:
    """W and the model, from the singular vectors or from a start."""
    given = {} if start is None else {"W": start[0], "H": start[1]}
    model = NMF(size, init="custom" if given else "nndsvda", max_iter=iterations, random_state=seed, tol=TOLERANCE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # said in the settings
        return np.asarray(model.fit_transform(v, **given)), model


def _one_more(v: Floats, w: Floats, h: Floats, seed: int) -> tuple[Floats, Floats]:
    """The same factors and one more part: the positive side of the first singular vectors of what is left."""
    u, s, vt = randomized_svd(v - w @ h, 1, random_state=seed)
    sides = [(np.maximum(sign * u[:, 0], 0), np.maximum(sign * vt[0], 0)) for sign in (1, -1)]
    new_w, new_h = max(sides, key=lambda p: float(np.linalg.norm(p[0]) * np.linalg.norm(p[1])))
    root = np.sqrt(s[0])
    return np.ascontiguousarray(np.column_stack([w, root * new_w])), np.vstack([h, root * new_h])


def _shares(strength: Floats) -> Floats:
    """Rows (n, k) that sum to 1; who has nothing has equal shares."""
    total = strength.sum(axis=1, keepdims=True)
    return np.where(total > 0, strength / np.where(total > 0, total, 1.0), 1.0 / strength.shape[1])
