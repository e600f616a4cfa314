"""Does the sample that the search looked at look like everyone else?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from personae.model.advice import Gap, Likeness
from personae.model.clustering import Space
from personae.model.features import Features, Measure
from personae.model.study import Study
from personae.words.names import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SHOWN = 5
RARE = 0.05
"""Share of draws in which chance alone goes past the bar."""


def likeness(features: Features, space: Space, study: Study) -> Likeness | None:
    """The first users, whom the search was given, against all others in the mean of every forming feature, in standard
    deviations (Austin 2009). None where everybody was searched. Linear in users."""
    drawn = max([int(space.rows.max()), *space.apart]) + 1
    rest = len(features) - drawn
    if rest < study.floor or len(space.rows) < study.sample // 2:
        return None
    gaps = [Gap(name, d) for name, d in _gaps(features, drawn)]
    gaps.sort(key=lambda g: (-abs(g.difference), g.feature))
    one = np.sqrt(1 / drawn + 1 / rest)
    chance = float(norm.isf(RARE / 2 / max(len(gaps), 1)) * one)
    most = abs(gaps[0].difference) if gaps else 0.0
    many = plural(study.entity)
    words = f"The {drawn:,} {many} of the sample look like the other {rest:,}: the largest difference in {len(gaps)} features"
    words += f" is {most:.2f} standard deviations"
    if most > chance:
        words = f"The sample of {drawn:,} {many} differs from the other {rest:,} by up to {most:.2f} standard deviations"
        words += f" ({gaps[0].feature}), more than the {chance:.2f} that chance allows: try a larger --sample"
    how = "the first by md5 of the id; the seed plays no part"
    return Likeness(drawn, rest, len(gaps), tuple(gaps[:SHOWN]), chance, how, f"{words}.")


def _gaps(features: Features, drawn: int) -> Iterator[tuple[str, float]]:
    """(feature, standardised difference of means)."""
    if features.counts is not None:
        matrix = features.counts.matrix
        mean, spread = _moments(matrix)
        inside, _ = _moments(matrix[:drawn])
        rest = (mean * matrix.shape[0] - inside * drawn) / (matrix.shape[0] - drawn)
        names = ("one of the people",) * len(mean) if features.counts.people else features.counts.events
        for j in np.flatnonzero(spread > 0):
            yield names[j], float((inside[j] - rest[j]) / spread[j])
    for m in features.forming():
        for name, values in _columns(m):
            a, b, sd = values[:drawn], values[drawn:], float(np.nanstd(values))
            if sd > 0 and np.isfinite(a).any() and np.isfinite(b).any():
                yield name, float((np.nanmean(a) - np.nanmean(b)) / sd)


def _moments(matrix: Any) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each column of a sparse matrix."""
    mean = np.asarray(matrix.mean(axis=0)).ravel()
    square = np.asarray(matrix.multiply(matrix).mean(axis=0)).ravel()
    return mean, np.sqrt(np.maximum(square - mean**2, 0))


def _columns(m: Measure) -> Iterator[tuple[str, Floats]]:
    """A measure as numbers: itself, or for a category whether it is each level."""
    if not m.levels:
        yield m.label, np.asarray(m.values, float)
        return
    for code, level in enumerate(m.levels):
        yield f"{m.label} = {level}", np.where(m.values < 0, np.nan, m.values == code)
