"""What kind of groups these are.

`natural` needs three things: more structure than a cloud of the same margins and correlations (copula null), valleys in
density at the borders (dip tests), and groups that come back from other samples of the same users (bootstrap). Each alone is
fooled: a copula cannot bend, cells of many-way cuts of a cloud without shape show false valleys, and a long cloud halves the
same way every time. `reproducible` are cuts that come back from other samples, `constructive` cuts that do not, `nothing`
is no more association than chance (after Dolnicar & Leisch 2010).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from personae.model.clustering import Space
from personae.model.evidence import FEW, Structure, Verdict
from personae.model.study import Study
from personae.model.trial import Tried
from personae.stages.asking import given, limited
from personae.stages.search import class_bic
from personae.words.names import plural

BEYOND = -5.0
"""z against the copula below which there is more than correlation."""
VALLEY = 0.05
CLEAR = 0.001
COARSE = 0.01
"""The bar for a valley in the cuts in two and three."""
FAIR = 0.6
"""Steadiness below which groups are an accident of the sample."""
LOST = 4
"""One group in so many may be lost from sample to sample (one where there are fewer groups)."""
MOST = 0.8
"""Share of users above which the largest dense region is everybody, and the others its ragged edge."""
SOFT = 0.2
STEADY = 0.75
SMALL = 500
"""Users below whom a dip at a border has no power to speak of."""
FLAT = 3
"""Directions up to which dense regions of any shape are believed before round groups."""
HALF = 0.5
CROSSED = 0.275
"""Rate of nearest neighbours across the clearest border, against across the middle of a group, above which nothing parts them:
those bent lines in eight columns that show a valley have 0.28 to
0.43, planted groups 0.00 to 0.25, of amounts with many zeros to 0.33."""
WHOLE = 0.98
"""Share of users in one group from which on a cut takes a few odd ones off and says nothing of everybody else."""
RARE = 0.05
"""Share up to which a group is too small beside its neighbour for the dip to see the valley between them; where everybody else
falls apart, the classification BIC alone says whether it stands."""
WHOLE_AGAIN = 0.9
"""Steadiness from which on a grouping counts as clear although a border of it shows no valley, if valleys are at half of its
borders and each of its groups comes back to BACK: a dip sees little between a large and a small group, or two that differ in
spread."""
BACK = 0.85
UNLIKE = 0.1
"""Gain of each group's own covariance, in log likelihood for each user after its price, from which groups count as unlike."""
USEFUL = range(3, 7)
"""Numbers of groups preferred where the data leave the number open."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What the search settled on: the grouping to use, the data's own, what kind it is, and the runner-up."""

    best: Tried
    own: Tried
    structure: Structure
    alternative: int | None
    natural: bool = False
    """Whether the data's own grouping is natural, whatever was asked for."""
    torn: bool = False
    """Whether the groups cut across dense regions of another shape."""
    lost: bool = False
    """Whether there are valleys at the borders, but other samples give other groups."""


def decide(space: Space, study: Study, tried: tuple[Tried, ...], dense: Tried | None, mixture: Tried | None = None) -> Choice:
    """The grouping and its verdict."""
    own = _own(space, tried)
    natural = _natural(space, tried, own)
    if natural and not _comes_back(own):
        own, natural = _returning(space, tried, own)
    finest = _own(space, tried, excused=RARE)
    if natural and finest.cost < own.cost and _comes_back(finest) and _natural(space, tried, finest):
        own = finest
    finer = dense is not None and natural and _all_clear(own, VALLEY) and own.candidate.size > dense.candidate.size
    if dense is not None and not finer and balanced(dense.clustering.labels) and (dense.candidate.stability or 0.0) >= FAIR:
        own, natural = dense, True
    mixed = mixture is not None and not natural
    if mixture is not None and natural and closer(space, own, mixture) and _natural(space, tried, mixture, within=True):
        own = mixture
    if mixed and mixture is not None and _natural(space, tried, mixture) and _comes_back(mixture):
        own, natural = mixture, True
    if natural:
        structure = Structure.NATURAL
    elif space.factors == 0 and space.coordinates.shape[1] > 1 and (space.counted or not beyond(tried)):
        structure = Structure.NOTHING
    elif mixed and mixture is not None:
        own, structure = mixture, Structure.REPRODUCIBLE if _steady(mixture) else Structure.CONSTRUCTIVE
    else:
        own, structure = _cut(tried)
    best = own
    low, high = study.group_range()
    if study.groups != "auto" and not low <= own.candidate.size <= high:
        best = _within(space, tried, low, high)
        best = own if best.clustering is own.clustering else best
        kept = best is own or (structure == Structure.NATURAL and _all_clear(best, VALLEY) and _comes_back(best))
        if structure != Structure.NOTHING and not kept:
            structure = Structure.REPRODUCIBLE if _steady(best) else Structure.CONSTRUCTIVE
    return Choice(best, own, structure, _alternative(space, tried, own, best, structure), natural)


def smaller(choice: Choice, fewer: Tried, space: Space, tried: tuple[Tried, ...]) -> Choice:
    """The choice when some groups turned out too small to stand: the grouping in as many as are left."""
    own = fewer if choice.own is choice.best else choice.own
    structure = choice.structure
    if structure == Structure.NATURAL and not _comes_back(fewer):
        structure = Structure.REPRODUCIBLE if _steady(fewer) else Structure.CONSTRUCTIVE
    return Choice(fewer, own, structure, _alternative(space, tried, own, fewer, structure), choice.natural)


def closer(space: Space, own: Tried, mixture: Tried) -> bool:
    """Whether the groups of a mixture come back whole and describe the users better than round ones, each with a covariance of
    its own. Round ones that nobody has looked for a path between do not count yet."""
    round_ones, its = (class_bic(space.scores, t.clustering.labels, t.clustering.size, alike=False) for t in (own, mixture))
    held = own.candidate.parted is not None or own.candidate.crossed is not None
    better = held and own.clustering.method == "kmeans" and round_ones - its >= 2 * UNLIKE * len(space.scores)
    return better and _whole(mixture)


def cut_across(choice: Choice) -> Choice:
    """The choice where its groups cut across dense regions of another shape: natural they are not."""
    structure = Structure.REPRODUCIBLE if _steady(choice.best) else Structure.CONSTRUCTIVE
    return replace(choice, structure=structure, natural=choice.natural and choice.own is not choice.best, torn=True)


def held_to(choice: Choice, best: Tried) -> Choice:
    """The choice held to how well its grouping comes back from all the samples it was measured on: what came back from a few
    and does not from many is not natural."""
    if choice.structure != Structure.NATURAL or _comes_back(best):
        return choice
    natural = choice.natural and choice.own is not choice.best
    return replace(choice, structure=Structure.CONSTRUCTIVE, natural=natural, lost=True)


def _within(space: Space, tried: tuple[Tried, ...], low: int, high: int) -> Tried:
    """The best grouping in the range asked for, or of the nearest number when none in it is feasible."""
    inside = tuple(t for t in tried if low <= t.candidate.size <= high)
    if inside:
        return _own(space, inside)
    return min(tried, key=lambda t: max(low - t.candidate.size, t.candidate.size - high))


def wants_density(space: Space, tried: tuple[Tried, ...]) -> bool:
    """Whether dense regions of any shape are to be looked for: on numbers, in few directions or where round groups fail."""
    own = _own(space, tried)
    round_ones = _natural(space, tried, own) and _all_clear(own, VALLEY)
    return space.numeric and (space.scores.shape[1] <= FLAT or not round_ones)


def _own(space: Space, tried: tuple[Tried, ...], excused: float = 0.0) -> Tried:
    """Tables: the cheapest among groupings without a doubtful border, where borders of groups up to the share `excused` do not
    count, and those that other samples give again nearly whole. Counts, tables without any, and tables too small for a dip to
    show unless there is more than correlation: the best silhouette, but where that takes a few odd users off everybody else,
    the best that parts everybody without a doubtful border."""
    clear = [t for t in tried if t.borders and (_worst(t, excused) <= SOFT or _whole_again(space, t))]
    sure = clear if len(space.rows) >= SMALL else [t for t in clear if (t.candidate.copula or 0.0) <= BEYOND]
    if space.counted or not sure:
        best = max(tried, key=lambda t: t.candidate.silhouette or 0.0)
        parting = [t for t in clear if _largest(t) < WHOLE] if _largest(best) >= WHOLE else []
        return max(parting, key=lambda t: t.candidate.silhouette or 0.0, default=best)
    return min(sure, key=lambda t: t.cost)


def _whole_again(space: Space, t: Tried) -> bool:
    """Whether other samples of a table give nearly the same groups, each of them, and half of the borders or more show a
    valley. In few directions pieces of a bent region come back as well."""
    if space.counted or space.scores.shape[1] <= FLAT:
        return False
    return _whole(t) and 2 * _valleys(t) >= len(t.borders)


def _whole(t: Tried) -> bool:
    """Whether other samples give nearly the same groups, each of them."""
    c = t.candidate
    return (c.stability or 0.0) >= WHOLE_AGAIN and min(c.jaccard, default=0.0) >= BACK


def _worst(t: Tried, excused: float) -> float:
    """The largest p of a border between groups that are more than the share `excused` of the users."""
    share = np.bincount(t.clustering.labels, minlength=t.clustering.size) / len(t.clustering.labels)
    return max((p for a, b, p in t.borders if min(share[a], share[b]) > excused), default=1.0)


def _largest(t: Tried) -> float:
    """The share of users in the largest group."""
    return float(np.bincount(t.clustering.labels).max() / len(t.clustering.labels))


def least(t: Tried) -> float:
    """The smallest p of a border, times the number of borders (Bonferroni)."""
    return min(1.0, min((p for *_, p in t.borders), default=1.0) * len(t.borders))


def _natural(space: Space, tried: tuple[Tried, ...], own: Tried, within: bool = False) -> bool:
    """More than correlation, a valley in the cut in two or three, and valleys at half or more of the chosen borders between
    groups that are not rare. For shares of events a valley at every border of a finer cut does as well: two or three groups of
    what are five cut through some of them. A dense path joins a tight group to the wide one it lies `within`."""
    coarse = min((least(t) for t in tried if t.candidate.size <= 3 and _mostly(space, t)), default=1.0)
    if space.counted and any(_all_clear(t, COARSE) for t in tried if t.candidate.size > 3):
        coarse = 0.0
    seen = _plain(own)
    if 2 * sum(p <= VALLEY for p in seen) < len(seen) or (own.candidate.held is not None and own.candidate.held < HALF):
        return False
    if not within and own.candidate.parted is not None and own.candidate.parted < HALF:
        return False
    if own.candidate.crossed is not None and own.candidate.crossed > CROSSED:
        return False
    if space.counted:
        return bool(space.factors) and coarse <= COARSE and (beyond(tried) or _all_clear(own, CLEAR))
    return beyond(tried) and coarse <= COARSE


def _plain(t: Tried) -> list[float]:
    """The p of the borders between groups that are large enough for a dip to see a valley; of all borders where none are."""
    share = np.bincount(t.clustering.labels, minlength=t.clustering.size) / len(t.clustering.labels)
    return [p for a, b, p in t.borders if min(share[a], share[b]) > RARE] or [p for *_, p in t.borders]


def _valleys(t: Tried) -> int:
    """How many borders show a valley."""
    return sum(p <= VALLEY for *_, p in t.borders)


def _mostly(space: Space, t: Tried) -> bool:
    """Whether more than half of the borders show a valley: the two ends of an arc lie apart, though nothing parts it. Shares of
    many events do not bend like that."""
    return space.counted or len(space.rows) < SMALL or 2 * _valleys(t) > len(t.borders)


def balanced(labels: NDArray[np.int32]) -> bool:
    """Whether the dense regions share the users, where a shapeless cloud has one region and crumbs."""
    return bool(np.bincount(labels).max() <= MOST * len(labels))


def beyond(tried: tuple[Tried, ...]) -> bool:
    """Whether some number of groups shows more than correlation."""
    return min((t.candidate.copula for t in tried if t.candidate.copula is not None), default=0.0) <= BEYOND


def _all_clear(t: Tried, bar: float) -> bool:
    return bool(t.borders) and all(p <= bar for *_, p in t.borders)


def _steady(t: Tried) -> bool:
    return (t.candidate.stability or 0.0) >= STEADY and min(t.candidate.jaccard, default=0.0) >= STEADY


def _comes_back(t: Tried) -> bool:
    """Whether other samples give these groups again, as a whole and all but a few of them; True where it was not measured."""
    c = t.candidate
    if c.stability is None:
        return True
    return c.stability >= FAIR and sum(j < FAIR for j in c.jaccard) <= max(1, len(c.jaccard) // LOST)


def _returning(space: Space, tried: tuple[Tried, ...], own: Tried) -> tuple[Tried, bool]:
    """The best of the other numbers that are natural and come back, and whether there is one; else the same again."""
    known = (t for t in tried if t.candidate.stability is not None and _comes_back(t))
    standing = tuple(t for t in known if (space.counted or _worst(t, 0.0) <= SOFT) and _natural(space, tried, t))
    return (_own(space, standing), True) if standing else (own, False)


def _cut(tried: tuple[Tried, ...]) -> tuple[Tried, Structure]:
    """Where nothing sets the number: the best separated of those that come back whole, two only when nothing else does; else
    the steadiest of a readable number."""
    steady = [t for t in tried if _steady(t)]
    if steady:
        some = [t for t in steady if t.candidate.size > 2] or steady
        return max(some, key=lambda t: t.candidate.silhouette or 0.0), Structure.REPRODUCIBLE
    readable = [t for t in tried if t.candidate.size in USEFUL] or list(tried)
    return max(readable, key=lambda t: t.candidate.stability or 0.0), Structure.CONSTRUCTIVE


def _alternative(space: Space, tried: tuple[Tried, ...], own: Tried, best: Tried, structure: Structure) -> int | None:
    """The runner-up; the data's own number where another one was asked for."""
    if best is not own and structure != Structure.NOTHING:
        return own.candidate.size
    rest = [t for t in tried if t.candidate.size != own.candidate.size]
    if not rest or structure == Structure.NOTHING:
        return None
    if structure == Structure.NATURAL:
        return _own(space, tuple(rest)).candidate.size
    return max(rest, key=lambda t: t.candidate.stability or 0.0).candidate.size


def summary(choice: Choice, tried: tuple[Tried, ...]) -> str:
    """The line of the terminal."""
    low, high = min(t.candidate.size for t in tried), max(t.candidate.size for t in tried)
    if choice.structure == Structure.NOTHING:
        return f"tried {low}-{high}; no evidence of groups"
    own = choice.own.candidate
    said = f"tried {low}-{high}; {own.size} recommended"
    if own.stability is not None:
        said += f": steady {100 * own.stability:.0f} in 100"
    return said + (f", next best {choice.alternative}" if choice.alternative else "")


def worded(choice: Choice, best: Tried, study: Study, space: Space, groups: int) -> Verdict:
    """The verdict with its reasons in plain words."""
    own = choice.own.candidate.size
    nothing = choice.structure == Structure.NOTHING
    return Verdict(
        kind=choice.structure,
        groups=0 if nothing and not study.force else groups,
        alternative=choice.alternative,
        why=_why(choice, best, study, space, groups),
        asked=study.asked,
        own=0 if nothing else own,
        forced=nothing and study.force,
        given="" if nothing and not study.force else given(best.clustering.method, study, space, groups),
    )


def _why(choice: Choice, best: Tried, study: Study, space: Space, groups: int) -> str:
    many = plural(study.entity)
    if choice.structure == Structure.NOTHING:
        if study.method != "auto":
            size, name = best.clustering.size, best.clustering.method
            return f"The {size} groups that {name} finds do not hold. Another method may find some that do: leave --method out."
        users = len(space.rows)
        few = f"{users:,} {many} are too few to group: below about {FEW} only groups that lie far apart show. "
        chance = few if users < FEW else ""
        chance += "The measures go together no more than chance would have it. " if space.factors == 0 else ""
        return f"{chance}We found no evidence of groups that hold; that is not proof that there are none."
    asked = ""
    if choice.own is not choice.best:
        own = choice.own.candidate.size
        limits = limited(study)
        asked = f"Within your limits ({limits}) {groups} are drawn; the data alone say {own}. " if limits else ""
        asked = asked or f"The data alone say {own} groups. "
    soft = len(best.borders) - _valleys(best)
    if choice.structure == Structure.NATURAL:
        said = f"{asked}{many[:1].upper()}{many[1:]} are rare at the borders between groups"
        if best.candidate.copula is not None and best.candidate.copula <= BEYOND:
            said = f"{asked}There is more here than correlated measures, and {many} are rare at the borders between groups"
        if not soft:
            whole = f"each of the {len(best.borders)} borders" if len(best.borders) > 1 else "the border"
            return f"{said}: {whole} shows a valley."
        return f"{said}: {len(best.borders) - soft} of {len(best.borders)} borders show a valley, {soft} shade into each other."
    if choice.lost:
        clear = f"{len(best.borders) - soft} of {len(best.borders)} borders show a valley"
        return f"{asked}{clear}, but other samples of the same {many} give other groups."
    if choice.torn:
        return f"{asked}The {groups} groups of {best.clustering.method} cut across dense regions that are not round."
    if choice.natural:
        said = f"{asked}The {groups} groups join or cut those, so not every border between them is a gap"
        return f"{said}." if choice.structure == Structure.REPRODUCIBLE else f"{said}; another cut would do as well."
    ways = (
        f"along {space.factors} directions"
        if (space.factors or 0) > 1
        else "along one direction"
        if space.factors
        else "by degrees"
    )
    they = f"{many[:1].upper()}{many[1:]}"
    said = f"{asked}{they} differ {ways} without gaps between them, so the {groups} groups are cuts of one continuum"
    if choice.structure == Structure.REPRODUCIBLE:
        said = f"{said}. The same cuts come back from other samples of the same {many}."
    else:
        said = f"{said}, made for use: another cut would do as well."
    users = len(space.rows)
    return f"{said} {users:,} {many} are few: another sample may give other groups." if users < FEW else said
