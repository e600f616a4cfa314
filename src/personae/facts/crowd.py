"""Whether some users stand together in the behaviour space, against as many users drawn by chance.

Closeness is how far they are from their own centre as a part of how far everyone is from everyone's: 1 for a random draw,
less for users who are alike. It describes: any cut of a continuum holds users who are closer together than chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Bools = npt.NDArray[np.bool_]

DRAWS = 200
FOLDS = 5
LOOKED_AT = 20_000
"""Users on whom all of this rests; they are in random order, so the first will do."""


def closeness(z: Floats, of: Bools, seed: int) -> tuple[float, float, float, float]:
    """(closeness, low, high, p) of the users `of` (n,) at `z` (n, r): low and high hold 95 of 100 random draws of as many
    users, p is how often such a draw is as close."""
    whole = float(((z - z.mean(axis=0)) ** 2).sum(axis=1).mean())
    size = int(of.sum())
    if whole <= 0 or size < 2:
        return 1.0, 1.0, 1.0, 1.0
    rng = np.random.default_rng([seed, 42])
    seen = _spread(z[of]) / whole
    drawn = np.array([_spread(z[rng.choice(len(z), size, replace=False)]) for _ in range(DRAWS)]) / whole
    low, high = np.quantile(drawn, [0.025, 0.975])
    return seen, float(low), float(high), float((1 + (drawn <= seen).sum()) / (DRAWS + 1))


def _spread(z: Floats) -> float:
    """The mean squared distance from the centre, as unbiased as a variance."""
    return float(((z - z.mean(axis=0)) ** 2).sum() / max(len(z) - 1, 1))


def silhouette(z: Floats, groups: Ints, size: int) -> Floats:
    """The mean simplified silhouette of each group (size,): 1 - own / nearest other distance to centres (Hruschka et al.
    2004), below 0 where users are nearer to another group's centre; nan for a group of nobody or the only one."""
    centres = _centres(z, groups, size)
    far = _distances(z, centres)
    rows = np.arange(len(z))
    own = far[rows, groups]
    far[rows, groups] = np.inf
    other = far.min(axis=1)
    s = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    n = np.bincount(groups, minlength=size)
    sums = np.bincount(groups, np.where(np.isfinite(s), s, 0.0), minlength=size)
    return np.where((n > 0) & ((n > 0).sum() > 1), sums / np.maximum(n, 1), np.nan)


def told_apart(z: Floats, groups: Ints, size: int, seed: int) -> tuple[Floats, Floats]:
    """How often users of each group (size,) are nearest to the centre of their group, learnt on other users, and what
    shuffled groups reach at most in 95 of 100 draws."""
    rng = np.random.default_rng([seed, 43])
    seen = _recalled(z, groups, size)
    drawn = np.array([_recalled(z, rng.permutation(groups), size) for _ in range(40)])
    return seen, np.quantile(drawn, 0.95, axis=0)


def _recalled(z: Floats, groups: Ints, size: int) -> Floats:
    fold = np.arange(len(z)) % FOLDS
    hits = np.zeros(size)
    for f in range(FOLDS):
        learn, test = fold != f, fold == f
        nearest = _distances(z[test], _centres(z[learn], groups[learn], size)).argmin(axis=1)
        hits += np.bincount(groups[test], nearest == groups[test], minlength=size)
    return np.asarray(hits / np.maximum(np.bincount(groups, minlength=size), 1))


def _centres(z: Floats, groups: Ints, size: int) -> Floats:
    """(size, r); a group of nobody lies infinitely far away."""
    n = np.bincount(groups, minlength=size).astype(float)
    sums = np.stack([np.bincount(groups, column, minlength=size) for column in z.T], axis=1)
    return np.where(n[:, None] > 0, sums / np.maximum(n, 1)[:, None], np.inf)


def _distances(z: Floats, centres: Floats) -> Floats:
    """(n, size)"""
    return np.stack([np.sqrt(((z - c) ** 2).sum(axis=1)) for c in centres], axis=1)
