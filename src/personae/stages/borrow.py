"""What stands for an empty number while groups are looked for: that of somebody alike in everything else.

A draw from the whole column puts every second user of a table with a few holes a column somewhere in the middle of nowhere, and
fills the valleys between groups. Means of those alike would be too tidy, and pile up (hot deck; Andridge & Little 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from personae.stages.coordinates import Column

ALIKE = 8
"""Users one of whom lends their value, of those of them who have one."""
FEWEST = 200
"""Users below whom nobody lends: among few, who is alike by chance passes the chance on from column to column."""
MOST = 4000
"""Users among whom those alike are looked for: the first, who are a sample by the hash of their id."""
CHUNK = 2048


def borrowed(columns: Sequence[Column], rng: np.random.Generator) -> list[Column]:
    """The columns, each (n,) draw for an empty cell replaced by the value of one of the eight users who are nearest in the
    other columns, of those who have one; it stays where all eight are empty too, and among few users."""
    holes = [c.hole for c in columns if c.hole is not None]
    if not holes or len(columns) < 2 or len(columns[0].x) < FEWEST:
        return list(columns)
    rows = np.flatnonzero(np.any(holes, axis=0))
    near = _nearest(columns, rows)
    turn = np.argsort(rng.random(near.shape), axis=1)
    near = np.take_along_axis(near, turn, axis=1)
    return [c if c.hole is None else _filled(c, c.hole, rows, near) for c in columns]


def _nearest(columns: Sequence[Column], rows: NDArray[Any]) -> NDArray[np.int64]:
    """For some users, the eight nearest of the first users (m, 8), themselves left out, in the columns in which they have a
    value; who has none there stands in the middle."""
    known = np.column_stack([c.x if c.hole is None else np.where(c.hole, 0.0, c.x) for c in columns])
    filled = np.column_stack([np.ones(len(known)) if c.hole is None else 1.0 - c.hole for c in columns])
    pool, size = known[:MOST], min(ALIKE + 1, len(known), MOST)
    found = np.empty((len(rows), size), np.int64)
    for a in range(0, len(rows), CHUNK):
        some = rows[a : a + CHUNK]
        far = filled[some] @ (pool**2).T - 2 * (known[some] @ pool.T)
        mine = some < len(pool)
        far[np.flatnonzero(mine), some[mine]] = np.inf
        found[a : a + CHUNK] = np.argpartition(far, size - 1, axis=1)[:, :size]
        order = np.argsort(np.take_along_axis(far, found[a : a + CHUNK], axis=1), axis=1, kind="stable")
        found[a : a + CHUNK] = np.take_along_axis(found[a : a + CHUNK], order, axis=1)
    return found[:, : size - 1]


def _filled(column: Column, hole: NDArray[np.bool_], rows: NDArray[Any], near: NDArray[np.int64]) -> Column:
    """A column with what was lent."""
    lenders = np.full(len(hole), -1)
    for place in range(near.shape[1])[::-1]:
        lends = ~hole[near[:, place]]
        lenders[rows[lends]] = near[lends, place]
    at = np.flatnonzero(hole & (lenders >= 0))
    made = {}
    for name in ("x", "blurred", "exact", "heap"):
        values = getattr(column, name)
        if values is not None:
            values = values.copy()
            values[at] = values[lenders[at]]
        made[name] = values
    return replace(column, **made)
