"""What was done between the measures and the distances, written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from personae.model.clustering import Space
from personae.model.features import Features
from personae.model.preparation import Component, Emptied, Preparation, Weight
from personae.model.rule import Feature
from personae.model.study import Study
from personae.model.table import Kind
from personae.stages.coordinates import WEIGHINGS
from personae.stages.empties import USUAL, choices, empty, lacking

Floats = NDArray[np.float64]
LOADINGS = 8
"""The strongest loadings of a component that are written down; those below 0.1 in size are not."""

_WEIGHED = {
    "root": "each count as a share of all that user did, then its square root (Hellinger)",
    "share": "each count as a share of all that user did",
    "tfidf": "each count times ln((1 + users) / (1 + users who did it)) + 1, then each user to length 1 (TF-IDF)",
    "": "counts as they are, not weighed",
}
_SCALED = {
    "standard": "minus the mean, divided by the standard deviation",
    "minmax": "from 0 for the smallest to 1 for the largest value",
    "robust": "minus the median, divided by the range of the middle half",
    "log": "logarithm of 1 + x, then minus the mean, divided by the standard deviation",
    "quantile": "share of users below, 0 to 1",
    "none": "not scaled",
}
_EVERY = "logarithm where skewed, extremes drawn in, then minus the mean, divided by the standard deviation"
_LENT = "lent by somebody alike in the other columns while groups are looked for, the column's middle when users are placed"
_WAYS = {
    "draw": "a value drawn from the column while groups are looked for, its middle when users are placed",
    "median": "the median",
    "mean": "the mean",
    "mode": "the most frequent value",
    "zero": "0",
    "drop": "these users are left out of every group",
}
_APART = {
    "auto": "users far from the middle for what they do (norm) take no part in the search and are in no group",
    "isolation": "users an isolation forest tells apart take no part in the search; the rule places them like anybody",
    "dbscan": "users in no dense region (DBSCAN) take no part in the search; the rule places them like anybody",
    "none": "everybody takes part in the search and is placed",
}


def prepared(space: Space, features: Features, study: Study) -> Preparation:
    """The preparation of a space; the effect of empty cells is measured elsewhere."""
    ways = choices(study, features.forming())
    total = float(space.coordinates.var(axis=0).sum())
    return Preparation(
        order=tuple(_order(space, features, study)),
        columns=space.coordinates.shape[1],
        dimensions=space.scores.shape[1],
        kept=min(1.0, float(space.scores.var(axis=0).sum()) / max(total, 1e-300)),
        components=() if study.reduce == "none" else tuple(_components(space, total)),
        weights=tuple(_weights(space, features, study)),
        unused=_unused(space, features),
        empties=tuple(_emptied(features, ways, study.floor)),
        dropped=int(lacking(features, ways).sum()),
        apart=space.outliers,
        notes=tuple(_notes(features, study, bool(_events(space)), space.coordinates.shape[1])),
    )


def planned(features: Features, study: Study) -> tuple[str, ...]:
    """What was chosen to be done with the measures, in words. Raises UsageError P001 for a choice that cannot be."""
    ways = choices(study, features.forming())
    said = [f"{name} {value}" for name in CHOICES if (value := getattr(study, name)) != "auto"]
    emptied = list(_emptied(features, ways, study.floor)) if study.empty else []
    return (
        *([", ".join(said)] if said else []),
        *(f"{e.measure}: {'a few' if e.users is None else f'{e.users:,}'} empty, {e.words}" for e in emptied[:5]),
        *([f"{len(emptied) - 5:,} more measures with empty cells"] if len(emptied) > 5 else []),
        *_notes(features, study, features.counts is not None, None),
    )


CHOICES = ("scale", "weigh", "reduce", "encode", "outliers")
"""Settings of the preparation that have one value."""


def _events(space: Space) -> list[Feature]:
    return [f for f in space.features if f.of == "event"]


def _unused(space: Space, features: Features) -> tuple[str, ...]:
    used = {f.column for f in space.features if f.of == "event"}
    return tuple(e for e in features.counts.events if e not in used) if features.counts is not None else ()


def _order(space: Space, features: Features, study: Study) -> Iterator[str]:
    events = _events(space)
    rest = [f for f in space.features if f.of != "event"]
    if events and (others := len(_unused(space, features))):
        beyond = len(events) + others > study.top_events
        top = f" are not among the {study.top_events:,} that most users do," if beyond else ""
        why = f"the others are done by too few,{top} or are the same share of what everybody does"
        yield f"events: {len(events):,} of {len(events) + others:,} kinds used; {why}"
    if events:
        yield f"events: {_WEIGHED[WEIGHINGS[study.weigh]]}"
        yield f"events: {_events_scaled(events[0], study)}"
    if any(f.steps[0].name == "fill" or f.steps[0].name == "blank" for f in rest):
        yield "measures: empty cells filled"
    if any(not _category(f) for f in rest):
        yield f"numbers: {_SCALED.get(study.scale, _EVERY)}"
    if any(_category(f) for f in rest):
        chosen = _SCALED["standard" if study.scale in ("auto", "log") else study.scale]
        yield f"categories: {f'0 or 1 for each level, {chosen}' if study.encode == 'onehot' else 'correspondence scaling'}"
    if events and rest:
        yield "events and measures: each part divided by the spread that chance alone gives it"
    yield _APART["auto" if study.outliers == "norm" else study.outliers]
    r, d = space.scores.shape[1], space.coordinates.shape[1]
    yield "no projection" if study.reduce == "none" else f"principal components: {r} of {d}"


def _category(feature: Feature) -> bool:
    return any(s.name in ("level", "blank") for s in feature.steps)


def _events_scaled(event: Feature, study: Study) -> str:
    if study.scale != "auto":
        return _SCALED[study.scale]
    if WEIGHINGS[study.weigh] in ("root", "share"):
        return "minus the mean, divided by the standard deviation to the power 0.75"
    return "minus the mean"


def _components(space: Space, total: float) -> Iterator[Component]:
    x = space.coordinates - space.coordinates.mean(axis=0)
    spread = np.maximum(x.std(axis=0), 1e-12)
    for r in range(space.scores.shape[1]):
        z = space.scores[:, r] - space.scores[:, r].mean()
        loadings = (x * z[:, None]).mean(axis=0) / (spread * max(float(z.std()), 1e-12))
        strongest = np.argsort(-np.abs(loadings), kind="stable")[:LOADINGS]
        named = tuple((space.features[j].name, float(loadings[j])) for j in strongest if abs(loadings[j]) >= 0.1)
        yield Component(float(z.var() / max(total, 1e-300)), named)


def _weights(space: Space, features: Features, study: Study) -> Iterator[Weight]:
    """What each event weighs, in the order of their weights. A count itself is worth 1 / by, times idf where there is one."""
    events = _events(space)
    if not events or features.counts is None:
        return
    weight = np.array([_weight(f) for f in events])
    weight /= weight.mean()
    column = {e: j for j, e in enumerate(features.counts.events)}
    users = np.asarray((features.counts.matrix > 0).sum(axis=0)).ravel()
    for j in np.argsort(-weight, kind="stable"):
        n = int(users[column[events[j].column]])
        yield Weight(events[j].column, float(weight[j]), n / len(features) if n >= study.floor else None)


def _weight(event: Feature) -> float:
    """By how much a small step in the weighed count moves a user along the event's axis."""
    made = 1.0
    for s in event.steps:
        made *= float(s.learned.get("idf", 1.0)) / float(s.learned.get("by", s.learned.get("span", 1.0)))
    return made


def _emptied(features: Features, ways: Mapping[str, str], floor: int) -> Iterator[Emptied]:
    for m in features.forming():
        n = int(empty(m).sum())
        if n:
            yield Emptied(m.name, n if n >= floor else None, ways[m.name], _said(ways[m.name], m.kind is Kind.CATEGORY))


def _said(way: str, category: bool) -> str:
    if way == USUAL:
        return "counted as the middle of the column" if category else _LENT
    if way == "category":
        return 'a level of its own, "(empty)"' if category else "the mean, and being empty counts as a measure of its own"
    return _WAYS[way]


def _notes(features: Features, study: Study, events: bool, d: int | None) -> Iterator[str]:
    """What was chosen and has nothing to act on; `d` is the number of coordinates, where it is known."""
    forming = features.forming()
    numbers = any(m.kind is not Kind.CATEGORY for m in forming)
    categories = any(m.kind is Kind.CATEGORY for m in forming)
    if study.scale != "auto" and not numbers and not events and study.encode != "onehot":
        yield f"--scale {study.scale} has nothing to act on: no column that forms groups is a number"
    if study.weigh != "auto" and not events:
        yield f"--weigh {study.weigh} has nothing to act on: there are no event counts"
    if study.encode != "auto" and not categories:
        yield f"--encode {study.encode} has nothing to act on: no column that forms groups is a category"
    if study.empty and not any(empty(m).any() for m in forming):
        yield "--empty has nothing to act on: no cell of a column that forms groups is empty"
    if study.scale in ("minmax", "quantile", "none") and categories and numbers and study.encode == "auto":
        yield f"with --scale {study.scale} a category outweighs a number; --encode onehot puts both on that scale"
    if study.scale == "log" and any(m.kind is not Kind.CATEGORY and np.nanmin(m.values) < 0 for m in forming):
        yield "columns with values below 0 have no logarithm and were standardised as they are"
    if d is not None and study.reduce not in ("auto", "none") and float(study.reduce) > d:
        yield f"--reduce {study.reduce} asks for more than the {d} coordinates there are; all were kept"
