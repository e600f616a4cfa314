"""Groups from the top down: cut the group whose cut brings most, again and again, and remember the tree."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import Refused
from personae.model.tree import Tree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Halves = Callable[[NDArray[np.int64]], tuple[float, NDArray[np.bool_]] | None]


def split_apart(n: int, size: int, halves: Halves, measure: str) -> tuple[Ints, Tree]:
    """The leaf (n,) of each of n users in a tree of `size` groups, and the tree, whose finest cut they are.

    `halves` gets the positions of a group and gives what cutting it brings and who leaves it, or None where it cannot be cut.
    The tree of a smaller `size` is the top of this one. Heights are what the cuts brought, in the order they were made,
    lowered where a later cut brought more than an earlier one. `measure` says what the heights are. Raises Refused where
    fewer groups can be made.
    """
    labels = np.zeros(n, np.int32)
    open_ = {0: halves(np.arange(n))}
    splits: list[tuple[int, float]] = []
    while len(splits) < size - 1:
        gains = {leaf: cut[0] for leaf, cut in open_.items() if cut is not None}
        if not gains:
            raise Refused(f"no more than {len(splits) + 1} groups can be told apart")
        leaf = max(gains, key=lambda a: (gains[a], -a))
        cut = open_[leaf]
        assert cut is not None  # noqa: S101 - gains has only those that can be cut
        new = len(splits) + 1
        at = np.flatnonzero(labels == leaf)
        labels[at[cut[1]]] = new
        splits.append((leaf, cut[0]))
        if new < size - 1:
            open_ |= {a: halves(np.flatnonzero(labels == a)) for a in (leaf, new)}
    return labels, _tree(splits, np.bincount(labels, minlength=size), measure)


def _tree(splits: list[tuple[int, float]], sizes: NDArray[np.int64], measure: str) -> Tree:
    """The splits bottom up: split i took leaf i + 1 out of an older leaf."""
    m = len(splits) + 1
    node, merges = list(range(m)), []
    for i in range(m - 2, -1, -1):
        parent = splits[i][0]
        merges.append((node[parent], node[i + 1]))
        node[parent] = m + len(merges) - 1
    heights = tuple(accumulate((gain for _, gain in splits), min))[::-1]
    return Tree(tuple(merges), heights, tuple(int(s) for s in sizes), measure)
