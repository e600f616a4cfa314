"""A tree of groups: what joins what, at which height."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tree:
    """A binary tree over m leaves, bottom up, as scipy.cluster.hierarchy writes it.

    Merge i joins the nodes `merges[i]` into the node m + i at `heights[i]`; nodes below m are leaves. Heights never fall.
    """

    merges: tuple[tuple[int, int], ...]
    heights: tuple[float, ...]
    sizes: tuple[int, ...]
    """Users in each leaf."""
    measure: str = ""
    """What the heights are, in words."""

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return len(self.sizes)

    def cut(self, groups: int) -> tuple[int, ...]:
        """The group of each leaf when the last merges are undone until there are so many groups; larger groups come first.

        Cuts of one tree are nested: every group of a finer cut lies in one group of a coarser cut.
        """
        m, groups = self.leaves, max(1, min(groups, self.leaves))
        root = list(range(2 * m - 1))
        for i, (a, b) in enumerate(self.merges[: m - groups]):
            root[a] = root[b] = m + i
        for node in range(2 * m - 2, -1, -1):
            root[node] = root[root[node]]
        users: dict[int, int] = {}
        for leaf in range(m):
            users[root[leaf]] = users.get(root[leaf], 0) + self.sizes[leaf]
        first = {node: leaf for leaf in range(m - 1, -1, -1) for node in (root[leaf],)}
        place = {node: i for i, node in enumerate(sorted(users, key=lambda n: (-users[n], first[n])))}
        return tuple(place[root[leaf]] for leaf in range(m))

    def top(self, leaves: int) -> tuple[Tree, tuple[int, ...]]:
        """The upper part of the tree with so many leaves, and the new leaf of each leaf: the groups of that cut."""
        m, leaves = self.leaves, max(1, min(leaves, self.leaves))
        place = self.cut(leaves)
        node: dict[int, int] = dict(enumerate(place))
        for i, (a, _) in enumerate(self.merges[: m - leaves]):
            node[m + i] = node[a]
        merges = []
        for i, (a, b) in enumerate(self.merges[m - leaves :]):
            merges.append((node[a], node[b]))
            node[2 * m - leaves + i] = leaves + i
        sizes = [0] * leaves
        for leaf, users in zip(place, self.sizes, strict=True):
            sizes[leaf] += users
        return Tree(tuple(merges), self.heights[m - leaves :], tuple(sizes), self.measure), place
