"""What lies at both ends of a direction, in the words of the features."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae.model.clustering import Space
from personae.model.evidence import Axis

Floats = NDArray[np.float64]
CLEAR = 0.25
"""Correlation from which a feature says something about a direction."""
MOST = 3
"""Features named at each end."""


def ends(space: Space, z: Floats) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The features that are highest at the low end and at the high end of a direction z (n,), strongest first."""
    x = space.coordinates - space.coordinates.mean(axis=0)
    z = z - z.mean()
    correlation = (x * z[:, None]).mean(axis=0) / np.maximum(x.std(axis=0) * max(z.std(), 1e-12), 1e-12)
    ranked = np.argsort(-correlation, kind="stable")
    high = tuple(space.features[j].name for j in ranked[:MOST] if correlation[j] >= CLEAR)
    low = tuple(space.features[j].name for j in ranked[::-1][:MOST] if correlation[j] <= -CLEAR)
    return low, high


def axes(space: Space) -> tuple[Axis, ...]:
    """The directions along which users differ most, with the features at both ends."""
    variance = space.scores.var(axis=0)
    total = float(space.coordinates.var(axis=0).sum())
    first = np.argsort(-variance, kind="stable")[: max(1, min(4, space.factors or 1))]
    return tuple(Axis(float(variance[r] / max(total, 1e-12)), *ends(space, space.scores[:, r])) for r in first)
