"""Two groupings of the same users: how many are in both groups of each pair, how far they agree, and what may be shown.

Agreement: adjusted Rand index (Hubert & Arabie 1985) and adjusted mutual information (Vinh, Epps & Bailey 2010); both are 0 for
groupings that have nothing to do with each other and 1 for the same groups under other names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Labels = npt.NDArray[np.int32] | Ints
    Bools = npt.NDArray[np.bool_]

DRAWS = 200
LOOKED_AT = 20_000
"""Users on whom the mutual information rests; ids are in random order, so the first will do."""


def crossed(one: Labels, other: Labels, rows: int, columns: int) -> Ints:
    """How many users (rows, columns) are in each pair of groups; -1 is in none and counts nowhere."""
    both = (one >= 0) & (other >= 0)
    return np.bincount(one[both] * columns + other[both], minlength=rows * columns).reshape(rows, columns).astype(np.int64)


def shown(table: Ints, floor: int) -> tuple[Ints, Bools]:
    """The counts that may be shown, and which cells may not: those of fewer than `floor` users without being none.

    Where there are such cells, the others are rounded to a multiple of `floor`, so that no small number follows from the sums
    of rows and columns (at least `floor` itself).
    """
    mask = (table > 0) & (table < floor)
    if not mask.any():
        return table, mask
    coarse = np.maximum((table + floor // 2) // floor * floor, floor)
    return np.where(table > 0, coarse, 0), mask


def coarse(users: int, floor: int, few: bool) -> int | None:
    """A number of movers as it may be shown: where some move is of `few`, rounded to a multiple of `floor`, and None below it
    and for nobody, so that neither tells the other apart."""
    if not few:
        return users
    return None if users < floor else (users + floor // 2) // floor * floor


def rand(table: Ints | Floats) -> float:
    """The adjusted Rand index of two groupings from their table; 1 where both are one single group."""
    t = np.asarray(table, np.float64)
    n = t.sum()
    pairs, rows, columns = (float((x * (x - 1)).sum()) / 2 for x in (t, t.sum(axis=1), t.sum(axis=0)))
    chance = rows * columns / max(n * (n - 1) / 2, 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


def jaccards(table: Ints | Floats, own: Ints) -> Floats:
    """For each group (row) of `own` (k,) users the largest overlap with one of the others: intersection over union."""
    union = own[:, None] + table.sum(axis=0)[None, :] - table
    return np.asarray((table / np.maximum(union, 1)).max(axis=1))


def information(table: Ints) -> float:
    """The adjusted mutual information of two groupings from their table, as a part of the mean of their entropies."""
    t = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    one, other = t.sum(axis=1), t.sum(axis=0)
    n = int(t.sum())
    if t.shape == (1, 1) or len(one) == len(other) == n:
        return 1.0
    cells = t[t > 0] / n
    by_lot = np.outer(one, other)[t > 0] / n**2
    chance = _by_chance(one, other, n)
    most = (_entropy(one / n) + _entropy(other / n)) / 2
    gap = most - chance
    return float(((cells * np.log(cells / by_lot)).sum() - chance) / (gap if abs(gap) > 1e-15 else 1e-15))


def _entropy(shares: Floats) -> float:
    return float(-(shares * np.log(shares)).sum())


def _by_chance(one: Ints, other: Ints, n: int) -> float:
    """The mutual information of groups of these sizes drawn by lot: each cell is hypergeometric."""
    total = 0.0
    for a in one.tolist():
        for b in other.tolist():
            k = np.arange(max(1, a + b - n), min(a, b) + 1, dtype=np.float64)
            chance = gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1) - gammaln(n + 1)
            chance = chance - gammaln(k + 1) - gammaln(a - k + 1) - gammaln(b - k + 1) - gammaln(n - a - b + k + 1)
            total += float((k / n * np.log(n * k / (a * b)) * np.exp(chance)).sum())
    return total


def spans(table: Ints, seed: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """The 95 % intervals of both indices, from users drawn again with repeats."""
    rng = np.random.default_rng([seed, 41])
    n = int(table.sum())
    drawn = rng.multinomial(min(n, LOOKED_AT), table.ravel() / max(n, 1), DRAWS).reshape(DRAWS, *table.shape)
    shrink = np.sqrt(min(n, LOOKED_AT) / max(n, 1))
    few = max(20, min(DRAWS, 2_000_000 // max(min(n, LOOKED_AT), 1)))
    found = (rand(table), [rand(t) for t in drawn]), (information(table), [information(t) for t in drawn[:few]])
    ends = []
    for value, around in found:
        low, high = (float(x) for x in np.quantile(around, [0.025, 0.975]))
        ends.append((float(value + min(low - value, 0.0) * shrink), float(value + max(high - value, 0.0) * shrink)))
    return ends[0], ends[1]


def jaccard(table: Ints, one: Ints, other: Ints) -> Floats:
    """Shared users as a part of all users of both, for each pair of groups; `one` and `other` are their sizes."""
    return np.asarray(table / np.maximum(one[:, None] + other[None, :] - table, 1), np.float64)
