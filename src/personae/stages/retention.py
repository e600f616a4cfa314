"""Retention: who was still there in the last quarter of the time, where no column says who stayed."""

from __future__ import annotations

import numpy as np

from personae.facts.compared import compared, crew, summed
from personae.facts.tally import Item
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.study import Role

PART = 4
"""The last part of the time in which somebody must have done something: one in so many."""


def retention(known: Known) -> tuple[Fact, ...]:
    """The share of users, everyone's and each persona's, who did anything in the last quarter of the window. Nothing without a
    log of at least a week, or where only the first days of each user count."""
    window = known.features.window
    measure = next((m for m in known.features.measures if m.name == "days_since_last"), None)
    if window is None or window.first_days or window.days < 7 or measure is None or not known.shown:
        return ()
    days = window.days // PART
    values = measure.values.astype(np.float64)
    there = np.where(np.isfinite(values), (values < days).astype(np.float64), np.nan)
    label = f"active in the last {days} days"
    item = Item("retention", label, "days_since_last", label, "share", "share of users", Role.BEHAVIOUR, True, measure.source,
                f'share of {{users}} where "days_since_last" is under {days}', proportion=True)  # fmt: skip
    who = crew(known.placement, known.profiles, known.study.floor)
    return compared(summed((item,), who.of, there[:, None], who.rows), who, known.study.floor)
