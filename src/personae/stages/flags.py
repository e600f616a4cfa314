"""Is a pair of groups one group, and is a group two?

Twins: the border shows no valley, and merging costs little: the two centres are at most 4 standard deviations (within the
groups, along the line between them) apart. Halves of a bell curve are 2.65 apart, halves of a box 3.46; measured on planted
groups, pieces of one group were 2.6 to 3.9 apart, different groups 4.2 and more. Two groups of a mixture that two Gaussians
describe better than one are none, wherever their centres lie: a tight group inside a wide one.
Splittable: two means found on half of a group's users have a valley between them in the other half, and the group holds more
than measures correlated like its own would show. Tiers: see `volumes`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae import dip, lloyd, plugins
from personae.model.flags import Flags, Splittable, Twins
from personae.model.trial import Case
from personae.stages.search import class_bic, each
from personae.stages.verdict import UNLIKE
from personae.stages.volumes import volumes

Floats = NDArray[np.float64]

SOFT = 0.2
"""p of a border above which no valley shows."""
HALVES = 4.0
VALLEY = 0.01
BEYOND = -5.0
LEAST = 0.1
"""Share of the smaller part of a group that may be two."""
MOST = 2_000
DRAWS = 8
ROOM = 60
"""Users a group needs for the question whether it is two."""


def flags(case: Case) -> Flags:
    """The twins and the splittable groups of the grouping that was chosen."""
    place = {old: new for new, old in enumerate(case.order)}
    parts = each(lambda c: _splittable(case, c, place[c]), sorted(place, key=lambda c: place[c]))
    found = tuple(s for s in parts if s is not None)
    split = {s.group for s in found}
    twins = [t for t in _twins(case, place) if not {t.first, t.second} & split]
    return Flags(tuple(twins), found, volumes(case))


def _twins(case: Case, place: dict[int, int]) -> list[Twins]:
    z, labels = case.best.clustering.seen_in(case.space), case.best.clustering.labels
    found = []
    for a, b, p in case.best.borders:
        if p <= SOFT or a not in place or b not in place:
            continue
        axis = z[labels == b].mean(axis=0) - z[labels == a].mean(axis=0)
        v = z @ (axis / max(float(np.linalg.norm(axis)), 1e-300))
        one, two = v[labels == a], v[labels == b]
        spread = np.sqrt((one.var() * len(one) + two.var() * len(two)) / (len(one) + len(two)))
        distance = float((two.mean() - one.mean()) / max(float(spread), 1e-300))
        if distance <= HALVES and not (case.best.clustering.covariances is not None and _unlike(z, labels, a, b)):
            first, second = sorted((place[a], place[b]))
            found.append(Twins(first, second, float(p), distance))
    return sorted(found, key=lambda t: (t.first, t.second))


def _unlike(z: Floats, labels: NDArray[np.int32], a: int, b: int) -> bool:
    """Whether two groups with a covariance each describe their users better than one group would, which halves of a bell
    curve or of a box do not."""
    x, two = z[(labels == a) | (labels == b)], labels[(labels == a) | (labels == b)] == b
    gain = class_bic(x, np.zeros(len(x), np.int32), 1) - class_bic(x, two.astype(np.int32), 2, alike=False)
    return gain >= 2 * UNLIKE * len(x)


def _splittable(case: Case, label: int, index: int) -> Splittable | None:
    """The group when it may be two."""
    space, made = case.space, case.best.clustering
    rows = np.flatnonzero(made.labels == label)
    least = max(case.study.floor, LEAST * len(rows))
    if len(rows) < max(ROOM, 2 * case.study.floor):
        return None
    mixed = np.random.default_rng([case.study.seed, 33, index]).permutation(len(rows))[: 2 * MOST]
    one, two = np.sort(rows[mixed[::2]]), np.sort(rows[mixed[1::2]])
    z = made.seen_in(space)
    model = lloyd.fit(z[one], 2, case.study.seed, 3)
    blurred = space.blurred if made.metric is None else space.blurred @ made.metric
    side = model.nearest(z[two])
    share = float(min(side.mean(), 1 - side.mean()))
    if share * len(rows) < least:
        return None
    axis = model.centres[1] - model.centres[0]
    p = float(dip.test(blurred[two] @ axis)[1]) * len(case.order)
    if p > VALLEY:
        return None
    z2 = plugins.find("checks", "copula").against_copula(space.only(rows[:MOST]), (2,), case.study.seed, DRAWS).get(2, 0.0)
    return Splittable(index, min(1.0, p), float(z2), share) if z2 <= BEYOND else None
