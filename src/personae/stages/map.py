"""A map of the users: the space the groups were formed in, seen from two directions at right angles.

The directions are those in which the groups' means lie furthest apart (principal directions of the means, weighted by size:
the canonical variates of Fisher 1936 and Rao 1948 where the method itself measured distance by the spread within groups).
Turning a space and leaving directions out never brings two users further apart, so what is apart on the map is apart. Where
groups do not fill two directions, the rest is the direction in which users differ most; without groups both are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from personae.model.clustering import Space
from personae.model.map import Cell, Direction, Map, Outline
from personae.model.trial import Case
from personae.stages.ends import ends

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
ACROSS = (40, 32, 26, 21, 17, 14, 11, 9, 7, 5)
"""Cells along the longer side, finest first."""
DRAWN = 0.85
"""Share of users that must be in cells that are drawn; the finest cells of which that is true are taken."""


def mapped(case: Case) -> Map | None:
    """The map of the searched users; None where the space has one direction only, or too few users for any cell."""
    labels, seen = persona_labels(case), case.best.clustering.seen_in(case.space)
    if seen.shape[1] < 2:
        return None
    turn = directions(case)
    at = (seen - seen.mean(axis=0)) @ turn
    size = int(labels.max()) + 1
    side, cells, left = fine(at, labels, case.study.floor)
    if not cells:
        return None
    shown = [_direction(case.space, seen, labels, turn[:, i], at[:, i]) for i in (0, 1)]
    outlines = tuple(o for c in range(size) if (o := _outline(case, at, labels, turn, c)) is not None)
    return Map(shown[0], shown[1], side, cells, outlines, len(at), left)


def kept(value: float) -> float:
    """A number with the digits that a saved run keeps, so that one that is opened again draws the same."""
    return float(f"{value:.7g}")


def persona_labels(case: Case) -> Ints:
    """(n,) the persona of each searched user, -1 where there are none."""
    return case.labels if case.rule is not None else np.full(len(case.space.rows), -1, np.int32)


def directions(case: Case) -> Floats:
    """(r, 2) the two directions, at right angles and of length one, each turned so that what says most of it rises."""
    labels, seen = persona_labels(case), case.best.clustering.seen_in(case.space)
    z = seen - seen.mean(axis=0)
    found: list[Floats] = []
    for spread in (_between(z, labels), z.T @ z / len(z)):
        away = np.eye(z.shape[1]) - sum((np.outer(v, v) for v in found), np.zeros((z.shape[1],) * 2))
        values, vectors = np.linalg.eigh(away @ spread @ away)
        best = [vectors[:, -1 - i] for i in range(2) if values[-1 - i] > 1e-9 * max(np.trace(spread), 1e-300)]
        found.extend(best[: 2 - len(found)])
    while len(found) < 2:  # users differ in one direction only
        away = np.eye(z.shape[1]) - sum((np.outer(v, v) for v in found), np.zeros((z.shape[1],) * 2))
        found.append(np.linalg.eigh(away)[1][:, -1])
    turn = np.column_stack(found)
    x = case.space.coordinates - case.space.coordinates.mean(axis=0)
    alike = (x / np.maximum(x.std(axis=0), 1e-12)).T @ (z @ turn)
    rises = np.round(alike[np.abs(alike).argmax(axis=0), [0, 1]], 9) >= 0
    return np.asarray(turn * np.where(rises, 1.0, -1.0))


def _between(z: Floats, labels: Ints) -> Floats:
    """(r, r) second moments of the means of the groups, each user counted once."""
    spread = np.zeros((z.shape[1],) * 2)
    for c in np.unique(labels[labels >= 0]):
        mean = z[labels == c].mean(axis=0)
        spread += (labels == c).mean() * np.outer(mean, mean)
    return spread


def _direction(space: Space, seen: Floats, labels: Ints, v: Floats, z: Floats) -> Direction:
    """What lies at both ends, and how much of the differences shows."""
    low, high = ends(space, z)
    between = _between(seen - seen.mean(axis=0), labels)
    total = float(np.trace(between))
    share = kept(float(v @ between @ v) / total) if total > 0 else None
    return Direction(low, high, share, kept(z.var() / max(seen.var(axis=0).sum(), 1e-300)))


def fine(at: Floats, labels: Ints, floor: int) -> tuple[float, tuple[Cell, ...], int]:
    """The side of the finest cells that leave few users out, those cells, and how many users they leave out."""
    low, high = np.quantile(at, [0.01, 0.99], axis=0)
    span = max(float((high - low).max()), 1e-9)
    for across in ACROSS:
        side = kept(span / across)
        cells, left = _cells(at, labels, side, floor)
        if left <= (1 - DRAWN) * len(at):
            break
    return side, cells, left


def _cells(at: Floats, labels: Ints, side: float, floor: int) -> tuple[tuple[Cell, ...], int]:
    """Cells with enough users, and how many users are in the others. Were those fewer than the floor, their number could be
    told from the rest: the smallest cell goes too."""
    key = np.floor(at / side).astype(np.int64)
    places, where, counts = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    where = where.ravel()
    keep = counts >= floor
    left = int(counts[~keep].sum())
    if 0 < left < floor and keep.any():
        keep[np.flatnonzero(keep)[counts[keep].argmin()]] = False
    made = []
    for i in np.flatnonzero(keep):
        of = np.bincount(labels[where == i] + 1, minlength=2)
        x, y = (places[i] + 0.5) * side
        made.append(Cell(kept(x), kept(y), int(counts[i]), int(of.argmax()) - 1))
    return tuple(made), int(counts[~keep].sum())


def _outline(case: Case, at: Floats, labels: Ints, turn: Floats, c: int) -> Outline | None:
    """Mean and covariance of a persona; None for one with fewer users than the floor."""
    mine = at[labels == c]
    if len(mine) < case.study.floor:
        return None
    x, y = mine.mean(axis=0)
    own = case.best.clustering.covariances
    spread = np.cov(mine.T, bias=True) if own is None else turn.T @ own[case.order[c]] @ turn
    xx, xy, yy = (kept(v) for v in (spread[0, 0], spread[0, 1], spread[1, 1]))
    return Outline(c, len(mine), kept(x), kept(y), xx, xy, yy, own is not None)
