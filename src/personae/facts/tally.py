"""Sums per group of everything known of users, in one pass over each column and without a dense matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae.model.features import Counts, Features, Measure
from personae.model.study import Role
from personae.model.table import Kind

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Groups = npt.NDArray[np.int64]

BLOCK = 2_000_000
"""Non-empty cells of the count matrix looked at in one go: 60 MB of scratch."""
CAP, HOLD = 0.99, 0.30
"""Amounts are capped at this quantile for comparing, when the users above it hold more than this share of the total."""
NET = "points"
"""The unit of a net score, from -100 to 100."""
POINTS = "points from "
"""How the unit of an answer scale begins: "points from 1 to 5"."""
POSITIVE = ("yes", "true", "1", "y", "t", "churned", "bought", "converted", "active", "left")


@dataclass(frozen=True)
class Item:
    """One thing that is counted or averaged for every group; `code` is unique and becomes part of the fact's id.

    `about` is the measure or event it belongs to. `lead` items are compared between groups; the others support. `plain`
    items are compared by difference, because a multiple would mislead. `skewed` items are told apart by their logarithm.
    `proportion` items are shares of users; `doing` proportions count only those who did it as a cell that must not be small.
    `query` has "{users}" where the group goes. `scale` holds the ends of an answer scale.
    """

    code: str
    measure: str
    about: str
    label: str
    statistic: str
    unit: str
    role: Role
    forms: bool
    source: str
    query: str
    lead: bool = True
    plain: bool = False
    proportion: bool = False
    doing: bool = False
    scale: tuple[float, float] | None = None
    skewed: bool = False


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums by group (rows; the last row is users in no group or in one too small to show) and item (columns).

    `n` users with a value, `total` of the values, `square` of the values less `centre`, `base` users with a value other than
    nothing; `soft` and `soft_square` are the total and overall square sum of the value on the scale on which strengths are
    compared (square root of shares of activity, logarithm of skewed amounts). `middle` (groups + 1, items) is
    the median, of everyone in its last row, nan where it is not kept. `least` marks the cells that are lower bounds.
    """

    items: tuple[Item, ...]
    n: Floats
    total: Floats
    square: Floats
    centre: Floats
    base: Floats
    soft: Floats
    soft_square: Floats
    middle: Floats
    least: npt.NDArray[np.bool_] | None = None

    def bound(self, group: int | None, item: int) -> bool:
        """Whether a cell is a lower bound; of everyone (None) whether all who have it not are in such cells."""
        if self.least is None:
            return False
        if group is not None:
            return bool(self.least[group, item])
        some = self.least[:, item]
        return bool(some.any() and (self.base[~some, item] == self.n[~some, item]).all())


def tally(features: Features, group: Groups, groups: int) -> Tally:
    """Sums of every event and measure by group; `group` (n,) runs from 0 to groups - 1."""
    parts = []
    if features.counts is not None and len(features.counts.events) and not features.counts.people:
        parts += [*_events(features.counts, group, groups)]
    for i, m in enumerate(features.measures):
        parts += _measure(m, i, group, groups)
    if not parts:
        nothing = np.zeros((groups, 0))
        return Tally((), nothing, nothing, nothing, np.zeros(0), nothing, nothing, np.zeros(0), np.zeros((groups + 1, 0)))
    return Tally(
        tuple(item for p in parts for item in p.items),
        *(
            np.concatenate([getattr(p, f) for p in parts], axis=-1)
            for f in Tally.__dataclass_fields__
            if f not in ("items", "least")
        ),
    )


def columns(features: Features, items: tuple[Item, ...], rows: npt.NDArray[np.int64]) -> Floats:
    """The values (r, items) of some users on the scale of strengths, nan where there is none."""
    values = np.empty((len(rows), len(items)))
    events = [(i, int(item.code[1:].split(".")[0])) for i, item in enumerate(items) if item.code.startswith("e")]
    if events and features.counts is not None:
        part = features.counts.matrix[rows]
        activity = np.asarray(part.sum(axis=1)).ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            values[:, [i for i, _ in events]] = np.sqrt(part[:, [j for _, j in events]].toarray() / activity[:, None])
    for i, item in enumerate(items):
        if item.code.startswith("m"):
            values[:, i] = _column(features.measures[int(item.code[1:].split(".")[0])], item, rows)
    return values


def _column(measure: Measure, item: Item, rows: npt.NDArray[np.int64]) -> Floats:
    """The values of one measure on the scale of strengths."""
    values = measure.values[rows]
    if ".l" in item.code:
        level = int(item.code.rsplit("l", 1)[1])
        if measure.levels:
            return np.where(values < 0, np.nan, (values == level).astype(np.float64))
        code = float(item.measure.rpartition("=")[2])
        return np.where(np.isfinite(values), (values == code).astype(np.float64), np.nan)
    return np.log1p(values) if item.skewed else values.astype(np.float64)


def _events(counts: Counts, group: Groups, groups: int) -> tuple[Tally, Tally]:
    """Shares of activity, and who did it at all, for every event."""
    matrix, m = counts.matrix, len(counts.events)
    activity = np.asarray(matrix.sum(axis=1)).ravel()
    sums = np.zeros((4, groups * m))
    start = 0
    while start < matrix.shape[0]:
        stop = max(start + 1, int(np.searchsorted(matrix.indptr, matrix.indptr[start] + BLOCK, side="right")) - 1)
        cells = slice(int(matrix.indptr[start]), int(matrix.indptr[stop]))
        sizes = np.diff(matrix.indptr[start : stop + 1])
        data = matrix.data[cells].astype(np.float64)
        share = data / np.repeat(np.where(activity[start:stop] > 0, activity[start:stop], 1.0), sizes)
        key = np.repeat(group[start:stop] * m, sizes) + matrix.indices[cells]
        for row, weight in enumerate((share, share * share, (data > 0).astype(np.float64), np.sqrt(share))):
            sums[row] += np.bincount(key, weight, minlength=groups * m)
        start = stop
    total, square, base, root = sums.reshape(4, groups, m)
    users = np.repeat(np.bincount(group, minlength=groups).astype(np.float64)[:, None], m, axis=1)
    active = np.repeat(np.bincount(group[activity > 0], minlength=groups).astype(np.float64)[:, None], m, axis=1)
    none = np.full((groups + 1, m), np.nan)
    lead = tuple(
        Item(
            f"e{j}.mean", e, e, e, "mean", "share of activity", Role.BEHAVIOUR, True, counts.source,
            f'avg(count of "{e}" / count of all events) over {{users}} with events',
        )
        for j, e in enumerate(counts.events)
    )  # fmt: skip
    did = tuple(
        replace(
            i, code=f"e{j}.users", statistic="share", unit="share of users", lead=False, proportion=True, doing=True,
            query=f'share of {{users}} with at least one "{i.measure}"',
        )
        for j, i in enumerate(lead)
    )  # fmt: skip
    return (
        Tally(lead, active, total, square, np.zeros(m), base, root, total.sum(axis=0), none),
        Tally(did, users, base, base, np.zeros(m), base, base, base.sum(axis=0), none),
    )


def _measure(measure: Measure, i: int, group: Groups, groups: int) -> list[Tally]:
    """The items of one measure; none when it holds nothing that can be counted or averaged."""
    if measure.kind in (Kind.TEXT, Kind.EMPTY, Kind.DATE, Kind.TIMESTAMP) or measure.role in (Role.ID, Role.TEXT, Role.IGNORE):
        return []
    if measure.levels and not np.issubdtype(measure.values.dtype, np.floating):
        return [_levels(measure, i, group, groups)] if (measure.values >= 0).any() else []
    values = measure.values.astype(np.float64)
    known = np.isfinite(values)
    if not known.any():
        return []
    if measure.kind == Kind.BOOLEAN or (_few(values[known]) <= {0.0, 1.0} and not measure.unit.startswith("points")):
        return [_flag(measure, i, values, known, group, groups)]
    if len(codes := _few(values[known])) == 2 and not measure.unit.startswith("points"):
        return [_levels(_coded(measure, values, known, sorted(codes)), i, group, groups)]
    return _numbers(measure, i, values, known, group, groups)


def _few(values: Floats) -> set[float]:
    """The different values, or at least three of them."""
    first = set(np.unique(values[:1000]).tolist())
    return first if len(first) > 2 else set(np.unique(values).tolist())


def _coded(measure: Measure, values: Floats, known: npt.NDArray[np.bool_], codes: list[float]) -> Measure:
    """A measure of two numbers as a category: an average of codes says nothing."""
    return replace(
        measure,
        kind=Kind.CATEGORY,
        values=np.where(known, values == codes[1], -1).astype(np.int32),
        levels=tuple(f"{c:g}" for c in codes),
    )


def _flag(measure: Measure, i: int, values: Floats, known: npt.NDArray[np.bool_], group: Groups, groups: int) -> Tally:
    """The share of users of whom it is true."""
    n = np.bincount(group[known], minlength=groups).astype(np.float64)[:, None]
    yes = np.bincount(group[known & (values > 0)], minlength=groups).astype(np.float64)[:, None]
    item = Item(
        f"m{i}.share", measure.name, measure.name, measure.label or measure.name,
        "rate" if measure.role == Role.OUTCOME else "share", "share of users", measure.role, measure.forms, measure.source,
        f'share of {{users}} where "{measure.name}" is true', proportion=True, doing=_behaves(measure),
    )  # fmt: skip
    return Tally((item,), n, yes, yes, np.zeros(1), yes, yes, yes.sum(axis=0), np.full((groups + 1, 1), np.nan))


def _levels(measure: Measure, i: int, group: Groups, groups: int) -> Tally:
    """The share of users at each level; of an outcome with two levels only the one that says yes, or the rarer."""
    codes, size = measure.values.astype(np.int64), len(measure.levels)
    known = codes >= 0
    cells = np.bincount(group[known] * size + codes[known], minlength=groups * size).reshape(groups, size).astype(np.float64)
    kept = [j for j in range(size) if cells[:, j].sum() > 0]
    if measure.role == Role.OUTCOME and len(kept) == 2:
        said = [j for j in kept if measure.levels[j].strip().lower() in POSITIVE]
        kept = said[:1] or [min(kept, key=lambda j: (cells[:, j].sum(), j))]
    yes = cells[:, kept]
    n = np.repeat(cells.sum(axis=1, keepdims=True), len(kept), axis=1)
    label = measure.label or measure.name
    items = tuple(
        Item(
            f"m{i}.l{j}", f"{measure.name}={measure.levels[j]}", measure.name, f"{label}: {measure.levels[j]}",
            "rate" if measure.role == Role.OUTCOME else "share", "share of users", measure.role, measure.forms, measure.source,
            f'share of {{users}} where "{measure.name}" is "{measure.levels[j]}"', proportion=True, doing=_behaves(measure),
        )
        for j in kept
    )  # fmt: skip
    m = len(kept)
    return Tally(items, n, yes, yes, np.zeros(m), yes, yes, yes.sum(axis=0), np.full((groups + 1, m), np.nan))


def _numbers(measure: Measure, i: int, values: Floats, known: npt.NDArray[np.bool_], group: Groups, groups: int) -> list[Tally]:
    """The mean and median of a measure, and the mean with a cap where a few users hold most of the total."""
    shown, where = values[known], group[known]
    scale = _scale(shown, measure)
    spread = float(shown.std())
    plain = (
        scale is not None
        or measure.unit.startswith("points")
        or bool((shown < 0).any())
        or spread < 0.25 * abs(float(shown.mean()))
    )
    label = measure.label or measure.name
    skewed = not plain and _skew(shown, spread) > 1.5
    mean = Item(
        f"m{i}.mean", measure.name, measure.name, label, "mean", measure.unit, measure.role, measure.forms, measure.source,
        f'avg("{measure.name}") over {{users}}', plain=plain, scale=scale, skewed=skewed,
    )  # fmt: skip
    soft = np.log1p(shown) if skewed else shown
    cap = _cap(shown, plain)
    parts = [_sums(replace(mean, lead=cap is None), shown, soft, where, groups, medians=True)]
    if cap is not None:
        capped = replace(
            mean, code=f"m{i}.capped", query=f'avg(least("{measure.name}", {cap:.6g})) over {{users}}',
            label=f"{label}, capped at {cap:,.4g}",
        )  # fmt: skip
        parts.append(_sums(capped, np.minimum(shown, cap), soft, where, groups, medians=False))
    return parts


def _skew(values: Floats, spread: float) -> float:
    """The third standardised moment."""
    if spread == 0:
        return 0.0
    z = (values - values.mean()) / spread
    return float((z * z * z).mean())


def _sums(item: Item, values: Floats, soft: Floats, where: Groups, groups: int, *, medians: bool) -> Tally:
    """The sums of one column of numbers by group."""
    centre = float(values.mean())

    def by(weight: Floats) -> Floats:
        return np.asarray(np.bincount(where, weight, minlength=groups), dtype=np.float64)[:, None]

    middle = np.full((groups + 1, 1), np.nan)
    if medians:
        middle[groups, 0] = np.median(values)
        order = np.argsort(where.astype(np.int16), kind="stable")
        edges = np.searchsorted(where[order], np.arange(groups + 1))
        for g in range(groups):
            if edges[g + 1] > edges[g]:
                middle[g, 0] = np.median(values[order[edges[g] : edges[g + 1]]])
    n = np.bincount(where, minlength=groups).astype(np.float64)[:, None]
    return Tally(
        (item,), n, by(values), by((values - centre) ** 2), np.array([centre]), by((values != 0).astype(np.float64)),
        by(soft), np.array([float((soft**2).sum())]), middle,
    )  # fmt: skip


def _behaves(measure: Measure) -> bool:
    """Whether only the users who do it count as a cell that must not be small: not for what people are or how it ended."""
    return measure.role not in (Role.DEMOGRAPHIC, Role.OUTCOME)


def _scale(values: Floats, measure: Measure) -> tuple[float, float] | None:
    """The ends of an answer scale: few whole numbers without a gap, and people at its top; None for counts and amounts."""
    if measure.unit.startswith(POINTS):
        first, _, last = measure.unit.removeprefix(POINTS).partition(" to ")
        return float(first), float(last)
    low, high = float(values.min()), float(values.max())
    if measure.unit or high - low > 10 or high - low < 2 or (np.floor(values) != values).any():
        return None
    shares = np.bincount((values - low).astype(np.int64)) / len(values)
    if (shares == 0).any() and measure.role != Role.ATTITUDE:
        return None
    if measure.role == Role.ATTITUDE or low < 0:
        return low, high
    counts_like = low == 0 and (high != 10 or int(shares.argmax()) == 0)
    tail = shares[-1] < 0.01 or (low == 1 and high not in (5, 6, 7, 9, 10) and bool((np.diff(shares) < 0).all()))
    return None if counts_like or tail else (low, high)


def _cap(values: Floats, plain: bool) -> float | None:
    """The amount above which values are capped for comparing; None when no few users hold most of the total."""
    if plain or len(values) < 200:
        return None
    cap = float(np.quantile(values, CAP, method="lower"))
    total = float(values.sum())
    return cap if cap > 0 and total > 0 and float(values[values > cap].sum()) > HOLD * total else None
