"""Would the same personas be there had other choices been made?

The groups are formed again on a sample: by other methods, from other random numbers, after another preparation, with one group
more or less, with users weighed by how much they do. A persona exists in a world where the best Jaccard with a group of that
world is 0.6 or more (Hennig 2007); the idea of showing every defensible analysis is that of Steegen et al. (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae import lloyd, plugins
from personae.errors import PersonaeError, Refused
from personae.facts.crossing import crossed, jaccards, rand
from personae.model.clustering import Clustering, Space
from personae.model.features import Features
from personae.model.study import Study
from personae.model.trial import Case
from personae.model.worlds import World, Worlds
from personae.progress import step
from personae.stages.empties import empty
from personae.stages.others import Made, attempt, part
from personae.stages.search import each, fitted, unsized
from personae.stages.space import behaviour_space

Ints = NDArray[np.int32]

MOST = {"auto": 2000, "all": 5000}
"""Users that are grouped again, by the setting `worlds`."""
SEEDS = 20
STARTS = 3
CRUMBS = 0.98
"""Share of users in one group from which on a method has found no groups but the odd user."""
WEIGHINGS = {
    "tfidf": "when events are weighed by TF-IDF",
    "shares": "when events are weighed by plain shares",
    "none": "when counts are not weighed",
}
SCALES = {
    "standard": "when columns are standardised",
    "robust": "when columns are scaled by median and quartiles",
    "log": "when columns are logged",
    "quantile": "when columns are replaced by ranks",
}
REDUCTIONS = {"none": "when no direction is dropped", "0.9": "when directions with 90 % of the variance are kept"}
OUTLIERS = {"none": "when nobody is set apart", "isolation": "when an isolation forest sets users apart"}


@dataclass(frozen=True, eq=False)
class Way:
    """A world that can be made: `make` gives the label of each user by position among the features, -1 for the unknown."""

    kind: str
    words: str
    make: Callable[[], Ints]


def worlds(case: Case, fits: Made) -> Worlds | None:
    """The personas of a run in other worlds; None where there are none, or worlds are not wanted. `fits` are the other methods'
    on the first users, which need not be made twice."""
    if case.rule is None or case.study.worlds not in MOST:
        return None
    n = min(MOST[case.study.worlds], len(case.space.rows))
    some, features = case.space.only(np.arange(n)), _first(case.features, int(case.space.rows[n - 1]) + 1)
    ours = np.full(len(features), -1, np.int32)
    ours[some.rows] = case.labels[:n]
    ways = [*_methods(case, some, ours, fits), *_preparations(case, features), *_empties(case, features)]
    ways += [*_numbers(case, n, ours), *_activity(case, some, ours), *_windows(case, len(features)), *_seeds(case, some, ours)]
    step("group", f"forming the groups in {len(ways)} other ways", 0, len(ways), "worlds")
    made = each(_tried, ways)
    kept, refused = [], []
    for way, labels in zip(ways, made, strict=True):
        if isinstance(labels, str):
            refused.append((way.words, labels))
        else:
            kept.append(_world(way, ours, labels, len(case.order), case.study.floor))
    drawn = [x for way, x in zip(ways, made, strict=True) if way.kind == "seed" and not isinstance(x, str)]
    return Worlds(tuple(kept), n, _alike(drawn), tuple(refused))


def _tried(way: Way) -> Ints | str:
    """The labels of a world, or why there are none."""
    try:
        labels = way.make()
    except Refused as no:
        return no.reason
    except PersonaeError as no:
        return no.what
    step("group", way.words, unit="worlds")
    known = labels[labels >= 0]
    if not len(known) or np.bincount(known).max() > CRUMBS * len(known):
        return "nearly everybody is in one group"
    return labels


def _world(way: Way, ours: Ints, theirs: Ints, size: int, floor: int) -> World:
    both = (ours >= 0) & (theirs >= 0)
    a, b = ours[both], theirs[both]
    agreement = rand(crossed(a, b, size, int(b.max()) + 1)) if len(a) else 0.0
    return World(way.kind, way.words, len(np.unique(theirs[theirs >= 0])), agreement, overlaps(a, b, size, floor))


def overlaps(ours: Ints, theirs: Ints, size: int, floor: int) -> tuple[float | None, ...]:
    """For each of `size` groups the largest Jaccard with one of the others; None for a group of fewer users than `floor`."""
    table = crossed(ours, theirs, size, int(theirs.max(initial=0)) + 1)
    own = table.sum(axis=1)
    return tuple(float(v) if n >= floor else None for v, n in zip(jaccards(table, own), own, strict=True))


def _first(features: Features, n: int) -> Features:
    """The first n users alone."""
    counts = features.counts
    few = None if counts is None else replace(counts, matrix=counts.matrix[:n])
    return replace(
        features, ids=features.ids[:n], counts=few, measures=tuple(replace(m, values=m.values[:n]) for m in features.measures)
    )


def _at(space: Space, labels: Ints, users: int) -> Ints:
    """Labels of the users of a space by their position among all users."""
    placed = np.full(users, -1, np.int32)
    placed[space.rows] = labels
    return placed


def _again(case: Case) -> dict[str, object]:
    """The options that make the method of the run once more, with fewer starts."""
    own = dict(case.best.clustering.options)
    return {**own, "starts": STARTS} if case.best.clustering.method == "kmeans" else own


def _size(case: Case, name: str) -> int:
    return 0 if unsized(name) else case.best.clustering.size


def _methods(case: Case, some: Space, ours: Ints, fits: Made) -> Iterator[Way]:
    """Every other method at the same number of groups."""
    known = fits if len(some.rows) == len(part(case).rows) else {}
    for name in plugins.names("methods"):
        if name == case.best.clustering.method.replace("-", "_"):
            continue

        def make(name: str = name) -> Ints:
            made = known.get(name) or attempt(some, name, case)
            if isinstance(made, str):
                raise Refused(made)
            return _at(some, made.labels, len(ours))

        yield Way("method", f"with {name.replace('_', '-')}", make)


def _seeds(case: Case, some: Space, ours: Ints) -> Iterator[Way]:
    """The same method from other random numbers; none where it draws none."""
    name = case.best.clustering.method
    if unsized(name) or case.best.clustering.tree is not None:
        return
    for i in range(1, SEEDS):

        def make(seed: int = case.study.seed + i) -> Ints:
            return _at(some, fitted(some, name, case.best.clustering.size, seed, _again(case)).labels, len(ours))

        yield Way("seed", f"with seed {case.study.seed + i}", make)


def _preparations(case: Case, features: Features) -> Iterator[Way]:
    """Other steps between the measures and the distances."""
    other: dict[str, Any]
    listed: dict[str, dict[str, str]] = {"outliers": OUTLIERS}
    if features.counts is not None:
        listed = {"weigh": WEIGHINGS, "reduce": {"none": REDUCTIONS["none"]}, **listed}
    if features.forming():
        listed = {"scale": SCALES, "reduce": REDUCTIONS, **listed}
    for setting, ways in listed.items():
        for value, words in ways.items():
            if getattr(case.study, setting) != value:
                other = {setting: value}
                yield Way("preparation", words, _prepared(case, features, replace(case.study, **other)))


def _empties(case: Case, features: Features) -> Iterator[Way]:
    """Empty cells filled with a middle, and users with an empty cell left out."""
    if not any(empty(m).any() for m in features.forming()):
        return
    for way, words in (("median", "when empty cells get the median"), ("drop", "when users with an empty cell are left out")):
        if case.study.empty != (way,):
            yield Way("empty cells", words, _prepared(case, features, replace(case.study, empty=(way,))))


def _prepared(case: Case, features: Features, study: Study) -> Callable[[], Ints]:
    """The method of the run in another space."""

    def make() -> Ints:
        space = behaviour_space(features, replace(study, groups=str(case.best.clustering.size)), case.space.active)
        if space is None or len(space.rows) < 2 * case.study.floor:
            raise Refused("too few users are left")
        name = case.best.clustering.method
        options = {k: v for k, v in _again(case).items() if k != "sphere" and not (space.textbook and k == "refine")}
        return _at(space, fitted(space, name, _size(case, name), case.study.seed, options).labels, len(features))

    return make


def _numbers(case: Case, n: int, ours: Ints) -> Iterator[Way]:
    """The groupings in one more and one less, as the search found them."""
    for one, words in ((-1, "with one group less"), (1, "with one group more")):
        for t in case.trial.tried:
            same = t.clustering.method == case.best.clustering.method  # of another method it were a world of that method
            if same and t.clustering.size == case.best.clustering.size + one and t.clustering.size > 1:

                def make(made: Clustering = t.clustering) -> Ints:
                    return _at(case.space.only(np.arange(n)), made.labels[:n], len(ours))

                yield Way("number", words, make)
                break


def _activity(case: Case, some: Space, ours: Ints) -> Iterator[Way]:
    """k-means in which a user counts as often as they did something (R133)."""
    if not some.activity.std() > 0:
        return

    def make() -> Ints:
        z, size = case.best.clustering.seen_in(some), case.best.clustering.size
        return _at(some, lloyd.fit(z, size, case.study.seed, STARTS, some.activity).labels, len(ours))

    yield Way("activity", "when users weigh as much as they do", make)


def _windows(case: Case, n: int) -> Iterator[Way]:
    """The parts of the window that were measured on their own."""
    for words, half in case.features.parts:
        yield Way("window", words, _prepared(case, _first(half, n), case.study))


def _alike(labels: list[Ints]) -> float | None:
    """The mean adjusted Rand index between any two."""
    pairs = [rand(crossed(a, b, int(a.max()) + 1, int(b.max()) + 1)) for a, b in combinations(labels, 2)]
    return float(np.mean(pairs)) if pairs else None
