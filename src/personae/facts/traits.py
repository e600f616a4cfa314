"""What sets a group apart: differences that survive their interval and the number of comparisons, each told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personae.facts import intervals
from personae.facts.contrast import Contrast
from personae.facts.tally import Item, Tally, columns
from personae.model.features import Features
from personae.model.study import Role
from personae.words import numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

LEAST, MOST = 0.8, 1.25
"""Between these multiples of the average a group counts as average."""
FAR = 8.0
"""Beyond this multiple a difference does not get stronger."""
APART = 0.35
"""Standard deviations from which a difference on a scale counts."""
NEAR, STRIKING = 0.1, 1.0
"""A mean within this part of everyone's is told only from so many standard deviations."""
ALPHA = 0.05
ABOVE, BELOW = 5, 3
ASIDE = 2
"""Traits of each direction that may be about what did not form the groups."""
TWICE = 0.8
"""A correlation from which two measures tell the same thing."""
STILL = 0.02
"""A column with less than this part of its variation inside the groups cannot be told apart there."""
LOOKED_AT = 5_000
"""Users whose values decide whether two measures tell the same thing; ids are in random order, so the first will do."""


def telling(tally: Tally, contrast: Contrast, hidden: Bools, floor: int) -> tuple[Bools, Floats]:
    """Which cells (groups, items) are worth telling, and how strong each is (signed, 0 where it is not)."""
    items = tally.items
    apart = (Role.DEMOGRAPHIC, Role.OUTCOME)
    role = np.array([i.lead and (i.forms or (i.role not in apart and i.unit != "bits")) for i in items], dtype=bool)
    plain = np.array([i.plain for i in items], dtype=bool)
    compared = role & ~hidden & ~np.isnan(contrast.doubt) & (tally.base.sum(axis=0) >= floor)
    sure = np.nan_to_num(intervals.holm(contrast.doubt, compared), nan=1.0) < ALPHA
    with np.errstate(invalid="ignore", divide="ignore"):
        far = np.where(plain, np.abs(contrast.distance) >= APART, (contrast.multiple < LEAST) | (contrast.multiple > MOST))
        ratio = np.abs(np.log(np.clip(contrast.multiple, 1 / FAR, FAR)))
        strength = np.sqrt(np.abs(contrast.distance) * np.where(plain, np.abs(contrast.distance), ratio))
        sign = np.where(plain, np.sign(contrast.value - contrast.everyone), np.sign(contrast.multiple - 1))
        strength = np.where((sign < 0) & np.array([_denies(i) for i in items], dtype=bool), strength / 2, strength)
    keep = compared & sure & far & ~_read_alike(items, contrast)
    return keep, np.where(keep, np.nan_to_num(strength * sign), 0.0)


def _read_alike(items: tuple[Item, ...], contrast: Contrast) -> Bools:
    """Cells of values above zero, on no scale and no part of a whole, that a reader takes for the same: under a tenth from
    everyone's and not far in standard deviations either, or printed in the same digits."""
    alike = np.zeros(contrast.value.shape, dtype=bool)
    for j, item in enumerate(items):
        if not item.plain or item.scale is not None or item.proportion or item.unit == "share":
            continue
        whole = float(contrast.everyone[j])
        for g, value in enumerate(contrast.value[:, j].tolist()):
            if not np.isfinite((value, whole)).all():
                continue
            little = whole > 0 and abs(value - whole) < NEAR * whole and abs(float(contrast.distance[g, j])) < STRIKING
            alike[g, j] = little or numbers.amount(value) == numbers.amount(whole)
    return alike


def _denies(item: Item) -> bool:
    """Whether an item is a level that says no: less of it is told last, for it reads as a double negation."""
    return item.measure.partition("=")[2].strip().lower().partition(" ")[0] in ("no", "false", "n", "none", "not")


def strongest(
    features: Features, items: tuple[Item, ...], strength: Floats, persona: npt.NDArray[np.int64]
) -> tuple[list[int], list[int]]:
    """Positions of the items to tell of one group, above and below, strongest first, without telling a thing twice. What
    formed the groups is told even where an answer that only describes says the same.

    `persona` (n,) are the groups of users: what goes together only because both make the same group is not the same thing.
    """
    rows = np.arange(min(len(features), LOOKED_AT))
    group = persona[rows] + 1
    seen: dict[int, Floats] = {}
    chosen: list[int] = []
    found: list[list[int]] = []
    for sign, most in ((1, ABOVE), (-1, BELOW)):
        picked: list[int] = []
        for j in sorted((int(j) for j in np.flatnonzero(strength * sign > 0)), key=lambda j: (-abs(strength[j]), j)):
            if len(picked) == most:
                break
            aside = not items[j].forms and sum(not items[c].forms for c in picked) >= ASIDE
            if aside or any(items[c].about == items[j].about for c in chosen):
                continue
            seen[j] = columns(features, (items[j],), rows)[:, 0]
            if not any(_same(seen[c], seen[j], group) for c in chosen if items[c].forms or not items[j].forms):
                chosen.append(j)
                picked.append(j)
        found.append(picked)
    return found[0], found[1]


def _same(a: Floats, b: Floats, group: npt.NDArray[np.int64]) -> bool:
    """Whether two columns tell the same thing: they go together among everyone, and also inside the groups."""
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < 10:
        return False
    x, y, of = a[both], b[both], group[both]
    n = np.maximum(np.bincount(of), 1)
    inside = [v - (np.bincount(of, v) / n)[of] for v in (x, y)]
    still = any(float(v @ v) < STILL * float((w - w.mean()) @ (w - w.mean())) for v, w in zip(inside, (x, y)))
    return _together(x - x.mean(), y - y.mean()) and (still or _together(*inside))


def _together(x: Floats, y: Floats) -> bool:
    """Whether centred values are correlated enough to be one thing."""
    size = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return size > 0 and abs(float((x * y).sum())) / size >= TWICE
