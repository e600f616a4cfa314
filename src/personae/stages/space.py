"""From features to a space in which distance means likeness.

Event counts become square roots of each user's shares (Hellinger; Rao 1995, Legendre & Gallagher 2001), columns divided by
sd^0.75, so that volume drops out and popular events do not drown the telling ones. Tables are logged where skewed, clipped
and brought to unit variance; categories get correspondence-analysis scaling (Greenacre). Where both are there each part is
divided by the root of the first eigenvalue that chance alone would give it, so that neither outweighs the other by its noise
(as in multiple factor analysis, Escofier & Pages 1994). Directions count only while they beat shuffled data (parallel
analysis, Horn 1965). Every one of these acts gives way to the one a study names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae.errors import UsageError
from personae.model.clustering import Mixed, Space
from personae.model.features import MEANING, Counts, Features
from personae.model.study import Study
from personae.stages.arrange import arrange
from personae.stages.coordinates import SCALERS, WEIGHINGS, Block, again, of_events, of_measures, textbook
from personae.stages.empties import choices, lacking
from personae.stages.telling import telling
from personae.stages.unlike import TENTHS, in_no_region, isolated

Floats = NDArray[np.float64]
SHUFFLES = 5
"""Shuffled copies of many users, whose largest eigenvalue hardly varies; few users get more."""
FEW_SHUFFLES = ((500, 60), (1500, 30), (3000, 12))
"""Up to so many users, so many copies."""
FIRST = 1.08
"""How far above chance the only direction of event counts alone must stand to be believed: on users who all draw from one law
it is 0.89 to 1.08 times chance in 42 of 43 sets, on planted groups 1.11 (240 users) and more."""
MOST_FACTORS = 10
CELLS = 40_000_000
"""Cells of the dense matrix the search holds: 320 MB."""
NEARLY = 0.9
"""Share of users who did something from which on doing nothing is no behaviour; below, it is one: few ask for support."""
NORM = ("auto", "norm")
"""Settings of `outliers` that set users apart by how far they are from the middle, and refuse others like them for ever."""


def behaviour_space(features: Features, study: Study, active: bool | None = None) -> Space | None:
    """The space of the users the search looks at, or None when no column takes part in forming groups.

    `active` says whether who did nothing that is counted is left out; None leaves it to how many did something.
    """
    _check(study)
    features = arrange(features)
    counts = _common(features.counts, study) if features.counts is not None else None
    return _built(features, counts, study, study.weigh == "auto", active)


def _built(features: Features, counts: Counts | None, study: Study, screen: bool, asked: bool | None) -> Space | None:
    """The space of these events and the measures; with `screen` once more without events that tell nobody apart."""
    rng = np.random.default_rng([study.seed, 1])
    forming = features.forming()
    ways = choices(study, forming)
    rows = _sampled(features, counts, study, ways)
    activity: Floats = np.ones(len(rows)) if counts is None else np.asarray(counts.matrix[rows].sum(axis=1), float).ravel()
    use_counts = counts is not None and counts.matrix.shape[1] > 1
    did = activity > 0
    active = use_counts and (bool(did.size and did.mean() >= NEARLY) if asked is None else asked)
    if active or (counts is not None and not forming):
        rows, activity = rows[did], activity[did]
    events = of_events(counts, rows, activity, study, rng) if counts is not None and use_counts else None
    start = len(events.features) if events else 0
    table = of_measures(forming, rows, start, study, ways, rng)
    parts = [p for p in (events, table) if p is not None]
    if not parts or len(rows) < 2:
        return None
    keep = ~_apart(parts, study)
    if screen and events is not None and counts is not None and not counts.people:  # one person alone tells little
        few = telling(counts, rows[keep])
        if few is not counts:
            return _built(features, few, study, False, asked)
    if events is not None and counts is not None:
        events = of_events(counts, rows, activity, study, rng, typical=keep).only(keep)
    if table is not None:
        learnt = of_measures(forming, rows, start, study, ways, rng, typical=keep) if textbook(study) else table
        table = (learnt or table).only(keep)
    needs = tuple(m.name for m in forming if ways[m.name] == "drop")
    joined = _joined(events, table, counts, rows[keep], activity[keep], int((~keep).sum()), rng, study)
    known = {f.column for f in joined.features}
    away = () if study.outliers in NORM else tuple(int(r) for r in rows[~keep])
    guards = joined.guards if study.outliers in NORM else ()
    needs = tuple(n for n in needs if n in known)
    return replace(joined, needs=needs, apart=away, guards=guards, textbook=textbook(study), active=active)


def _check(study: Study) -> None:
    """Raises UsageError P001 for a way of preparing that does not exist."""
    known = {
        "scale": ("auto", *SCALERS),
        "weigh": tuple(WEIGHINGS),
        "encode": ("auto", "onehot"),
        "outliers": (*NORM, "isolation", "dbscan", "none"),
    }
    for name, ways in known.items():
        if (value := getattr(study, name)) not in ways:
            raise UsageError("P001", f"{name} cannot be {value!r}", where=f"setting {name}", fix=f"one of {', '.join(ways)}")
    if not re.fullmatch(r"auto|none|[1-9]\d*|0?\.\d*[1-9]\d*", study.reduce):
        fix = "auto, none, a number of components such as 50, or a share of the variance such as 0.9"
        raise UsageError("P001", f"reduce cannot be {study.reduce!r}", where="setting reduce", fix=fix)


def _apart(parts: list[Block], study: Study) -> NDArray[np.bool_]:
    """Who takes no part in the search (n,)."""
    if study.outliers in NORM:
        return np.asarray(np.any([p.odd for p in parts], axis=0))
    x = np.hstack([p.x for p in parts])
    if study.outliers == "isolation":
        return isolated(x, study.seed)
    return in_no_region(x) if study.outliers == "dbscan" else np.zeros(len(x), bool)


def tenths(activity: Floats) -> NDArray[np.int64]:
    """Ten equal groups of users (n,) by how much they do, ties split by position; -1 for who does nothing."""
    band = np.full(len(activity), -1)
    active = np.flatnonzero(activity > 0)
    rank = np.argsort(np.argsort(activity[active], kind="stable"), kind="stable")
    band[active] = rank * TENTHS // max(len(active), 1)
    return band


def _sampled(features: Features, counts: Counts | None, study: Study, ways: Mapping[str, str]) -> NDArray[np.int64]:
    """Positions of the first users who are not left out: ids are ordered by their md5, so the first are a sample by hash."""
    width = (counts.matrix.shape[1] if counts is not None else 0) + len(features.forming()) + 1
    rows = np.flatnonzero(~lacking(features, ways))
    return rows[: min(study.sample, max(1000, CELLS // width))]


def _common(counts: Counts, study: Study) -> Counts:
    """Events enough users have met, at most `top_events` of them: rare ones tell of few and shake every distance."""
    users = np.asarray((counts.matrix > 0).sum(axis=0)).ravel()
    n = int((np.diff(counts.matrix.indptr) > 0).sum())
    keep = np.flatnonzero(users >= max(min(study.floor, 0.03 * n), 0.005 * n))
    if len(keep) > study.top_events:
        keep = np.sort(keep[np.argsort(-users[keep], kind="stable")[: study.top_events]])
    return replace(counts, matrix=counts.matrix[:, keep], events=tuple(counts.events[i] for i in keep))


def _joined(
    events: Block | None,
    table: Block | None,
    counts: Counts | None,
    rows: NDArray[np.int64],
    activity: Floats,
    outliers: int,
    rng: np.random.Generator,
    study: Study,
) -> Space:
    """Both parts on one scale, rotated to principal directions, as many as beat chance (events) or carry the variance."""
    parts = [p for p in (events, table) if p is not None]
    scales = [1.0] * len(parts)
    if events is not None and table is not None:
        alone = (
            _chance(events, None, scales, counts, rows, activity, rng, study),
            _chance(None, table, scales, counts, rows, activity, rng, study),
        )
        scales = [1 / np.sqrt(max(top, 1e-12)) for top in alone]
    x = np.hstack([p.x * s for p, s in zip(parts, scales)])
    values, directions = _spectrum(x)
    bar = _chance(events, table, scales, counts, rows, activity, rng, study)
    factors = int((values > 1.05 * bar).sum())
    factors = 0 if factors == 1 and table is None and values[0] <= FIRST * bar else factors
    keep = min(_directions(values, factors, events is not None, study), len(values))
    if study.reduce == "none":
        directions = np.eye(len(values))
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
        heaps=table.heaps if events is None and table is not None else None,
        mixed=_mixed(table, study) if events is None and table is not None else None,
        blurred=np.hstack([p.blurred * s for p, s in zip(parts, scales)]) @ directions[:, :keep],
        exact=np.hstack([p.exact * s for p, s in zip(parts, scales)]),
    )


def _mixed(table: Block, study: Study) -> Mixed | None:
    """Numbers, in as many principal directions as the search looks at, and categories; None where one of them is missing."""
    numbers = table.numbers
    if not table.levels or not numbers.shape[1]:
        return None
    values, directions = _spectrum(numbers)
    return Mixed(numbers @ directions[:, : _directions(values, 0, False, study)], table.levels)


def _directions(values: Floats, factors: int, counted: bool, study: Study) -> int:
    """How many principal directions are kept: those asked for, those that carry the share of variance asked for, all of them,
    or as many as beat chance (events) or carry 85 % of the variance (tables)."""
    share = np.cumsum(values) / max(values.sum(), 1e-300)
    if study.reduce == "none":
        return len(values)
    if study.reduce != "auto":
        asked = float(study.reduce)
        return int(asked) if asked >= 1 else int(np.searchsorted(share, asked - 1e-12)) + 1
    if counted:
        return max(2, min(MOST_FACTORS, factors), (study.asked or 0) - 1)
    return len(values) if len(values) <= 12 else max(2, int(np.searchsorted(share, 0.85)) + 1)


def _spectrum(x: Floats) -> tuple[Floats, Floats]:
    """Eigenvalues, largest first, and directions of the second moments; each direction's largest entry is positive."""
    x = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(x.T @ x / len(x))
    values, vectors = values[::-1], vectors[:, ::-1]
    sign = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(vectors.shape[1])])
    return np.maximum(values, 0.0), vectors * sign


def _chance(
    events: Block | None,
    table: Block | None,
    scales: list[float],
    counts: Counts | None,
    rows: NDArray[np.int64],
    activity: Floats,
    rng: np.random.Generator,
    study: Study,
) -> float:
    """The largest eigenvalue when columns have nothing to do with each other.

    Counts (not shares: those must add up to one again) are shuffled inside each tenth of activity and prepared anew.
    """
    band = tenths(activity) if events is not None else np.zeros(len(rows), int)
    raw = counts.matrix[rows].toarray() if events is not None and counts is not None else None
    top = 0.0
    for _ in range(next((m for n, m in FEW_SHUFFLES if len(rows) <= n), SHUFFLES)):
        blocks = []
        if events is not None and raw is not None:
            blocks.append(again(events, _shuffled(raw, band, rng), activity, study) * scales[0])
        if table is not None:
            blocks.append(_by_measure(table, band, rng) * scales[-1])
        x = np.hstack(blocks)
        x -= x.mean(axis=0)
        top = max(top, float(np.linalg.eigvalsh(x.T @ x / len(x))[-1]))
    return top


def _by_measure(table: Block, band: NDArray[Any], rng: np.random.Generator) -> Floats:
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


def _words(events: Block | None, table: Block | None) -> str:
    parts = []
    if events is not None:
        parts.append(f"what share of their activity each of {len(events.features)} events takes")
    if table is not None:
        columns = len({f.column.partition(MEANING)[0] for f in table.features})
        parts.append(f"{columns} measure{'s' if columns != 1 else ''} on one scale")
    return " and ".join(parts)
