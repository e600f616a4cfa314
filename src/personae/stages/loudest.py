"""Loudest: how far what is told of personas would move if the busiest users counted for more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personae.model.dossier import Known
from personae.model.features import Counts
from personae.model.loudness import Loudness
from personae.model.persona import Profile

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

TRAITS = 3
"""Traits of each persona that are looked at."""
BUSIEST = 0.1


def loudest(known: Known) -> tuple[Loudness, ...]:
    """The first three traits of each persona that are shares of what users do: the multiple of everyone with each user counted
    once, as everywhere, and with each event counted once, so that who does ten times as much counts ten times. Personas come
    in their order; nothing without event counts."""
    counts = known.features.counts
    if counts is None or counts.people:
        return ()
    activity = np.asarray(counts.matrix.sum(axis=1), dtype=np.float64).ravel()
    persona = known.placement.persona
    return tuple(x for p in known.shown for x in _traits(counts, activity, persona == p.index, p, known.study.floor))


def _traits(counts: Counts, activity: Floats, inside: npt.NDArray[np.bool_], profile: Profile, floor: int) -> list[Loudness]:
    """The traits of one persona both ways."""
    traits = (*profile.above, *profile.below)
    told = [t for t in traits if t.unit == "share of activity" and t.fact.startswith(f"{profile.key}.e")]
    loud = _loud(activity[inside], floor)
    found = []
    for t in told[:TRAITS]:
        j = int(t.fact.partition(".")[2][1:].partition(".")[0])
        column = counts.matrix[:, [j]].toarray().ravel()
        own, all_ = column[inside].sum() / activity[inside].sum(), column.sum() / activity.sum()
        if (column[inside] > 0).sum() >= floor and all_ > 0:
            found.append(Loudness(profile.key, t.fact, t.label, t.multiple, float(own / all_), loud))
    return found


def _loud(activity: Floats, floor: int) -> float | None:
    """The part of what a group does that its busiest tenth does; None where that tenth is fewer users than the floor."""
    n = round(BUSIEST * len(activity))
    return float(np.sort(activity)[::-1][:n].sum() / activity.sum()) if n >= floor and activity.sum() else None
