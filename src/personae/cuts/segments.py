"""The best cuts of one line into k parts: dynamic programming over cells (Fisher 1958; Jenks 1977).

A cell is one distinct value where there are at most CELLS of them, and the result is then exact; of more, neighbours share a
cell so that each holds about the same number of users, and no cut is off by more than one such cell. Time is O(k m^2) for m
cells, memory O(m^2): under 10 ms and 6 MB for 512.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

CELLS = 512


@dataclass(frozen=True, eq=False)
class Cells:
    """A line in cells: `first` and `last` (m,) are their smallest and largest values, `of` (n,) the cell of each value."""

    first: Floats
    last: Floats
    of: Ints

    def __len__(self) -> int:
        return len(self.first)

    def sums(self, values: Floats | None = None, rows: Ints | None = None) -> Floats:
        """Users in each cell, or the sum of their `values` (n,); of the users at the positions `rows` only, if given."""
        of = self.of if rows is None else self.of[rows]
        weight = values if values is None or rows is None else values[rows]
        return np.bincount(of, weight, minlength=len(self)).astype(np.float64)


def cells(x: Floats, most: int = CELLS) -> Cells:
    """The cells of finite values (n,), in rising order."""
    distinct, of, counts = np.unique(x, return_inverse=True, return_counts=True)
    if len(distinct) > most:
        middle = np.cumsum(counts) - counts / 2
        part = np.unique((middle * most / len(x)).astype(np.int64), return_inverse=True)[1]
    else:
        part = np.arange(len(distinct))
    edges = np.flatnonzero(np.diff(part)) + 1
    first, last = distinct[np.concatenate(([0], edges))], distinct[np.concatenate((edges - 1, [len(distinct) - 1]))]
    return Cells(first, last, part[of].astype(np.int64))


def squares(n: Floats, total: Floats, square: Floats, least: float) -> Floats:
    """The squared error of every run of cells about its mean: (m + 1, m + 1), run i to j - 1 at [i, j]; infinite where it
    holds fewer than `least` users. `n`, `total` and `square` (m,) are users, sums and sums of squares of the cells."""
    w, s, q = (_runs(v) for v in (n, total, square))
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.maximum(q - s * s / w, 0.0)
    return np.where(w >= max(least, 1.0), cost, np.inf)


def deviances(n: Floats, yes: Floats, least: float) -> Floats:
    """The binomial deviance of every run of cells about its rate; shape and rule as `squares`."""
    w, s = _runs(n), _runs(yes)
    with np.errstate(divide="ignore", invalid="ignore"):
        no = w - s
        cost = -2 * (np.where(s > 0, s * np.log(s / w), 0.0) + np.where(no > 0, no * np.log(no / w), 0.0))
    return np.where(w >= max(least, 1.0), cost, np.inf)


def _runs(values: Floats) -> Floats:
    """Sums of every run of cells."""
    total = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(total[None, :] - total[:, None])


def best(cost: Floats, most: int) -> list[Ints]:
    """The cheapest cuts into 1, 2 ... `most` parts: of each the cells at which its parts after the first begin. The list ends
    early where so many parts cannot be had."""
    reach = cost[0].copy()
    back: list[Ints] = []
    found: list[Ints] = [np.zeros(0, np.int64)]
    end = cost.shape[1] - 1
    for _ in range(1, most):
        through = reach[:, None] + cost
        step = through.argmin(axis=0)
        reach = through[step, np.arange(end + 1)]
        if not np.isfinite(reach[end]):
            break
        back.append(step)
        found.append(_walk(back, end))
    return found


def _walk(back: list[Ints], end: int) -> Ints:
    """The cuts behind the cheapest way to the end."""
    cuts = []
    at = end
    for step in reversed(back):
        at = int(step[at])
        cuts.append(at)
    return np.array(cuts[::-1], np.int64)
