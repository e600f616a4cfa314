"""The rule of a search with some of its acts undone, so that sure acts stand beside unsure ones.

Personas that the search would join, and nobody is sure of it, stay apart: each has the mean of its users by the old rule, where
the search sees them. A group that would be born, and nobody is sure of it, stays part of the persona whose users it has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae.model.descent import Act
from personae.model.features import Features
from personae.model.rule import Rule
from personae.stages.descend import MOST
from personae.stages.diff import SAME
from personae.stages.score import coordinates, place_features

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Beside:
    """The rule, which has groups beyond those of the search, what becomes of each persona, unsure acts as "same", and the users
    (groups,) of each group of that rule."""

    rule: Rule
    acts: tuple[Act, ...]
    users: Ints


def beside(acts: tuple[Act, ...], rule: Rule, features: Features, old: Ints, new: Ints, floor: int) -> Beside | None:
    """The sure acts without the unsure ones. `old` (n,) are the personas before of the users by the old rule, `new` (n,) their
    groups by the `rule` of the search, -1 for none.

    None where that gives no whole: a persona that is said to be gone and is not, a group that would be born out of several
    personas or of one that has changed, a persona of fewer users than the floor, or one held back that would not keep its
    people (Jaccard of SAME).
    """
    made, held = rule, list[Act]()
    z = coordinates(rule, features)
    for a in (a for a in acts if not a.sure and a.kind == "merged"):
        parts = [(i, (new == a.after[0]) & (old == i)) for i in a.before]
        if min(there.sum() for _, there in parts) < max(floor, 1):
            return None
        first = made.size
        made = _parted(made, a.after[0], np.array([z[there].mean(axis=0) for _, there in parts]))
        held += [Act("same", (i,), (a.after[0] if n == 0 else first + n - 1,)) for n, (i, _) in enumerate(parts)]
    held += [Act("same", a.before, a.after) for a in acts if not a.sure and a.kind == "split"]
    held += [a for a in acts if a.sure]
    for a in (a for a in acts if not a.sure and a.kind not in ("merged", "split")):
        home = _home(a, held, old, new)
        if home is None:
            return None
        held[home] = replace(held[home], after=(*held[home].after, *a.after))
    at = place_features(made, features).persona
    users = np.bincount(at[at >= 0], minlength=made.size).astype(np.int64)
    if any(users[list(groups)].sum() < max(floor, 1) for a in held for groups in _personas(a)):
        return None
    unsure = {i for a in acts if not a.sure for i in a.before} | {
        a.before[0] for a in held if len(a.after) > 1 and a.kind == "same"
    }
    if any(_likeness(old == a.before[0], np.isin(at, a.after)) < SAME for a in held if a.before and a.before[0] in unsure):
        return None
    return Beside(made, tuple(held), users)


def _parted(rule: Rule, group: int, means: Floats) -> Rule:
    """The rule with a group in parts, one about each mean (parts, r): the first keeps its index, the others come last."""
    own, more = rule.owner == group, len(means)
    owners = [group, *range(rule.size, rule.size + more - 1)]
    leaf = None if rule.leaf is None else np.append(rule.leaf[~own], [rule.leaf[own][0]] * more).astype(np.int32)
    return replace(
        rule,
        prototypes=np.vstack((rule.prototypes[~own], means)),
        owner=np.append(rule.owner[~own], owners).astype(np.int32),
        radius=np.append(rule.radius[~own], [rule.radius[own].max()] * more),
        leaf=leaf,
        extent=None if rule.extent is None else rule.extent.only(np.append(np.flatnonzero(~own), [own.argmax()] * more)),
    )


def _personas(a: Act) -> tuple[tuple[int, ...], ...]:
    """The groups of each persona that an act leaves."""
    return (a.after,) if a.kind == "same" else tuple((j,) for j in a.after)


def _home(a: Act, held: list[Act], old: Ints, new: Ints) -> int | None:
    """Which act goes on with the users of a group that would be born: the one of the persona that most of them are in,
    those whom the old rule left outside counted."""
    if a.kind != "new":
        return None
    there = old[new == a.after[0]]
    were = there[there >= 0]
    if not len(were):
        return None
    sizes = np.bincount(were)
    i = int(sizes.argmax())
    if sizes[i] < MOST * len(there):
        return None
    return next((n for n, h in enumerate(held) if h.kind == "same" and h.before == (i,)), None)


def _likeness(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> float:
    """Jaccard of two sets of users."""
    return float((one & other).sum() / max((one | other).sum(), 1))
