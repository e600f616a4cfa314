"""What a method proposes, and the space it proposes it in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from personae.model.rule import Feature, Guard
from personae.model.tree import Tree

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Mixed:
    """The same users as principal scores (n, p) of their numbers and as categories, each (n,) the place of a level, or -1."""

    numbers: Floats
    levels: tuple[Ints, ...]

    def only(self, at: npt.NDArray[np.int64]) -> Mixed:
        """These users (positions, repeats allowed) alone."""
        return Mixed(self.numbers[at], tuple(codes[at] for codes in self.levels))


@dataclass(frozen=True, eq=False)
class Space:
    """The behaviour space of the users the search looks at.

    `scores` (n, r) are coordinates in which distance means something: scores = features @ projection. `weighted` (n, d) is
    the same before centring and projection, non-negative, for methods that add parts up; None when it is not defined.
    `activity` (n,) is how much is known of each user. `rows` (n,) are positions in Features.ids.
    """

    features: tuple[Feature, ...]
    projection: Floats
    scores: Floats
    weighted: Floats | None
    activity: Floats
    rows: npt.NDArray[np.int64]
    guards: tuple[Guard, ...]
    factors: int | None
    outliers: int
    words: str
    numeric: bool
    """Whether every column is a number, so that all directions can be stretched alike."""
    counted: bool
    """Whether event counts take part."""
    coordinates: Floats
    """(n, d) before projection: scores = coordinates @ directions."""
    blurred: Floats
    """(n, r) the scores with counts spread by up to half an event, for tests that gaps between whole numbers would fool."""

    exact: Floats
    """(n, d) `coordinates` with ties left as they are: few different values in a column of few answers."""
    apart: tuple[int, ...] = ()
    """Positions of users who were set apart for the search alone: the rule places them like anybody."""
    needs: tuple[str, ...] = ()
    """Measures without which a user is left out."""
    heaps: Ints | None = None
    """(n, d) which of the few values of a column each user has, 0 for everybody where they are many; None with events."""
    textbook: bool = False
    """Whether scaling or reducing was chosen: groups are formed as any textbook would, without whitening."""
    active: bool = False
    """Whether those who did nothing that is counted take no part, here and in the rule."""
    mixed: Mixed | None = None
    """What stands in a table of numbers and categories, where no way of preparing was chosen; None elsewhere."""

    def only(self, at: npt.NDArray[np.int64]) -> Space:
        """The same space with these users (positions, repeats allowed) alone."""
        weighted = None if self.weighted is None else self.weighted[at]
        return replace(
            self,
            scores=self.scores[at],
            weighted=weighted,
            activity=self.activity[at],
            rows=self.rows[at],
            coordinates=self.coordinates[at],
            blurred=self.blurred[at],
            exact=self.exact[at],
            heaps=None if self.heaps is None else self.heaps[at],
            mixed=None if self.mixed is None else self.mixed.only(at),
        )


@dataclass(frozen=True, eq=False)
class Clustering:
    """Labels (n,) of the users of a Space, 0 to size - 1; how they were made. Who is in no dense region has the label of the
    nearest group, and the kind `outside`."""

    method: str
    labels: Ints
    size: int
    seed: int
    settings: Mapping[str, float | str] = field(default_factory=dict)
    metric: Floats | None = None
    """(r, r') what the scores were multiplied with before distances were taken; None: nothing."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """The keyword arguments that make the same method again."""
    kinds: npt.NDArray[np.int8] | None = None
    """(n,) core, border or outside (Place) by the method's own word; None where it has none."""
    memberships: Floats | None = None
    """(n, k) shares that sum to 1, of methods that divide a user among groups."""
    parts: Floats | None = None
    """(k, d) what each group is made of, of methods that add parts up, in the columns of Space.weighted."""
    covariances: Floats | None = None
    """(k, r, r) of methods that estimate them."""
    tree: Tree | None = None
    """What joins what, of methods that build a tree, over its leaves."""
    leaf: Ints | None = None
    """(n,) the leaf of the tree each user sits in."""

    def seen_in(self, space: Space) -> Floats:
        """The coordinates (n, r') the labels were formed in."""
        return space.scores if self.metric is None else space.scores @ self.metric
