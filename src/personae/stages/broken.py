"""Broken: whether the measures of new data are those of the run before, in another unit, of other people or of another time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from personae.model.baseline import Baseline, Spread
from personae.model.cast import Cast
from personae.model.drift import Gate
from personae.model.features import Features, LeftOut
from personae.model.plain import noun, plain
from personae.stages.baseline import BINS, baseline
from personae.stages.gates import fewest, ordered, shut, too_many
from personae.words import gating

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

UNIT = 5.0
"""From so many times as large a value, alike for low and high ones, the unit is taken to have changed."""
STRAIGHT = 0.15
"""How far the logarithm of that number may stray between the quartiles of a measure."""
USUAL = 0.05
"""An event that fewer users than this do may end; one that more do does not for everybody at once."""
KNOWN = 0.05
"""Under this share of known answers a column has other answers."""


def broken(before: Cast, features: Features, *, floor: int = 10) -> tuple[Gate, ...]:
    """What was measured, before anything is fitted: gates that say no, then columns whose answers are all new.

    A run recorded before spreads were kept can be held against the numbers of users and the time alone.
    """
    kept = before.baseline
    found = [*_crowd(before, features), *_time(before, features)]
    if kept is None:
        return ordered(found)
    now = baseline(features, replace(before.study, floor=floor))
    if before.ids.equals(features.ids) and not any(t.files for t in before.tables) and _equal(kept, now):
        return (shut("unchanged", gating.unchanged()),)
    pairs = comparable(before, kept, now)
    found += [*_strangers(before, features, kept, now), *_units(pairs), *_silent(kept, now)]
    told = [(a, b) for a, b in pairs if a.kind == "levels" and b.filled and sum(a.counts) >= 0.5 * a.filled > 0]
    strange = [a for a, b in told if _known(a, b) < KNOWN]
    found += [Gate("columns", True, gating.strange(s.label), "", (s.name,)) for s in strange]
    forming = [s for s in kept.spreads if s.forms]
    bad = sum(s.forms for s in strange)
    if too_many(bad, len(forming)):
        found.append(shut("columns", gating.many(bad, len(forming))))
    return ordered(found)


def spared(features: Features, found: Sequence[Gate]) -> Features:
    """The features with those columns of the gates forming no groups; they still describe."""
    bad = {n: g.words for g in found if g.passed for n in g.columns}
    hit = [m for m in features.measures if m.name in bad and m.forms]
    measures = tuple(replace(m, forms=False) if m in hit else m for m in features.measures) if hit else features.measures
    return replace(features, measures=measures, left_out=(*features.left_out, *(LeftOut(m.name, bad[m.name]) for m in hit)))


def _crowd(before: Cast, features: Features) -> list[Gate]:
    days = [0 if w is None else w.days for w in (before.window, features.window)]
    few = len(features) < fewest(days[0], days[1], len(features) / max(before.users, 1)) * before.users
    return [shut("rows", gating.users(before.users, len(features)))] if few else []


def _time(before: Cast, features: Features) -> list[Gate]:
    """Time runs forwards."""
    old, new = before.window, features.window
    if old is None or new is None or new.end[:10] >= old.end[:10]:
        return []
    return [shut("time", gating.backwards(old.end, new.end))]


def _strangers(before: Cast, features: Features, kept: Baseline, now: Baseline) -> list[Gate]:
    """Nearly nobody of the run before, where most should be there: as they were last time, as the times overlap by half, or as
    the ids are written in another way."""
    both = int(pc.sum(pc.is_in(before.ids, value_set=features.ids)).as_py() or 0)
    share = both / max(min(before.users, len(features)), 1)
    if share >= 0.05:
        return []
    if _came_back(before) >= 0.5:
        return [shut("users", gating.strangers("and most came back last time"))]
    if before.window and features.window and features.window.start[:10] < _half(before.window.start, before.window.end):
        return [shut("users", gating.strangers("and much of the time is the same"))]
    if not both and not set(kept.forms) & set(now.forms):
        return [shut("users", gating.strangers(f"and ids look like {now.forms[0]}, not like {kept.forms[0]}"))]
    return []


def _came_back(before: Cast) -> float:
    """The share of users who were in both, when the run was made by a refresh; 0 where it was not."""
    made = before.change
    return (made.both or 0) / max(min(made.before.users, made.after.users), 1) if made else 0.0


def _half(start: str, end: str) -> str:
    """The day in the middle."""
    first, last = (np.datetime64(x[:10], "D") for x in (start, end))
    return str(first + (last - first) // 2)


def comparable(before: Cast, kept: Baseline, now: Baseline) -> list[tuple[Spread, Spread]]:
    """The spreads that both have; of a log that lasted much longer or shorter only shares."""
    logs = {t.source for t in before.tables if t.shape == "events"}
    other = bool(kept.days and now.days) and not 0.5 <= now.days / kept.days <= 2
    there = {(s.kind, s.name): s for s in now.spreads}
    both = [(s, there[s.kind, s.name]) for s in kept.spreads if (s.kind, s.name) in there]
    return [(a, b) for a, b in both if not other or a.source not in logs or a.unit == "share"]


def _units(pairs: Sequence[tuple[Spread, Spread]]) -> list[Gate]:
    """Measures whose values are all so many times as large; those by the same number in one sentence."""
    found: dict[float, list[str]] = {}
    for a, b in pairs:
        by = factor(a, b) if a.kind == "number" else 1.0
        if not 1 / UNIT < by < UNIT:
            found.setdefault(round(float(np.log10(by)), 1), []).append(a.label)
    return [shut("units", gating.scaled(labels, 10**power)) for power, labels in found.items()]


def factor(a: Spread, b: Spread) -> float:
    """How many times as large every value that is not 0 is; 1 where that is not the same for low and high values."""
    if len(a.edges) < 3 or len(b.edges) < 3:
        return 1.0
    at = np.linspace(0.1, 0.9, BINS - 3)
    x, y = (_quantiles(s, at) for s in (a, b))
    if (x * y <= 0).any():
        return 1.0
    logs = np.log(y / x)
    middle = float(np.median(logs))
    return float(np.exp(middle)) if float(np.abs(logs - middle).max()) <= max(STRAIGHT, abs(middle) / 8) else 1.0


def _quantiles(s: Spread, at: Floats) -> Floats:
    """Quantiles of the values that are not 0, between the edges of the bins."""
    below = np.cumsum(s.counts)[:-1] / sum(s.counts)
    return np.asarray(np.interp(at, below, np.array(s.edges)), np.float64)


def _silent(kept: Baseline, now: Baseline) -> list[Gate]:
    """Events that many did and nobody does, where the others are still done."""
    done = {s.name for s in now.spreads if s.kind == "event" and s.zero < s.filled}
    usual = [s for s in kept.spreads if s.kind == "event" and s.filled and _taken(s) >= USUAL]
    lost = [s for s in usual if s.name not in done and (1 - _taken(s)) ** now.looked < 1e-6]
    return [shut("silent", gating.silent([s.name for s in lost], max(map(_taken, lost))))] if lost else []


def _taken(s: Spread) -> float:
    return (s.filled - s.zero) / s.filled


def _known(a: Spread, b: Spread) -> float:
    """The share of users whose answer is one of those before."""
    known = dict(zip(b.levels, b.counts, strict=True))
    return sum(known.get(level, 0) for level in a.levels) / b.filled


def _equal(kept: Baseline, now: Baseline) -> bool:
    """Whether two baselines say the same once they are kept."""
    one, other = (noun(Baseline, plain(b)) for b in (kept, now))
    return one == other
