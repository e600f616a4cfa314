"""Gap, prediction strength and the fit of Gaussian mixtures over all numbers that were tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Space
from personae.model.criteria import Criterion, Point
from personae.model.trial import Case
from personae.stages.search import each

MIXED = 2_000
"""Users the mixtures are fitted on."""


def criteria(case: Case) -> tuple[Criterion, ...]:
    """The curve of each criterion; those that cannot be computed are left out."""
    sizes = sorted({t.candidate.size for t in case.trial.tried})
    space, seed = case.space, case.study.seed
    curves: list[Criterion] = each(lambda name: plugins.find("checks", name).curve(space, sizes, seed), ("prediction", "gap"))
    mixed = mixture(space, sizes, seed)
    return (*curves, *([mixed] if mixed else []))


def mixture(space: Space, sizes: Sequence[int], seed: int) -> Criterion | None:
    """The BIC (Schwarz 1978) of Gaussian mixtures with full covariances, one component included; the smallest is best."""
    some = space.only(np.arange(min(len(space.rows), MIXED)))

    def bic(size: int) -> Point | None:
        try:
            made = plugins.find("methods", "gmm").fit(some, size, seed, covariance="full", starts=1)
        except (Refused, ValueError):
            return None
        return Point(size, float(made.settings["bic"]))

    points = tuple(p for p in each(bic, (1, *sizes)) if p is not None)
    if len(points) < 3:
        return None
    return Criterion("mixture", points, min(points, key=lambda p: p.value).size, len(some.rows))
