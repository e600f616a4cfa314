"""How far the known groups go, so that a kind of user nobody has seen is not given to the nearest of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae import rule as rules
from personae.model.features import Features
from personae.model.rule import Extent, Rule
from personae.stages.score import inputs

Floats = NDArray[np.float64]
FEW = 0.01
"""Share of users of the known groups that are out of reach."""
USERS = 20_000
"""Users the limits are learnt from: the last ones in an order that hangs on their ids alone, whom the search has not seen
where there are more than it looks at."""
BAND = 150
"""Users in each band of activity at least."""
ENOUGH = 500
"""Users in groups from which on limits are learnt: of fewer, too many others like them would be outside by chance, and the
handful who are would tell of themselves wherever groups are held against everyone."""
BANDS = 10
USUAL = 0.9
"""The quantile that a usual distance is."""
LEAST = 0.25
"""The least usual distance about a prototype, beside that of all: groups of equal users bear a little difference."""
SLACK = 1 + 1e-6
"""Users at the very limit are in reach, whatever order sums run in."""


def extent(rule: Rule, features: Features) -> Extent | None:
    """The limits that all but a hundredth of the users in groups keep; None with too few users to tell.

    Users with little activity scatter more, so that distances are held against those of users who do as much; a group that is
    wider has a wider reach. What the directions of the rule do not see is held against that of users who do as much, too.
    """
    seen = _seen(rule, features)
    if seen is None:
        return None
    prototype, distance, z, norms, activity = seen
    basis = _basis(rule)
    edges = _edges(activity)
    band = np.searchsorted(edges, activity, side="right")
    owner = rule.owner[prototype]
    usual = max(float(np.quantile(distance, USUAL)), 1e-9)
    unit = np.full(len(rule.owner), usual)
    for c in np.unique(owner):
        unit[rule.owner == c] = max(float(np.quantile(distance[owner == c], USUAL)), LEAST * usual)
    near, over = _banded(distance / unit[prototype], band, len(edges) + 1)
    bare = Extent(edges, unit, near, basis, np.full(len(near), np.inf))
    if not basis.size:
        return Extent(edges, unit, _wide(near * _most(over)), basis, bare.apart)
    left = np.sqrt(np.maximum(rules.unseen(bare, z, norms), 0.0))
    apart, more = _banded(left, band, len(edges) + 1)
    first, second = (max(_most(v) - 1, 1e-9) for v in (over, more))
    both = _most(1 + np.maximum((over - 1) / first, (more - 1) / second)) - 1
    return Extent(edges, unit, _wide(near * (1 + both * first)), basis, _wide(apart * (1 + both * second)) ** 2)


def _seen(rule: Rule, features: Features) -> tuple[NDArray[np.intp], Floats, Floats, list[Floats], Floats] | None:
    """The nearest prototype (n,) of users in groups who did something, its distance, coordinates, norms and activity."""
    counts, measures = inputs(rule, features)
    parts = []
    start = max(0, len(features) - USERS)
    for a in range(start, len(features), rules.CHUNK):
        b = min(a + rules.CHUNK, len(features))
        some = None if counts is None else counts[a:b]
        here = {k: v[a:b] for k, v in measures.items()}
        z, norms, totals, _ = rules.projected(rule, some, here, b - a)
        kept = rules.place(rule, some, here, b - a).persona >= 0
        if counts is not None:
            kept &= totals > 0
        parts.append((z[kept], np.column_stack([*norms, totals])[kept]))
    z, rest = (np.concatenate(part) for part in zip(*parts))
    if len(z) < ENOUGH:
        return None
    prototype, distance = np.empty(len(z), np.intp), np.empty(len(z))
    for a in range(0, len(z), rules.CHUNK):
        d = rules.distances(z[a : a + rules.CHUNK], rule.prototypes)
        prototype[a : a + rules.CHUNK] = d.argmin(axis=1)
        distance[a : a + rules.CHUNK] = np.sqrt(d.min(axis=1))
    return prototype, distance, z, list(rest[:, :-1].T), rest[:, -1]


def _wide(limits: Floats) -> Floats:
    """The limits of the bands (b,), none below the middle one of all, so that who does everything ten times as often, and
    scatters as before, is not out of reach for it."""
    some = limits[np.isfinite(limits)]
    return np.maximum(limits, np.quantile(some, 0.5)) * SLACK if some.size else limits


def _edges(activity: Floats) -> Floats:
    """Where bands of activity begin, as many users in each; below the first one is who did nothing."""
    if not activity.any():
        return np.zeros(0)
    bands = int(np.clip(len(activity) // BAND, 1, BANDS))
    between = np.unique(np.quantile(activity, np.arange(1, bands) / bands)) if np.ptp(activity) else np.zeros(0)
    return np.concatenate([[activity.min() / 2], between])


def _banded(values: Floats, band: NDArray[np.intp], bands: int) -> tuple[Floats, Floats]:
    """What is usual in each band (b,), endless in one without users, and values (n,) as multiples of it."""
    usual = np.full(bands, np.inf)
    for b in np.unique(band):
        usual[b] = max(float(np.quantile(values[band == b], USUAL)), 1e-9)
    return usual, values / usual[band]


def _most(values: Floats) -> float:
    """The value that a share FEW of all goes beyond."""
    return float(np.quantile(values, 1 - FEW, method="higher"))


def _basis(rule: Rule) -> Floats:
    """What makes the coordinates (r, s) orthonormal in the measure of the guards; no columns where nothing is unseen, or where
    the guards do not read every feature."""
    none = np.zeros((rule.projection.shape[1], 0))
    if [g.start for g in rule.guards] != [0, *(g.stop for g in rule.guards[:-1])] or not rule.guards:
        return none
    if rule.guards[-1].stop != len(rule.features):
        return none
    made = rule.projection / np.sqrt(np.concatenate([g.weight for g in rule.guards]))[:, None]
    values, vectors = np.linalg.eigh(made.T @ made)
    some = values > 1e-9 * values.max()
    return none if some.sum() >= len(rule.features) else np.asarray(vectors[:, some] / np.sqrt(values[some]))
