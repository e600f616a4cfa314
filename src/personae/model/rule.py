"""The rule that places everyone: numbers only, the same in numpy and in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING

from personae.model.tree import Tree

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Step:
    """One act on a column: the name of a plug in steps/ and the numbers it learnt."""

    name: str
    learned: Mapping[str, float | str]


@dataclass(frozen=True)
class Feature:
    """One coordinate of the behaviour space: a raw column and the steps that turn it into a number.

    `of` is "event" (column is an event name, the raw value a count) or "measure" (column is a measure's name). The events of a
    rule all have the same steps by name, the first of which says how a user's counts are weighed ("root" and "share": divided
    by their total; "tfidf": by their weighted length; another one: as they are), and the last of which is "scale". Where the
    steps before it make something else than 0 of a count of 0, the last one knows it as "zero".
    """

    name: str
    of: str
    column: str
    steps: tuple[Step, ...]


SHARED = ("root", "share")
"""First steps that read a user's shares of their counted events."""


def learned_of(features: Sequence[Feature], i: int) -> dict[str, Floats]:
    """The numbers (m,) that step i of every one of m features learnt, by name."""
    import numpy as np

    steps = [f.steps[i].learned for f in features]
    return {k: np.array([float(s[k]) for s in steps]) for k in steps[0]}


@dataclass(frozen=True, eq=False)
class Guard:
    """Whether a user is like nobody: the weighted squared norm of features[start:stop], against a limit that depends on the
    user's activity (total of counted events). `edges` (b - 1,) ascending, `limits` (b,)."""

    start: int
    stop: int
    weight: Floats
    edges: Floats
    limits: Floats
    most: float = float("inf")
    """Activity beyond which nobody is like anybody."""


@dataclass(frozen=True, eq=False)
class Extent:
    """How far the users of the known groups go, by their activity (total of counted events).

    In band b of `edges` (b - 1,) ascending a user is like no group when the distance to the nearest prototype p is more than
    `unit[p] * near[b]`, or when what the rule's directions do not see is more than `apart[b]`: the sum of the guards' norms
    less the squared length of z @ `basis`.
    """

    edges: Floats
    unit: Floats
    """(p,) the usual distance of users from each prototype."""
    near: Floats
    """(b,) how many of them are too many."""
    basis: Floats
    """(r, s) makes coordinates orthonormal in the measure of the guards; without columns nothing is unseen."""
    apart: Floats
    """(b,) the largest part of the squared norm that is not seen."""

    def only(self, at: npt.NDArray[np.int64]) -> Extent:
        """The same for these prototypes (positions, repeats allowed)."""
        return replace(self, unit=self.unit[at])


@dataclass(frozen=True, eq=False)
class Rule:
    """Steps, projection, nearest prototype.

    x (d,) = each feature's steps applied; z (r,) = x @ projection; the persona is the owner of the nearest prototype.
    A user is outside when a guard refuses, when z is further from the nearest prototype than its radius, when the groups do not
    extend to them, when nothing is known of them, when a measure that is needed is empty, or when they did nothing and the rule
    is one of the `active`.
    """

    features: tuple[Feature, ...]
    projection: Floats
    """(d, r)"""
    prototypes: Floats
    """(p, r)"""
    owner: Ints
    """(p,) index of the persona of each prototype; an index that was joined with another or split has none."""
    radius: Floats
    """(p,) distance from each prototype beyond which a user is outside."""
    spread: float
    """Within-group variance per coordinate, the scale of memberships."""
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    """Measures without which a user is left out."""
    tree: Tree | None = None
    """What the groups are a cut of, where a method built a tree; sizes are those of the searched users, 0 below the floor."""
    leaf: Ints | None = None
    """(p,) the leaf of the tree each prototype lies in."""
    active: bool = False
    """Whether a user who did nothing that the rule counts is left without a place, whatever else is known of them."""
    extent: Extent | None = None
    """How far the known groups go; None in rules that were made without."""

    @property
    def size(self) -> int:
        """One more than the last persona's index."""
        return int(self.owner.max()) + 1


BORDERLINE = 0.1
"""A user whose margin is below this is called borderline."""


class Place(IntEnum):
    """How firmly a user sits."""

    CORE = 0
    BORDER = 1
    OUTSIDE = 2


REASONS = (
    "well inside the group",
    "near the border with the second group",
    "unlike everybody: extreme amounts",
    "too far from every group",
    "no behaviour to go by",
    "no groups were found",
    "left out: empty where a value is asked for",
    "unlike the others: kept out of the search, placed by the rule",
    "like no group: further from the nearest than nearly all its users",
    "like no group: unlike all of them in what does not tell them apart",
)
"""Why a user is where they are; Placement.reason holds positions in this list."""


@dataclass(frozen=True, eq=False)
class Placement:
    """Every user's place, in the order of the ids they were placed with. Each array is (n,).

    `persona` and `second` are indices, -1 for none; `membership` is the share of the first persona in a soft assignment
    (0 to 1); `margin` is 1 - d1 / d2 for the distances to the nearest and second nearest persona (0 on the border, the
    simplified silhouette of Hruschka et al. 2004); both rounded to 6 decimals.
    """

    persona: Ints
    second: Ints
    membership: Floats
    margin: Floats
    kind: npt.NDArray[np.int8]
    reason: npt.NDArray[np.int8]
