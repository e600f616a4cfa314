"""What a run keeps of its measures for the refresh after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from personae.model.baseline import Baseline, Spread
from personae.model.features import Features, Measure
from personae.model.study import Role, Study
from personae.model.table import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

BINS = 20
"""Most bins of a measure."""
_About = tuple[str, str, str, str, str, bool]
"""The first fields of a spread."""


def baseline(features: Features, study: Study) -> Baseline:
    """How every measure and event is spread over the first `study.sample` users (by the md5 of the id: a random sample).

    No bin and no level stands for fewer than the floor. Free texts, and what is told of single people, are left out.
    """
    looked = min(len(features), study.sample)
    days = features.window.days if features.window else 0
    found = [spread(m, looked, study.floor) for m in features.measures if m.role != Role.TEXT]
    found += events(features, looked, study.floor)
    return Baseline(len(features), looked, days, tuple(found), shapes(features.ids, looked))


def spread(measure: Measure, looked: int, floor: int, like: Spread | None = None) -> Spread:
    """One measure of the first `looked` users; in the bins and levels of another spread, where one is given."""
    values = measure.values[:looked]
    if measure.kind == Kind.CATEGORY or measure.levels:
        return _levels(measure, values, floor, like)
    about = (measure.name, measure.label, "number", measure.unit, measure.source, measure.forms)
    return _numbers(np.asarray(values, np.float64), about, floor, like)


def events(features: Features, looked: int, floor: int, like: tuple[Spread, ...] = ()) -> list[Spread]:
    """Every event of the first `looked` users; people who took things are no events of any meaning for another time."""
    counts = features.counts
    if counts is None or counts.people:
        return []
    known = {s.name: s for s in like if s.kind == "event"}
    columns = counts.matrix[:looked].tocsc()
    found = []
    for j, name in enumerate(counts.events):
        some = np.asarray(columns.data[columns.indptr[j] : columns.indptr[j + 1]], np.float64)
        about = (name, name, "event", "times", counts.source, True)
        found.append(_numbers(some, about, floor, known.get(name), looked))
    return found


def shapes(ids: Any, looked: int) -> tuple[str, ...]:
    """What the ids look like, the most frequent shapes first: a run of figures is "0", of letters "a", of both "x"."""
    import pyarrow.compute as pc

    plain = ids[:looked]
    for run, sign in (
        (r"[\p{L}\p{N}]*(?:\p{L}\p{N}|\p{N}\p{L})[\p{L}\p{N}]*", "\x01"),
        (r"\p{L}+", "a"),
        (r"\p{N}+", "0"),
        ("\x01", "x"),
    ):
        plain = pc.replace_substring_regex(plain, run, sign)
    found = sorted(((c["counts"].as_py(), c["values"].as_py()) for c in pc.value_counts(plain)), key=lambda c: (-c[0], c[1]))
    return tuple(text[:40] for _, text in found[:5])


def _levels(measure: Measure, codes: Any, floor: int, like: Spread | None) -> Spread:
    """Levels of enough users, the most frequent first, or those of another spread."""
    codes = np.asarray(codes, np.int64)
    many = np.bincount(codes[codes >= 0], minlength=len(measure.levels))
    known = dict(zip(measure.levels, many.tolist(), strict=True))
    names = like.levels if like else tuple(sorted((k for k, n in known.items() if n >= floor), key=lambda k: (-known[k], k)))
    counts = tuple(known.get(k, 0) for k in names)
    about = (measure.name, measure.label, "levels", measure.unit, measure.source, measure.forms)
    return Spread(*about, int(many.sum()), counts=counts, levels=names)


def _numbers(values: Floats, about: _About, floor: int, like: Spread | None, users: int = 0) -> Spread:
    """Numbers in bins; `users` where zeros are not among the values."""
    filled = values[np.isfinite(values)]
    some = filled[filled != 0]
    total = users or len(filled)
    edges = np.array(like.edges) if like else _edges(some, floor)
    counts = _binned(some, edges)
    mean, sd, middle = (float(some.mean()), float(some.std()), float(np.median(some))) if len(some) else (0.0, 0.0, 0.0)
    more = (total, total - len(some), mean, sd, middle)
    return Spread(*about, *more, tuple(edges.tolist()), tuple(counts.tolist()))


def _edges(values: Floats, floor: int) -> Floats:
    """Upper edges of bins of about equal numbers of users, none of fewer than the floor; with nine digits, as they are kept."""
    bins = min(BINS, len(values) // max(floor, 1))
    if bins < 2:
        return np.empty(0)
    cut = np.quantile(values, np.arange(1, bins) / bins, method="inverted_cdf")
    edges = np.unique([float(f"{x:.9g}") for x in cut])
    while len(edges) and (counts := _binned(values, edges)).min() < floor:
        edges = np.delete(edges, min(int(np.argmin(counts)), len(edges) - 1))
    return edges


def _binned(values: Floats, edges: Floats) -> npt.NDArray[np.int64]:
    """Values in each bin; a value on an edge belongs below it."""
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)
