"""Who is in no group: how many, why, and what sets them apart from those who are in one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Features
from personae.model.rule import REASONS, Placement
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.words.names import plural

MOSTLY = 0.75
"""The chance that one of them has more than one of the others, from which a measure sets them apart."""
MOST = 3
USERS = 100_000
"""Users that are looked at: the first, in an order that hangs on their ids alone."""


def nobody(features: Features, placement: Placement, study: Study) -> tuple[str, ...]:
    """Sentences on the users in no group; none where all are out, or fewer than the floor."""
    out = np.asarray(placement.persona) < 0
    if out.all() or out.sum() < study.floor:
        return ()
    counts = np.bincount(placement.reason[out], minlength=len(REASONS))
    why = _why(counts, study.floor)
    ranked = sorted(_apart(features, out, study.floor), key=lambda pair: (-abs(pair[0] - 0.5), pair[1]))
    told = ", ".join(f"{'more' if chance > 0.5 else 'less'} {label}" for chance, label in ranked[:MOST])
    many = plural(study.entity)
    apart = f"Beside the {many} in groups, most of them have {told}." if told else "No single measure sets most of them apart."
    return (*((f"Why: {why}.",) if why else ()), apart)


def _why(counts: NDArray[np.int64], floor: int) -> str:
    """How many are out for which reason; reasons go untold, fewest users first, until those untold are none or enough not to be
    told by subtraction. The main one is then said without a number."""
    told = [i for i in np.argsort(counts, kind="stable") if counts[i] >= floor]
    while told and 0 < counts.sum() - counts[told].sum() < floor:
        told = told[1:]
    if told:
        return "; ".join(f"{counts[i]:,} {REASONS[i]}" for i in sorted(told))
    return f"mostly {REASONS[int(counts.argmax())]}" if counts.max() >= floor else ""


def _apart(features: Features, out: NDArray[np.bool_], floor: int) -> Iterator[tuple[float, str]]:
    """The chance (Mann & Whitney 1947) that one of them has more than one of the others, and the measure."""
    from scipy.stats import rankdata  # takes long to load, and most commands do without

    known = [(m.label, np.asarray(m.values, float)) for m in features.measures if m.kind in _NUMBERS and m.role in _TOLD]
    if features.counts is not None:
        known.append(("events in all", np.asarray(features.counts.matrix.sum(axis=1), float).ravel()))
    out = out[:USERS]
    for label, values in ((label, v[:USERS]) for label, v in known):
        there = ~np.isnan(values)
        mine, others = int((out & there).sum()), int((~out & there).sum())
        if mine < floor or others < floor:
            continue
        ranks = rankdata(values[there])[out[there]]
        chance = float((ranks.sum() - mine * (mine + 1) / 2) / (mine * others))
        if max(chance, 1 - chance) >= MOSTLY:
            yield chance, label


_NUMBERS = (Kind.INTEGER, Kind.DECIMAL)
_TOLD = (Role.BEHAVIOUR, Role.DEMOGRAPHIC, Role.ATTITUDE)
