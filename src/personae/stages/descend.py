"""Which group of a new search came of which group before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personae.facts.crossing import crossed, jaccard
from personae.model.cast import Cast
from personae.model.descent import Act, Crossing
from personae.stages.diff import ALIKE, position, shared

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

MOST = 0.6
"""Share of a group's users from which on it came from, or went into, another group."""
KNOWN = 0.3
"""Share of the users before who must be there again for their places then to say who came of whom."""
LEFT = 0.3
"""Share of its former share of the users below which a group is no longer there."""
BORN = 1 / 3
"""Where users of both runs are in a group at less than this part of their usual rate, nobody was in it before."""


def cross(before: Cast, ids: pa.StringArray, old: Ints, new: Ints, groups: int) -> Crossing:
    """Users of new data (n,) by group: `old` holds positions among the personas before, by the old rule, `new` those of
    `groups` groups of a new search; -1 for none."""
    k = len(before.personas)
    at = shared(ids, before.ids)
    then = np.where(at < 0, -2, position(before)[np.maximum(at, 0)])
    there = at >= 0
    return Crossing(
        crossed(old, new, k, groups), _sizes(old, k), _sizes(new, groups),
        crossed(then, new, k, groups), _sizes(then, k), _sizes(new[there], groups),
        _sizes(position(before), k), before.users, len(ids),
    )  # fmt: skip


def descend(c: Crossing, floor: int) -> tuple[Act, ...]:
    """What became of each group before and where each group after came from; every group stands in at least one act.

    Groups are the same where they share more than half of all users of both: of all new users by both rules, else of the users
    of both runs. What is left came from the group that most of its people were in, or is new; and went into the group that
    most of its people are in, or is gone.
    """
    same = _same(c)
    taken = set(same.values())
    young = {j: i for j in range(len(c.now_after)) if j not in taken and (i := _origin(c, j)) is not None}
    old = {i: j for i in range(len(c.now_before)) if i not in same and (j := _heir(c, i, floor)) is not None}
    acts, done_before, done_after = [], set[int](), set[int]()
    for i in sorted(set(young.values())):
        children = sorted({j for j, parent in young.items() if parent == i} | ({same[i]} if i in same else set()))
        if len(children) == 1 and old.get(i) == children[0]:
            same[i] = children[0]
        elif len(children) > 1:
            acts.append(Act("split", (i,), tuple(children)))
            done_before.add(i)
            done_after.update(children)
    back = {j: i for i, j in same.items()}
    for j in sorted(set(old.values()) - done_after):
        parents = sorted({i for i, heir in old.items() if heir == j and i not in same} | ({back[j]} if j in back else set()))
        if len(parents) > 1 and not done_before & set(parents):
            acts.append(Act("merged", tuple(parents), (j,)))
            done_after.add(j)
            done_before.update(parents)
    acts += [Act("same", (i,), (j,)) for i, j in sorted(same.items()) if i not in done_before and j not in done_after]
    done_before.update(same)
    done_after.update(same.values())
    acts += [Act("new", (), (j,)) for j in range(len(c.now_after)) if j not in done_after]
    acts += [Act("gone", (i,), ()) for i in range(len(c.now_before)) if i not in done_before]
    return tuple(acts)


def likeness(c: Crossing) -> tuple[Floats, Floats]:
    """Jaccard (k, m) of groups before and after among all new users by both rules, and among the users of both runs."""
    return jaccard(c.now, c.now_before, c.now_after), jaccard(c.then, c.then_before, c.then_after)


def vanished(c: Crossing, i: int, floor: int) -> bool:
    """Whether hardly anybody behaves any more as those of a group before did."""
    usual = c.size_before[i] / max(c.users_before, 1)
    return bool(c.now_before[i] < max(floor, LEFT * usual * c.users_after))


def _same(c: Crossing) -> dict[int, int]:
    found: dict[int, int] = {}
    for near in likeness(c):
        for i, j in zip(*np.nonzero(near > ALIKE), strict=True):
            if i not in found and j not in found.values():
                found[int(i)] = int(j)
    return found


def known(c: Crossing) -> bool:
    """Whether enough users are in both runs for their places then to count."""
    return bool(c.then_before.sum() >= KNOWN * max(c.size_before.sum(), 1))


def _origin(c: Crossing, j: int) -> int | None:
    """The group that most users of a group after were in before; None where there is none."""
    mine, all_ = (c.then[:, j], c.then_after[j]) if known(c) else (c.now[:, j], c.now_after[j])
    usual = c.then_after.sum() / max(c.now_after.sum(), 1)
    if known(c) and all_ < BORN * usual * c.now_after[j]:
        return None
    i = int(mine.argmax())
    return i if mine[i] >= MOST * max(all_, 1) else None


def _heir(c: Crossing, i: int, floor: int) -> int | None:
    """The group that most users of a group before are in after; None where there is none."""
    mine, all_ = (c.then[i], c.then_before[i]) if known(c) else (c.now[i], c.now_before[i])
    if known(c):
        usual = c.then_before.sum() / max(c.size_before.sum(), 1)
        if all_ < max(floor, LEFT * usual * c.size_before[i]):
            return None
    elif vanished(c, i, floor):
        return None
    j = int(mine.argmax())
    return j if mine[j] >= MOST * all_ else None


def _sizes(labels: Ints, groups: int) -> Ints:
    return np.bincount(labels[labels >= 0], minlength=groups).astype(np.int64)
