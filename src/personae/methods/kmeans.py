"""k-means (MacQueen 1967; Lloyd 1982) from k-means++ starts (Arthur & Vassilvitskii 2007).

It finds a local optimum, so it starts several times and keeps the best. A group is its mean, which is the middle for Euclidean
distance alone. With `refine` the scores are then whitened by the pooled within-group covariance and k-means goes on from the
same centres, so that groups may be long in the same direction (the determinant criterion of Friedman & Rubin 1967). With `grow`
the start is one group fewer and one more centre, put where it pays most: k-means++ starts rarely hit a group of one in thirty
(after the global k-means of Likas, Vlassis & Verbeek 2003).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np

from personae import lloyd, mixed
from personae.errors import Refused
from personae.model.clustering import Clustering, Mixed, Space

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 4
SAME = 1e-9
"""Share by which another start must be better to be kept: below it, it is the same grouping summed in another order."""
ADVICE = "a mean is the middle of a group for Euclidean distance only; use kmedoids(distance={0}), whose middles are users"
PLACES = 30
"""Places at which one more group is tried."""
MOST = 2000
"""Users the place of one more group is looked for among."""


def fit(
    space: Space,
    size: int,
    seed: int,
    starts: int = 5,
    refine: bool = False,
    sphere: bool = False,
    strict: bool = False,
    iterations: int = 300,
    distance: Literal["euclidean", "manhattan", "cosine"] = "euclidean",
    grow: bool = False,
) -> Clustering:
    """`size` groups of the scores; `sphere` starts from directions of equal variance; `strict` goes on until nobody moves, so
    that everybody is nearest to the mean of their group, or until there were so many `iterations`; `grow` refines one group
    fewer and one more where it pays most.

    Settings: `objective` (sum of squared distances of the best start), `worst` (of the worst), `spread` (how much worse, as a
    share), `iterations` and `converged` of the best. Refused for a distance other than Euclidean.
    """
    if distance != "euclidean":
        raise Refused(ADVICE.format(distance), f'--method "kmedoids(distance={distance})"')
    z = space.scores
    if grow and size > 2:
        fewer = fit(space, size - 1, seed, starts, True, sphere)
        grown, metric = _gone_on(space, _grown(z, fewer, seed), size)
        return Clustering("kmeans", grown, size, seed, {"starts": starts, "geometry": "plain", "refined": "grown"}, metric)
    first = (z - z.mean(axis=0)) / np.maximum(z.std(axis=0), 1e-12) if sphere else z
    tol = 0.0 if strict else 1e-4
    model, worst = _best(first, size, seed, starts, tol, iterations)
    labels, best = model.labels, model.inertia
    settings: dict[str, float | str] = {
        "starts": starts,
        "geometry": "sphered" if sphere else "plain",
        "objective": best,
        "worst": worst,
        "spread": worst / best - 1 if best > 0 else 0.0,
        "iterations": model.rounds,
        "converged": "yes" if model.rounds < iterations else "no",
    }
    if not refine:
        return Clustering("kmeans", labels, size, seed, settings)
    labels, metric = _gone_on(space, labels, size, _others(space.mixed, size, seed, starts))
    return Clustering("kmeans", labels, size, seed, {**settings, "refined": "yes"}, metric)


def _others(known: Mixed | None, size: int, seed: int, starts: int) -> Iterator[NDArray[np.int32]]:
    """Labels (n,) of starts on the numbers of a mixed table alone; none elsewhere."""
    if known is not None:
        stream = np.random.RandomState((seed + 1) % 2**32)
        yield from (made.labels for made in lloyd.Cloud(known.numbers).groupings(size, stream, starts))


def _gone_on(
    space: Space, start: NDArray[np.int32], size: int, others: Iterable[NDArray[np.int32]] = ()
) -> tuple[NDArray[np.int32], Floats]:
    """The labels that groups come to from a start, and what makes them round in the scores; in a mixed table those of the start
    or of the others that describe numbers and categories best."""
    z = space.scores
    if space.mixed is None:
        return _refined(z, start, size)
    labels = mixed.best(space.mixed, [start, *others], size)
    return labels, _whitening(z, z - lloyd.centres(z, labels, size)[labels])


def _whitening(z: Floats, rest: Floats) -> Floats:
    """What makes groups round from which users are so far away (n, r)."""
    pooled = rest.T @ rest / len(z) + 1e-3 * z.var(axis=0).mean() * np.eye(z.shape[1])
    return np.asarray(np.linalg.inv(np.linalg.cholesky(pooled)).T)


def _best(z: Floats, size: int, seed: int, starts: int, tol: float, iterations: int) -> tuple[lloyd.Means, float]:
    """The best of several starts, and the objective of the worst."""
    stream = np.random.RandomState(seed % 2**32)
    best, worst = None, 0.0
    for made in lloyd.Cloud(z).groupings(size, stream, starts, tol, iterations):
        worst = max(worst, made.inertia)
        if best is None or made.inertia < best.inertia * (1 - SAME):
            best = made
    assert best is not None  # noqa: S101 - options are above 0
    return best, worst


def _grown(z: Floats, fewer: Clustering, seed: int) -> NDArray[np.int32]:
    """Labels (n,) of one group more than there were: of thirty places the one that leaves least in the groups (two steps of
    Lloyd, then the determinant criterion with the entropy of the sizes)."""
    w = z if fewer.metric is None else z @ fewer.metric
    some, labels = w[:MOST], fewer.labels[:MOST]
    known = lloyd.centres(some, labels, fewer.size)[np.bincount(labels, minlength=fewer.size) > 0]
    places = lloyd.fit(some, min(PLACES, max(2, len(some) // 10)), seed).centres
    best: tuple[float, Floats] | None = None
    for place in places:
        centres = np.array([*known, place])
        for _ in range(2):
            nearest = _nearest(some, centres)
            sizes = np.bincount(nearest, minlength=len(centres))
            if sizes.min() == 0:
                break
            centres = lloyd.centres(some, nearest, len(centres))
        if sizes.min() > 0 and (best is None or _left(some, nearest, centres, sizes) < best[0]):
            best = (_left(some, nearest, centres, sizes), centres)
    return _nearest(w, best[1] if best else np.array([*known, places[0]])).astype(np.int32)


def _nearest(w: Floats, centres: Floats) -> NDArray[np.int64]:
    """The nearest centre (n,) of each user."""
    return np.asarray(((centres**2).sum(axis=1) - w @ (2 * centres).T).argmin(axis=1))


def _left(w: Floats, nearest: NDArray[np.int64], centres: Floats, sizes: NDArray[np.int64]) -> float:
    """-2 log classification likelihood of Gaussian groups with one covariance, without its constants."""
    rest = w - centres[nearest]
    pooled = rest.T @ rest / len(w) + 1e-6 * np.eye(w.shape[1])
    return float(len(w) * np.linalg.slogdet(pooled)[1] - 2 * (sizes * np.log(sizes / len(w))).sum())


def _refined(z: Floats, labels: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], Floats]:
    """Whiten by the pooled within-group covariance, go on from the same centres, and again."""
    metric: Floats = np.eye(z.shape[1])
    for _ in range(ROUNDS if len(np.unique(labels)) == size else 0):
        means = lloyd.centres(z, labels, size)
        metric = _whitening(z, z - means[labels])
        whitened = lloyd.Cloud(z @ metric)
        new = whitened.rest(means @ metric - whitened.middle).labels
        if len(np.unique(new)) < size:
            break
        same = (new == labels).mean()
        labels = new
        if same > 0.9995:
            break
    return labels, metric
