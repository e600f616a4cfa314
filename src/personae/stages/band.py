"""Bands of one measure that the data suggest: natural cuts, or cuts that tell an outcome apart, or that there are none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from personae import progress
from personae.cuts import finding
from personae.cuts.contest import contest
from personae.cuts.line import Line, line
from personae.facts import intervals
from personae.model.bands import Band, Bands, Cut, Wanted
from personae.model.features import Features
from personae.model.study import Study
from personae.words import banding

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

BINS = 44


def band(features: Features, study: Study, wanted: Wanted) -> Bands:
    """Cut one measure where the data suggest it, and set the bands against fixed buckets.

    Without an outcome a cut needs a valley: fewer users there than on both sides. With one, the bands must tell it apart better
    than shuffled outcomes. Where there is no such cut the answer has one band and says so; `study.force` draws the best
    partition all the same. No band holds fewer users than `study.floor`.

    Raises:
        UsageError: P001 for a measure that is no number or an outcome with several answers, P002 for one that is not there.
        DataError: P111 where fewer than 50 users have a value.
    """
    of = line(features, study, wanted)
    progress.step("bands", f"cuts of {of.measure.label}")
    cuts, notes = finding.found(of, wanted.most)
    kind = ("natural" if of.y is None else "telling") if cuts else "none"
    if kind == "none" and study.force:
        cuts, more = finding.for_use(of, study.asked or wanted.most)
        notes, kind = [*notes, *more], "use" if cuts else "none"
    cuts, few = finding.filled(of, cuts)
    notes += few
    whole = _bands(of, tuple(cuts))
    empty = None if 0 < of.empty < of.floor else of.empty
    made = Bands(
        of.measure.name, of.measure.label or of.measure.name, of.measure.unit, "log" if of.log else "raw",
        of.entity, len(of.x), empty, kind if cuts else "none", "", tuple(cuts), whole, tuple(notes), of.against, of.share,
        _trend(whole), contest(of, wanted, study),
    )  # fmt: skip
    edges, counts = _bins(of)
    made = replace(made, why=banding.why(made), edges=edges, counts=counts)
    progress.tell("bands", made.why)
    return made


def _bands(of: Line, cuts: tuple[Cut, ...]) -> tuple[Band, ...]:
    """Every band with its users and, against an outcome, its mean or rate."""
    at = finding.place(cuts, of.x)
    ends = [None, *(c.value for c in cuts), None]
    made = []
    for i in range(len(cuts) + 1):
        mine = at == i
        users = int(mine.sum())
        shown = None if of.y is None else _mean(of.y[mine], of.share, of.floor)
        name = banding.name(cuts, i, whole=of.whole, negative=bool((of.x < 0).any()))
        made.append(Band(name, ends[i], ends[i + 1], users, users / len(of.x), *(shown or ())))
    return tuple(made)


def _mean(y: Floats, share: bool, floor: int) -> tuple[float, float, float] | None:
    """The mean or rate of a band with its 95 % interval; None where it would tell of fewer users than the floor."""
    n, mean = len(y), float(y.mean()) if len(y) else 0.0
    yes = float(y.sum())
    if n < floor or (share and (0 < yes < floor or 0 < n - yes < floor)):
        return None
    if share:
        low, high = intervals.wilson(np.array([mean]), np.array([float(n)]))
    else:
        low, high = intervals.student(np.array([mean]), np.array([y.var(ddof=1)]), np.array([float(n)]))
    return mean, float(low[0]), float(high[0])


def _trend(bands: tuple[Band, ...]) -> str:
    """Whether the outcome rises or falls from band to band."""
    means = [b.outcome for b in bands if b.outcome is not None]
    if len(means) < 2 or len(means) < len(bands):
        return ""
    steps = np.diff(means)
    return "rises" if (steps > 0).all() else "falls" if (steps < 0).all() else "turns"


def _bins(of: Line) -> tuple[tuple[float, ...], tuple[int, ...]]:
    """Edges and users of a picture, from end to end of what most have; a bin of fewer than the floor counts as 0.

    As many users as the floor lie at or beyond each end, so that neither is one user's value.
    """
    shown = np.sort(of.x[of.x > 0] if of.log else of.x)
    aside = max(of.floor - 1, round(0.005 * (len(shown) - 1)))
    if len(shown) <= 2 * aside:
        return (), ()
    low, high = float(shown[aside]), float(shown[-1 - aside])
    if not low < high:
        return (), ()
    if of.log:
        edges = np.exp(np.linspace(np.log(low), np.log(high), BINS + 1))
    elif of.whole:
        step = max(1.0, float(np.ceil((high - low + 1) / BINS)))
        edges = np.arange(np.floor(low), high + 1 + step, step)
    else:
        edges = np.linspace(low, high, BINS + 1)
    counts = np.histogram(shown, edges)[0]
    return tuple(float(e) for e in edges), tuple(int(c) if c >= of.floor else 0 for c in counts)
