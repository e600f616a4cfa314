"""What of new data is not as it was in the run before: measures, events, answers, empties, and the size of every persona."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae.facts import shifting
from personae.model.baseline import Baseline, Spread
from personae.model.cast import Cast
from personae.model.drift import LEAST, SIZES, Drift, Shift, size
from personae.model.features import MEANING, Features
from personae.model.rule import REASONS, Placement
from personae.model.study import Role, Study
from personae.stages.baseline import events, spread
from personae.stages.diff import NO_BEHAVIOUR, idle
from personae.stages.log import MOST_EVENTS
from personae.words import drifting

if TYPE_CHECKING:
    import numpy.typing as npt

ALPHA = 0.05
"""At most this share of refreshes in which nothing shifted say that something did."""
PARTS = {"measures": 0.7, "forms": 0.15, "personas": 0.15}
"""How that is divided: over measures and events, over their empties and shapes, and over the sizes of personas."""
ALIKE = 0.02
"""Windows whose lengths differ by this part or more, either way, make counts of other heights, so that these are not compared:
28 days after 31 move a Poisson count of 40 by 0.6 of its standard deviation, and counts per day are spread otherwise too."""
SHARE = "share of users"


@dataclass(frozen=True)
class _Test:
    """One comparison before it is known how many there are."""

    part: str
    shift: Shift


def drift(before: Cast, after: Features, placement: Placement, study: Study) -> Drift:
    """What shifted from a run to new data. `placement` (n) are the places that the run's rule gives the new users.

    An effect counts where it is at least LEAST and chance would show one as large, anywhere, in at most ALPHA of refreshes
    (weighted Bonferroni). Users are taken as different people: where they are the same ones measured again the test is
    stricter than it says. Measures are compared over at most `study.sample` users of each, personas over all. A run that was
    recorded before spreads were kept tells of its personas alone.
    """
    kept = before.baseline
    compared, aside = _compared(before, kept, after, study) if kept else ([], ())
    tests = [t for a, b in compared for t in _tests(a, b, kept.looked if kept else 0, _looked(after, study), study.floor)]
    tests += _personas(before, placement, study.floor)
    many = {part: sum(t.part == part for t in tests) for part in PARTS}
    levels = {part: ALPHA * PARTS[part] / max(n, 1) for part, n in many.items()}
    found = [_judged(t.shift, levels[t.part]) for t in tests]
    shifts = _once([s for s in found if s.size and s.p <= ALPHA])
    shifts = sorted(shifts, key=lambda s: (-abs(s.effect), s.of, s.name))
    told = tuple(replace(s, words=drifting.shifted(s, study.entity, before.run)) for s in shifts)
    told_from = shifting.seen(kept.looked, _looked(after, study), levels["measures"]) if kept and compared else 0.0
    made = Drift(len(compared) + many["personas"], told, before.users, len(after), least=max(LEAST, told_from))
    return replace(made, words=drifting.summed(made, study.entity, aside, measured=kept is not None))


def _looked(features: Features, study: Study) -> int:
    return min(len(features), study.sample)


def _compared(
    before: Cast, kept: Baseline, after: Features, study: Study
) -> tuple[list[tuple[Spread, Spread]], tuple[str, ...]]:
    """The spreads that both have, those of new events beside nobody, and what was not compared and why."""
    looked = _looked(after, study)
    measures = {m.name: m for m in after.measures}
    done = {s.name: s for s in events(after, looked, study.floor, kept.spreads)}
    days = after.window.days if after.window else 0
    logs = {t.source for t in before.tables if t.shape == "events"}
    other = bool(kept.days and days) and abs(math.log(days / kept.days)) >= ALIKE
    pairs = []
    for s in kept.spreads:
        if other and s.source in logs and s.unit != "share":
            continue
        if s.kind == "event":
            nobody = replace(s, zero=s.filled, counts=(0,) * len(s.counts), filled=looked)
            pairs.append((s, done.get(s.name, replace(nobody, zero=looked))))
        elif s.name in measures and (s.kind == "levels") == bool(measures[s.name].levels):
            pairs.append((s, spread(measures[s.name], looked, study.floor, s)))
    new = {s.name: s for s in done.values() if s.name not in {k.name for k in kept.spreads if k.kind == "event"}}
    if not other and _all_kept(before, kept):
        pairs += [(replace(s, zero=kept.looked, filled=kept.looked, counts=(0,) * len(s.counts)), s) for s in new.values()]
        new = {}
    labels = [s.label for s in new.values() if s.filled - s.zero >= study.floor] + _anew(kept, after)
    aside = (drifting.longer(kept.days, days) if other else "", drifting.anew(labels) if labels else "")
    return pairs, tuple(x for x in aside if x)


def _all_kept(before: Cast, kept: Baseline) -> bool:
    """Whether nobody did an event that was not kept: not so where there were too many, or where rare ones were left out."""
    paired = any(f.startswith("counts") for f in before.study.features)
    return not paired and sum(s.kind == "event" for s in kept.spreads) < MOST_EVENTS


def _anew(kept: Baseline, after: Features) -> list[str]:
    """Labels of measures that were not there before; meanings of texts have no lasting names."""
    known = {s.name for s in kept.spreads if s.kind != "event"}
    return [m.label for m in after.measures if m.name not in known and m.role != Role.TEXT and MEANING not in m.name]


def _tests(a: Spread, b: Spread, users_before: int, users_after: int, floor: int) -> list[_Test]:
    """All that is asked of one measure or event."""
    made = _of_levels(a, b, floor) if a.kind == "levels" else _of_numbers(a, b, floor)
    empty = users_before - a.filled, users_after - b.filled
    if any(empty):
        then, now, h, p = _share((empty[0], users_before), (empty[1], users_after), floor)
        made.append(_Test("forms", Shift("empty", a.name, a.label, SHARE, then, now, h, "", p)))
    return made


def _of_numbers(a: Spread, b: Spread, floor: int) -> list[_Test]:
    """Whether more have any, whether those have more, and whether it is spread otherwise."""
    of = "event" if a.kind == "event" else "measure"
    made = []
    some = a.filled - a.zero, b.filled - b.zero
    if a.parted:
        then, now, h, p = _share((some[0], a.filled), (some[1], b.filled), floor)
        plain = a.unit == "share" and len(a.counts) == 1
        made.append(_Test("measures", Shift(of, a.name, a.label, SHARE, then, now, h, "", p, level="yes" if plain else "")))
    bins = (a.counts, b.counts) if a.parted else (_with_zeros(a), _with_zeros(b))
    if len(bins[0]) > 1 and min(map(sum, bins)) >= floor:
        d, p = shifting.rank(*bins)
        label = drifting.among(a.label, of) if a.parted else a.label
        made.append(_Test("measures", Shift(of, a.name, label, a.unit, *_heights(a, b, d), d, "", p)))
        w, p = shifting.spread(*bins, ordered=True)
        made.append(_Test("forms", Shift("shape", a.name, a.label, a.unit, float("nan"), float("nan"), w, "", p)))
    return made


def _of_levels(a: Spread, b: Spread, floor: int) -> list[_Test]:
    """Whether the answers are spread otherwise, and which one moved most."""
    if not a.filled or not b.filled:
        return []
    rest = a.filled - sum(a.counts), b.filled - sum(b.counts)
    w, p = shifting.spread((*a.counts, rest[0]), (*b.counts, rest[1]), ordered=False)
    moved = [shifting.share(x, a.filled, y, b.filled)[0] for x, y in zip(a.counts, b.counts, strict=True)]
    if not moved:
        return []
    at = int(np.argmax(np.abs(moved)))
    shares = _shown(a.counts[at], a.filled, floor), _shown(b.counts[at], b.filled, floor)
    return [_Test("measures", Shift("category", a.name, a.label, SHARE, *shares, w, "", p, level=a.levels[at]))]


def _personas(before: Cast, placement: Placement, floor: int) -> list[_Test]:
    """Whether a larger or smaller share of users is in each persona, and in none."""
    if before.rule is None or not before.personas:
        return []
    old, new = _sizes(before.placement.persona), _sizes(placement.persona)
    n, m = len(before.placement.persona), len(placement.persona)
    about = [("persona", p.key, p.name, p.index) for p in before.personas] + [("outside", "", "", -1)]
    made = []
    for of, key, name, index in about:
        x, y = old.get(index, 0), new.get(index, 0)
        then, now, h, p = _share((x, n), (y, m), floor)
        mostly = REASONS[NO_BEHAVIOUR] if of == "outside" and 2 * int(idle(before, placement).sum()) > y else ""
        made.append(_Test("personas", Shift(of, key, name, SHARE, then, now, h, "", p, level=mostly)))
    return made


def _sizes(persona: npt.NDArray[np.int32]) -> dict[int, int]:
    values, counts = np.unique(persona, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def _judged(shift: Shift, level: float) -> Shift:
    """With its word, where it matters, and p as if it were the only test.

    Of answers of a few only the word is told: their number would follow from the effect.
    """
    made = replace(shift, size=size(shift.effect), p=min(1.0, shift.p * ALPHA / level))
    if made.of != "category" or not made.size or made.p > ALPHA or not np.isnan((made.before, made.after)).any():
        return made
    return replace(made, effect=dict(SIZES)[made.size], p=ALPHA)


def _once(shifts: list[Shift]) -> list[Shift]:
    """Without shapes of measures that have moved: moving changes the shape."""
    moved = {s.name for s in shifts if s.of in ("measure", "event")}
    return [s for s in shifts if s.of != "shape" or s.name not in moved]


def _share(before: tuple[int, int], after: tuple[int, int], floor: int) -> tuple[float, float, float, float]:
    """Both shares, Cohen's h and p. A share that stands for a few is nan, and counts as the number of a few that is nearest to
    the other share: so nothing of it follows from the others."""
    shares = _shown(*before, floor), _shown(*after, floor)
    one, other = _blurred(before, after, floor), _blurred(after, before, floor)
    if np.isnan(shares).all():
        return (*shares, 0.0, 1.0)
    return (*shares, *shifting.share(one, before[1], other, after[1]))


def _blurred(some: tuple[int, int], other: tuple[int, int], floor: int) -> int:
    """A number of users, and where it or the rest of it is of a few, the one of these that is nearest to the other share."""
    n, users = some
    if not 0 < n < floor and not 0 < users - n < floor:
        return n
    low, high = (1, min(floor - 1, users)) if n < floor else (max(users - floor + 1, 0), users - 1)
    wanted = round(users * other[0] / other[1]) if other[1] else n
    return min(max(wanted, low), high)


def _shown(some: int, users: int, floor: int) -> float:
    """A share, nan where it or the rest of it stands for a few."""
    few = 0 < some < floor or 0 < users - some < floor or users < floor
    return float("nan") if few else some / users


def _heights(a: Spread, b: Spread, moved: float) -> tuple[float, float]:
    """Means where they move as the ranks do, else medians, else nothing: a few large values can pull a mean anywhere."""
    for x, y in ((_mean(a, parted=a.parted), _mean(b, parted=a.parted)), (a.middle, b.middle)):
        if (y - x) * moved > 0 and drifting.height(x) != drifting.height(y):
            return x, y
    return float("nan"), float("nan")


def _mean(s: Spread, *, parted: bool) -> float:
    return s.mean if parted or not s.filled else s.mean * (s.filled - s.zero) / s.filled


def _with_zeros(s: Spread) -> tuple[int, ...]:
    """The bins with the zeros where they belong."""
    at = int(np.searchsorted(np.array(s.edges), 0.0, side="left"))
    return tuple(n + (s.zero if i == at else 0) for i, n in enumerate(s.counts))
