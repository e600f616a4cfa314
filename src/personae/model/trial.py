"""What the search tried, and what it ended with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from personae.model.clustering import Clustering, Space
from personae.model.evidence import Candidate, Structure
from personae.model.features import Features
from personae.model.rule import Rule
from personae.model.silhouette import GroupSilhouette
from personae.model.study import Study

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Tried:
    """A grouping with everything measured on it, and the p-value of each of its borders."""

    clustering: Clustering
    candidate: Candidate
    borders: tuple[tuple[int, int, float], ...]
    cost: float
    """What the choice among clear candidates minimises: classification BIC for tables, minus silhouette for counts."""
    fits: tuple[GroupSilhouette, ...] = ()
    """How well users sit in each group, in the order of labels."""
    misplaced: float | None = None
    """Share of users nearer to another group; None where it is not known or stands for fewer than the floor."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Everything that was tried: one grouping for each number, the dense regions if there are any, who refused."""

    tried: tuple[Tried, ...]
    dense: Tried | None
    refused: tuple[tuple[str, str], ...]
    mixture: Tried | None = None
    """Gaussians of any covariance, where round groups and dense regions fail."""


@dataclass(frozen=True, eq=False)
class Case:
    """Everything that further looks at a finished search need.

    `order` has, for each persona, the label of the method's group it came from; `rule` is None where nothing was found.
    """

    features: Features
    study: Study
    space: Space
    trial: Trial
    best: Tried
    structure: Structure
    order: tuple[int, ...]
    rule: Rule | None

    @property
    def labels(self) -> npt.NDArray[np.int32]:
        """(n,) the persona index of each searched user by the method's own labels, -1 where their group became no persona."""
        import numpy as np

        made = np.full(max((*self.order, self.best.clustering.size - 1)) + 1, -1, np.int32)
        made[list(self.order)] = np.arange(len(self.order))
        return np.asarray(made[self.best.clustering.labels])
