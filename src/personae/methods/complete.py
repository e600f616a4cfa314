"""Complete linkage (Sorensen 1948): the two groups are joined whose most distant users are nearest; groups stay compact."""

from __future__ import annotations

from personae.linkage import grouped
from personae.model.clustering import Clustering, Space

NESTED = True
"""One fit gives every number of groups."""


def fit(space: Space, size: int, seed: int, smallest: int = 10) -> Clustering:
    """`size` groups, cut from a tree; a split that takes off fewer than `smallest` users is none (1: as in scipy)."""
    return grouped(space, "complete", size, seed, smallest)
