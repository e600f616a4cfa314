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
