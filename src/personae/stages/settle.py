"""From a clustering of some users to the one rule that places everyone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans

from personae import rule as rules
from personae.model.clustering import Clustering, Space
from personae.model.features import Features
from personae.model.rule import Rule
from personae.model.study import Study
from personae.stages.score import coordinates, place_features

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

POLISH = 10
CLOSE = 0.98
"""Fidelity beyond which more prototypes are not worth their weight."""
MOST_PROTOTYPES = 400
FAR = 8.0
"""Robust standard deviations of the distance to the nearest prototype beyond which a user is outside."""


def settle(space: Space, clustering: Clustering, features: Features, study: Study) -> tuple[Rule, float]:
    """The rule, personas ordered by size, and its fidelity: the share of searched users it puts where the method put them.

    Methods whose groups are round around a centre get one prototype a group, moved to the mean of everybody it attracts;
    methods of any shape get as many as it takes to repeat them.
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
    )
    z, inside = coordinates(rule, features), _inside(rule, features)
    here = z[space.rows]
    if clustering.method in ("kmeans", "nmf"):
        means = np.array([here[clustering.labels == c].mean(axis=0) for c in range(clustering.size)])
        some = clustering.method == "kmeans" and len(space.rows) + space.outliers < len(features)
        prototypes = _polished(z, inside, means) if some else means
        owner = rule.owner
    else:
        prototypes, owner = _several(here, clustering, study.seed)
    rule = replace(rule, prototypes=prototypes, owner=owner)
    while True:
        done = _finished(rule, z, inside)
        if study.outliers == "none":
            done = replace(done, radius=np.full(done.size, np.inf))
        persona = place_features(done, features).persona
        sizes = np.bincount(persona[persona >= 0], minlength=done.size)
        if done.size == 1 or sizes.min() >= study.floor:
            again = rules.to_personas(rules.distances(here, done.prototypes), done.owner, done.size).argmin(axis=1)
            return done, overlap(clustering.labels, again.astype(np.int32), done.size)[1]
        rule = _without(done, int(sizes.argmin()))


def _without(rule: Rule, gone: int) -> Rule:
    """The rule without a group that too few users belong to: they go to the next nearest."""
    keep = rule.owner != gone
    owner = rule.owner[keep] - (rule.owner[keep] > gone).astype(np.int32)
    return replace(rule, prototypes=rule.prototypes[keep], owner=owner, radius=np.delete(rule.radius, gone))


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


def _several(here: Floats, clustering: Clustering, seed: int) -> tuple[Floats, Ints]:
    """Prototypes inside each group, more and more of them until the nearest one tells the group."""
    best: tuple[float, Floats, Ints] = (-1.0, here[:0], clustering.labels[:0])
    n = len(here)
    for share in (8, 4, 2, 1):
        most = min(MOST_PROTOTYPES, max(clustering.size, n // 4)) // share
        prototypes, owner = [], []
        for c in range(clustering.size):
            mine = here[clustering.labels == c]
            p = int(np.clip(round(most * len(mine) / n), 1, max(1, len(np.unique(mine, axis=0)))))
            prototypes.append(KMeans(p, n_init=1, random_state=seed).fit(mine).cluster_centers_)
            owner += [c] * p
        stacked, owners = np.vstack(prototypes), np.array(owner, np.int32)
        nearest = owners[rules.distances(here, stacked).argmin(axis=1)]
        same = float((nearest == clustering.labels).mean())
        if same > best[0] + 0.002:
            best = (same, stacked, owners)
        if same >= CLOSE:
            break
    return best[1], best[2]


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
    return replace(rule, prototypes=rule.prototypes[sort], owner=owner[sort], radius=radius, spread=spread)


def overlap(labels: Ints, persona: Ints, size: int) -> tuple[list[int], float]:
    """For each persona the label it came from (the assignment of largest overlap, Kuhn 1955), and the share of users kept."""
    table = np.zeros((int(labels.max()) + 1, size))
    np.add.at(table, (labels, persona), 1)
    rows, columns = linear_sum_assignment(-table)
    came = {int(c): int(r) for r, c in zip(rows, columns)}
    return [came.get(j, 0) for j in range(size)], float(table[rows, columns].sum() / len(labels))
