"""From features to a space in which distance means likeness.

Event counts become square roots of each user's shares (Hellinger; Rao 1995, Legendre & Gallagher 2001), columns divided by
sd^0.75, so that volume drops out and popular events do not drown the telling ones. Tables are logged where skewed, clipped
and brought to unit variance; categories get correspondence-analysis scaling (Greenacre). Where both are there each part is
divided by the root of the first eigenvalue that chance alone would give it, so that neither outweighs the other by its noise
(as in multiple factor analysis, Escofier & Pages 1994). Directions count only while they beat shuffled data (parallel
analysis, Horn 1965).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae import plugins
from personae.model.clustering import Space
from personae.model.features import Counts, Features, Measure
from personae.model.rule import Feature, Guard, Step
from personae.model.study import Study
from personae.model.table import Kind

Floats = NDArray[np.float64]
POWER = 0.75
TENTHS = 10
FAR = 3.5
"""Robust standard deviations of the log norm beyond which a user is unlike everybody."""
FEW = 0.02
"""The largest share of users that is set apart: more of a kind are a group, however unlike the others."""
SHUFFLES = 5
MOST_FACTORS = 10
MOST_EVENTS = 1000
JITTER = 0.5
"""Ties of few-valued columns are spread by up to half a step: gaps that counting makes are no evidence of groups."""
CELLS = 40_000_000
"""Cells of the dense matrix the search holds: 320 MB."""


@dataclass(frozen=True, eq=False)
class Part:
    """One kind of evidence about the sampled users: `x` (n, d) coordinates after their steps, for the search."""

    features: tuple[Feature, ...]
    x: Floats
    positive: Floats | None
    guard: Guard
    blurred: Floats
    """(n, d) the same with counts spread by up to half an event."""
    odd: NDArray[np.bool_]
    """(n,) users unlike everybody."""
    numeric: bool


def behaviour_space(features: Features, study: Study) -> Space | None:
    """The space of the users the search looks at, or None when no column takes part in forming groups."""
    rng = np.random.default_rng([study.seed, 1])
    counts = _common(features.counts, study) if features.counts is not None else None
    rows = _sampled(features, counts, study)
    activity: Floats = np.ones(len(rows)) if counts is None else np.asarray(counts.matrix[rows].sum(axis=1), float).ravel()
    forming = features.forming()
    if counts is not None and not forming:
        rows, activity = rows[activity > 0], activity[activity > 0]
    use_counts = counts is not None and counts.matrix.shape[1] > 1
    events = _events(counts, rows, activity, rng) if counts is not None and use_counts else None
    table = _table(forming, rows, len(events.features) if events else 0, rng)
    parts = [p for p in (events, table) if p is not None]
    if not parts or len(rows) < 2:
        return None
    keep = ~np.any([p.odd for p in parts], axis=0)
    if events is not None and counts is not None:
        events = _cut(_events(counts, rows, activity, rng, typical=keep), keep)
    if table is not None:
        table = _cut(table, keep)
    return _joined(events, table, counts, rows[keep], activity[keep], int((~keep).sum()), rng, study.asked)


def tenths(activity: Floats) -> NDArray[np.int64]:
    """Ten equal groups of users (n,) by how much they do, ties split by position; -1 for who does nothing."""
    band = np.full(len(activity), -1)
    active = np.flatnonzero(activity > 0)
    rank = np.argsort(np.argsort(activity[active], kind="stable"), kind="stable")
    band[active] = rank * TENTHS // max(len(active), 1)
    return band


def _sampled(features: Features, counts: Counts | None, study: Study) -> NDArray[np.int64]:
    """Positions of the first users: ids are ordered by their md5, so the first are a sample by hash."""
    width = (counts.matrix.shape[1] if counts is not None else 0) + len(features.forming()) + 1
    return np.arange(min(len(features), study.sample, max(1000, CELLS // width)))


def _common(counts: Counts, study: Study) -> Counts:
    """Events enough users have met, at most 1,000 of them: rare ones tell of few and shake every distance."""
    users = np.asarray((counts.matrix > 0).sum(axis=0)).ravel()
    n = int((np.diff(counts.matrix.indptr) > 0).sum())
    keep = np.flatnonzero(users >= max(min(study.floor, 0.03 * n), 0.005 * n))
    if len(keep) > MOST_EVENTS:
        keep = np.sort(keep[np.argsort(-users[keep], kind="stable")[:MOST_EVENTS]])
    return Counts(counts.matrix[:, keep], tuple(counts.events[i] for i in keep), counts.source)


def _roots(matrix: Floats) -> Floats:
    """Square roots of each user's shares (n, m)."""
    return np.asarray(np.sqrt(matrix / np.maximum(matrix.sum(axis=1), 1e-300)[:, None]))


def _events(
    counts: Counts,
    rows: NDArray[np.int64],
    activity: Floats,
    rng: np.random.Generator,
    typical: NDArray[np.bool_] | None = None,
) -> Part:
    """Roots of shares, centred and scaled by the `typical` users; the guard always looks at everyone."""
    matrix = counts.matrix[rows].toarray()
    v = _roots(matrix)
    blurred = _roots(np.abs(matrix + rng.uniform(-JITTER, JITTER, matrix.shape)))
    active = activity > 0
    usual = v[active] if typical is None else v[typical & active]
    mean, sd = usual.mean(axis=0), np.maximum(usual.std(axis=0), 1e-9)
    by = sd**POWER
    features = tuple(
        Feature(e, "event", e, (Step("root", {}), Step("scale", {"mean": float(m), "by": float(b)})))
        for e, m, b in zip(counts.events, mean, by)
    )
    x = np.where(active[:, None], (v - mean) / by, 0.0)  # who did nothing says nothing: the middle, as the rule has it
    guard, odd = _guard(x, by**2 / sd**2, activity, 0)
    return Part(features, x, v / by, guard, np.where(active[:, None], (blurred - mean) / by, 0.0), odd, numeric=False)


def _guard(x: Floats, weight: Floats, activity: Floats, start: int) -> tuple[Guard, NDArray[np.bool_]]:
    """The limit of the squared norm in each tenth of activity, and who exceeds it."""
    norm = (x**2) @ weight
    log = np.log(norm + 1e-12)
    some = activity[activity > 0]
    edges = np.unique(np.quantile(some, np.arange(1, TENTHS) / TENTHS)) if len(some) and np.ptp(some) else np.zeros(0)
    band = np.searchsorted(edges, activity, side="right")
    band[activity == 0] = -1  # who did nothing is not unlike anybody
    limits = np.full(len(edges) + 1, np.inf)
    for b in np.unique(band[band >= 0]):
        mine = log[band == b]
        middle, upper = np.quantile(mine, [0.5, 0.9])
        spread = max(1.4826 * np.median(np.abs(mine - middle)), (upper - middle) / 1.2816)
        limits[b] = np.exp(max(middle + FAR * (spread + 1e-9), np.quantile(mine, 1 - FEW)))
    most = _most(activity)
    return Guard(start, start + x.shape[1], weight, edges, limits, most), (norm > limits[band]) | (activity > most)


def _most(activity: Floats) -> float:
    """Eight robust standard deviations of the log activity above its median."""
    some = activity[activity > 0]
    if not len(some) or not np.ptp(some):
        return float("inf")
    log = np.log(some)
    middle, upper = np.quantile(log, [0.5, 0.9])
    return float(np.exp(middle + 8 * max(1.4826 * np.median(np.abs(log - middle)), (upper - middle) / 1.2816)))


def _table(measures: tuple[Measure, ...], rows: NDArray[np.int64], start: int, rng: np.random.Generator) -> Part | None:
    """Numbers and categories as coordinates: holes filled by draws and ties of few-valued columns spread for the search."""
    features: list[Feature] = []
    columns: list[Floats] = []
    many = Counter(m.block for m in measures if m.block)
    for m in measures:
        made = _category(m, rows, rng) if m.kind == Kind.CATEGORY else _number(m, rows, rng)
        if m.block:
            made = [_lighter(*one, many[m.block] ** 0.5) for one in made]
        features += [f for f, _ in made]
        columns += [c for _, c in made]
    if not columns:
        return None
    x = np.column_stack(columns)
    guard, odd = _guard(x, np.ones(x.shape[1]), np.ones(len(rows)), start)
    return Part(tuple(features), x, x - x.min(axis=0), guard, x, odd, numeric=all(m.kind != Kind.CATEGORY for m in measures))


def _lighter(feature: Feature, x: Floats, by: float) -> tuple[Feature, Floats]:
    """One answer of a question of several: all of them together weigh like one number, as the levels of a category do."""
    *before, last = feature.steps
    scale = {**last.learned, "by": float(last.learned["by"]) * by}
    return replace(feature, steps=(*before, Step(last.name, scale))), x / by


def _number(m: Measure, rows: NDArray[np.int64], rng: np.random.Generator) -> list[tuple[Feature, Floats]]:
    raw = np.asarray(m.values[rows], float)
    hole = np.isnan(raw)
    filled = np.sort(raw[~hole])
    distinct = np.unique(filled)
    if len(distinct) < 2:
        return []
    names = (["log"] if _skewed(filled) else []) + (["clip"] if len(distinct) > 2 else []) + ["scale"]
    steps: list[Step] = []
    x, spread = raw, raw.copy()
    spread[hole] = rng.choice(filled, int(hole.sum()))
    if len(distinct) <= max(50, 0.02 * len(raw)):
        spread = spread + rng.uniform(-JITTER, JITTER, len(raw)) * np.median(np.diff(distinct))
        spread = np.abs(spread) if distinct[0] >= 0 else spread
    for name in names:
        plug = plugins.find("steps", name)
        learned = plug.fit(x)
        steps.append(Step(name, learned))
        x, spread = plug.apply(x, learned), plug.apply(spread, learned)
    return [(Feature(m.name, "measure", m.name, tuple(steps)), (spread - spread.mean()) / max(spread.std(), 1e-12))]


def _skewed(filled: Floats) -> bool:
    """Whether non-negative values have a long right tail: skewness above 1 with the last hundredth cut off."""
    x = np.minimum(filled, np.quantile(filled, 0.99))
    sd = x.std()
    return bool(filled[0] >= 0 and sd > 0 and ((x - x.mean()) ** 3).mean() / sd**3 > 1)


def _category(m: Measure, rows: NDArray[np.int64], rng: np.random.Generator) -> list[tuple[Feature, Floats]]:
    codes = np.asarray(m.values)[rows]
    filled = codes >= 0
    shares = np.bincount(codes[filled], minlength=len(m.levels)) / max(filled.sum(), 1)
    used = int((shares > 0).sum())
    made = []
    first = {int(c): i for i, c in reversed(list(enumerate(codes)))}
    for level in sorted(np.flatnonzero(shares > 0.01).tolist(), key=first.__getitem__):  # other names, same places (FEA-04)
        p = float(shares[level])
        if used < 2 or p > 0.99:
            continue
        learned: dict[str, float | str] = {"mean": p, "by": float(np.sqrt(p) * np.sqrt(used - 1))}
        x = ((codes == level) + rng.uniform(-JITTER, JITTER, len(codes)) - p) / float(learned["by"])
        x[~filled] = 0.0
        steps = (Step("level", {"level": m.levels[level]}), Step("scale", learned))
        made.append((Feature(f"{m.name} = {m.levels[level]}", "measure", m.name, steps), x))
    return made


def _cut(part: Part, keep: NDArray[np.bool_]) -> Part:
    positive = None if part.positive is None else part.positive[keep]
    return Part(part.features, part.x[keep], positive, part.guard, part.blurred[keep], part.odd[keep], part.numeric)


def _joined(
    events: Part | None,
    table: Part | None,
    counts: Counts | None,
    rows: NDArray[np.int64],
    activity: Floats,
    outliers: int,
    rng: np.random.Generator,
    asked: int | None,
) -> Space:
    """Both parts on one scale, rotated to principal directions, as many as beat chance (events) or carry the variance."""
    parts = [p for p in (events, table) if p is not None]
    scales = [1.0] * len(parts)
    if events is not None and table is not None:
        alone = (
            _chance(events, None, scales, counts, rows, activity, rng),
            _chance(None, table, scales, counts, rows, activity, rng),
        )
        scales = [1 / np.sqrt(max(top, 1e-12)) for top in alone]
    x = np.hstack([p.x * s for p, s in zip(parts, scales)])
    values, directions = _spectrum(x)
    bar = _chance(events, table, scales, counts, rows, activity, rng)
    factors = int((values > 1.05 * bar).sum())
    if events is not None:
        keep = max(2, min(MOST_FACTORS, factors), (asked or 0) - 1)
    else:
        share = np.cumsum(values) / values.sum()
        keep = len(values) if len(values) <= 12 else max(2, int(np.searchsorted(share, 0.85)) + 1)
    keep = min(keep, len(values))
    weights = np.concatenate([np.full(p.x.shape[1], s) for p, s in zip(parts, scales)])
    positive = None
    if all(p.positive is not None for p in parts):
        positive = np.hstack([np.asarray(p.positive) * s for p, s in zip(parts, scales)])
    return Space(
        features=tuple(f for p in parts for f in p.features),
        projection=weights[:, None] * directions[:, :keep],
        scores=x @ directions[:, :keep],
        weighted=positive,
        activity=activity,
        rows=rows,
        guards=tuple(p.guard for p in parts),
        factors=factors,
        outliers=outliers,
        words=_words(events, table),
        numeric=events is None and table is not None and table.numeric,
        counted=events is not None,
        coordinates=x,
        blurred=np.hstack([p.blurred * s for p, s in zip(parts, scales)]) @ directions[:, :keep],
    )


def _spectrum(x: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, largest first, and directions of the second moments; each direction's largest entry is positive."""
    x = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    values, vectors = values[::-1], vectors[:, ::-1]
    sign = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])])
    return np.maximum(values, 0.0), vectors * sign


def _chance(
    events: Part | None,
    table: Part | None,
    scales: list[float],
    counts: Counts | None,
    rows: NDArray[np.int64],
    activity: Floats,
    rng: np.random.Generator,
) -> float:
    """The largest eigenvalue when columns have nothing to do with each other.

    Counts (not shares: those must add up to one again) are shuffled inside each tenth of activity and prepared anew.
    """
    band = tenths(activity) if events is not None else np.zeros(len(rows), int)
    raw = counts.matrix[rows].toarray() if events is not None and counts is not None else None
    top = 0.0
    for _ in range(SHUFFLES):
        blocks = []
        if raw is not None:
            mixed = _shuffled(raw, band, rng)
            v, active = _roots(mixed), activity > 0
            x = (v - v[active].mean(axis=0)) / np.maximum(v[active].std(axis=0), 1e-9) ** POWER * scales[0]
            blocks.append(np.where(active[:, None], x, 0.0))
        if table is not None:
            blocks.append(_by_measure(table, band, rng) * scales[-1])
        x = np.hstack(blocks)
        x -= x.mean(axis=0)
        top = max(top, float(np.linalg.eigvalsh(x.T @ x / len(x))[-1]))
    return top


def _by_measure(table: Part, band: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Every measure shuffled on its own inside each band of users; the levels of a category stay together."""
    out = np.empty_like(table.x)
    columns = np.array([f.column for f in table.features])
    for b in np.unique(band):
        mine = np.flatnonzero(band == b)
        for name in dict.fromkeys(columns):
            at = np.flatnonzero(columns == name)
            out[np.ix_(mine, at)] = table.x[np.ix_(rng.permutation(mine), at)]
    return out


def _shuffled(x: Floats, band: NDArray[Any], rng: np.random.Generator) -> Floats:
    """Every column shuffled on its own inside each band of users."""
    out = np.empty_like(x)
    for b in np.unique(band):
        mine = band == b
        out[mine] = rng.permuted(x[mine], axis=0)
    return out


def _words(events: Part | None, table: Part | None) -> str:
    parts = []
    if events is not None:
        parts.append(f"what share of their activity each of {len(events.features)} events takes")
    if table is not None:
        columns = len({f.column for f in table.features})
        parts.append(f"{columns} measure{'s' if columns != 1 else ''} on one scale")
    return " and ".join(parts)
