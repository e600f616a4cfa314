"""Which personas are closely related, and which two would merge first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae.model.kinship import Kinship
from personae.model.tree import Tree
from personae.model.trial import Case

Floats = NDArray[np.float64]
MEASURE = "what joining two groups adds to the spread within them (square root of twice the sum of squares)"


def kinship(case: Case) -> Kinship | None:
    """Ward's tree (Ward 1963) of the personas; None with fewer than two."""
    labels, z = case.labels, case.best.clustering.seen_in(case.space)
    size = len(case.order)
    users = np.bincount(labels[labels >= 0], minlength=size)
    if size < 2 or not users.all():
        return None
    centres = np.array([z[labels == c].mean(axis=0) for c in range(size)])
    apart = _apart(centres, users)
    nearest = apart.argmin(axis=1)
    floor = case.study.floor
    sizes = tuple(int(n) if n >= floor else 0 for n in users)
    merges, heights = _joined(centres, users)
    tree = Tree(merges, heights, sizes, MEASURE)
    return Kinship(tree, tuple(int(j) for j in nearest), tuple(float(apart[i, j]) for i, j in enumerate(nearest)))


def _apart(centres: Floats, users: NDArray[np.int64]) -> Floats:
    """Ward's distance (k, k) between groups; nothing is near itself."""
    square = ((centres[:, None] - centres[None]) ** 2).sum(axis=-1)
    weight = 2 * users[:, None] * users[None] / (users[:, None] + users[None])
    apart = np.sqrt(weight * square)
    np.fill_diagonal(apart, np.inf)
    return np.asarray(apart)


def _joined(centres: Floats, users: NDArray[np.int64]) -> tuple[tuple[tuple[int, int], ...], tuple[float, ...]]:
    """Merges and heights, the least first."""
    nodes, merges, heights = list(range(len(users))), [], []
    for new in range(len(users), 2 * len(users) - 1):
        apart = _apart(centres, users)
        a, b = sorted(int(i) for i in np.unravel_index(int(apart.argmin()), apart.shape))
        merges.append((nodes[a], nodes[b]))
        heights.append(float(apart[a, b]))
        both = (users[a] * centres[a] + users[b] * centres[b]) / (users[a] + users[b])
        rest = [i for i in range(len(users)) if i not in (a, b)]
        centres, users = np.vstack([centres[rest], both]), np.r_[users[rest], users[a] + users[b]]
        nodes = [*(nodes[i] for i in rest), new]
    return tuple(merges), tuple(heights)
