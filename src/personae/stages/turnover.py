"""What each persona gained and lost between two runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from personae.model.cast import Cast
from personae.model.change import Turnover

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]


def turnover(
    before: Cast, after: Cast, table: Ints, same: Sequence[tuple[int, int]], shown: Callable[[int], int | None]
) -> tuple[Turnover, ...]:
    """Joins and leaves of the personas of the later run in its order, then of those that are gone.

    `table` (k + 2, m + 2) holds users by persona before and after, its last row and column those not in that run; `same` are
    the places (i, j) of personas that are the same in both; `shown` makes a number of movers one that may be told.
    """
    old, known = {j: i for i, j in same}, {i for i, _ in same}
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    made = []
    for j, p in enumerate(after.personas):
        i = old.get(j)
        stayed, was = (0, 0) if i is None else (int(table[i, j]), int(rows[i]))
        now = int(columns[j])
        made.append(Turnover(p.key, p.name, was, now, shown(now - stayed), shown(was - stayed)))
    gone = [(i, p) for i, p in enumerate(before.personas) if i not in known]
    return (*made, *(Turnover(p.key, p.name, int(rows[i]), 0, 0, shown(int(rows[i]))) for i, p in gone))
