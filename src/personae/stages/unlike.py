"""Who is unlike everybody and takes no part in the search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae.model.rule import Guard
from personae.nearby import bend

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
TENTHS = 10
FAR = 3.5
"""Robust standard deviations of the log norm beyond which a user is unlike everybody."""
FEW = 0.02
"""The largest share of users that is set apart by their norm: more of a kind are a group, however unlike the others."""
DIRECTIONS = 10
"""Principal directions in which an isolation forest and DBSCAN look."""
ISOLATED = 0.6
"""Anomaly score of an isolation forest from which a user is set apart; 0.5 is a score like everybody's (Liu et al. 2008)."""
NEIGHBOURS = 10
"""Users within reach, themselves among them, that make a dense region (min_samples of DBSCAN)."""


def guard(x: Floats, weight: Floats, activity: Floats, start: int) -> tuple[Guard, Flags]:
    """The limit of the squared norm in each tenth of activity, and who exceeds it."""
    norm = (x**2) @ weight
    log = np.log(norm + 1e-12)
    some = activity[activity > 0]
    edges = np.unique(np.quantile(some, np.arange(1, TENTHS) / TENTHS)) if len(some) and np.ptp(some) else np.zeros(0)
    band = np.searchsorted(edges, activity, side="right")
    band[activity == 0] = -1  # who did nothing is not unlike anybody
    limits = np.full(len(edges) + 1, np.inf)
    for b in np.unique(band[band >= 0]):
        mine = log[band == b]
        middle, upper = np.quantile(mine, [0.5, 0.9])
        spread = max(1.4826 * np.median(np.abs(mine - middle)), (upper - middle) / 1.2816)
        limits[b] = np.exp(max(middle + FAR * (spread + 1e-9), np.quantile(mine, 1 - FEW)))
    most = _most(activity)
    return Guard(start, start + x.shape[1], weight, edges, limits, most), (norm > limits[band]) | (activity > most)


def _most(activity: Floats) -> float:
    """Eight robust standard deviations of the log activity above its median."""
    some = activity[activity > 0]
    if not len(some) or not np.ptp(some):
        return float("inf")
    log = np.log(some)
    middle, upper = np.quantile(log, [0.5, 0.9])
    return float(np.exp(middle + 8 * max(1.4826 * np.median(np.abs(log - middle)), (upper - middle) / 1.2816)))


def isolated(x: Floats, seed: int) -> Flags:
    """Who is told apart by few random cuts (isolation forest, Liu, Ting & Zhou 2008), in the leading directions of x (n, d)."""
    from sklearn.ensemble import IsolationForest

    z = _leading(x)
    return np.asarray(-IsolationForest(random_state=seed).fit(z).score_samples(z) > ISOLATED)


def in_no_region(x: Floats, neighbours: int = NEIGHBOURS) -> Flags:
    """Whom DBSCAN (Ester et al. 1996) calls noise in the leading directions of x (n, d).

    The reach is where the curve of distances to the last neighbour bends. Noise is who has too few neighbours within reach and
    is not within reach of anybody who has enough; asked that way, the memory does not grow with the number of pairs.
    """
    from sklearn.neighbors import NearestNeighbors

    z = _leading(x)
    k = min(neighbours, len(z))
    last = NearestNeighbors(n_neighbors=k).fit(z).kneighbors(z)[0][:, -1]
    reach = bend(last)
    dense = last <= reach
    out = ~dense
    if dense.any() and out.any():
        out[out] = NearestNeighbors(n_neighbors=1).fit(z[dense]).kneighbors(z[~dense])[0][:, 0] > reach
    return np.asarray(out, bool)


def _leading(x: Floats) -> Floats:
    """The first principal scores (n, up to 10) of x (n, d)."""
    x = x - x.mean(axis=0)
    _, vectors = np.linalg.eigh(x.T @ x / len(x))
    return np.asarray(x @ vectors[:, ::-1][:, :DIRECTIONS])
