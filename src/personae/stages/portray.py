"""Some users against the rest: who they are, what they do, how it ended, and what of it is sure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from personae import progress
from personae.errors import UsageError
from personae.facts.contrast import contrast
from personae.facts.floor import bounded, hidden
from personae.facts.intervals import holm, log_lift
from personae.facts.tally import Tally, tally
from personae.model.condition import names
from personae.model.features import Features
from personae.model.portrait import Difference, Portrait
from personae.model.study import Role, Study
from personae.stages.describe import labelled
from personae.stages.select import EVENT, only, select
from personae.words import portraying
from personae.words.conditions import parse
from personae.words.names import plural

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

ALPHA, NORMAL = 0.05, 1.959964
PARTS = {Role.DEMOGRAPHIC: "who", Role.ATTITUDE: "says", Role.OUTCOME: "outcome"}


def portray(features: Features, study: Study, who: str) -> Portrait:
    """Compare the users for whom the condition `who` holds with the others.

    What the condition itself names is not compared. Differences are tested against the rest, corrected for their number (Holm),
    and come in the order of how far apart both surely are. Raises UsageError P001 for a condition that cannot be read, or that
    holds for fewer than `study.floor` users or all but so few.
    """
    condition = parse(who)
    progress.step("describe", "who is meant")
    holds, known = select(features, condition, study.floor)
    users, rest, empty = (int(x.sum()) for x in (holds & known, known & ~holds, ~known))
    unknown = None if 0 < empty < study.floor else empty
    _check(users, rest, study, who)
    group = np.where(known, np.where(holds, 0, 1), 2)
    rows = group < 2
    kept = features if rows.all() else only(features, rows)
    sums = labelled(tally(kept, group[rows], 3), features, study)
    sums = bounded(sums, study.floor)
    mask = hidden(sums, study.floor)
    named = set(names(condition))
    if features.counts is not None and named & {EVENT, features.counts.column}:
        named |= {v for v in features.counts.events if v in who}
    left = np.array([i.lead and i.about not in named for i in sums.items], dtype=bool)
    found = _differences(sums, mask, left)
    made = Portrait(
        who, study.entity, users, rest, unknown, users / (users + rest), found,
        _alike(found), int((mask[0] & left).sum()),
    )  # fmt: skip
    made = portraying.told(made)
    progress.tell("describe", made.words[0])
    return made


def _check(users: int, rest: int, study: Study, who: str) -> None:
    """Neither the users meant nor the others may be few: P001."""
    many, floor = plural(study.entity), study.floor
    for n, none, few in (
        (users, "the condition holds for nobody", f"the condition holds for fewer than {floor}"),
        (rest, "the condition holds for everyone", f"the condition leaves fewer than {floor} others"),
    ):
        if n < floor:
            raise UsageError(
                "P001",
                f"nothing is told of fewer than {floor} {many}: {few if n else none}",
                where=f"--who {who!r}",
                fix="ask for more of them, or for fewer conditions at once",
            )


def _differences(sums: Tally, mask: Bools, left: Bools) -> tuple[Difference, ...]:
    """Every measure that may be told, the surest first in each part."""
    c = contrast(sums)
    tested = left & ~mask[0] & ~mask[1] & ~np.isnan(c.p[0])
    corrected = holm(c.p[0], tested)
    made = [_difference(sums, c.value, c.low, c.high, int(j), float(corrected[j])) for j in np.flatnonzero(tested)]
    order = list(portraying.PARTS)
    return tuple(sorted(made, key=lambda d: (order.index(d.part), -abs(d.strength), d.id)))


def _difference(sums: Tally, value: Floats, low: Floats, high: Floats, j: int, p: float) -> Difference:
    """One measure of both sides."""
    item = sums.items[j]
    (own, other), (n, m) = value[:2, j], sums.n[:2, j]
    error, spread = _error(sums, value, j)
    sure = p < ALPHA
    gap = float(own - other)
    certain = max(0.0, abs(gap) - NORMAL * error) / spread if spread > 0 else 0.0
    lift = None if item.plain or own <= 0 or other <= 0 else float(own / other)
    wide = NORMAL * float(log_lift(own, other, *_variances(sums, value, j), n, m)) if lift else math.nan
    return Difference(
        f"who.{item.code}", PARTS.get(item.role, "does"), item.measure, item.label, item.statistic, item.unit,
        float(own), _finite(low[0, j]), _finite(high[0, j]), int(n),
        float(other), _finite(low[1, j]), _finite(high[1, j]), int(m),
        lift, lift * math.exp(-wide) if lift else None, lift * math.exp(wide) if lift else None,
        p, sure, math.copysign(certain, gap) if sure else 0.0, "", item.source, item.query.replace("{users}", "them"),
    )  # fmt: skip


def _variances(sums: Tally, value: Floats, j: int) -> tuple[float, float]:
    """The variance of a measure among both sides."""
    if sums.items[j].proportion:
        return tuple(float(v * (1 - v)) for v in value[:2, j])  # type: ignore[return-value]
    n = sums.n[:2, j]
    about = sums.square[:2, j] - n * (value[:2, j] - sums.centre[j]) ** 2
    a, b = np.maximum(about, 0.0) / np.maximum(n - 1, 1)
    return float(a), float(b)


def _error(sums: Tally, value: Floats, j: int) -> tuple[float, float]:
    """The standard error of the difference, and the standard deviation within both sides together."""
    a, b = _variances(sums, value, j)
    n, m = sums.n[:2, j]
    return math.sqrt(a / n + b / m), math.sqrt((a * n + b * m) / (n + m))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _alike(found: tuple[Difference, ...]) -> tuple[str, ...]:
    """What people are in which no difference is sure: by measure, in order."""
    apart = {d.measure.partition("=")[0] for d in found if d.sure}
    stems = [d.label.partition(":")[0] for d in found if d.part == "who" and d.measure.partition("=")[0] not in apart]
    return tuple(dict.fromkeys(stems))
