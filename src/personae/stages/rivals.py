"""Several methods on the same users, measured on four scales: none of them is the one hidden winner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors
from sklearn.tree import DecisionTreeClassifier

from personae import plugins
from personae.model.advice import Rival
from personae.model.clustering import Clustering, Space
from personae.model.trial import Case
from personae.reachability import spanning, validity
from personae.stages.others import Made, part
from personae.stages.search import each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

SAMPLES = 3
"""Bootstrap samples of each rival: enough to tell 0.9 from 0.6."""
RESAMPLED = 1000
"""Users the samples are drawn from: mean shift and HDBSCAN took half of the whole comparison with 2,000."""
HALVED = 800
"""Users of whom one half learns three questions and the other half is asked."""
QUESTIONS = 3
NEIGHBOURS = 5
DENSE = 0.9
"""Share of users, the densest, in whom valleys between groups are looked for: stragglers lie between any two groups."""
TIE = 0.01
"""Differences on a scale below which two methods are as good."""
SCALES = ("fit", "steadiness", "balance", "readability")


def rivals(case: Case, fits: Made) -> tuple[tuple[tuple[Rival, Clustering], ...], tuple[tuple[str, str], ...]]:
    """The chosen grouping first, then the `fits` of the other methods to the same users; and who refused, with the reason."""
    space = part(case)
    best = case.best.clustering
    chosen = replace(best, labels=best.labels[: len(space.rows)])
    names, made = tuple(fits), [_named_whole(m, case) for m in fits.values()]
    refused = tuple((name, m) for name, m in zip(names, made, strict=True) if isinstance(m, str))
    clusterings = [chosen, *(m for m in made if isinstance(m, Clustering))]
    dense = _densest(space.scores)
    tree = spanning(space.scores[dense], NEIGHBOURS)

    def measured(c: Clustering) -> Rival:
        steady = case.best.candidate.stability if c is chosen else None
        return measure(space, c, case, steady, validity(_named(c.labels[dense]), tree), chosen.labels)

    scored = each(measured, clusterings)
    scored[0] = replace(scored[0], chosen=True)
    return tuple(zip(front(tuple(scored)), clusterings, strict=True)), refused


def _named_whole(made: Clustering | str, case: Case) -> Clustering | str:
    """A grouping with labels without gaps, or why it is none to compare."""
    if isinstance(made, str):
        return made
    found = len(np.unique(made.labels[made.labels >= 0]))
    if found < 2:
        return "it finds one group only"
    if case.study.asked and found != case.study.asked:
        return f"it finds {found} groups by itself, not the {case.study.asked} that were asked for"
    return replace(made, labels=_named(made.labels), size=found)


def _named(labels: Ints) -> Ints:
    """The labels 0 to k - 1 without gaps; -1 stays."""
    names = np.unique(labels[labels >= 0])
    return np.where(labels < 0, -1, np.searchsorted(names, labels)).astype(np.int32)


def measure(space: Space, c: Clustering, case: Case, steady: float | None, parted: float, chosen: Ints) -> Rival:
    """A grouping on the four scales, and its agreement with the chosen labels."""
    if steady is None:
        few = np.arange(min(RESAMPLED, len(space.rows)))
        check = plugins.find("checks", "stability").check
        steady = float(check(space.only(few), replace(c, labels=c.labels[few]), case.study.seed, SAMPLES)["stability"])
    bic = c.settings.get("bic")
    return Rival(
        method=c.method,
        groups=len(np.unique(c.labels)),
        fit=explained(space.scores, c.labels),
        steadiness=max(0.0, steady),
        balance=balance(c.labels),
        readability=readability(space.coordinates, c.labels, case.study.seed),
        agrees=float(adjusted_rand_score(chosen, c.labels)),
        validity=parted,
        evidence=float(bic) / len(c.labels) if isinstance(bic, float) else None,
    )


def explained(z: Floats, labels: Ints) -> float:
    """The share of the variance of points (n, r) that lies between the groups (R squared)."""
    total = float(((z - z.mean(axis=0)) ** 2).sum())
    within = sum(float(((z[labels == c] - z[labels == c].mean(axis=0)) ** 2).sum()) for c in np.unique(labels))
    return 1 - within / max(total, 1e-300)


def balance(labels: Ints) -> float:
    """The entropy of the sizes over that of equal sizes: 1 when all groups are equally large (Pielou 1966)."""
    share = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(-(share * np.log(share)).sum() / np.log(len(share))) if len(share) > 1 else 0.0


def readability(x: Floats, labels: Ints, seed: int) -> float:
    """How well three yes-or-no questions about the features (n, d) find the groups again: balanced accuracy of a decision tree
    (Breiman et al. 1984) of depth three, learnt on one half of the users and asked of the other."""
    n = min(len(x), 2 * HALVED)
    learn, ask = np.arange(0, n, 2), np.arange(1, n, 2)
    tree = DecisionTreeClassifier(max_depth=QUESTIONS, class_weight="balanced", random_state=seed)
    said = tree.fit(x[learn], labels[learn]).predict(x[ask])
    there = np.unique(labels[ask])
    return float(np.mean([(said[labels[ask] == c] == c).mean() for c in there]))


def front(scored: tuple[Rival, ...]) -> tuple[Rival, ...]:
    """The same with those marked that nothing else beats: as good on every scale and better on one (Pareto)."""
    at = np.array([[getattr(r, s) for s in SCALES] for r in scored])
    marked = []
    for i, r in enumerate(scored):
        better = ((at >= at[i] - TIE).all(axis=1)) & (at > at[i] + TIE).any(axis=1)
        marked.append(replace(r, front=not better.any()))
    return tuple(marked)


def _densest(z: Floats) -> NDArray[np.bool_]:
    """Who is among the densest (n,)."""
    far = reach(z)
    return np.asarray(far <= np.quantile(far, DENSE))


def reach(z: Floats) -> Floats:
    """The distance of each user (n,) to the fifth neighbour."""
    return np.asarray(NearestNeighbors(n_neighbors=min(NEIGHBOURS, len(z) - 1)).fit(z).kneighbors()[0][:, -1])
