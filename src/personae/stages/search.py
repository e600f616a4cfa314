"""Try every number of groups and keep what was measured on each."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from personae import mixed, plugins
from personae.errors import Refused
from personae.model.clustering import Clustering, Space
from personae.model.evidence import Candidate
from personae.model.study import Study
from personae.model.trial import Tried
from personae.progress import step
from personae.stages.method import Method

Floats = NDArray[np.float64]
SETTLED = ("converged", "yes")
"""What a note of a grouping leaves out; that it did not converge is noted."""
A = TypeVar("A")
B = TypeVar("B")

STARTS = 10
"""Starts of a textbook k-means, scikit-learn's own number before 1.4."""
FEW_WAYS = 4
"""Directions up to which numbers of groups beyond ten, and mixtures of Gaussians, are tried."""
COARSE = 3
"""Numbers of groups up to which none is grown: the cuts that the verdict looks for a valley in stay plain."""
GROWN = 500
"""Users from which on a rare group can be above the floor."""
WIDEST = 40
MOST_WIDE = 5000
"""Users up to whom numbers of groups beyond ten are tried, and among whom the number of Gaussians is chosen."""
NEAR = 3
"""More are tried while the cheapest number is among the last so many: one fit may miss its best, and the next do better."""
MANY = 5
APART = 0.05
"""More than ten groups are looked for where five or more have a valley at every border."""
MOST_PARTS = 12
SAMPLES = 10
"""Bootstrap samples for each number of groups; the chosen one gets more."""


def sizes(space: Space, study: Study) -> range:
    """The numbers of groups to try: what was asked for, no more than there are different users."""
    low, high = study.group_range()
    distinct = len(np.unique(np.round(space.scores, 9), axis=0))
    room = max(2, len(space.rows) // study.floor)
    return range(min(low, distinct, room), min(max(high, low), distinct, room) + 1)


def search(space: Space, study: Study, method: Method) -> tuple[list[Tried], list[tuple[str, str]]]:
    """One grouping for each number, the better of the two geometries for tables; and the methods that refused."""
    wanted = [0] if unsized(method.name) else list(sizes(space, study))
    step("group", f"trying {len(wanted)} numbers of groups", 0, len(wanted), "numbers")
    refused: list[tuple[str, str]] = []
    whole = _whole(space, method, max(wanted), study.seed)

    def best_of(size: int) -> Tried | None:
        tried = []
        for options in _options(space, method, size):
            try:
                made = recut(whole, size) if whole else fitted(space, method.name, size, study.seed, options)
                if (found := len(np.unique(made.labels))) == made.size:
                    tried.append(judge(space, made, study))
                else:
                    empty = f"{made.size - found} of {made.size} groups have nobody"
                    refused.append((method.name, empty))
            except Refused as no:
                refused.append((method.name, no.reason))
        step("group", f"tried {size} groups", unit="numbers")
        return min(tried, key=lambda t: t.cost) if tried else None

    found = [t for t in each(best_of, wanted) if t is not None]
    large = [t for t in found if np.bincount(t.clustering.labels).min() >= study.floor]
    return large or found, sorted(set(refused))


def each(work: Callable[[A], B], items: Iterable[A]) -> list[B]:
    """The work on every item, in their order, on all cores; each worker keeps its linear algebra to one thread, so that the
    number of cores changes no digit. Warnings are turned off around all workers: a worker that turned them off for itself would
    turn them on again for the others."""
    with warnings.catch_warnings(), ThreadPoolExecutor(os.cpu_count() or 1, initializer=_alone) as pool:
        warnings.simplefilter("ignore", UserWarning)  # what matters of them is said in the settings
        return list(pool.map(work, items))


def _alone() -> None:
    threadpool_limits(limits=1)


def fitted(space: Space, name: str, size: int, seed: int, options: Mapping[str, Any]) -> Clustering:
    """A method's grouping, which knows how it was made. Raises Refused."""
    made: Clustering = plugins.find("methods", name).fit(space, size, seed, **options)
    return replace(made, options=dict(options))


def _whole(space: Space, method: Method, most: int, seed: int) -> Clustering | None:
    """The finest grouping of a method that builds a tree: every other number is a cut of it, without another fit. None for
    other methods, and where it refuses."""
    if not getattr(plugins.find("methods", method.name), "NESTED", False):
        return None
    for size in range(most, 1, -1):
        try:
            return fitted(space, method.name, size, seed, method.options)
        except Refused:
            continue
    return None


def recut(clustering: Clustering, size: int) -> Clustering:
    """Another cut of the same tree. Raises Refused where it has too few leaves, ValueError where there is no tree."""
    if clustering.tree is None or clustering.leaf is None:
        raise ValueError(f"{clustering.method} built no tree")
    if clustering.tree.leaves < size:
        raise Refused(f"the tree parts into {clustering.tree.leaves} groups at most; {size} were asked for")
    labels = np.array(clustering.tree.cut(size), np.int32)[clustering.leaf]
    return replace(clustering, labels=labels, size=size)


def unsized(name: str) -> bool:
    """Whether a method finds the number of groups itself."""
    return bool(getattr(plugins.find("methods", name), "UNSIZED", False))


def _options(space: Space, method: Method, size: int) -> list[dict[str, Any]]:
    own = dict(method.options)
    if method.name == "kmeans" and space.textbook:
        return [{"starts": STARTS, "strict": True, **own}]
    if method.name != "kmeans" or space.counted:
        return [own]
    if "starts" in own:
        return [{"refine": True, **own}]
    ways: list[dict[str, Any]] = [{"refine": True}]
    if size > COARSE and len(space.rows) >= GROWN:
        ways.append({"refine": True, "grow": True})
    return [{**way, **own} for way in (*ways, *([{"refine": True, "sphere": True}] if space.numeric else []))]


def wider(space: Space, study: Study, tried: list[Tried]) -> list[Tried]:
    """More groups where numbers in few directions are described better with every group more: ten at a time, to WIDEST."""
    few = space.numeric and not space.textbook and space.scores.shape[1] <= FEW_WAYS and len(space.rows) <= MOST_WIDE
    apart = any(t.borders and max(p for *_, p in t.borders) <= APART for t in tried if t.candidate.size >= MANY)
    while few and apart and tried and (top := max(t.candidate.size for t in tried)) < WIDEST:
        if min(tried, key=lambda t: t.cost).candidate.size <= top - NEAR:
            break
        more, _ = search(space, replace(study, groups=f"{top + 1}-{top + 10}"), Method("kmeans", {"starts": STARTS}))
        more = [t for t in more if t.candidate.size > top]
        if not more:
            break
        tried = [*tried, *more]
    return tried


def mixture(space: Space, study: Study) -> Tried:
    """The Gaussian mixture whose number has the best BIC among the first MOST_WIDE users, who are a random part; the search
    ends where three more do not better it. Raises Refused."""
    some = space.only(np.arange(min(len(space.rows), MOST_WIDE)))
    best, score = None, np.inf
    for size in range(1, MOST_PARTS + 1):
        made = fitted(some, "gmm", size, study.seed, {})
        if float(made.settings["bic"]) < score:
            best, score = made, float(made.settings["bic"])
        elif best is not None and size - best.size >= 3:
            break
    if best is None or best.size < 2:
        raise Refused("one Gaussian describes everybody as well as several")
    whole = best if len(some.rows) == len(space.rows) else fitted(space, "gmm", best.size, study.seed, {})
    if np.bincount(whole.labels, minlength=whole.size).min() < study.floor:
        raise Refused("a part of the mixture would have too few users")
    return judge(space, whole, study)


def judge(space: Space, clustering: Clustering, study: Study) -> Tried:
    """Separation and borders of a grouping."""
    measured = plugins.find("checks", "separation").check(space, clustering, study.seed)
    found = plugins.find("checks", "borders").borders(space, clustering, study.seed)
    if space.mixed is None:
        bic = class_bic(space.scores, clustering.labels, clustering.size)
    else:
        bic = mixed.bic(space.mixed, clustering.labels, clustering.size)
    candidate = Candidate(
        method=clustering.method,
        size=clustering.size,
        bic=bic,
        border=max((p for *_, p in found), default=None),
        note=", ".join(f"{k} {v}" for k, v in _noted(clustering, study.floor)),
        **measured,
    )
    cost = -(candidate.silhouette or 0.0) if space.counted else bic
    return Tried(clustering, candidate, tuple(found), cost)


def _noted(clustering: Clustering, floor: int) -> Iterator[tuple[str, str]]:
    """The settings that are words; what is left out where that is fewer users than the floor stays unsaid."""
    few = float(clustering.settings.get("noise", 1.0)) * len(clustering.labels) < floor
    for name, value in clustering.settings.items():
        if isinstance(value, str) and (name, value) != SETTLED and not (few and name == "left"):
            yield name, value


def steadied(space: Space, tried: Tried, study: Study, samples: int = SAMPLES) -> Tried:
    """The same with its steadiness over bootstrap samples."""
    measured = plugins.find("checks", "stability").check(space, tried.clustering, study.seed, samples)
    return replace(tried, candidate=replace(tried.candidate, **measured))


def class_bic(z: Floats, labels: NDArray[np.int32], size: int, alike: bool = True) -> float:
    """Classification BIC of Gaussian groups with one common covariance, or where they are not `alike` with one for each group
    (Biernacki, Celeux & Govaert 2000)."""
    n, d = z.shape
    counts = np.bincount(labels, minlength=size)
    rest = z - np.array([z[labels == c].mean(axis=0) for c in range(size)])[labels]
    parts = [rest] if alike else [rest[labels == c] for c in range(size)]
    spread = sum(len(x) * (np.linalg.slogdet(x.T @ x / len(x) + 1e-6 * np.eye(d))[1] + d) for x in parts)
    fit = -0.5 * spread + (counts * np.log(np.maximum(counts / n, 1e-9))).sum()
    return float(-2 * fit + np.log(n) * (size * d + size - 1 + len(parts) * d * (d + 1) / 2))
