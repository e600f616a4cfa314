"""Cuts that tell an outcome apart: of all partitions the one with the least deviance, no finer than held-out users bear out.

The number of parts is the one with the least deviance of users held out, in five-fold cross-validation. Then every cut must
beat shuffled outcomes in its own surroundings, and its bootstrap interval must not touch its neighbour's; where one does not,
a partition with a part less is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personae.cuts import segments
from personae.cuts.segments import Cells

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

FOLDS = 5
DRAWS = 200
SHUFFLES = 499
MOST = 20_000
"""Users whose outcomes are shuffled; positions are in random order, so the first will do."""
ALPHA = 0.05


@dataclass(frozen=True, eq=False)
class Part:
    """A cut before the cell `at`, the cells of its 95 % interval, and the p of what it tells (nan where not asked)."""

    at: int
    low: int
    high: int
    p: float


@dataclass(frozen=True, eq=False)
class Line:
    """Cells of a measure and what is explained in them: `y` (n,) the outcome, or the measure itself; `share` says that it is
    yes or no, `least` the users a part must have."""

    cells: Cells
    y: Floats
    share: bool
    least: float

    def cost(self, n: Floats, total: Floats, square: Floats, least: float) -> Floats:
        """What is left unexplained in every run of cells."""
        if self.share:
            return segments.deviances(n, total, least)
        return segments.squares(n, total, square, least)

    def sums(self, rows: Ints | None = None) -> tuple[Floats, Floats, Floats]:
        """Users, sums and sums of squares of the cells, of some users or all."""
        y = self.y - self.y.mean() if not self.share else self.y
        return self.cells.sums(rows=rows), self.cells.sums(y, rows), self.cells.sums(y * y, rows)

    def cuts(self, most: int) -> list[Ints]:
        """The best cuts into 1, 2 ... `most` parts."""
        return segments.best(self.cost(*self.sums(), self.least), most)


def telling(line: Line, most: int, seed: int) -> tuple[list[Part], list[str]]:
    """The cuts that tell the outcome apart, and why finer partitions were dropped ("chance" or "overlap", once each)."""
    return _settled(line, line.cuts(_parts(line, most)), seed, tested=True)


def fixed(line: Line, parts: int, seed: int) -> tuple[list[Part], list[str]]:
    """The best cuts into so many parts whether or not there is anything to them, as far as their intervals keep apart."""
    return _settled(line, line.cuts(parts), seed, tested=False)


def _settled(line: Line, found: list[Ints], seed: int, *, tested: bool) -> tuple[list[Part], list[str]]:
    """The finest of the partitions whose cuts all hold."""
    if len(found) < 2:
        return [], []
    drawn = _drawn(line, len(found), seed)
    dropped = []
    for at in reversed(found[1:]):
        ends = np.quantile(drawn[len(at)], [0.025, 0.975], axis=0, method="nearest").astype(np.int64)
        low, high = np.minimum(ends[0], at), np.maximum(ends[1], at)
        if (high[:-1] >= low[1:]).any():
            dropped.append("overlap")
            continue
        p = [_chance(line, at, i, seed) for i in range(len(at))] if tested else [float("nan")] * len(at)
        if tested and max(p) > ALPHA / len(at):
            dropped.append("chance")
            continue
        return [Part(int(a), int(b), int(c), q) for a, b, c, q in zip(at, low, high, p)], dropped
    return [], dropped


def _parts(line: Line, most: int) -> int:
    """The number of parts that leaves the least unexplained of users held out."""
    rows = np.arange(len(line.y))
    left = []
    for fold in range(FOLDS):
        learn, test = rows[rows % FOLDS != fold], rows[rows % FOLDS == fold]
        n, total, square = line.sums(learn)
        seen = line.sums(test)
        found = segments.best(line.cost(n, total, square, line.least * (1 - 1 / FOLDS)), most)
        left.append([_left(line, at, (n, total), seen) / max(len(test), 1) for at in found])
    shortest = min(len(x) for x in left)
    table = np.array([x[:shortest] for x in left])
    return int(table.mean(axis=0).argmin()) + 1


def _left(line: Line, at: Ints, learned: tuple[Floats, Floats], seen: tuple[Floats, Floats, Floats]) -> float:
    """What is left unexplained of users seen, by the means of the parts as learned from others."""
    starts = np.concatenate(([0], at))
    n, total = (np.add.reduceat(v, starts) for v in learned)
    m, s, q = (np.add.reduceat(v, starts) for v in seen)
    if line.share:
        rate = (total + 0.5) / (n + 1)
        return float(-2 * (s * np.log(rate) + (m - s) * np.log(1 - rate)).sum())
    mean = total / np.maximum(n, 1)
    return float((q - 2 * mean * s + m * mean**2).sum())


def _drawn(line: Line, most: int, seed: int) -> dict[int, Ints]:
    """Cuts of resampled users: by their number, (draws, number)."""
    rng = np.random.default_rng([seed, 12])
    n = len(line.y)
    found: dict[int, list[Ints]] = {k: [] for k in range(1, most)}
    for _ in range(DRAWS):
        for at in segments.best(line.cost(*line.sums(rng.integers(0, n, n)), line.least), most)[1:]:
            found[len(at)].append(at)
    return {k: np.array(v) for k, v in found.items() if v}


def _chance(line: Line, at: Ints, i: int, seed: int) -> float:
    """How often shuffled outcomes of the two parts at a cut are told apart as well by their best cut: p, at least 1 / 500."""
    ends = np.concatenate(([0], at, [len(line.cells)]))
    low, high = ends[i], ends[i + 2]
    rows = np.flatnonzero((line.cells.of >= low) & (line.cells.of < high))[:MOST]
    of, y = line.cells.of[rows] - low, line.y[rows].copy()
    size = int(high - low)
    n = np.cumsum(np.bincount(of, minlength=size))[:-1].astype(np.float64)
    least = line.least * len(rows) / max(line.cells.sums()[low:high].sum(), 1)
    ok = (n >= least) & (len(rows) - n >= least)
    if not ok.any():
        return 1.0
    rng = np.random.default_rng([seed, 13, i])

    def gain(values: Floats) -> float:
        total = np.cumsum(np.bincount(of, values, minlength=size))[:-1]
        return float((((total - n * values.mean()) ** 2) / (n * (1 - n / len(rows))))[ok].max())

    seen = gain(y)
    return (1 + sum(gain(rng.permutation(y)) >= seen * (1 - 1e-12) for _ in range(SHUFFLES))) / (SHUFFLES + 1)
