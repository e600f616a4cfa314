"""What the data look like to a method: how the chosen groups overlap, stretch, differ in density, and lie inside each other."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from personae.errors import Refused
from personae.model.advice import Shape
from personae.model.clustering import Clustering, Space
from personae.model.trial import Case, Trial
from personae.stages.rivals import reach
from personae.stages.search import fitted
from personae.stages.verdict import UNLIKE, VALLEY
from personae.words.names import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

NEAR = 0.8
"""Distance to the own centre over that to the next one, from which a user counts as between two groups."""
SEVERAL = 3.0
"""How many times looser the loosest group is than the densest, from which there are several densities."""
INSIDE = 0.95
"""Share of users from which on the groups of one number count as lying inside those of another."""
CROWDED = 0.2
"""Share of users between two groups from which on groups count as overlapping."""


def shape(case: Case, space: Space, chosen: Clustering, noise: float | None) -> Shape:
    """The shape of a space as the chosen grouping of the same users shows it."""
    z, labels = chosen.seen_in(space), chosen.labels
    far = reach(space.scores)
    middle = [max(float(np.median(far[labels == c])), 1e-9) for c in np.unique(labels)]
    n, floor = len(labels), case.study.floor
    seen = Shape(
        kind=_kind(space),
        users=len(case.space.rows),
        directions=space.scores.shape[1],
        groups=len(middle),
        overlap=_shown(overlap(z, labels), n, floor),
        stretched=stretched(space, chosen.size, case.study.seed),
        densities=max(middle) / min(middle),
        noise=None if noise is None else _shown(noise, n, floor),
        nested=_rounded(nested(case.trial), len(case.space.rows), floor),
    )
    return replace(seen, words=_words(seen, plural(case.study.entity)))


def _shown(share: float, users: int, floor: int) -> float | None:
    """A share that stands for no user or for enough of them; None for fewer than the floor."""
    return None if 0 < share * users < floor else share


def _rounded(inside: float | None, users: int, floor: int) -> float | None:
    """A share of nearly everybody as 1 where the others are fewer than the floor."""
    return 1.0 if inside is not None and (1 - inside) * users < floor else inside


def _kind(space: Space) -> str:
    if space.counted:
        return "counts"
    return "numbers" if space.numeric else "mixed"


def overlap(z: Floats, labels: Ints) -> float:
    """The share of points (n, r) hardly nearer to the centre of their own group than to another one."""
    centres = np.array([z[labels == c].mean(axis=0) for c in np.unique(labels)])
    d = np.sqrt(((z[:, None, :] - centres[None]) ** 2).sum(axis=2))
    two = np.sort(d, axis=1)[:, :2]
    return float((two[:, 0] > NEAR * two[:, 1]).mean())


def stretched(space: Space, size: int, seed: int) -> float:
    """By how much a mixture with a covariance for each group fits better than one with a common covariance: log likelihood for
    each user, parameters paid for by BIC (Fraley & Raftery 2002), the better of `size` and one more groups of each; 0 where it
    does not, or cannot be told."""
    least = {}
    for way in ("full", "tied"):
        found = [_bic(space, k, seed, way) for k in (size, size + 1)]
        least[way] = min((v for v in found if v is not None), default=None)
    if least["full"] is None or least["tied"] is None:
        return 0.0
    return max(0.0, (least["tied"] - least["full"]) / (2 * len(space.rows)))


def _bic(space: Space, size: int, seed: int, covariance: str) -> float | None:
    """The BIC of a mixture; None where it cannot be estimated."""
    try:
        made = fitted(space, "gmm", size, seed, {"covariance": covariance, "starts": 1})
    except Refused:
        return None
    bic = made.settings.get("bic")
    return float(bic) if bic is not None else None


def nested(trial: Trial) -> float | None:
    """How far the groups of one number that has a valley at each border lie inside those of the next smaller one that has; None
    where fewer than two numbers have."""
    clear = [t for t in trial.tried if t.candidate.border is not None and t.candidate.border <= VALLEY]
    clear.sort(key=lambda t: t.candidate.size)
    if len(clear) < 2:
        return None
    shares = []
    for coarse, fine in pairwise(clear):
        table = np.zeros((fine.clustering.size, coarse.clustering.size))
        np.add.at(table, (fine.clustering.labels, coarse.clustering.labels), 1)
        shares.append(float(table.max(axis=1).sum() / table.sum()))
    return max(shares)


def _words(seen: Shape, many: str) -> tuple[str, ...]:
    """What of all this matters, in words."""
    what = {"counts": "what share of their activity each event takes", "numbers": "numbers", "mixed": "numbers and categories"}
    ways = "one direction" if seen.directions == 1 else f"{seen.directions} directions"
    said = [f"The data are {what[seen.kind]}, in {ways}."]
    if seen.overlap is None:
        said.append(f"The groups hardly overlap: few {many} are nearly as near to another centre.")
    else:
        much = "overlap" if seen.overlap >= CROWDED else "hardly overlap" if seen.overlap < CROWDED / 4 else "overlap a little"
        said.append(f"The groups {much}: {seen.overlap:.0%} of the {many} are nearly as near to another centre.")
    if seen.stretched >= UNLIKE:
        said.append(f"They spread in different ways: a covariance for each gains {seen.stretched:.2f} in log likelihood.")
    else:
        said.append("They spread alike.")
    if seen.densities >= SEVERAL:
        said.append(f"The loosest is {seen.densities:.1f} times looser than the densest.")
    if seen.noise:
        said.append(f"{seen.noise:.0%} of the {many} are in no dense region.")
    if seen.nested is not None and seen.nested >= INSIDE:
        said.append("More than one number of groups has a valley at each border, the finer inside the coarser.")
    return tuple(x.replace("%", " %") for x in said)
