"""Groups of numbers and categories together: Gaussians of one covariance, and the shares of every level in each group.

To a distance, levels are points with nothing between them: a group that is one level has no width in that direction, and a
criterion that looks for narrow groups stops there. Here a category counts by how often each group has each of its levels, so
that numbers and categories add up as log-likelihoods, and an empty cell says nothing. Labels and parameters take turns
(classification EM, Celeux & Govaert 1992, of the model that Hunt & Jorgensen 1999 fit without columns that hang together).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from personae.model.clustering import Mixed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

FIRST = 6
"""Rounds of every start, after which the best alone goes on."""
ROUNDS = 60
SETTLED = 0.9995
"""Share of users who stay from which on the groups are at rest."""
HALF = 0.5
"""What is added to the count of every level: a level that nobody of a group has is rare there and not impossible."""
RIDGE = 1e-3
"""Variance added in every direction (a column has 1): columns that add up to one another have no direction of their own."""


def best(mixed: Mixed, starts: Iterable[Ints], size: int) -> Ints:
    """The labels (n,) of the start that describes the users best."""
    ready = _Ready(mixed)
    tried = [ready.rounds(np.asarray(s, np.int32), size, FIRST) for s in starts]
    return ready.rounds(min(tried, key=lambda labels: ready.bic(labels, size)), size, ROUNDS)


def bic(mixed: Mixed, labels: Ints, size: int) -> float:
    """Classification BIC of labels (n,) (Biernacki, Celeux & Govaert 2000)."""
    return _Ready(mixed).bic(labels, size)


class _Ready:
    """Numbers and levels made ready once for any number of groupings."""

    def __init__(self, mixed: Mixed) -> None:
        self.numbers = mixed.numbers
        self.spans: list[tuple[int, int]] = []
        parts = []
        for codes in mixed.levels:
            start = self.spans[-1][1] if self.spans else 0
            size = int(codes.max(initial=0)) + 1
            self.spans.append((start, start + size))
            parts.append((codes[:, None] == np.arange(size)).astype(float))
        self.levels: Floats = np.hstack(parts) if parts else np.zeros((len(self.numbers), 0))

    def rounds(self, labels: Ints, size: int, most: int) -> Ints:
        """Labels after so many rounds, fewer where the groups are at rest before or one would have nobody."""
        for _ in range(most):
            new = self._likely(labels, size).argmax(axis=1).astype(np.int32)
            if np.bincount(new, minlength=size).min() == 0:
                return labels
            same = float((new == labels).mean())
            labels = new
            if same > SETTLED:
                break
        return labels

    def bic(self, labels: Ints, size: int) -> float:
        """Classification BIC."""
        n, p = self.numbers.shape
        members = (labels[:, None] == np.arange(size)).astype(float)
        sizes, _, pooled, shares = self._learnt(members)
        fit = -0.5 * n * (np.linalg.slogdet(pooled)[1] + p) + float((sizes * np.log(np.maximum(sizes / n, 1e-9))).sum())
        fit += float(((members.T @ self.levels) * np.log(shares)).sum())
        free = size * p + size - 1 + p * (p + 1) / 2 + size * (self.levels.shape[1] - len(self.spans))
        return float(-2 * fit + np.log(n) * free)

    def _likely(self, labels: Ints, size: int) -> Floats:
        """The log-likelihood (n, k) of each user in each group, less what is the same for all groups."""
        sizes, means, pooled, shares = self._learnt((labels[:, None] == np.arange(size)).astype(float))
        whiten = np.linalg.inv(np.linalg.cholesky(pooled)).T
        centres = means @ whiten
        likely = (self.numbers @ whiten) @ centres.T - 0.5 * (centres**2).sum(axis=1)
        return np.asarray(likely + self.levels @ np.log(shares).T + np.log(np.maximum(sizes / len(labels), 1e-9)))

    def _learnt(self, members: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Sizes (k,), means (k, p), pooled covariance (p, p) and shares of the levels (k, L) of groups given as (n, k)."""
        sizes = members.sum(axis=0)
        means = (members.T @ self.numbers) / np.maximum(sizes, 1)[:, None]
        rest = self.numbers - members @ means
        pooled = rest.T @ rest / len(rest) + RIDGE * np.eye(rest.shape[1])
        counts = members.T @ self.levels + HALF
        for a, b in self.spans:
            counts[:, a:b] /= counts[:, a:b].sum(axis=1, keepdims=True)
        return sizes, means, pooled, counts
