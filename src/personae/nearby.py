"""How far away neighbours are: the curve from which the reach of a density method is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def last_distances(z: Floats, neighbours: int) -> Floats:
    """The distance (n,) of each user to the last of so many neighbours, themselves among them, ascending."""
    k = min(neighbours, len(z))
    return np.sort(np.asarray(cKDTree(z).query(z, k=[k])[0])[:, 0])


def bend(distance: Floats) -> float:
    """The height of a sorted curve where it is furthest below the line between its ends (kneedle, Satopaa et al. 2011)."""
    curve = np.sort(distance)
    line = np.linspace(curve[0], curve[-1], len(curve))
    return float(curve[int((line - curve).argmax())])
