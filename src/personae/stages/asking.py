"""What was asked for beside what was given, in words."""

from __future__ import annotations

import numpy as np

from personae import plugins
from personae.model.clustering import Space
from personae.model.study import Study
from personae.words.names import plural


def given(name: str, study: Study, space: Space, groups: int) -> str:
    """Why the method `name` made another number of groups than was asked for: "9 asked, 8 given: ..."; "" where it did not."""
    low, high = study.group_range()
    if study.groups == "auto" or low <= groups <= high:
        return ""
    many = plural(study.entity)
    different = len(np.unique(np.round(space.scores, 9), axis=0))
    if getattr(plugins.find("methods", name), "UNSIZED", False):
        reason = f"{name} finds the number itself"
    elif different < low <= len(space.rows) // study.floor:
        reason = f"there are only {different} different {many}"
    elif study.smallest:
        reason = f"groups under {study.smallest} do not stand"
    else:
        reason = f"groups of fewer than {study.floor} {many} do not stand"
    return f"{_span(low, high)} asked, {groups} given: {reason}"


def limited(study: Study) -> str:
    """The limits of a search that the data did not set: "2 to 4 groups, none under 10 %"; "" where one number was asked for
    and no smallest group."""
    low, high = study.group_range()
    parts = [f"{_span(low, high)} groups"] if study.groups != "auto" else []
    if study.smallest:
        parts.append(f"none under {study.smallest.replace(' ', '').replace('%', ' %')}")
    return ", ".join(parts) if study.smallest or (parts and low < high) else ""


def _span(low: int, high: int) -> str:
    return f"{low}" if low == high else f"{low} to {high}"
