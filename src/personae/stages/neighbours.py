"""A second map, for who asks for it: neighbours in the space stay neighbours (UMAP; McInnes, Healy & Melville 2018).

It is drawn by following near users only, so that nothing on it says how far apart two groups are. Who stands apart is for the
borders and the linear map to say.
"""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from personae.errors import lacking
from personae.model.map import Neighbours
from personae.model.study import Study
from personae.model.trial import Case
from personae.stages.map import fine, kept, persona_labels

Floats = NDArray[np.float64]
NEAR = 15
MOST = 5000
"""Users the map is of: some ten seconds, and as many squares as can be told from each other."""


def ready(study: Study) -> None:
    """Raises MachineError P501 where the map was asked for and its package is not installed."""
    if study.map == "umap" and find_spec("umap") is None:
        raise lacking("umap-learn", "umap", where="--map umap", instead="leave --map out")


def neighbours(case: Case) -> Neighbours | None:
    """The map of the first `MOST` searched users, who are a random part; None where it was not asked for, the space has one
    direction only, or users are too few for a neighbourhood or a square."""
    seen = case.best.clustering.seen_in(case.space)[:MOST]
    if case.study.map != "umap" or seen.shape[1] < 2 or len(seen) <= NEAR:
        return None
    at = _laid(seen, case.study.seed)
    side, cells, left = fine(at, persona_labels(case)[:MOST], case.study.floor)
    if not cells:
        return None
    return Neighbours(side, cells, len(at), len(case.space.rows), left, NEAR, kept(_held(seen, at)))


def _laid(seen: Floats, seed: int) -> Floats:
    """(n, 2) by UMAP from the principal directions; with a seed it runs on one thread and repeats itself."""
    from umap import UMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed costs the other threads, which is wanted
        made = UMAP(n_neighbors=NEAR, init="pca", random_state=seed % 2**32, n_jobs=1).fit_transform(seen.astype(np.float32))
    return np.asarray(made, np.float64)


def _held(seen: Floats, at: Floats) -> float:
    """The share of nearest neighbours that stay among the nearest."""
    near = NEAR - 1
    before, after = (NearestNeighbors(n_neighbors=near).fit(z).kneighbors(return_distance=False) for z in (seen, at))
    return float(np.mean([len(set(a) & set(b)) / near for a, b in zip(before.tolist(), after.tolist(), strict=True)]))
