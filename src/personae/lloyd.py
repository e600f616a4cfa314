"""k-means without ceremony: Lloyd's steps (Lloyd 1982) from greedy k-means++ starts (Arthur & Vassilvitskii 2007).

A run groups some of its users two thousand times, in a millisecond or less each; scikit-learn's KMeans takes as long again to
look at what it was given. This is its algorithm, with the same draws from the same seed and sums in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

ROUNDS = 300
TOLERANCE = 1e-4
"""Squared way of all centres in a round, as a share of the mean variance of a column, at which they have come to rest."""

CHUNK = 4096
"""Points whose distances are held at a time, near the processor."""


@dataclass(frozen=True, eq=False)
class Means:
    """Labels (n,), centres (k, d), the sum of squared distances to them, and after how many rounds nothing moved."""

    labels: Ints
    centres: Floats
    inertia: float
    rounds: int

    def nearest(self, points: Floats) -> NDArray[np.int64]:
        """The nearest centre of each of other points (n,)."""
        return np.asarray(((self.centres**2).sum(axis=1) - points @ (2 * self.centres).T).argmin(axis=1))


class Cloud:
    """Points (n, d) made ready once, for any number of starts and of groups."""

    def __init__(self, points: Floats, weight: Floats | None = None) -> None:
        """Each point counts as often as its `weight` (n,) says; once, where there is none. Raises ValueError for nan."""
        points = np.asarray(points, np.float64)
        n = len(points)
        self.middle: Floats = np.asarray(points.mean(axis=0))
        self.points: Floats = np.ascontiguousarray(points - self.middle)
        self.square: Floats = np.einsum("ij,ij->i", self.points, self.points)
        self.weight: Floats = np.ones(n) if weight is None else np.asarray(weight, np.float64)
        if not np.isfinite(self.square.sum()):
            raise ValueError("points have coordinates that are no numbers")
        self._ends = np.arange(n + 1, dtype=np.int32)
        self._and_one = np.column_stack([self.points, np.ones(n)])

    @cached_property
    def spread(self) -> float:
        """The mean variance of a column."""
        return float(np.mean(np.var(self.points, axis=0)))

    @cached_property
    def _chance(self) -> Floats:
        """The cumulated chances (n,) of being the first centre."""
        chance: Floats = np.cumsum(self.weight / self.weight.sum())
        return np.asarray(chance / chance[-1])

    def groupings(
        self, size: int, stream: np.random.RandomState, starts: int = 1, tol: float = TOLERANCE, rounds: int = ROUNDS
    ) -> Iterator[Means]:
        """One grouping for each of some starts drawn from the stream."""
        return (self.rest(self.drawn(size, stream), tol, rounds) for _ in range(starts))

    def drawn(self, size: int, stream: np.random.RandomState) -> Floats:
        """Centres (k, d) among the points, as seen from their middle: of 2 + log k draws each time the one that pays most.
        Raises ValueError where points are fewer."""
        if size > len(self.points):
            raise ValueError(f"{len(self.points)} points do not make {size} groups")
        chosen = [int(self._chance.searchsorted(stream.random_sample(), side="right"))]
        near = self._square_to(chosen)[0]
        left = near @ self.weight
        for _ in range(1, size):
            draws = stream.uniform(size=2 + int(np.log(size))) * left
            places = np.minimum(np.cumsum(self.weight * near).searchsorted(draws), len(near) - 1)
            nearer = self._square_to(places)
            np.minimum(near, nearer, out=nearer)
            rest = nearer @ self.weight
            best = int(rest.argmin())
            near, left = nearer[best], rest[best]
            chosen.append(int(places[best]))
        return self.points[chosen]

    def _square_to(self, places: Any) -> Floats:
        """Squared distances (m, n) of the points at `places` to all."""
        far = -2 * (self.points[places] @ self.points.T)
        far += self.square[places][:, None]
        far += self.square
        return np.asarray(np.maximum(far, 0, out=far))

    def rest(self, centres: Floats, tol: float = TOLERANCE, rounds: int = ROUNDS) -> Means:
        """Lloyd's steps from these centres, as seen from the middle, until nobody moves or the centres hardly do."""
        still = tol * self.spread if tol else 0.0
        n = len(self.points)
        members: Any = csc_array((self.weight, np.zeros(n, np.int32), self._ends), shape=(len(centres), n))
        before: NDArray[np.int64] = np.full(n, -1)
        done, settled = 0, False
        while done < rounds:
            done += 1
            labels = self._nearest(centres)
            members.indices = labels.astype(np.int32)
            new = self._means(members @ self.points, labels, centres)
            way = (new - centres).ravel()
            centres, settled = new, bool((labels == before).all())
            if settled or way @ way <= still:
                break
            before = labels
        if not settled:
            labels = self._nearest(centres)
        away = self.points - centres[labels]
        inertia = float(np.einsum("ij,ij->i", away, away) @ self.weight)
        return Means(labels.astype(np.int32), centres + self.middle, inertia, done)

    def _nearest(self, centres: Floats) -> NDArray[np.int64]:
        """The nearest centre (n,) of each point."""
        pull = np.empty((centres.shape[1] + 1, len(centres)))  # laid out as BLAS likes it, it is twice as fast
        np.multiply(centres.T, -2, out=pull[:-1])
        np.einsum("ij,ij->i", centres, centres, out=pull[-1])
        parts = range(0, len(self.points), CHUNK)
        return np.concatenate([(self._and_one[a : a + CHUNK] @ pull).argmin(axis=1) for a in parts])

    def _means(self, sums: Floats, labels: NDArray[np.int64], centres: Floats) -> Floats:
        """The means (k, d) of groups whose points add up to `sums`; one without points gets the point furthest from its own."""
        counts: Any = np.bincount(labels, weights=self.weight, minlength=len(centres))
        if not counts.all():
            self._lend(sums, counts, labels, centres)
            sums[counts <= 0] = sums[counts.argmax()] / counts.max()
            counts[counts <= 0] = 1.0
        return np.asarray(sums * (1 / counts)[:, None])

    def _lend(self, sums: Floats, counts: Floats, labels: NDArray[np.int64], centres: Floats) -> None:
        """Give each group without points the point that is furthest from its centre, in place; none where all lie on theirs."""
        empty = np.flatnonzero(counts == 0)
        far = ((self.points - centres[labels]) ** 2).sum(axis=1)
        furthest = np.argpartition(far, -len(empty))[: -len(empty) - 1 : -1]
        for new, at in zip(empty, furthest if far.max() else ()):
            lent, old = self.weight[at], labels[at]
            sums[old] -= self.points[at] * lent
            sums[new] = self.points[at] * lent
            counts[new], counts[old] = lent, counts[old] - lent


def fit(points: Floats, size: int, seed: int, starts: int = 1, weight: Floats | None = None) -> Means:
    """The start that leaves least, unless it is the same grouping summed in another order."""
    best: Means | None = None
    for made in Cloud(points, weight).groupings(size, np.random.RandomState(seed % 2**32), starts):
        if best is None or (made.inertia < best.inertia and not same(made.labels, best.labels, size)):
            best = made
    if best is None:
        raise ValueError("no start, no groups")
    return best


def same(labels: Ints, others: Ints, size: int) -> bool:
    """Whether everybody in a group of `labels` (n,) is in one and the same group of `others` (n,)."""
    table = np.bincount(labels.astype(np.int64) * size + others, minlength=size * size).reshape(size, size)
    return bool(((table > 0).sum(axis=1) <= 1).all())


def centres(points: Floats, labels: NDArray[Any], size: int) -> Floats:
    """The mean (k, d) of each group, summed in the order of the rows; nan for a group of nobody."""
    n = len(points)
    members: Any = csc_array((np.ones(n), labels.astype(np.int32), np.arange(n + 1, dtype=np.int32)), shape=(size, n))
    with np.errstate(invalid="ignore"):
        return np.asarray((members @ points) / np.bincount(labels, minlength=size)[:, None])
