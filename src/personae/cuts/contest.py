"""Bands found on one half of the users against fixed buckets, on the other half; either may win."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from personae.cuts import segments, telling
from personae.cuts.finding import for_use, found, place
from personae.cuts.line import FEWEST, Line
from personae.model.bands import Contest, Cut, Wanted
from personae.model.study import Study
from personae.model.vocabulary import Topic, topics
from personae.words import banding

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

EVEN = 0.01
"""Two partitions that do as well as they can to within this are even."""
AGES, DAYS, MONEY = (18.0, 26.0, 36.0, 51.0, 66.0), (90.0, 180.0, 270.0), (50.0, 100.0, 500.0)
"""Buckets in use everywhere: of age, of months, of money."""


def contest(line: Line, wanted: Wanted, study: Study) -> Contest | None:
    """Learn on every second user, compare on the others. Users are in the order of the md5 of their ids: both are samples."""
    usual = not wanted.buckets
    buckets = tuple(sorted(set(wanted.buckets))) or _usual(line)
    odd = np.arange(len(line.x)) % 2 == 1
    learn, test = line.only(~odd), line.only(odd)
    if min(len(learn.x), len(test.x)) < FEWEST:
        return None
    cuts, _ = found(learn, wanted.most)
    if not cuts and study.force:
        cuts, _ = for_use(learn, study.asked or wanted.most)
    fixed = [Cut(b, b, b, b, "use") for b in buckets]
    return _against(line, learn, test, cuts, fixed, usual)


def _usual(line: Line) -> tuple[float, ...]:
    """Buckets in use everywhere where they fit the measure, else its quarters."""
    age = "age" in line.measure.name.lower() and Topic.DEMOGRAPHIC in topics(line.measure.name)
    known = AGES if age else DAYS if line.days else MONEY if Topic.AMOUNT in topics(line.measure.name) else ()
    inside = [b for b in known if (line.x < b).sum() >= line.floor and (line.x >= b).sum() >= line.floor]
    if len(inside) >= 2:
        return tuple(known)
    return tuple(sorted({float(f"{q:.2g}") for q in np.quantile(line.x, [0.25, 0.5, 0.75], method="nearest")}))


def _against(line: Line, learn: Line, test: Line, cuts: list[Cut], fixed: list[Cut], usual: bool) -> Contest:
    """Both partitions on the half that neither was learnt on."""
    sides = [_target(x) for x in (learn, test)]
    share = line.y is not None and line.share

    def left(at: Sequence[Cut]) -> Floats:
        pairs = [(place(at, x.x), t) for x, t in zip((learn, test), sides)]
        return left_over(pairs[0], pairs[1], len(at) + 1, share)

    none, own, theirs = left(()), left(cuts), left(fixed)
    mine, other = explained(own, none), explained(theirs, none)
    best = other_best = None
    if line.y is None:
        best, other_best = (_best(learn, test, none, k, left) for k in (len(cuts), len(fixed)))
        edge = banding.part(mine, best) - banding.part(other, other_best)
        winner = "neither" if not cuts or abs(edge) < EVEN else "bands" if edge > 0 else "buckets"
    else:
        winner = {1: "bands", 0: "neither", -1: "buckets"}[surely(own, theirs)]
    made = Contest(len(test.x), len(cuts) + 1, mine, best, tuple(c.value for c in fixed), usual, other, other_best, winner, "")
    return replace(made, words=banding.compared(made, line.against or line.measure.label, line.many))


def _target(line: Line) -> Floats:
    """What is to be explained: the outcome, or the measure on its scale."""
    if line.y is not None:
        return line.y
    if not line.log:
        return line.x
    above = line.x[line.x > 0]
    return np.log(np.maximum(line.x, above.min() if len(above) else 1.0))


def _best(learn: Line, test: Line, none: Floats, cuts: int, left: Callable[[Sequence[Cut]], Floats]) -> float:
    """What as many cuts explain where they are placed as well as can be."""
    if not cuts:
        return 0.0
    told = telling.Line(segments.cells(learn.x), _target(learn), False, 1)
    at = told.cuts(cuts + 1)[-1]
    values = [float((told.cells.last[j - 1] + told.cells.first[j]) / 2) for j in at]
    return max(0.0, explained(left([Cut(v, v, v, v, "use") for v in values]), none))


def left_over(learnt: tuple[Ints, Floats], seen: tuple[Ints, Floats], parts: int, share: bool) -> Floats:
    """What is left unexplained of each user seen (n,): deviance of a yes or no, else squared error, by the means as learnt.

    Both pairs are (part of each user, outcome of each user); a part that nobody was learnt in has everyone's mean.
    """
    of, y = learnt
    n, total = np.bincount(of, minlength=parts).astype(float), np.bincount(of, y, minlength=parts)
    mean = np.where(n > 0, total / np.maximum(n, 1), y.mean())
    if share:
        mean = np.where(n > 0, (total + 0.5) / (n + 1), (y.sum() + 0.5) / (len(y) + 1))
        rate = mean[seen[0]]
        return np.asarray(-2 * np.where(seen[1] > 0, np.log(rate), np.log(1 - rate)))
    return np.asarray((seen[1] - mean[seen[0]]) ** 2)


def explained(left: Floats, whole: Floats) -> float:
    """The share of what differs that a partition explains among users seen; below 0 where it misleads."""
    total = float(whole.sum())
    return 1 - float(left.sum()) / total if total > 0 else 0.0


def surely(one: Floats, other: Floats) -> int:
    """1 where `one` leaves surely less than `other`, -1 where it leaves surely more, 0 where 1.96 standard errors hold both."""
    gap = other - one
    error = float(gap.std()) / np.sqrt(max(len(gap), 1))
    middle = float(gap.mean()) if len(gap) else 0.0
    return 0 if abs(middle) <= 1.96 * error else 1 if middle > 0 else -1
