"""Is there a valley in density between neighbouring groups? Hartigans' dip on the axis between two centres.

Neighbours are Gabriel pairs: no third centre lies inside the ball on the two as diameter. The better-known half of the users
is looked at (they blur least), and the larger group is thinned to four times the smaller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from personae import dip
from personae.model.clustering import Clustering, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEW = 15
MOST = 4000


def check(space: Space, clustering: Clustering, seed: int) -> dict[str, float | None]:
    """`border`: the p-value of the border with the least visible valley, None with one group."""
    found = borders(space, clustering, seed)
    return {"border": max((p for _, _, p in found), default=None)}


def borders(space: Space, clustering: Clustering, seed: int) -> list[tuple[int, int, float]]:
    """(group, group, p) for every pair of neighbours; a small p means a valley."""
    z = space.blurred if clustering.metric is None else space.blurred @ clustering.metric
    labels, size = clustering.labels, clustering.size
    rng = np.random.default_rng([seed, 3])
    centres = np.array([z[labels == c].mean(axis=0) for c in range(size)])
    known = space.activity >= np.median(space.activity)
    out = []
    for a, b in neighbours(centres):
        out.append((a, b, _valley(z, labels, known, centres, (a, b), rng)))
    return out


def between(z: Floats, labels: NDArray[Any], pair: tuple[int, int], activity: Floats, seed: int) -> float:
    """The p-value of a valley between two groups, neighbours or not; z (n, r), labels (n,), activity (n,)."""
    centres = np.array([z[labels == c].mean(axis=0) if (labels == c).any() else z[0] for c in range(max(pair) + 1)])
    return _valley(z, labels, activity >= np.median(activity), centres, pair, np.random.default_rng([seed, 3]))


def _valley(
    z: Floats, labels: NDArray[Any], known: NDArray[np.bool_], centres: Floats, pair: tuple[int, int], rng: np.random.Generator
) -> float:
    a, b = pair
    both = (labels == a) | (labels == b)
    mine = both & known
    if min((mine & (labels == a)).sum(), (mine & (labels == b)).sum()) < FEW:
        mine = both
    axis = centres[b] - centres[a]
    v, side = z[mine] @ (axis / max(np.linalg.norm(axis), 1e-300)), labels[mine]
    return float(dip.test(_thinned(v, side == a, rng))[1])


def neighbours(centres: Floats) -> list[tuple[int, int]]:
    """Gabriel pairs of the centres (k, r)."""
    d = ((centres[:, None] - centres[None]) ** 2).sum(axis=-1)
    pairs = []
    for a in range(len(centres)):
        for b in range(a + 1, len(centres)):
            middle = ((centres - (centres[a] + centres[b]) / 2) ** 2).sum(axis=1)
            middle[[a, b]] = np.inf
            if middle.min() >= d[a, b] / 4 * 0.999:
                pairs.append((a, b))
    return pairs


def _thinned(v: Floats, first: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """At most four of the larger side for one of the smaller, and at most 4,000 in all."""
    one, two = np.flatnonzero(first), np.flatnonzero(~first)
    cap = 4 * min(len(one), len(two))
    picked = [rng.permutation(x)[:cap] if len(x) > cap else x for x in (one, two)]
    rows = np.concatenate(picked)
    return np.asarray(v[rng.permutation(rows)[:MOST] if len(rows) > MOST else rows])
