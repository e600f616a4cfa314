"""How much of each outcome is known from persona, segment and demographics, on users held out; any of them may win.

Each outcome is learnt on four fifths of the users and foretold for the last, five times. All sides are learnt alike: groups
and categories as columns of 0 and 1, numbers as their fifths, so that a straight line is no one's handicap. A number is
foretold by ridge regression, a yes or no by logistic regression, and several answers by the share of each (Brier 1950).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from personae import progress
from personae.cuts.contest import explained, surely
from personae.facts.tally import POSITIVE
from personae.model.belief import Estimate, Foretold
from personae.model.features import Features, Measure
from personae.model.study import Role
from personae.model.table import Kind
from personae.words import believing

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

FOLDS = 5
LOOKED_AT = 20_000
LEVELS, FIFTHS = 20, 5
"""Levels of a category that have a column of their own; parts a number is cut into."""
STEPS = 30
"""Steps of Newton's method at most."""
FEWEST = 100
"""Users with a value below whom nothing is foretold."""


def foretold(features: Features, groups: Mapping[str, Ints], without: Sequence[str]) -> tuple[Foretold, ...]:
    """Every outcome of `features`, foretold by each of `groups` ("persona", "segment": codes (n,), -1 for none) and by
    demographics. `without` are columns that do not count as outcome or demographics, for they made a group."""
    outcomes = [m for m in features.measures if m.role == Role.OUTCOME and m.name not in without]
    people = [m for m in features.measures if m.role == Role.DEMOGRAPHIC and m.name not in without]
    made = []
    for i, m in enumerate(outcomes):
        progress.step("believe", f"foretelling {m.label or m.name}", i, len(outcomes), "outcomes")
        with threadpool_limits(limits=1):  # on so few numbers two threads take ten times as long, waiting for each other
            found = _foretold(m, groups, people)
        if found is not None:
            made.append(believing.foretold(found))
    return tuple(made)


def _foretold(outcome: Measure, groups: Mapping[str, Ints], people: Sequence[Measure]) -> Foretold | None:
    """One outcome; None where too few have it or all have the same."""
    y, measure, known = _target(outcome)
    rows = np.flatnonzero(known)[:LOOKED_AT]
    if len(rows) < FEWEST or (y[rows] == y[rows[0]]).all():
        return None
    sides = {name: _codes(code[rows]) for name, code in groups.items()}
    if people:
        sides["demographics"] = np.hstack([_columns(m, rows) for m in people])
    y = y[rows]
    none = _left(np.zeros((len(y), 0)), y, measure)
    left = {n: _left(x, y, measure) for n, x in sides.items()}
    rest = [x for n, x in sides.items() if n != "persona"]
    lift = None
    if "persona" in sides and rest:
        base, more = (_left(np.hstack(x), y, measure) for x in (rest, [*rest, sides["persona"]]))
        lift = _estimate(more, base, none)
    got = {n: _estimate(x, none, none) for n, x in left.items()}
    best = min(left, key=lambda n: float(left[n].sum()))
    ahead = all(surely(left[best], other) > 0 for n, other in left.items() if n != best) and got[best].low > 0
    return Foretold(
        outcome.name, outcome.label or outcome.name, measure, len(y), got.get("persona"), got.get("segment"),
        got.get("demographics"), best if ahead and len(left) > 1 else "", lift,
    )  # fmt: skip


def _target(m: Measure) -> tuple[Floats, str, npt.NDArray[np.bool_]]:
    """What is foretold: (n, 1) or (n, levels), how it is measured, and of whom it is known. Skewed amounts are logged."""
    if m.kind is Kind.CATEGORY or (m.levels and not np.issubdtype(m.values.dtype, np.floating)):
        codes = np.asarray(m.values, np.int64)
        there = [j for j in range(len(m.levels)) if (codes == j).any()]
        if len(there) == 2:
            yes = next((j for j in there if m.levels[j].strip().lower() in POSITIVE), there[1])
            return (codes == yes).astype(float)[:, None], "deviance", codes >= 0
        return (codes[:, None] == np.array(there)[None, :]).astype(float), "Brier", codes >= 0
    values = np.asarray(m.values, np.float64)
    known = np.isfinite(values)
    seen = values[known]
    two = np.unique(seen)
    if len(two) == 2:
        return (values == two[1]).astype(float)[:, None], "deviance", known
    if len(seen) and seen.min() >= 0 and seen.std() > 0 and (((seen - seen.mean()) / seen.std()) ** 3).mean() > 2:
        values = np.log1p(np.where(known, values, 0.0))
    return np.where(known, values, 0.0)[:, None], "variance", known


def _codes(codes: Ints) -> Floats:
    """Groups as columns of 0 and 1; no group is one of them."""
    there = np.unique(codes)
    return np.asarray(codes[:, None] == there[None, :], np.float64)


def _columns(m: Measure, rows: Ints) -> Floats:
    """What is known of people as columns of 0 and 1: common levels, or fifths; empty is one more."""
    values = np.asarray(m.values)[rows]
    if not np.issubdtype(values.dtype, np.floating):
        sizes = np.bincount(values[values >= 0].astype(np.int64), minlength=max(len(m.levels), 1))
        common = np.argsort(-sizes, kind="stable")[:LEVELS]
        return _codes(np.where(np.isin(values, common), values, np.where(values < 0, -1, -2)).astype(np.int64))
    known = np.isfinite(values)
    ends = np.unique(np.quantile(values[known], np.arange(1, FIFTHS) / FIFTHS)) if known.any() else np.zeros(0)
    return _codes(np.where(known, np.searchsorted(ends, values, side="right"), -1).astype(np.int64))


def _left(x: Floats, y: Floats, measure: str) -> Floats:
    """What is left of each user (n,) where the outcome was learnt on others."""
    fold = np.arange(len(y)) % FOLDS
    left = np.zeros(len(y))
    for f in range(FOLDS):
        learn, test = fold != f, fold == f
        if measure == "deviance":
            rate = _rate(x[learn], y[learn, 0], x[test])
            left[test] = -2 * np.where(y[test, 0] > 0, np.log(rate), np.log(1 - rate))
        else:
            left[test] = ((y[test] - _ridge(x[learn], y[learn], x[test])) ** 2).sum(axis=1)
    return np.asarray(left)


def _ridge(x: Floats, y: Floats, seen: Floats) -> Floats:
    """Ridge regression about the mean; the weight of one user each column."""
    middle, mean = x.mean(axis=0), y.mean(axis=0)
    z = x - middle
    weights = np.linalg.solve(z.T @ z + np.eye(x.shape[1]), z.T @ (y - mean)) if x.shape[1] else np.zeros((0, y.shape[1]))
    return np.asarray(mean + (seen - middle) @ weights)


def _rate(x: Floats, y: Floats, seen: Floats) -> Floats:
    """The chance of a yes by logistic regression (ridge of one user a column), never quite 0 or 1."""
    share = float((y.sum() + 0.5) / (len(y) + 1))
    if not x.shape[1] or y.min() == y.max():
        return np.full(len(seen), share)
    from scipy.special import expit

    columns, ahead = (np.hstack((np.ones((len(z), 1)), z)) for z in (x, seen))
    weights = np.zeros(columns.shape[1])
    weights[0] = np.log(share / (1 - share))
    ridge = np.r_[0.0, np.ones(x.shape[1])]
    for _ in range(STEPS):  # Newton's method: a few steps, where a general search takes a hundred
        chance = expit(columns @ weights)
        slope = columns.T @ (chance - y) + ridge * weights
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns + np.diag(ridge)
        step = np.linalg.solve(bend, slope)
        weights -= step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if np.abs(step).max() < 1e-6:
            break
    return np.asarray(np.clip(expit(ahead @ weights), 1e-6, 1 - 1e-6))


def _estimate(left: Floats, base: Floats, none: Floats) -> Estimate:
    """How much less is left than by `base`, as a part of what differs, with its interval by the delta method over users."""
    value = explained(left, none) - explained(base, none)
    error = float((base - left - value * none).std()) / np.sqrt(len(none)) / float(none.mean())
    return Estimate(value, value - 1.96 * error, value + 1.96 * error)
