"""The neighbour-distance curve of a density method and a panel of reaches; whether one reach can serve all groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.reach import Reach, Reached
from personae.model.rule import Place
from personae.model.trial import Case
from personae.nearby import last_distances
from personae.progress import warn

Floats = NDArray[np.float64]
MOST = 5000
"""Users the panel looks at."""
POINTS = 60
FACTORS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Reaches of the panel as multiples of the suggested one."""
UNLIKE = 1.5
"""How many times sparser one group is than another where one reach does not serve both."""


def reach(case: Case) -> Reach | None:
    """The curve and the panel of a run by DBSCAN; None for other methods. Warns where groups differ in density."""
    made = case.best.clustering
    if made.method != "dbscan" or made.kinds is None:
        return None
    z = case.space.scores[:MOST]
    neighbours, used = int(made.settings["min_samples"]), float(made.settings["eps"])
    curve = last_distances(z, neighbours)
    suggested = float(made.settings["suggested"])
    floor = case.study.floor
    reaches = sorted({*(suggested * f for f in FACTORS), used})
    counts = [int(n) for n in np.bincount(made.kinds, minlength=len(Place))]
    core, border, outside = (n if n == 0 or n >= floor else None for n in counts)
    varying = _varying(case.space, made, case.study.seed)
    if varying:
        warn(varying)
    return Reach(
        neighbours=neighbours,
        users=len(z),
        curve=tuple(float(v) for v in curve[np.linspace(0, len(curve) - 1, POINTS).round().astype(int)]),
        suggested=suggested,
        used=used,
        panel=tuple(_reached(z, eps, neighbours, floor) for eps in reaches if eps > 0),
        core=core,
        border=border,
        outside=outside,
        varying=varying,
    )


def _reached(z: Floats, eps: float, neighbours: int, floor: int) -> Reached:
    labels = DBSCAN(eps=eps, min_samples=neighbours).fit(z).labels_
    out = int((labels < 0).sum())
    return Reached(eps, int(labels.max()) + 1, out / len(z) if out == 0 or out >= floor else None)


def _varying(space: Space, made: Clustering, seed: int) -> str:
    """Whether HDBSCAN, which has no one reach, finds more groups with no more users left out, and they differ in density."""
    plug = plugins.find("methods", "hdbscan")
    some = space.only(np.arange(min(len(space.scores), MOST // 2)))
    try:
        other = plug.fit(some, 0, seed)
    except Refused:
        return ""
    lost, mine = float(other.settings["noise"]), float(made.settings["noise"])
    z, inside = some.scores, other.kinds != Place.OUTSIDE
    local = [float(np.median(last_distances(z[inside & (other.labels == c)], plug.NEIGHBOURS))) for c in range(other.size)]
    if other.size <= made.size or lost > mine or max(local) < UNLIKE * min(local):
        return ""
    return (
        f"the groups differ in density, and one reach does not serve them all: HDBSCAN finds {other.size} dense regions and "
        f"leaves {lost:.0%} out, where DBSCAN finds {made.size} and leaves {mine:.0%} out. Try --method hdbscan"
    )
