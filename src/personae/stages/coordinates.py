"""Event counts and measures as coordinates: the steps each column takes, and where they put the users of the search.

With every setting at "auto" this is the recipe of docs/explanation/behaviour-space.md. A scaling that was chosen is done to
the letter: coordinates are what the textbook formula gives, moved so that 0 is the middle, and ties are spread for the tests of
structure alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from personae import plugins
from personae.model.features import Counts, Measure
from personae.model.rule import Feature, Guard, Step
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.borrow import borrowed
from personae.stages.unlike import guard

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
POWER = 0.75
JITTER = 0.5
"""Ties of few-valued columns are spread by up to half a step: gaps that counting makes are no evidence of groups."""
NOTHING = 0.05
"""Share of users with nothing from which on an amount is read as having none or having so much."""
EMPTY = "(empty)"
"""The level of users whose category is empty, where being empty is to count as one."""
SCALERS: Mapping[str, tuple[str, ...]] = {
    "standard": ("scale",),
    "minmax": ("minmax",),
    "robust": ("robust",),
    "log": ("log", "scale"),
    "quantile": ("quantile",),
    "none": (),
}
"""The steps of each scaling."""
WEIGHINGS: Mapping[str, str] = {"auto": "root", "hellinger": "root", "shares": "share", "tfidf": "tfidf", "none": ""}
"""The first step of an event for each way of weighing."""


@dataclass(frozen=True, eq=False)
class Block:
    """One kind of evidence about the sampled users: `x` (n, d) coordinates after their steps, for the search."""

    features: tuple[Feature, ...]
    x: Floats
    positive: Floats | None
    guard: Guard
    blurred: Floats
    """(n, d) the same with counts and ties spread by up to half a step."""
    odd: Flags
    """(n,) users unlike everybody."""
    numeric: bool
    exact: Floats
    """(n, d) the same with ties left as they are."""
    heaps: NDArray[np.int32] | None = None
    """(n, d) which of the few values of a column each user has; 0 for everybody where values are many."""
    levels: tuple[NDArray[np.int32], ...] = ()
    """For each category (n,) the position of the level, -1 where it is empty."""

    def only(self, keep: Flags) -> Block:
        """The same block with these users alone."""
        positive = None if self.positive is None else self.positive[keep]
        made = {name: getattr(self, name)[keep] for name in ("x", "blurred", "odd", "exact")}
        heaps = None if self.heaps is None else self.heaps[keep]
        return replace(self, positive=positive, heaps=heaps, levels=tuple(v[keep] for v in self.levels), **made)

    @property
    def numbers(self) -> Floats:
        """(n, p) `x` without the levels of categories."""
        return self.x[:, [not any(s.name == "level" for s in f.steps) for f in self.features]]


@dataclass(frozen=True, eq=False)
class Column:
    """One coordinate: its feature, where it puts users (n,), the same with ties spread, and with ties left as they are."""

    feature: Feature
    x: Floats
    blurred: Floats
    exact: Floats
    heap: NDArray[Any] | None = None
    """(n,) which of few values; None where there are many."""
    hole: Flags | None = None
    """(n,) who has no value, where a draw stands for it."""
    levels: NDArray[np.int32] | None = None
    """(n,) the level of the whole category, -1 where it is empty."""


def textbook(study: Study) -> bool:
    """Whether scaling or reducing was chosen, so that nothing is done beyond what was chosen."""
    return study.scale != "auto" or study.reduce != "auto"


def scaled(values: Floats, scale: str) -> tuple[Step, ...]:
    """The steps of a scaling that was chosen, learnt from values (n,), nan for empty; the last one puts 0 in the middle."""
    made: list[Step] = []
    names = SCALERS[scale]
    if "log" in names and np.nanmin(values) < 0:
        names = ("scale",)  # there is no logarithm of what is below 0
    for name in names:
        plug = plugins.find("steps", name)
        made.append(Step(name, plug.fit(values)))
        values = plug.apply(values, made[-1].learned)
    if not made or made[-1].name != "scale":
        made.append(Step("scale", {"mean": float(np.nanmean(values)), "by": 1.0}))
    return tuple(made)


def stepped(values: Floats, steps: tuple[Step, ...]) -> Floats:
    """Values (n,) after the steps."""
    for s in steps:
        values = plugins.find("steps", s.name).apply(values, s.learned)
    return values


# ---------------------------------------------------------------- events


def of_events(
    counts: Counts,
    rows: NDArray[np.int64],
    activity: Floats,
    study: Study,
    rng: np.random.Generator,
    typical: Flags | None = None,
) -> Block:
    """Weighed counts, scaled by the `typical` users; the guard always looks at everyone."""
    matrix = counts.matrix[rows].toarray()
    active = activity > 0
    usual = active if typical is None else typical & active
    first = _first(matrix[usual], study)
    v = weighed(matrix, first)
    blurred = weighed(np.abs(matrix + rng.uniform(-JITTER, JITTER, matrix.shape)), first)
    sd = np.maximum(v[usual].std(axis=0), 1e-9)
    rest = _rest(v[usual], sd, first, study)
    x, spread = (np.where(active[:, None], _through(w, rest), 0.0) for w in (v, blurred))  # doing nothing is the middle
    if study.scale == "auto":
        by = np.array([float(s[-1].learned["by"]) for s in rest])
        weight, positive = by**2 / sd**2, v / by
    else:
        weight, positive = _by_variance(x[usual]), x - x.min(axis=0)
    limits, odd = guard(x, weight, activity, 0)
    features = tuple(Feature(e, "event", e, (*f, *r)) for e, f, r in zip(counts.events, first, rest))
    return Block(features, x, positive, limits, spread, odd, numeric=False, exact=x)


def _first(matrix: Floats, study: Study) -> list[tuple[Step, ...]]:
    """The step of each event that weighs its counts; none where they stay as they are."""
    name = WEIGHINGS[study.weigh]
    if not name:
        return [()] * matrix.shape[1]
    plug = plugins.find("steps", name)
    return [(Step(name, plug.fit(column)),) for column in matrix.T]


def weighed(matrix: Floats, first: list[tuple[Step, ...]]) -> Floats:
    """Counts (n, m) as each user's shares, roots of shares, or weights of length 1, as the first step of every event says."""
    if not first[0]:
        return matrix
    if first[0][0].name == "tfidf":
        v = matrix * np.array([float(f[0].learned["idf"]) for f in first])
        return np.asarray(v / np.maximum(np.sqrt((v**2).sum(axis=1)), 1e-300)[:, None])
    share = matrix / np.maximum(matrix.sum(axis=1), 1e-300)[:, None]
    return np.asarray(np.sqrt(share) if first[0][0].name == "root" else share)


def _rest(v: Floats, sd: Floats, first: list[tuple[Step, ...]], study: Study) -> list[tuple[Step, ...]]:
    """The steps of each event after weighing. Shares and their roots are divided by sd^0.75; TF-IDF has its weights already,
    and counts that are not to be weighed stay as they are."""
    if study.scale != "auto":
        return _from_zero([scaled(column, study.scale) for column in v.T])
    by = sd**POWER if first[0] and first[0][0].name != "tfidf" else np.ones(len(sd))
    return [(Step("scale", {"mean": float(m), "by": float(b)}),) for m, b in zip(v.mean(axis=0), by)]


def _from_zero(made: list[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """The steps, the last of which knows what the others make of a count of 0; of every event, where it matters for one."""
    zeros = [float(stepped(np.zeros(1), steps[:-1])[0]) for steps in made]
    if not any(zeros):
        return made
    return [(*s[:-1], Step("scale", {**s[-1].learned, "zero": zero})) for s, zero in zip(made, zeros, strict=True)]


def _through(v: Floats, rest: list[tuple[Step, ...]]) -> Floats:
    """Weighed counts (n, m) after the other steps of their events."""
    if len(rest[0]) > 1:
        return np.column_stack([stepped(v[:, j], steps) for j, steps in enumerate(rest)])
    mean, by = (np.array([float(s[0].learned[k]) for s in rest]) for k in ("mean", "by"))
    return np.asarray((v - mean) / by)


def again(block: Block, matrix: Floats, activity: Floats, study: Study) -> Floats:
    """Other counts (n, m) of the same events as coordinates, prepared in the same way."""
    depth = 1 if WEIGHINGS[study.weigh] else 0
    first = [f.steps[:depth] for f in block.features]
    v, active = weighed(matrix, first), activity > 0
    if study.scale == "auto" and study.weigh in ("auto", "hellinger", "shares"):
        x = (v - v[active].mean(axis=0)) / np.maximum(v[active].std(axis=0), 1e-9) ** POWER
    else:
        x = _through(v, [f.steps[depth:] for f in block.features])
    return np.where(active[:, None], x, 0.0)


def _by_variance(x: Floats) -> Floats:
    return np.asarray(1 / np.maximum(x.var(axis=0), 1e-18))


# ---------------------------------------------------------------- measures


def of_measures(
    measures: tuple[Measure, ...],
    rows: NDArray[np.int64],
    start: int,
    study: Study,
    ways: Mapping[str, str],
    rng: np.random.Generator,
    typical: Flags | None = None,
) -> Block | None:
    """Numbers and categories as coordinates, learnt from the `typical` users where scaling was chosen; `ways` says what stands
    for empty cells."""
    columns: list[Column] = []
    levels: list[NDArray[np.int32]] = []
    many = Counter(m.block for m in measures if m.block and m.role is not Role.TEXT and study.scale == "auto")
    together = _together([m for m in measures if m.role is Role.TEXT], rows)
    for m in measures:
        if m.role is Role.TEXT and study.scale == "auto":
            columns.append(_direction(m, rows, together[m.block]))
            continue
        make = _category if m.kind == Kind.CATEGORY else _number
        made = make(m, rows, study, ways[m.name], rng, typical if textbook(study) else None)
        columns += [_lighter(c, many[m.block] ** 0.5) for c in made] if m.block in many else made
        levels += [c.levels for c in made[:1] if c.levels is not None]
    if not columns:
        return None
    if not textbook(study):
        columns = borrowed(columns, rng)
    x, blurred, exact = (np.column_stack([getattr(c, name) for c in columns]) for name in ("x", "blurred", "exact"))
    weight = _by_variance(x if typical is None else x[typical]) if study.scale != "auto" else np.ones(x.shape[1])
    limits, odd = guard(x, weight, np.ones(len(rows)), start)
    numeric = all(m.kind != Kind.CATEGORY for m in measures)
    none = np.zeros(len(rows), np.int32)
    heaps = np.column_stack([none if c.heap is None else c.heap for c in columns]).astype(np.int32)
    plain = not together and not many and not textbook(study) and study.encode == "auto"
    said = tuple(levels) if plain else ()
    return Block(tuple(c.feature for c in columns), x, x - x.min(axis=0), limits, blurred, odd, numeric, exact, heaps, said)


def _together(measures: Sequence[Measure], rows: NDArray[np.int64]) -> dict[str, float]:
    """The spread of the meanings of each column of text over all of their directions."""
    variance: dict[str, float] = {}
    for m in measures:
        values = m.values[rows]
        spread = float(np.nanvar(values)) if np.isfinite(values).any() else 0.0
        variance[m.block] = variance.get(m.block, 0.0) + spread
    return {block: max(v**0.5, 1e-12) for block, v in variance.items()}


def _direction(m: Measure, rows: NDArray[np.int64], by: float) -> Column:
    """One direction of what texts are about: all of them keep their proportions and weigh together like one number."""
    raw = np.asarray(m.values[rows], float)
    learned: dict[str, float | str] = {"mean": float(np.nanmean(raw)) if np.isfinite(raw).any() else 0.0, "by": by}
    x = np.nan_to_num((raw - float(learned["mean"])) / by)
    return Column(Feature(m.name, "measure", m.name, (Step("scale", learned),)), x, x, x)


def _lighter(column: Column, by: float) -> Column:
    """One answer of a question of several: all of them together weigh like one number, as the levels of a category do."""
    *before, last = column.feature.steps
    scale = {**last.learned, "by": float(last.learned["by"]) * by}
    feature = replace(column.feature, steps=(*before, Step(last.name, scale)))
    return replace(column, feature=feature, x=column.x / by, blurred=column.blurred / by, exact=column.exact / by)


def _number(
    m: Measure, rows: NDArray[np.int64], study: Study, way: str, rng: np.random.Generator, typical: Flags | None
) -> list[Column]:
    raw = np.asarray(m.values[rows], float)
    hole = np.isnan(raw)
    known = ~hole if typical is None else ~hole & typical
    filled = np.sort(raw[known])
    distinct = np.unique(filled)
    made = _blank(m, hole, study, rng, typical) if way == "category" else []
    if len(distinct) < 2:
        return made
    steps: tuple[Step, ...] = ()
    if way in ("median", "mean", "mode", "zero", "category"):
        plug = plugins.find("steps", "fill")
        steps = (Step("fill", plug.fit(raw[known], "mean" if way == "category" else way)),)
        raw, hole = plug.apply(raw, steps[0].learned), np.zeros(len(raw), bool)
    drawn = raw.copy()
    drawn[hole] = rng.choice(filled, int(hole.sum()))
    spread, heap = drawn, None
    if len(distinct) <= max(50, 0.02 * len(raw)):
        spread = drawn + rng.uniform(-JITTER, JITTER, len(raw)) * np.median(np.diff(distinct))
        spread = np.abs(spread) if distinct[0] >= 0 else spread
        heap = np.unique(drawn, return_inverse=True)[1]
    learn = raw if typical is None else raw[typical]
    if heap is None and study.scale == "auto" and _parted(filled):
        ranked = _ranked(m, steps, learn, drawn, rng, textbook(study))
        return [*made, replace(ranked, hole=hole if way == "" and hole.any() else None)]
    rest = _usual(learn, filled, len(distinct)) if study.scale == "auto" else scaled(learn, study.scale)
    feature = Feature(m.name, "measure", m.name, (*steps, *rest))
    exact = x = stepped(drawn, rest)
    blurred = stepped(spread, rest)
    if not textbook(study):
        x = blurred = (blurred - blurred.mean()) / max(blurred.std(), 1e-12)
    return [*made, Column(feature, x, blurred, exact, heap, hole if way == "" and hole.any() else None)]


def _parted(filled: Floats) -> bool:
    """Whether many of sorted values are 0 and the others lie apart from it: who has nothing, and how much the others have."""
    some = filled[filled > 0]
    if filled[0] < 0 or not NOTHING <= 1 - len(some) / len(filled) <= 1 - NOTHING:
        return False
    amounts = np.log1p(some) if _skewed(filled) else some
    return bool(np.quantile(amounts, NOTHING) > amounts.std())


def _ranked(
    m: Measure, steps: tuple[Step, ...], learn: Floats, drawn: Floats, rng: np.random.Generator, letter: bool
) -> Column:
    """An amount that many have none of, as the share of users below: nobody is far from those who have little, so that having
    nothing in one column is no group of its own. Those without share the ranks up to the first amount, spread at random."""
    rank, scale = (plugins.find("steps", name) for name in ("quantile", "scale"))
    ranked = Step("quantile", rank.fit(learn))
    rest = (ranked, Step("scale", scale.fit(rank.apply(learn, ranked.learned))))
    feature = Feature(m.name, "measure", m.name, (*steps, *rest))
    exact = stepped(drawn, rest)
    ranks, none = stepped(drawn, rest[:-1]), drawn == 0
    ranks[none] = rng.uniform(0.0, none.mean(), int(none.sum()))
    blurred = stepped(ranks, rest[-1:])
    blurred = (blurred - blurred.mean()) / max(blurred.std(), 1e-12)
    return Column(feature, exact if letter else blurred, blurred, exact)


def _usual(values: Floats, filled: Floats, distinct: int) -> tuple[Step, ...]:
    """A logarithm where values are skewed, extremes drawn in, unit variance."""
    made: list[Step] = []
    for name in (["log"] if _skewed(filled) else []) + (["clip"] if distinct > 2 else []) + ["scale"]:
        plug = plugins.find("steps", name)
        made.append(Step(name, plug.fit(values)))
        values = plug.apply(values, made[-1].learned)
    return tuple(made)


def _skewed(filled: Floats) -> bool:
    """Whether non-negative values have a long right tail: skewness above 1 with the last hundredth cut off."""
    x = np.minimum(filled, np.quantile(filled, 0.99))
    sd = x.std()
    return bool(filled[0] >= 0 and sd > 0 and ((x - x.mean()) ** 3).mean() / sd**3 > 1)


def _blank(m: Measure, hole: Flags, study: Study, rng: np.random.Generator, typical: Flags | None) -> list[Column]:
    """Whether a number is empty, as a coordinate of its own."""
    feature = Feature(f"{m.name} = {EMPTY}", "measure", m.name, (Step("blank", {}),))
    return _flag(feature, hole.astype(float), study, rng, typical)


def _flag(feature: Feature, x: Floats, study: Study, rng: np.random.Generator, typical: Flags | None) -> list[Column]:
    """Zeros and ones (n,), nan for neither, as one coordinate on the scale of the numbers."""
    learn = x if typical is None else x[typical]
    if not 0.01 < np.nanmean(learn) < 0.99:
        return []
    rest = scaled(learn, "standard" if study.scale in ("auto", "log") else study.scale)
    spread = x + rng.uniform(-JITTER, JITTER, len(x))
    exact, blurred = (np.nan_to_num(stepped(v, rest)) for v in (x, spread))
    made = Feature(feature.name, feature.of, feature.column, (*feature.steps, *rest))
    heap = np.nan_to_num(x, nan=round(float(np.nanmean(x))))
    return [Column(made, exact if textbook(study) else blurred, blurred, exact, heap)]


def _category(
    m: Measure, rows: NDArray[np.int64], study: Study, way: str, rng: np.random.Generator, typical: Flags | None
) -> list[Column]:
    codes, levels = np.asarray(m.values)[rows], m.levels
    steps: tuple[Step, ...] = ()
    if way == "category" and EMPTY not in levels:
        codes, levels = np.where(codes < 0, len(levels), codes), (*levels, EMPTY)
        steps = (Step("fill", {"value": EMPTY}),)
    often = np.bincount(codes[codes >= 0], minlength=len(levels))
    if way == "mode":
        steps = (Step("fill", {"value": levels[int(often.argmax())]}),)
        codes = np.where(codes < 0, int(often.argmax()), codes)
    if way == "draw" and (codes >= 0).any():
        codes = np.where(codes < 0, rng.choice(codes[codes >= 0], len(codes)), codes)
    filled = codes >= 0
    shares = np.bincount(codes[filled], minlength=len(levels)) / max(filled.sum(), 1)
    used = int((shares > 0).sum())
    made: list[Column] = []
    first = {int(c): i for i, c in reversed(list(enumerate(codes)))}
    often_enough = sorted(np.flatnonzero(shares > 0.01).tolist(), key=first.__getitem__)  # other names, same places (FEA-04)
    named = np.full(len(levels) + 1, len(often_enough), np.int32)
    named[often_enough], named[-1] = np.arange(len(often_enough)), -1  # the last place is that of code -1
    for level in often_enough:
        p = float(shares[level])
        if used < 2 or p > 0.99:
            continue
        is_it = (*steps, Step("level", {"level": levels[level]}))
        feature = Feature(f"{m.name} = {levels[level]}", "measure", m.name, is_it)
        if study.encode == "onehot":
            made += _flag(feature, np.where(filled, codes == level, np.nan), study, rng, typical)
            continue
        learned: dict[str, float | str] = {"mean": p, "by": float(np.sqrt(p) * np.sqrt(used - 1))}
        exact = (codes == level).astype(float) - p
        spread = ((codes == level) + rng.uniform(-JITTER, JITTER, len(codes)) - p) / float(learned["by"])
        exact, spread = (np.where(filled, v, 0.0) for v in (exact / float(learned["by"]), spread))
        whole = Feature(feature.name, "measure", m.name, (*is_it, Step("scale", learned)))
        heap = np.where(filled, codes == level, p > 0.5)
        x = exact if textbook(study) else spread
        made.append(Column(whole, x, spread, exact, heap, levels=named[np.where(filled, codes, -1)]))
    return made
