"""Bisecting k-means (Steinbach, Karypis & Kumar 2000): 2-means again and again, so that the groups are a tree.

The group whose halving lowers the sum of squared distances most is halved next. A cut into fewer groups is the same tree cut
higher up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personae import lloyd
from personae.model.clustering import Clustering, Space
from personae.splits import split_apart

if TYPE_CHECKING:
    from numpy.typing import NDArray

NESTED = True
"""Every number of groups is a cut of one tree."""
FEWEST = 10
"""Users below whom a group is not halved."""


def fit(space: Space, size: int, seed: int, starts: int = 5) -> Clustering:
    """`size` groups of the scores, and their tree. Refused where fewer groups can be told apart."""
    z = space.scores

    def halves(at: NDArray[np.int64]) -> tuple[float, NDArray[np.bool_]] | None:
        here = z[at]
        apart = ((here - here.mean(axis=0)) ** 2).sum()
        if len(at) < FEWEST or apart <= 1e-12:
            return None
        model = lloyd.fit(here, 2, seed, starts)
        return float(apart - model.inertia), model.labels == 1

    leaf, tree = split_apart(len(z), size, halves, "what the cut takes off the sum of squared distances")
    labels = np.array(tree.cut(size), np.int32)[leaf]
    return Clustering("bisecting", labels, size, seed, {"starts": starts}, tree=tree, leaf=leaf)
