"""Would the groups be others if empty cells were treated the other way?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import adjusted_rand_score

from personae.errors import Refused
from personae.model.clustering import Clustering
from personae.model.features import Features
from personae.model.preparation import Sensitivity
from personae.model.rule import Rule
from personae.model.study import Study
from personae.stages.empties import empty
from personae.stages.score import place_features
from personae.stages.search import fitted
from personae.stages.settle import settle
from personae.stages.space import behaviour_space
from personae.words.names import plural

ENOUGH = 0.01
"""Share of cells that are empty from which on the grouping is made twice."""
MOST = 5000
"""Users the second grouping looks at: it takes about as long as one number of groups of the first."""
FEWEST = 50
SAME, ALIKE = 0.9, 0.6
"""Agreement from which on groups count as the same, and as much alike."""


def sensitivity(features: Features, study: Study, rule: Rule, made: Clustering) -> Sensitivity | None:
    """The agreement with a grouping that drops users with empty cells, or fills these cells where they were dropped.

    None where there are few empty cells and nothing was said about them.
    """
    forming = features.forming()
    blank = np.array([empty(m) for m in forming]).reshape(len(forming), len(features))
    if not blank.any() or (not study.empty and blank.mean() < ENOUGH):
        return None
    way = "draw" if set(study.empty) == {"drop"} else "drop"
    full = int((~blank.any(axis=0)).sum())
    if full < max(FEWEST, 2 * study.floor * made.size):
        some = f"Only {full:,}" if full >= study.floor else f"Fewer than {study.floor}"
        few = f"{some} {plural(study.entity)} have no empty cell: too few to group without the others."
        return Sensitivity(way, full, None, few)
    other = replace(study, empty=(way,), sample=min(study.sample, MOST), groups=str(made.size))
    again = _again(features, other, made, rule.active)
    if again is None:
        return Sensitivity(way, full, None, "The groups could not be formed with empty cells treated the other way.")
    one, two = (place_features(r, features).persona for r in (rule, again))
    both = (one >= 0) & (two >= 0) & ~blank.any(axis=0)
    agreement = float(adjusted_rand_score(one[both], two[both]))
    return Sensitivity(way, int(both.sum()), agreement, _said(agreement, int(both.sum()), way, study))


def _again(features: Features, study: Study, made: Clustering, active: bool) -> Rule | None:
    """The rule of the same method, number and settings in the other space."""
    space = behaviour_space(features, study, active)
    if space is None:
        return None
    try:
        found = fitted(space, made.method, made.size, study.seed, {k: v for k, v in made.options.items() if k != "sphere"})
    except Refused:
        return None
    return settle(space, found, features, study)[0] if len(np.unique(found.labels)) > 1 else None


def _said(agreement: float, users: int, way: str, study: Study) -> str:
    """The result in a sentence."""
    did = "leaving out whoever has an empty cell" if way == "drop" else "filling empty cells"
    if agreement >= SAME:
        found = "gives the same groups"
    elif agreement >= ALIKE:
        found = "gives similar groups, not the same"
    else:
        found = "gives other groups, so what is missing matters: find out why it is"
    whom = f"{users:,} {plural(study.entity)} without one"
    return f"{did[0].upper()}{did[1:]} {found} (adjusted Rand index {agreement:.2f} on {whom})."
