"""Ward's method (Ward 1963): the two groups are joined whose joining adds least to the spread within groups."""

from __future__ import annotations

from personae.linkage import grouped
from personae.model.clustering import Clustering, Space

NESTED = True
"""One fit gives every number of groups."""


def fit(space: Space, size: int, seed: int, smallest: int = 10) -> Clustering:
    """`size` groups, cut from a tree; a split that takes off fewer than `smallest` users is none (1: as in scipy)."""
    return grouped(space, "ward", size, seed, smallest)
