"""Do round groups cut across dense regions that are not round, such as two moons or a ring?"""

from __future__ import annotations

import numpy as np
from sklearn.metrics import confusion_matrix

from personae import plugins
from personae.errors import Refused
from personae.facts.crossing import rand
from personae.model.clustering import Clustering, Space
from personae.model.evidence import Structure
from personae.model.study import Study
from personae.model.torn import Torn
from personae.model.trial import Case
from personae.progress import warn
from personae.stages.verdict import FLAT, balanced

MOST = 2500
"""Users that are looked at."""
SHAPELESS = ("dbscan", "hdbscan", "single")
"""Methods whose groups may have any shape."""
APART = 0.2
"""Validity from which dense regions are believed: those of clouds without shape stay below."""
ALIKE = 0.9
"""Adjusted Rand index from which round groups and dense regions are the same."""
SOME = 0.05
"""Share of torn users that is worth a warning."""


def torn(case: Case) -> Torn | None:
    """The dense regions beside the groups, and a warning where these cut across them; None for methods of any shape, in more
    than a few directions, where the search looked itself, and where there is one region only."""
    found = across(case.space, case.best.clustering, case.study, natural=case.structure == Structure.NATURAL)
    if found is not None and found.words:
        warn(found.words)
    return found


def across(space: Space, made: Clustering, study: Study, *, natural: bool = True) -> Torn | None:
    """The same of any grouping, without a warning; pieces of regions are told only of groups that are not `natural`."""
    if study.method == "auto" or made.method in SHAPELESS or not space.numeric or space.scores.shape[1] > FLAT:
        return None
    some = space.only(np.arange(min(MOST, len(space.rows))))
    plug = plugins.find("methods", "hdbscan")
    try:
        dense = plug.fit(some, 0, study.seed, **plug.JOIN)
    except Refused:
        return None
    table = confusion_matrix(made.labels[: len(dense.labels)], dense.labels)
    cells = (table < table.max(axis=0, keepdims=True)) & (table < table.max(axis=1, keepdims=True))
    parted, validity = int(table[cells].sum()), float(dense.settings["validity"])
    share = float(parted / table.sum()) if parted >= study.floor else 0.0
    words = ""
    if share >= SOME and validity >= APART and balanced(dense.labels):
        words = (
            f"the groups of {made.method} cut across {dense.size} dense regions that are not round: {share:.0%} are parted "
            "from most of their region and joined with most of another. Try --method hdbscan, or auto"
        )
    pieces = not natural and made.size > dense.size > 1 and validity >= APART and balanced(dense.labels)
    if pieces and not words and not _round(some, dense, study.seed):
        words = (
            f"the {made.size} groups of {made.method} are pieces of {dense.size} dense regions that are not round. "
            "Try --method hdbscan, or auto"
        )
    return Torn(dense.size, validity, share, words)


def _round(space: Space, dense: Clustering, seed: int) -> bool:
    """Whether as many round groups as there are dense regions are these regions."""
    made = plugins.find("methods", "kmeans").fit(space, dense.size, seed)
    inside = dense.labels >= 0
    return rand(confusion_matrix(made.labels[inside], dense.labels[inside])) >= ALIKE
