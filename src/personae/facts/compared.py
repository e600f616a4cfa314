"""A tally as facts: every shown group against everyone and the rest, tested together, and nothing under the floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personae.facts.contrast import Contrast, contrast
from personae.facts.floor import bounded, coarse, hidden
from personae.facts.intervals import holm
from personae.facts.tally import Item, Tally
from personae.model.fact import Fact
from personae.model.persona import Profile
from personae.model.rule import Placement

if TYPE_CHECKING:
    import numpy.typing as npt

    Groups = npt.NDArray[np.int64]

EVERYONE = "all"


@dataclass(frozen=True, eq=False)
class Crew:
    """Who is compared: `of` (n,) is the row of each user, -1 for those who count nowhere; `keys` names the rows of the groups
    that may be told of. The last row, which has no key, holds users of no such group."""

    of: Groups
    keys: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Groups, and the row of the others."""
        return len(self.keys) + 1


def crew(placement: Placement, profiles: Sequence[Profile], floor: int, most: int | None = None) -> Crew:
    """The users of the groups that are told of, and the others as long as they are none or enough not to be told by
    subtraction; with `most` only the first so many, a random part."""
    shown = [p for p in profiles if p.facts]
    where = np.full(max([p.index for p in profiles], default=-1) + 2, len(shown), np.int64)
    where[[p.index for p in shown]] = np.arange(len(shown))
    persona = placement.persona[:most].astype(np.int64)
    of = np.where(persona < 0, len(shown), where[persona])
    others = of == len(shown)
    return Crew(np.where(others, -1, of) if 0 < others.sum() < floor else of, tuple(p.key for p in shown))


def summed(items: tuple[Item, ...], of: Groups, values: npt.NDArray[np.float64], rows: int) -> Tally:
    """Sums by group of columns of values (n, items), nan where a user has none."""
    kept = of >= 0
    group, x = of[kept], values[kept]
    known = np.isfinite(x)
    filled = np.where(known, x, 0.0)

    def by(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.stack([np.bincount(group, w, minlength=rows) for w in weight.T], axis=1)

    n, total, square = by(known.astype(float)), by(filled), by(filled * filled)
    base = by((filled != 0).astype(float))
    return Tally(items, n, total, square, np.zeros(x.shape[1]), base, total, square.sum(axis=0), _no_middle(rows, x.shape[1]))


def _no_middle(rows: int, items: int) -> npt.NDArray[np.float64]:
    return np.full((rows + 1, items), np.nan)


def compared(tally: Tally, who: Crew, floor: int) -> tuple[Fact, ...]:
    """The facts of everyone and of each group, item by item; `who` is in the groups. Items that formed the groups
    describe and are not tested; the others are tested against the rest, all together (Holm).
    A median stands where the tally keeps one."""
    if not tally.items:
        return ()
    tally = bounded(tally, floor)
    versus, mask = contrast(tally), hidden(tally, floor)
    users = np.bincount(who.of[who.of >= 0], minlength=who.rows)
    fresh = np.array([not i.forms for i in tally.items], dtype=bool)
    tested = fresh & ~mask & ~np.isnan(versus.p)
    tested[-1] = False
    corrected = holm(versus.p, tested)
    made = []
    for j in range(len(tally.items)):
        if opened(tally, j, floor):
            n = coarse(versus.everyone_n[j], len(who.of), floor)
            made.append(_fact(tally, versus, j, -1, EVERYONE, None, n))
        for g, key in enumerate(who.keys):
            if not mask[g, j]:
                n = coarse(tally.n[g, j], users[g], floor)
                made.append(_fact(tally, versus, j, g, key, corrected[g, j], n))
    return tuple(made)


def opened(tally: Tally, j: int, floor: int) -> bool:
    """Whether everyone's value may be told."""
    n, base, item = float(tally.n[:, j].sum()), float(tally.base[:, j].sum()), tally.items[j]
    small = 0 < base < floor or (item.proportion and not item.doing and 0 < n - base < floor)
    return n >= floor and not small


def _fact(tally: Tally, c: Contrast, j: int, g: int, subject: str, p: float | None, n: int) -> Fact:
    """One value; of a median with everyone's median, and without an interval."""
    item, whole = tally.items[j], subject == EVERYONE
    middle = tally.middle[-1 if whole else g, j]
    query = item.query.replace("{users}", "all users" if whole else f"users of {subject}")
    told = None if p is None else _number(p)
    if math.isfinite(middle):
        everyone = None if whole else float(tally.middle[-1, j])
        return Fact(f"{subject}.{item.code}", subject, item.measure, item.label, "median", float(middle), item.unit, n,
                    everyone=everyone, p=told, source=item.source, query=query)  # fmt: skip
    if whole:
        return Fact(
            f"{subject}.{item.code}", subject, item.measure, item.label, item.statistic, float(c.everyone[j]), item.unit, n,
            _number(c.everyone_low[j]), _number(c.everyone_high[j]), source=item.source, query=query,
            least=tally.bound(None, j),
        )  # fmt: skip
    multiple, low, high = (None if item.plain else _number(x[g, j]) for x in (c.multiple, c.multiple_low, c.multiple_high))
    return Fact(
        f"{subject}.{item.code}", subject, item.measure, item.label, item.statistic, float(c.value[g, j]), item.unit, n,
        _number(c.low[g, j]), _number(c.high[g, j]), _number(c.everyone[j]), _number(c.rest[g, j]), multiple, low, high,
        told, item.source, query, tally.bound(g, j),
    )  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
