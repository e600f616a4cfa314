"""Mean shift (Fukunaga & Hostetler 1975; Comaniciu & Meer 2002): every user climbs to the nearest peak of the density.

It finds the number itself; how fine it looks is the bandwidth, estimated from the distances to the nearest users.
"""

from __future__ import annotations

import numpy as np
from sklearn.cluster import MeanShift, estimate_bandwidth

from personae.errors import Refused
from personae.model.clustering import Clustering, Space

UNSIZED = True
"""It finds the number of groups itself."""
LIMIT = 10_000
"""Users beyond whom it is refused: a shapeless cloud in 6 directions takes 2.5 s with 2,000 users, 5.9 s with 10,000."""
PAIRS = 2000
"""Users the bandwidth is estimated from."""


def fit(
    space: Space, size: int, seed: int, bandwidth: float = 0.0, quantile: float = 0.2, smallest: float = 0.01
) -> Clustering:
    """As many groups as the density has peaks (`size` is not asked for: 0).

    Unless a bandwidth is given it is the mean distance to the furthest of the nearest `quantile` of all users. Users of peaks
    with less than a share of `smallest` go to the nearest other peak; settings say how many peaks those were. Refused above
    its size limit, and where there is one peak.
    """
    z = space.scores
    if len(z) > LIMIT:
        raise Refused(f"it compares every user with every other; {len(z):,} users are more than its limit of {LIMIT:,}")
    width = bandwidth or float(
        estimate_bandwidth(z, quantile=min(quantile, 1.0), n_samples=min(PAIRS, len(z)), random_state=seed)
    )
    if width <= 0:
        raise Refused("so many users are alike that no bandwidth can be estimated; give one: meanshift(bandwidth=0.5)")
    model = MeanShift(bandwidth=width, bin_seeding=True).fit(z)
    often = np.bincount(model.labels_)
    large = np.flatnonzero(often >= max(5, smallest * len(z)))
    if len(large) < 2:
        raise Refused(f"the density has one peak at a bandwidth of {width:.3g}; a smaller one looks closer")
    peaks = model.cluster_centers_[large]
    small = ~np.isin(model.labels_, large)
    labels = np.searchsorted(large, model.labels_).astype(np.int32)
    labels[small] = ((z[small][:, None] - peaks[None]) ** 2).sum(axis=2).argmin(axis=1)
    settings: dict[str, float | str] = {"bandwidth": width, "peaks": len(often), "small_peaks": len(often) - len(large)}
    return Clustering("meanshift", labels, len(large), seed, settings)
