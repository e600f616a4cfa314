"""Which methods suit the data, first choice first, and in words why; written after the search, from what was measured.

The first is the method that made the groups. The second is the one that fits what the data look like best among the others: a
mixture where groups spread in different ways, a density method where users are denser inside its groups than inside the chosen
ones, a tree where groups lie inside groups, modes where few directions have as many peaks, and else the best on the scales.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from sklearn.metrics import adjusted_rand_score

from personae import plugins
from personae.model.advice import Advice, Comparison, Default, Planned, Rival, Shape, Suggested
from personae.model.clustering import Clustering
from personae.model.evidence import Evidence, Structure
from personae.model.study import Study
from personae.model.trial import Case
from personae.stages.likeness import likeness
from personae.stages.method import method
from personae.stages.others import FLAT, Made, part
from personae.stages.plan import PAIRS, plan, size
from personae.stages.rivals import SCALES, rivals
from personae.stages.shape import INSIDE, shape
from personae.stages.verdict import UNLIKE
from personae.words.names import plural

DENSER = 0.1
"""By how much the density-based validity must rise before a density method comes second."""
DENSITY = ("hdbscan", "dbscan", "single", "spectral")
REACHES = ("dbscan",)
"""Density methods whose reach stands in the note of their grouping."""
SAME, ALIKE = 0.8, 0.5
"""Agreement from which on two methods find the same groups, and partly the same."""
SHAKIER = 0.15
"""By how much less steady than the chosen groups those of a mixture may be to come second."""
MOST = 0.9
"""Share of users in one group from which on a rival says nothing of everybody else."""
NAMES = {"fit": "explains", "steadiness": "steadiness", "balance": "evenness", "readability": "readability"}


def advise(found: Evidence, case: Case, fits: Made) -> Evidence:
    """The evidence with the methods compared, how far they agree, and what is advised; `fits` are those of the others."""
    pairs, refused = rivals(case, fits)
    scored, made = tuple(r for r, _ in pairs), tuple(c for _, c in pairs)
    some = part(case)
    seen = shape(case, some, made[0], _noise(case, made))
    second, because = runner_up(scored, made, seen)
    nothing = case.structure == Structure.NOTHING
    comparison = Comparison(
        users=len(some.rows),
        rivals=scored,
        agreed=sum(r.agrees >= SAME for r in scored[1:]),
        why=_why(scored, case),
        second=_second(scored[0], second, nothing) if second else "",
    )
    known = tuple(n.replace("_", "-") for n in plugins.names("methods"))
    many = case.study.entity
    planned = plan(len(case.features), case.study.sample, known, many)
    order = _ordered(scored, second)
    first = () if nothing else (Suggested(scored[0].method, _first(case, seen)),)
    rest = tuple(Suggested(r.method, because if r is second else _rest(r, scored[0])) for r in order)
    advice = Advice(
        known=_known(case.study),
        size=size(len(case.features), case.study.sample, many),
        shape=seen,
        suggested=(*first, *rest),
        left_out=_left_out(planned, refused, {r.method for r in scored}),
        plan=planned,
        defaults=defaults(case),
    )
    agreement = tuple(
        (a.method, b.method, float(adjusted_rand_score(made[i].labels, made[j].labels)))
        for i, a in enumerate(scored)
        for j, b in enumerate(scored)
        if i < j
    )
    like = likeness(case.features, case.space, case.study)
    return replace(found, advice=advice, comparison=comparison, agreement=agreement, likeness=like)


def _noise(case: Case, made: tuple[Clustering, ...]) -> float | None:
    """The share in no dense region, by the density method that ran."""
    for c in (*([case.trial.dense.clustering] if case.trial.dense else []), *made):
        if isinstance(noise := c.settings.get("noise"), float):
            return noise
    return None


def runner_up(scored: tuple[Rival, ...], made: tuple[Clustering, ...], seen: Shape) -> tuple[Rival | None, str]:
    """The second choice and the reason; the first of `scored` is the chosen one."""
    chosen = scored[0]
    rest = [r for r, c in zip(scored[1:], made[1:]) if np.unique(c.labels, return_counts=True)[1].max() <= MOST * len(c.labels)]
    if not rest:
        return None, ""
    named = {r.method: r for r in rest}
    if seen.stretched >= UNLIKE and "gmm" in named and named["gmm"].steadiness >= chosen.steadiness - SHAKIER:
        return named["gmm"], "the groups spread in different ways, which a covariance for each of them follows"
    dense = [r for r in rest if r.method in DENSITY and _gain(r, chosen) > DENSER]
    if dense:
        said = "its groups are dense inside and parted by sparse regions, more than the chosen ones, whatever their shape"
        return max(dense, key=lambda r: r.validity or 0.0), said
    if seen.nested is not None and seen.nested >= INSIDE and seen.users <= PAIRS and "ward" in named:
        return named["ward"], "groups lie inside groups, which its tree shows at every number"
    peaks = named.get("meanshift")
    if peaks and seen.kind == "numbers" and seen.directions <= FLAT and peaks.groups == chosen.groups:
        return peaks, f"it counts the peaks of the density by itself and finds {peaks.groups} too"
    best = max(rest, key=lambda r: (r.method != "nmf" or seen.kind == "counts", r.front, _mean(r)))
    return best, "it does best on the four scales taken together" + ("" if best.front else ", though another one beats it")


def _gain(r: Rival, chosen: Rival) -> float:
    return (r.validity or 0.0) - (chosen.validity or 0.0)


def _mean(r: Rival) -> float:
    return (r.fit + r.steadiness + r.balance + r.readability) / len(SCALES)


def _ordered(scored: tuple[Rival, ...], second: Rival | None) -> list[Rival]:
    return sorted(scored[1:], key=lambda r: (r is not second, not r.front, -_mean(r)))


def _known(study: Study) -> str:
    """The first question, and what follows from its answer."""
    low, high = study.group_range()
    if study.asked:
        return (
            f"The number is known: {low} groups were asked for. Methods that find the number themselves count only where "
            f"they find {low}."
        )
    said = f"between {low} and {high}" if study.groups != "auto" else "not known"
    return f"The number is {said}: {low} to {high} are tried, and methods that find the number themselves are asked too."


def _first(case: Case, seen: Shape) -> str:
    """Why the method that made the groups did."""
    name = case.best.clustering.method
    if not method(case.study.method).auto:
        return "it was asked for"
    if name == "hdbscan":
        return "the dense regions hold in other samples and are parted by sparse ones; round groups would cut through them"
    if name != "kmeans":
        return "it fits these data best among those that were searched"
    if case.structure == Structure.NATURAL:
        return "most borders between groups around centres show a valley, and its rule is the plainest"
    return "there are no gaps to follow, so compact groups around centres are of most use, and its rule is the plainest"


def _rest(r: Rival, chosen: Rival) -> str:
    """What a method further down would give."""
    if r.agrees >= SAME:
        return f"it finds the same groups (agreement {_hundred(r.agrees)})"
    kind = "partly the same" if r.agrees >= ALIKE else "other"
    number = "" if r.groups == chosen.groups else f", {r.groups} of them"
    weak = min(SCALES, key=lambda s: getattr(r, s) - getattr(chosen, s))
    less = getattr(r, weak) - getattr(chosen, weak)
    worse = f"; its weak side is {NAMES[weak] if weak != 'fit' else 'how much it explains'}" if less < -0.05 else ""
    return f"it finds {kind} groups{number} (agreement {_hundred(r.agrees)}){worse}"


def _left_out(planned: tuple[Planned, ...], refused: tuple[tuple[str, str], ...], ran: set[str]) -> tuple[Suggested, ...]:
    """Every method that was not compared, with its reason."""
    said = dict(refused)
    return tuple(Suggested(p.method, said.get(p.method, p.reason)) for p in planned if p.method not in ran)


def _why(scored: tuple[Rival, ...], case: Case) -> str:
    """Why the chosen one, and whether the scales speak for it."""
    chosen = scored[0]
    if case.structure == Structure.NOTHING:
        return "No method is recommended, as no groups hold; this is what each would draw."
    better = [r.method for r in scored[1:] if all(getattr(r, s) >= getattr(chosen, s) - 0.01 for s in SCALES)]
    asked = not method(case.study.method).auto
    why = f"{chosen.method} was asked for" if asked else f"{chosen.method} was chosen by the borders between groups"
    if chosen.front:
        return f"{why}; no other method is as good on all four scales and better on one."
    return f"{why}, not by these scales, on which {' and '.join(better) or 'another one'} does as well or better."


def _second(chosen: Rival, other: Rival, nothing: bool) -> str:
    """What the second choice would give."""
    if nothing:
        return ""
    kind = "the same" if other.agrees >= SAME else "partly the same" if other.agrees >= ALIKE else "other"
    said = f"{other.method} would give {other.groups} groups, {kind} ones (agreement {_hundred(other.agrees)})"
    up = [s for s in SCALES if getattr(other, s) > getattr(chosen, s) + 0.05]
    down = [s for s in SCALES if getattr(other, s) < getattr(chosen, s) - 0.05]
    more = {"fit": "explaining more", "steadiness": "steadier", "balance": "more even", "readability": "easier to tell"}
    less = {"fit": "explaining less", "steadiness": "less steady", "balance": "less even", "readability": "harder to tell"}
    parts = [more[s] for s in up] + [less[s] for s in down]
    return f"{said}: {', '.join(parts)}." if parts else f"{said}, as good on every scale."


def _hundred(agreement: float) -> str:
    return f"{100 * max(0.0, agreement):.0f} in 100"


def defaults(case: Case) -> tuple[Default, ...]:
    """Distance, number and density as this run has them, each with its reason."""
    space, study, many = case.space, case.study, plural(case.study.entity)
    own = method(study.method)
    given = {} if own.auto else own.options
    if "distance" in given:
        distance = (str(given["distance"]).capitalize(), "as was asked for")
    elif space.textbook:
        distance = ("Euclidean", "on the scaling that was asked for, as any textbook would")
    elif space.counted and study.weigh in ("auto", "hellinger"):
        distance = (
            "Euclidean between square roots of shares (Hellinger)",
            f"like cosine it asks what {many} do and not how much; rare events are not drowned by frequent ones",
        )
    elif space.counted:
        distance = (f"Euclidean on counts weighed by {study.weigh}", "as was asked for")
    else:
        distance = (
            "Euclidean on measures of equal spread",
            "kmeans then measures by the spread within groups (Mahalanobis), so that groups may be long; Manhattan is offered "
            "by kmedoids alone, whose middles are members: a mean is no middle for it",
        )
    number = ("2 to 10", "more are hard to keep apart in the head") if study.groups == "auto" else (study.groups, "asked for")
    dense = ("5 neighbours, smallest group by validity", "the size whose regions are densest inside and sparsest between wins")
    if own.name in REACHES and case.best.candidate.note:
        why = "as was asked for" if given else "the reach is where the curve of distances to neighbours bends"
        dense = (case.best.candidate.note, why)
    return (
        Default("distance", *distance),
        Default("number of groups", *number),
        Default("density", *dense),
    )
