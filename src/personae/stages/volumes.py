"""Does one group do the same things in two amounts?

Groups of event counts are formed on what users do, not on how much (decision 0006), so that two kinds of users who do the
same things, one far more often, are one group. Where the log of how much its users did has a valley (dip test, times the
number of groups), the group is offered in two tiers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture

from personae import dip
from personae.model.flags import Tiers
from personae.model.trial import Case

VALLEY = 0.01
LEAST = 0.1
"""Share of the smaller tier."""
ROOM = 60
"""Users a group needs for the question."""


def volumes(case: Case) -> tuple[Tiers, ...]:
    """The groups that hold two amounts, in the order of persona indices; none where no events are counted."""
    counts = case.features.counts
    if counts is None or not case.space.counted:
        return ()
    total = np.asarray(counts.matrix.sum(axis=1)).ravel()[case.space.rows]
    found = (_tiers(case, g, total[case.labels == g]) for g in range(len(case.order)))
    return tuple(t for t in found if t is not None)


def _tiers(case: Case, group: int, total: NDArray[np.float64]) -> Tiers | None:
    """The two amounts of a group of users who did `total` (n,) events each."""
    total = total[total > 0]
    if len(total) < max(ROOM, 2 * case.study.floor):
        return None
    rng = np.random.default_rng([case.study.seed, 57, group])
    amount = np.log(total + rng.uniform(-0.5, 0.5, len(total)))  # counting makes gaps between small numbers
    p = min(1.0, float(dip.test(amount)[1]) * len(case.order))
    if p > VALLEY:
        return None
    made = GaussianMixture(2, random_state=case.study.seed, n_init=3).fit(amount[:, None])
    heavy = made.predict(amount[:, None]) == int(made.means_.ravel().argmax())
    if not case.study.floor <= heavy.sum() <= len(total) - case.study.floor or not LEAST <= heavy.mean() <= 1 - LEAST:
        return None
    cut = float(total[heavy].min())
    more = total >= cut
    return Tiers(group, p, cut, float(more.mean()), float(np.median(total[~more])), float(np.median(total[more])))
