"""Exact silhouettes of every number of groups at once.

Groupings seen in the same coordinates share one pass over the distances. Where all pairs would take too long, a random sample
of users is measured, each of them against everyone, and the mean has an interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from personae import plugins
from personae.errors import Refused
from personae.model.clustering import Space
from personae.model.silhouette import GOOD, GroupSilhouette, Silhouettes
from personae.model.study import Study
from personae.model.trial import Case, Tried
from personae.stages.search import each, fitted

Floats = NDArray[np.float64]

EXACT = 20_000
"""Users up to whom everyone is measured, as far as PAIRS allow."""
PAIRS = 400_000_000
"""Distances in all, about a second of two cores. Tables have coordinates of their own for each number, so that with nine
numbers a part of the users is measured from some 6,700 on."""
FEWEST = 2_000
PART = 1_024
STEPS = 20
DRAWS = 3
"""Samples of data without groups that the silhouette is held against."""


def silhouettes(space: Space, tried: Sequence[Tried], study: Study) -> list[Tried]:
    """The same groupings with the silhouette of everyone, or of as many as can be afforded."""
    tried = list(tried)
    shared: dict[int, list[int]] = {}
    for i, t in enumerate(tried):
        if t.clustering.size > 1:
            shared.setdefault(0 if t.clustering.metric is None else id(t.clustering.metric), []).append(i)
    at = _measured(len(space.rows), len(shared), study.seed)
    for places in shared.values():
        for i, sums in zip(places, _sums(space, [tried[i] for i in places], at)):
            tried[i] = _with(tried[i], sums, at, space, study)
    return tried


def reported(case: Case) -> tuple[Silhouettes, ...]:
    """The silhouettes of every number that was tried, beside those of data without groups."""
    own = [case.best if t.clustering is case.best.clustering else t for t in case.trial.tried]
    own += [case.best] if not any(t is case.best for t in own) else []
    null = _nulls(case.space, own, case.study)
    return tuple(_reported(t, case, null.get((t.clustering.method, t.clustering.size))) for t in own if t.fits)


def _measured(n: int, systems: int, seed: int) -> NDArray[np.int64]:
    """The users to measure: everyone, or a sample by the seed; users stand in the order of a hash of their ids."""
    afford = PAIRS // max(1, systems * n)
    if n <= EXACT and n <= afford:
        return np.arange(n)
    most = min(n, max(FEWEST, min(afford, EXACT)))
    return np.sort(np.random.default_rng([seed, 4]).permutation(n)[:most])


def _sums(space: Space, tried: list[Tried], at: NDArray[np.int64]) -> list[Floats]:
    """For each grouping the distances of each user of `at` to each group, added up."""
    check = plugins.find("checks", "separation")
    z = tried[0].clustering.seen_in(space)
    hot = np.hstack([check.one_hot(t.clustering.labels, t.clustering.size) for t in tried])
    parts = [at[a : a + PART] for a in range(0, len(at), PART)]
    sums = np.vstack(each(lambda part: check.distance_sums(z, part, hot), parts))
    ends = np.cumsum([t.clustering.size for t in tried])
    return np.split(sums, ends[:-1], axis=1)


def _with(t: Tried, sums: Floats, at: NDArray[np.int64], space: Space, study: Study) -> Tried:
    check = plugins.find("checks", "separation")
    labels, size = t.clustering.labels, t.clustering.size
    counts = np.bincount(labels, minlength=size).astype(float)
    s = check.from_sums(sums, labels[at], counts)
    mean, half = float(s.mean()), check.half_width(s, len(labels))
    candidate = replace(t.candidate, silhouette=mean, silhouette_low=mean - half, silhouette_high=mean + half)
    candidate = replace(candidate, silhouette_users=len(at))
    typical = float(sums.sum()) / (len(at) * (len(labels) - 1))
    fits = tuple(_group(c, s, sums, labels[at], counts, max(typical, 1e-300), study.floor) for c in range(size))
    low = int((s < 0).sum())
    misplaced = None if 0 < low < study.floor else low / len(s)
    return replace(t, candidate=candidate, fits=fits, misplaced=misplaced, cost=-mean if space.counted else t.cost)


def _group(
    c: int, s: Floats, sums: Floats, labels: NDArray[np.int32], counts: Floats, typical: float, floor: int
) -> GroupSilhouette:
    mine, n = labels == c, int(counts[c])
    own = np.sort(s[mine])[::-1]
    if len(own) < floor or n < 2:
        return GroupSilhouette(n if n >= floor else None)
    q, rest = len(own), len(counts) > 1
    within = sums[mine, c].sum() / (q * (n - 1))
    between = (sums[mine].sum() - sums[mine, c].sum()) / (q * (counts.sum() - n)) if rest else typical
    good, border, misplaced = _shares(own, floor)
    steps = tuple(float(h.mean()) for h in np.array_split(own, max(1, min(STEPS, q // floor))))
    return GroupSilhouette(
        n, float(own.mean()), good, border, misplaced, steps, float(1 - within / typical), float(1 - between / typical)
    )


def _shares(own: Floats, floor: int) -> tuple[float | None, ...]:
    """Good, border, misplaced as shares; what fewer users than the floor are is hidden, and another one with it, so
    that it does not follow from the rest."""
    counts = [int((own >= GOOD).sum()), int(((own >= 0) & (own < GOOD)).sum()), int((own < 0).sum())]
    hide = {i for i, v in enumerate(counts) if 0 < v < floor}
    if hide and (len(hide) == 1 or sum(counts[i] for i in hide) < floor):
        rest = [i for i in range(3) if i not in hide and counts[i]]
        hide |= {min(rest, key=lambda i: counts[i])} if rest else set()
    return tuple(None if i in hide else v / len(own) for i, v in enumerate(counts))


def _nulls(space: Space, tried: Sequence[Tried], study: Study) -> dict[tuple[str, int], float]:
    """The mean silhouette of the same method on data with the same columns and rank correlations and nothing else."""
    check = plugins.find("checks", "separation")
    draws = list(plugins.find("checks", "copula").null_spaces(space, study.seed, DRAWS))

    def one(work: tuple[Tried, Space]) -> float | None:
        t, null = work
        given = {**t.clustering.options, **({"starts": 2} if t.clustering.method == "kmeans" else {})}
        try:
            made = fitted(null, t.clustering.method, t.clustering.size, study.seed, given)
        except Refused:
            return None
        if made.size != t.clustering.size or len(np.unique(made.labels)) < 2:
            return None
        return float(check.silhouette(made.seen_in(null), made.labels, made.size).mean())

    work = [(t, null) for t in tried if t.clustering.size > 1 for null in draws]
    found: dict[tuple[str, int], list[float]] = {}
    for (t, _), mean in zip(work, each(one, work)):
        if mean is not None:
            found.setdefault((t.clustering.method, t.clustering.size), []).append(mean)
    return {k: float(np.mean(v)) for k, v in found.items()}


def _reported(t: Tried, case: Case, null: float | None) -> Silhouettes:
    chosen = t.clustering is case.best.clustering
    by_size = sorted(range(len(t.fits)), key=lambda c: -(t.fits[c].users or 0))
    order = [c for c in case.order if c < len(t.fits)] if chosen else by_size
    c = t.candidate
    mean = c.silhouette or 0.0
    return Silhouettes(
        method=t.clustering.method,
        size=t.clustering.size,
        mean=mean,
        low=mean if c.silhouette_low is None else c.silhouette_low,
        high=mean if c.silhouette_high is None else c.silhouette_high,
        users=c.silhouette_users or 0,
        of=len(case.space.rows),
        seed=case.study.seed,
        misplaced=t.misplaced,
        null=null,
        groups=tuple(t.fits[c] for c in order),
    )
