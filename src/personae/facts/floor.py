"""No number for fewer users than the floor, and none that can be worked out from the others (R107, EXP-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from personae.facts.tally import Item, Tally

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]


def bounded(tally: Tally, floor: int, within: Floats | None = None) -> Tally:
    """The tally with every share of `doing` items that all but fewer than the floor have counted as if at least the floor had
    it not, in whole percent: a lower bound, marked in `least`, so that nothing that is worked out from it tells of those few.

    With `within` (groups, items), users of whom those counted are a part, the same for every item against these.
    """
    whole = tally.n if within is None else within
    of = np.array([i.proportion and (i.doing or within is not None) for i in tally.items], dtype=bool)
    gap = np.rint(whole - tally.base)
    few = of & (tally.base >= floor) & (gap > 0) & (gap < floor)
    if not few.any():
        return tally
    bound = np.floor(100 * (1 - floor / np.maximum(whole, floor)) + 1e-9) / 100 * whole
    base, total, square, soft = (np.where(few, bound, x) for x in (tally.base, tally.total, tally.square, tally.soft))
    soft_square = np.where(few.any(axis=0), soft.sum(axis=0), tally.soft_square)
    least = few if tally.least is None else few | tally.least
    return replace(tally, base=base, total=total, square=square, soft=soft, soft_square=soft_square, least=least)


def coarse(n: float, users: float, floor: int) -> int:
    """How many users a number rests on, fewer by a floor where those it does not rest on would be fewer than the floor.

    >>> coarse(97, 100, 10), coarse(100, 100, 10), coarse(60, 100, 10)
    (90, 100, 60)
    """
    return int(max(floor, users - floor) if 0 < users - n < floor else n)


def hidden(tally: Tally, floor: int) -> Bools:
    """Which cells (groups, items) may not be shown; the last group is never shown itself, but everyone includes it.

    A cell is too small when its users, or those among them who do or are what is counted, are fewer than the floor without
    being none. Of what people are and how it ended, those who are not count as well. Then a second cell of the same item, and
    of the same person's answers, is hidden until what is missing cannot be told by subtraction.
    """
    n, base = tally.n, np.rint(tally.base)
    bound = np.zeros(base.shape, dtype=bool) if tally.least is None else tally.least  # of at least the floor, however low it is
    small = (n < floor) | ((base > 0) & (base < floor) & ~bound)
    strict = np.array([i.proportion and not i.doing for i in tally.items], dtype=bool)
    small |= strict & (n > base) & (n - base < floor)
    small |= nobody(tally)
    mask = small.copy()
    blocks = _answers(tally.items)
    for _ in range(len(n) + 1):
        before = mask.sum()
        for j in np.flatnonzero((small | mask).any(axis=0)):
            _pair(mask[:, j], np.where(n[:, j] > 0, base[:, j], -1), floor, strict=bool(strict[j]), last=n[-1, j] > 0)
        for columns in blocks:
            for g in range(len(n) - 1):
                row = mask[g, columns]
                if row.any() and n[g, columns[0]] > 0:
                    _pair(row, base[g, columns], floor, strict=True, last=False)
                    mask[g, columns] = row
        if mask.sum() == before:
            break
    return mask


def apart(parts: Mapping[str, int], whole: int, floor: int) -> dict[str, int]:
    """The parts of a whole that may be told beside it: while those left out number fewer than the floor without being none,
    the smallest is left out as well.

    >>> apart({"P1": 60, "P2": 50}, 115, 10)
    {'P1': 60}
    """
    told = dict(parts)
    while told and 0 < whole - sum(told.values()) < floor:
        del told[min(told, key=lambda k: (told[k], k))]
    return told


def nobody(tally: Tally) -> Bools:
    """Which items (items,) are an event that nobody counted did, or an answer that none of them gave: only users who are left
    out have it, so that its name alone would tell of them."""
    told = np.array([i.code.startswith("e") or ".l" in i.code for i in tally.items], dtype=bool)
    return np.asarray(told & (tally.base.sum(axis=0) == 0))


def _pair(mask: Bools, cells: Floats, floor: int, *, strict: bool, last: bool) -> None:
    """Hide further cells of one line, in place, until those hidden cannot be told apart; cells of -1 do not exist."""
    hide = mask & (cells >= 0)
    if last:
        small = 0 < cells[-1] < floor
        hide[-1] = (strict and small) or (bool(hide[:-1].any()) and cells[-1] > 0)
    if not hide.any() or not cells[hide].any():
        return
    order = np.lexsort((np.arange(len(cells)), cells))
    for i in order:
        enough = hide.sum() > 1 and (not strict or cells[hide].sum() >= floor)
        if enough:
            return
        if cells[i] >= 0 and not hide[i] and not (last and i == len(cells) - 1):
            hide[i] = mask[i] = True


def _answers(items: tuple[Item, ...]) -> list[npt.NDArray[np.int64]]:
    """The columns of each measure with levels, whose shares add up to one."""
    groups: dict[str, list[int]] = {}
    for j, item in enumerate(items):
        if item.proportion and not item.doing and ".l" in item.code:
            groups.setdefault(item.code.split(".")[0], []).append(j)
    return [np.array(js) for js in groups.values() if len(js) > 1]
