"""Placing users by a Rule. Every sum runs in a fixed order per user, so that one user alone gets the same bits as a million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import plugins
from personae.model.rule import BORDERLINE, SHARED, Extent, Feature, Guard, Place, Placement, Rule
from personae.sql.coefficients import coefficients

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Floats = NDArray[np.float64]

CHUNK = 8192


def value(feature: Feature, raw: NDArray[Any]) -> Floats:
    """A feature's coordinate (n,) from the raw values of its column; empty counts as the average, 0."""
    x: NDArray[Any] = raw
    for s in feature.steps:
        x = plugins.find("steps", s.name).apply(x, s.learned)
    x = np.asarray(x, np.float64)
    return x if np.isfinite(x).all() else np.nan_to_num(x, nan=0.0)


@dataclass(frozen=True, eq=False)
class Counted:
    """What the m events of a rule learnt, as arrays that are the same for every user: looked up once, not once a user.

    `first` is the step that weighs counts and `idf` (m,) its weights, `between` the other steps but the last with what they
    learnt, `zero`, `mean` and `by` (m,) the numbers of the last; `weight` (m, r) and `offset` (r,) make coordinates of weighed
    counts, and `norms` the norm of each guard that reads events alone: weights (m,) of squares, of values, and a constant.
    """

    first: str
    idf: Floats
    between: tuple[tuple[Any, Mapping[str, Floats]], ...]
    zero: Floats
    mean: Floats
    by: Floats
    weight: Floats
    offset: Floats
    norms: tuple[tuple[Floats, Floats, float] | None, ...]


@lru_cache(maxsize=32)
def counted(rule: Rule) -> Counted:
    """The events of a rule as arrays."""
    held = coefficients(rule)
    if held is None:
        raise ValueError("this rule counts no events")
    features = rule.features[: len(held.events)]
    first = features[0].steps[0].name
    between = tuple((plugins.find("steps", s.name).apply, held.learned[i]) for i, s in enumerate(features[0].steps[:-1]))
    idf = held.learned[0]["idf"] if first == "tfidf" else np.ones(len(features))
    of_guards = {i: (square, product, constant) for i, square, product, constant in held.guards}
    norms = tuple(of_guards.get(i) for i in range(len(rule.guards)))
    return Counted(first, idf, between, held.zero, held.mean, held.by, held.weight, held.offset, norms)


def weighed(rule: Rule, counts: csr_matrix) -> tuple[csr_matrix, Floats]:
    """Each user's counts (n, m) after all steps but the last, less what the steps make of 0, and the totals (n,).

    Counts are divided by the user's total where the first step is "root" or "share", by the length of the counts times their
    weights where it is "tfidf", and stay where it is another one; users without events have no weight.
    """
    from scipy.sparse import csr_matrix

    known = counted(rule)
    totals = np.asarray(counts @ np.ones(counts.shape[1]), dtype=float)
    data = np.asarray(counts.data, dtype=float)
    if known.first in SHARED:
        data = data / np.repeat(np.maximum(totals, 1e-300), np.diff(counts.indptr))
    elif known.first == "tfidf":
        square = csr_matrix(((data * known.idf[counts.indices]) ** 2, counts.indices, counts.indptr), shape=counts.shape)
        length = np.sqrt(np.asarray(square @ np.ones(counts.shape[1]), dtype=float))
        data = data / np.repeat(np.maximum(length, 1e-300), np.diff(counts.indptr))
    for apply, learned in known.between:
        data = apply(data, {k: v[counts.indices] for k, v in learned.items()})
    if known.zero.any():
        data = data - known.zero[counts.indices]
    return csr_matrix((data, counts.indices, counts.indptr), shape=counts.shape), totals


def events_of(rule: Rule) -> list[str]:
    """The events the rule counts, in its order."""
    return [f.column for f in rule.features if f.of == "event"]


def place(rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int) -> Placement:
    """Place n users.

    `counts` (n, number of counted events) has one column per event of the rule, in its order; `measures` has the raw values
    (n,) of each column the rule reads (numbers with nan for empty, texts with "" for empty).
    """
    if users <= CHUNK:
        return _place(rule, counts, measures, users)
    parts = [
        _place(rule, _rows(counts, a, a + CHUNK), {k: v[a : a + CHUNK] for k, v in measures.items()}, min(CHUNK, users - a))
        for a in range(0, max(users, 1), CHUNK)
    ]
    joined = [np.concatenate([getattr(p, name) for p in parts]) for name in FIELDS]
    return Placement(*joined)


FIELDS = ("persona", "second", "membership", "margin", "kind", "reason")


def nowhere(users: int, reason: int) -> Placement:
    """Everybody outside, for one reason."""
    none, zero = np.full(users, -1, np.int32), np.zeros(users)
    return Placement(none, none, zero, zero, np.full(users, Place.OUTSIDE, np.int8), np.full(users, reason, np.int8))


def coordinates(rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int) -> Floats:
    """Where users (n, r) stand in the rule's space."""
    return projected(rule, counts, measures, users)[0]


def _rows(counts: csr_matrix | None, start: int, stop: int) -> csr_matrix | None:
    return None if counts is None else counts[start:stop]


def projected(
    rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int
) -> tuple[Floats, list[Floats], Floats, NDArray[np.bool_]]:
    """Coordinates (n, r), the norm of each guard (n,), activity (n,), and who is known well enough."""
    z = np.zeros((users, rule.projection.shape[1]))
    norms = [np.zeros(users) for _ in rule.guards]
    totals, known = np.zeros(users), np.zeros(users, bool)
    m = sum(f.of == "event" for f in rule.features)
    if m and counts is not None:
        values, totals = weighed(rule, _happened(counts))
        events = counted(rule)
        known |= totals > 0
        z += values @ events.weight - events.offset
        for norm, parts in zip(norms, events.norms):
            if parts is not None:
                norm += _sparse_norm(values, *parts)
                norm[totals == 0] = 0.0
        z[totals == 0] = 0.0
    for j, f in enumerate(rule.features[m:], start=m):
        x = value(f, measures[f.column])
        known |= _filled(measures[f.column])
        for r in range(z.shape[1]):
            z[:, r] += x * rule.projection[j, r]
        for norm, guard in zip(norms, rule.guards):
            if guard.start <= j < guard.stop:
                norm += guard.weight[j - guard.start] * x * x
    return z, norms, totals, known & (totals > 0) if rule.active else known


def _happened(counts: csr_matrix) -> csr_matrix:
    """The counts, with those below 0 as 0: nothing happens less than never."""
    if not (counts.data < 0).any():
        return counts
    out = counts.copy()
    out.data = np.maximum(out.data, 0.0)
    return out


def _sparse_norm(values: csr_matrix, square: Floats, plain: Floats, constant: float) -> Floats:
    """The norm (n,) of a guard from weighed counts."""
    from scipy.sparse import csr_matrix

    squares = csr_matrix((values.data**2, values.indices, values.indptr), shape=values.shape)
    return np.asarray(squares @ square - 2 * (values @ plain) + constant)


def _filled(raw: NDArray[Any]) -> NDArray[np.bool_]:
    if raw.dtype.kind == "f":
        return np.asarray(~np.isnan(raw))
    return np.asarray(raw != "").astype(np.bool_)


def distances(z: Floats, prototypes: Floats) -> Floats:
    """Squared distances (n, p), summed coordinate by coordinate."""
    d = np.zeros((len(z), len(prototypes)))
    for r in range(z.shape[1]):
        d += (z[:, r, None] - prototypes[None, :, r]) ** 2
    return d


def leaves(rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int) -> NDArray[np.int32]:
    """The leaf (n,) of the rule's tree in which each user stands, inside a group or not."""
    if rule.leaf is None:
        raise ValueError("this rule has no tree")
    d = distances(coordinates(rule, counts, measures, users), rule.prototypes)
    return np.asarray(rule.leaf[_nearest(d, rule.owner)], np.int32)


def _nearest(d: Floats, owner: NDArray[Any]) -> NDArray[np.intp]:
    """The nearest prototype (n,); of two that are as near, that of the first persona."""
    order = np.argsort(owner, kind="stable")
    return np.asarray(order[d[:, order].argmin(axis=1)])


def to_personas(d: Floats, owner: NDArray[Any], size: int) -> Floats:
    """Squared distance (n, k) to the nearest prototype of each persona; infinite to one that has none any more."""
    if len(owner) == size and (owner == np.arange(size)).all():
        return d
    return np.column_stack([d[:, owner == j].min(axis=1, initial=np.inf) for j in range(size)])


def soft(d: Floats, spread: float) -> Floats:
    """Memberships (n, k) that sum to 1: Gaussian weights of the squared distances, with one common variance."""
    w = np.exp(-(d - d.min(axis=1, keepdims=True)) / (2 * spread))
    return np.asarray(w / w.sum(axis=1, keepdims=True))


def _place(rule: Rule, counts: csr_matrix | None, measures: Mapping[str, NDArray[Any]], users: int) -> Placement:
    z, norms, totals, known = projected(rule, counts, measures, users)
    each = distances(z, rule.prototypes)
    d = to_personas(each, rule.owner, rule.size)
    first = d.argmin(axis=1).astype(np.int32)
    at = np.arange(users)
    nearest = d[at, first]
    membership = soft(d, rule.spread)[at, first] if rule.size > 1 else np.ones(users)
    others = d.copy()
    others[at, first] = np.inf
    second = others.argmin(axis=1).astype(np.int32) if rule.size > 1 else np.full(users, -1, np.int32)
    margin = 1 - np.sqrt(nearest / np.maximum(others.min(axis=1), 1e-300)) if rule.size > 1 else np.ones(users)
    kind = np.where(margin < BORDERLINE, Place.BORDER, Place.CORE).astype(np.int8)
    reason = kind.copy()
    prototype, distance = _nearest(each, rule.owner), np.sqrt(nearest)
    beyond, apart = _beyond(rule.extent, prototype, distance, z, norms, totals)
    for why, out in (
        (9, apart),
        (8, beyond),
        (3, distance > rule.radius[prototype]),
        (2, _refused(rule.guards, norms, totals)),
        (6, _lacking(rule, measures, users)),
        (4, ~known),
    ):
        kind[out], reason[out] = Place.OUTSIDE, why
    gone = kind == Place.OUTSIDE
    second[gone], membership[gone], margin[gone] = first[gone], 0.0, 0.0
    second[~known] = -1
    first[gone] = -1
    return Placement(first, second, np.round(membership, 6), np.round(margin, 6), kind, reason)


def _lacking(rule: Rule, measures: Mapping[str, NDArray[Any]], users: int) -> NDArray[np.bool_]:
    """Who has no value where the rule needs one."""
    lacking = np.zeros(users, bool)
    for name in rule.needs:
        lacking |= ~_filled(measures[name])
    return lacking


def unseen(extent: Extent, z: Floats, norms: Sequence[Floats]) -> Floats:
    """The part (n,) of the users' squared norms that the directions of the rule do not see."""
    left = np.zeros(len(z))
    for norm in norms:
        left += norm
    for column in extent.basis.T:
        along = np.zeros(len(z))
        for r in range(z.shape[1]):
            along += z[:, r] * column[r]
        left -= along * along
    return left


def _beyond(
    extent: Extent | None, prototype: NDArray[Any], distance: Floats, z: Floats, norms: Sequence[Floats], totals: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who is too far from the nearest prototype, and who is unlike every group in what the rule's directions do not see."""
    if extent is None:
        return np.zeros(len(z), bool), np.zeros(len(z), bool)
    band = np.searchsorted(extent.edges, totals, side="right")
    far = distance > extent.unit[prototype] * extent.near[band]
    return far, unseen(extent, z, norms) > extent.apart[band] if extent.basis.size else np.zeros(len(z), bool)


def _refused(guards: Sequence[Guard], norms: Sequence[Floats], totals: Floats) -> NDArray[np.bool_]:
    out = np.zeros(len(totals), bool)
    for guard, norm in zip(guards, norms):
        out |= totals > guard.most
        out |= norm > guard.limits[np.searchsorted(guard.edges, totals, side="right")]
    return out
