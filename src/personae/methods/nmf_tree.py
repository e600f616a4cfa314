"""Rank-2 NMF again and again: a strictly nested tree of groups (hierarchical rank-2 NMF, Kuang & Park 2013).

Every group is factored into two parts and its users go to the part that explains most of them. The group whose cut explains
most that one part cannot (its best part is the first pair of singular vectors, which are non-negative) is cut next. A cut into
fewer groups is the same tree cut higher up.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning

from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.splits import split_apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NESTED = True
"""Every number of groups is a cut of one tree."""
FEWEST = 5
"""Users whom a half always has."""


def fit(space: Space, size: int, seed: int, smallest: float = 0.01, iterations: int = 100) -> Clustering:
    """`size` groups and their tree.

    A cut that leaves less than a share of `smallest` of everyone on one side is not made: it would part with a few odd users.
    Refused where the space has no non-negative form, or where fewer groups can be told apart.
    """
    v = space.weighted
    if v is None:
        raise Refused("the measures cannot be written as amounts that add up")
    if min(v.shape) < 2:
        raise Refused("one column cannot make two parts")
    fewest = max(FEWEST, smallest * len(v))

    def halves(at: NDArray[np.int64]) -> tuple[float, NDArray[np.bool_]] | None:
        if len(at) < 2 * fewest:
            return None
        here = v[at]
        gain, second = _cut(here, seed, iterations)
        return (gain, second) if min(second.sum(), (~second).sum()) >= fewest else None

    leaf, tree = split_apart(len(v), size, halves, "what the cut explains of the sum of squares that one part does not")
    labels = np.array(tree.cut(size), np.int32)[leaf]
    return Clustering("nmf-tree", labels, size, seed, {"smallest": smallest}, tree=tree, leaf=leaf)


def _cut(v: Floats, seed: int, iterations: int) -> tuple[float, NDArray[np.bool_]]:
    """What two parts explain of v (n, d) beyond one, and who has more of the second."""
    model = NMF(2, init="nndsvda", max_iter=iterations, random_state=seed, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a cut need not be the last digit's
        w = model.fit_transform(v)
    one = float((v**2).sum()) - _first(v) ** 2
    strength = w * model.components_.sum(axis=1)
    return one - float(model.reconstruction_err_) ** 2, np.asarray(strength[:, 1] > strength[:, 0])


def _first(v: Floats) -> float:
    """The largest singular value of v (n, d)."""
    return float(np.sqrt(np.linalg.eigvalsh(v.T @ v)[-1]))
