"""Another number of groups from a finished run: its tree is cut elsewhere, nothing is fitted or placed anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from personae.errors import UsageError
from personae.model.cast import Cast
from personae.model.tree import Tree

Ints = NDArray[np.int32]


def cut(cast: Cast, groups: int) -> Ints:
    """The group (n,) of each user of a cast when its tree is cut in so many, the largest 0; -1 for who is in no group.

    Groups lie in the run's own, or join those whole. A run of a method that builds a tree can be cut finer; of another one only
    its personas can be joined. Raises UsageError P001 for a number the tree does not have, P201 where there are no groups.
    """
    inside = cast.placement.persona >= 0
    if cast.rule is None or not inside.any():
        raise UsageError("P201", "this run has no groups to cut", fix="use another run: personae runs")
    tree, leaf = _grown(cast)
    held = np.bincount(leaf[inside], minlength=tree.leaves)
    grown = replace(tree, sizes=tuple(int(n) for n in held))
    most = int((held > 0).sum())
    if not 2 <= groups <= most:
        other = "" if cast.leaf is not None else f" {cast.evidence.chosen} builds no tree below its groups: --method ward does"
        raise UsageError(
            "P001",
            f"this run can be cut in 2 to {most} groups, not {groups}.{other}",
            where="--cut",
            fix=_nearest(groups, most),
        )
    for size in range(groups, tree.leaves + 1):  # leaves that nobody stands in make no group
        made = np.array(grown.cut(size), np.int32)
        if len(np.unique(made[held > 0])) == groups:
            break
    return np.where(inside, _dense(made, held)[leaf], -1).astype(np.int32)


def _nearest(groups: int, most: int) -> str:
    """The number to type instead."""
    return f"--cut {most if groups > most else 2}" if most > 1 else "use another run: personae runs"


def _grown(cast: Cast) -> tuple[Tree, Ints]:
    """The tree of the run and the leaf of each user: the method's own, or that of the personas."""
    if cast.rule is not None and cast.rule.tree is not None and cast.leaf is not None:
        return cast.rule.tree, cast.leaf
    kin = cast.evidence.kinship
    if kin is None:
        raise UsageError("P201", "this run holds no tree", fix="run it again: personae run ... --method ward")
    return kin.tree, np.maximum(cast.placement.persona, 0)


def _dense(made: Ints, held: NDArray[np.int64]) -> Ints:
    """The groups numbered without those nobody is in."""
    there = np.unique(made[held > 0])
    number = np.full(int(made.max()) + 1, -1, np.int32)
    number[there] = np.arange(len(there))
    return number[made]
