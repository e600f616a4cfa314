"""From a clustering of some users to the one rule that places everyone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from personae import lloyd
from personae import rule as rules
from personae.model.clustering import Clustering, Space
from personae.model.features import Features
from personae.model.rule import Place, Rule
from personae.model.study import Study
from personae.model.tree import Tree
from personae.stages.extent import extent
from personae.stages.score import coordinates, place_features
from personae.stages.smallest import smallest

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

POLISH = 10
CLOSE = 0.98
"""Fidelity beyond which more prototypes are not worth their weight."""
MOST_PROTOTYPES = 400
MEANS = ("kmeans", "minibatch")
"""Methods whose groups are their means, so that means of everybody are better than means of a sample."""
CENTRED = (*MEANS, "nmf")
"""Methods with one centre a group."""
FAR = 8.0
"""Robust standard deviations of the distance to the nearest prototype beyond which a user is outside."""


def settle(space: Space, clustering: Clustering, features: Features, study: Study) -> tuple[Rule, float]:
    """The rule, personas ordered by size, and its fidelity: the share of searched users it puts where the method put them.

    Methods whose groups are round around a centre get one prototype a group, moved to the mean of everybody it attracts; so do
    other methods where the nearest mean tells the group of nearly everybody. The rest get as many prototypes as it takes to
    repeat them, those of a method that builds a tree inside its leaves. Whom a method leaves in no group counts as kept where
    the rule finds them outside.
    """
    metric = np.eye(space.scores.shape[1]) if clustering.metric is None else clustering.metric
    rule = Rule(
        features=space.features,
        projection=space.projection @ metric,
        prototypes=np.zeros((clustering.size, metric.shape[1])),
        owner=np.arange(clustering.size, dtype=np.int32),
        radius=np.full(clustering.size, np.inf),
        spread=1.0,
        guards=space.guards,
        needs=space.needs,
        active=space.active,
    )
    z, inside = coordinates(rule, features), _inside(rule, features)
    here = z[space.rows]
    means = np.array([here[clustering.labels == c].mean(axis=0) for c in range(clustering.size)])
    if clustering.method in CENTRED or _told_by(means, here, clustering):
        some = clustering.method in MEANS and len(space.rows) + space.outliers < len(features)
        prototypes = _polished(z, inside, means) if some else means
        owner = rule.owner
    else:
        prototypes, owner, leaf = _several(here, clustering, study.seed)
        rule = replace(rule, leaf=leaf, tree=_floored(clustering, study.floor) if leaf is not None else None)
    rule = replace(rule, prototypes=prototypes, owner=owner, radius=np.full(len(owner), np.inf))
    noise = _noise(clustering)
    least = max(study.floor, smallest(study.smallest, len(features)))
    while True:
        done = _finished(rule, z, inside)
        if study.outliers == "none":
            done = replace(done, radius=np.full(len(done.owner), np.inf))
        done = _bounded(done, here, noise)
        if study.outliers != "none":
            done = replace(done, extent=extent(done, features))
        persona = place_features(done, features).persona
        sizes = np.bincount(persona[persona >= 0], minlength=done.size)
        if done.size == 1 or sizes.min() >= (study.floor if done.size == 2 else least):
            return done, _fidelity(done, here, clustering.labels, noise)
        rule = _without(done, int(sizes.argmin()))


def _without(rule: Rule, gone: int) -> Rule:
    """The rule without a group that too few users belong to: they go to the next nearest."""
    keep = rule.owner != gone
    owner = rule.owner[keep] - (rule.owner[keep] > gone).astype(np.int32)
    leaf = None if rule.leaf is None else rule.leaf[keep]
    return replace(rule, prototypes=rule.prototypes[keep], owner=owner, radius=rule.radius[keep], leaf=leaf)


def _inside(rule: Rule, features: Features) -> NDArray[np.bool_]:
    """Who is known and not unlike everybody."""
    return np.asarray(place_features(rule, features).persona >= 0)


def _polished(z: Floats, inside: NDArray[np.bool_], centres: Floats) -> Floats:
    """Lloyd's steps over everyone inside, in a fixed order of sums."""
    for _ in range(POLISH):
        sums, sizes = np.zeros_like(centres), np.zeros(len(centres))
        for a in range(0, len(z), rules.CHUNK):
            here = z[a : a + rules.CHUNK][inside[a : a + rules.CHUNK]]
            nearest = rules.distances(here, centres).argmin(axis=1)
            sizes += np.bincount(nearest, minlength=len(centres))
            for r in range(z.shape[1]):
                sums[:, r] += np.bincount(nearest, weights=here[:, r], minlength=len(centres))
        if (sizes == 0).any():
            return centres
        new = sums / sizes[:, None]
        if np.abs(new - centres).max() <= 1e-7 * max(np.abs(centres).max(), 1e-12):
            return np.asarray(new)
        centres = new
    return centres


def _told_by(means: Floats, here: Floats, clustering: Clustering) -> bool:
    """Whether the nearest of these means repeats the method's own labels, where it has neither a tree nor users in no group."""
    if clustering.tree is not None or _noise(clustering).any():
        return False
    return float((rules.distances(here, means).argmin(axis=1) == clustering.labels).mean()) >= CLOSE


def _several(here: Floats, clustering: Clustering, seed: int) -> tuple[Floats, Ints, Ints | None]:
    """Prototypes inside each group, more and more of them until the nearest one tells the group; their owners; the leaf of the
    tree each lies in."""
    labels, among = clustering.labels, np.flatnonzero(~_noise(clustering))
    cells = labels if clustering.leaf is None else clustering.leaf
    names, users = np.unique(cells[among], return_counts=True)
    best: tuple[float, Floats, Ints] = (-1.0, here[:0], labels[:0])
    n = len(here)
    for share in (8, 4, 2, 1):
        most = min(MOST_PROTOTYPES, max(clustering.size, n // 4)) // share
        prototypes, cell = [], []
        for c, held in zip(names, users):
            mine = here[among[cells[among] == c]]
            p = int(np.clip(round(most * held / n), 1, max(1, len(np.unique(mine, axis=0)))))
            prototypes.append(lloyd.fit(mine, p, seed).centres)
            cell += [c] * p
        stacked, owners = np.vstack(prototypes), np.array(cell, np.int32)
        nearest = owners[rules.distances(here[among], stacked).argmin(axis=1)]
        same = float((_group_of(clustering, nearest) == labels[among]).mean())
        if same > best[0] + 0.002:
            best = (same, stacked, owners)
        if same >= CLOSE:
            break
    return best[1], _group_of(clustering, best[2]), None if clustering.leaf is None else best[2]


def _group_of(clustering: Clustering, cells: Ints) -> Ints:
    """The group of each leaf of a tree; where there is no tree, a cell is a group."""
    if clustering.tree is None or clustering.leaf is None:
        return cells
    return np.array(clustering.tree.cut(clustering.size), np.int32)[cells]


def _floored(clustering: Clustering, floor: int) -> Tree | None:
    """The tree without the sizes of leaves that too few users are in."""
    tree = clustering.tree
    return None if tree is None else replace(tree, sizes=tuple(n if n >= floor else 0 for n in tree.sizes))


def _noise(clustering: Clustering) -> NDArray[np.bool_]:
    """Who (n,) is in no group by the method's own word."""
    if clustering.kinds is None:
        return np.zeros(len(clustering.labels), bool)
    return np.asarray(clustering.kinds == Place.OUTSIDE)


def _bounded(rule: Rule, here: Floats, noise: NDArray[np.bool_]) -> Rule:
    """The radius of each prototype that has noise about it is drawn in to where it parts members from noise with the fewest
    errors, the widest of several such."""
    if not noise.any():
        return rule
    d = rules.distances(here, rule.prototypes)
    nearest, radius = d.argmin(axis=1), rule.radius.copy()
    distance = np.sqrt(d[np.arange(len(here)), nearest])
    for q in np.unique(nearest[noise]):
        mine = np.flatnonzero(nearest == q)
        mine = mine[np.argsort(distance[mine], kind="stable")]
        out = noise[mine]
        wrong = np.r_[0, np.cumsum(out)] + np.r_[np.cumsum(~out[::-1])[::-1], 0]
        last = len(mine) - int(wrong[::-1].argmin())  # how many of the nearest stay
        if last < len(mine):
            low = distance[mine[last - 1]] if last else 0.0
            radius[q] = min(radius[q], (low + distance[mine[last]]) / 2)
    return replace(rule, radius=radius)


def _fidelity(rule: Rule, here: Floats, labels: Ints, noise: NDArray[np.bool_]) -> float:
    """The share of users whom rule and method put in the same group, or both in none."""
    d = rules.distances(here, rule.prototypes)
    nearest = d.argmin(axis=1)
    placed = rule.owner[nearest]
    if noise.any():
        placed = np.where(np.sqrt(d.min(axis=1)) > rule.radius[nearest], -1, placed)
    both = ~noise & (placed >= 0)
    kept = overlap(labels[both], placed[both], rule.size)[1] * both.sum() if both.any() else 0.0
    return float((kept + (noise & (placed < 0)).sum()) / len(labels))


def _finished(rule: Rule, z: Floats, inside: NDArray[np.bool_]) -> Rule:
    """With radii, spread and the order by size, learnt from everyone who is known and not unlike everybody."""
    size = rule.size
    nearest = np.empty(len(z))
    persona = np.empty(len(z), np.int32)
    for a in range(0, len(z), rules.CHUNK):
        d = rules.to_personas(rules.distances(z[a : a + rules.CHUNK], rule.prototypes), rule.owner, size)
        persona[a : a + rules.CHUNK] = d.argmin(axis=1)
        nearest[a : a + rules.CHUNK] = d.min(axis=1)
    persona, nearest = persona[inside], nearest[inside]
    order = np.argsort(-np.bincount(persona, minlength=size), kind="stable")
    place = np.empty(size, np.int32)
    place[order] = np.arange(size)
    distance = np.sqrt(nearest)
    radius = np.full(size, np.inf)
    for c in range(size):
        mine = distance[persona == c]
        if len(mine) > 10:
            middle = np.median(mine)
            radius[place[c]] = middle + FAR * 1.4826 * max(np.median(np.abs(mine - middle)), 0.05 * middle)
    spread = max(float(np.median(nearest)) / max(z.shape[1], 1), 1e-12) if len(nearest) else 1.0
    owner = place[rule.owner]
    sort = np.argsort(owner, kind="stable")
    leaf = None if rule.leaf is None else rule.leaf[sort]
    prototypes, owner = rule.prototypes[sort], owner[sort]
    return replace(rule, prototypes=prototypes, owner=owner, radius=radius[owner], spread=spread, leaf=leaf, extent=None)


def overlap(labels: Ints, persona: Ints, size: int) -> tuple[list[int], float]:
    """For each persona the label it came from (the assignment of largest overlap, Kuhn 1955), and the share of users kept."""
    table = np.zeros((int(labels.max()) + 1, size))
    np.add.at(table, (labels, persona), 1)
    rows, columns = linear_sum_assignment(-table)
    came = {int(c): int(r) for r, c in zip(rows, columns)}
    return [came.get(j, 0) for j in range(size)], float(table[rows, columns].sum() / len(labels))
