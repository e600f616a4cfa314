"""What each criterion says about the number of groups, in words.

Criteria advise; the verdict rests on borders and the copula.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from personae.model.criteria import Criterion
from personae.model.evidence import Candidate, Vote
from personae.model.silhouette import Silhouettes
from personae.model.trial import Case
from personae.stages.smallest import reaches, smallest
from personae.stages.verdict import BEYOND, STEADY, VALLEY

LEAST = 0.03
TIE = 0.01
STRAIGHT = "no straight-line association beyond chance; groups may still stand apart"
CURVES = {
    "gap": (
        "less left over than without groups",
        "gap statistic, one standard error",
        "from {k} groups on, no more is gained than in a box without groups",
        "one crowd leaves no more over than several groups would",
    ),
    "prediction": (
        "half the users foretell the rest",
        "prediction strength of 0.8",
        "{k} groups of one half of the users foretell those of the other",
        "not even two groups of one half foretell those of the other",
    ),
    "mixture": (
        "mixture of bell curves",
        "BIC of Gaussian mixtures",
        "{k} bell curves describe the users best for their number",
        "one bell curve describes the users best",
    ),
}
"""Criterion, exact term, and its words for some groups and for one."""


def cast(
    candidates: tuple[Candidate, ...],
    factors: int | None,
    criteria: tuple[Criterion, ...] = (),
    silhouettes: tuple[Silhouettes, ...] = (),
) -> tuple[Vote, ...]:
    """One vote for each criterion that can be computed on these candidates."""
    c = sorted(candidates, key=lambda x: x.size)
    made = [_silhouette(c, {s.size: s.null for s in silhouettes}), _elbow(c)]
    made += [_index(c, "calinski_harabasz", "contrast of groups", "Calinski-Harabasz", 1)]
    made += [_index(c, "davies_bouldin", "overlap of neighbours", "Davies-Bouldin", -1)]
    made += [_curve(x) for x in criteria]
    made += [_borders(c), _steady(c), _copula(c), _factors(factors), _small(c)]
    return tuple(v for v in made if v is not None)


def limits(case: Case) -> tuple[Vote, ...]:
    """What the user allowed, as a reason of its own."""
    study, made = case.study, []
    low, high = study.group_range()
    if study.groups != "auto":
        span = f"{low}" if low == high else f"{low} to {high}"
        made.append(Vote("your limit", "--groups", high, f"you asked for {span} groups", limit=True))
    if study.smallest:
        users = len(case.features)
        least = smallest(study.smallest, users)
        fit = [t.candidate.size for t in case.trial.tried if reaches(t.candidate.smallest, users, least)]
        under = study.smallest if "%" in study.smallest else f"{least:,} users"
        said = f"no group under {under.replace('%', ' %').replace('  ', ' ')}"
        said += f": {max(fit)} groups at most" if fit else ": none of the numbers tried keeps to it, so groups were merged"
        made.append(Vote("your limit", "--smallest", max(fit, default=None), said, limit=True))
    return tuple(made)


def _silhouette(c: list[Candidate], null: Mapping[int, float | None]) -> Vote | None:
    """The largest mean; numbers whose interval overlaps its own, or whose mean is within 0.01, are ties."""
    known = [x for x in c if x.silhouette is not None]
    if not known:
        return None
    best = max(known, key=lambda x: x.silhouette or -1)
    top = best.silhouette or 0.0
    low = min(top - TIE, top if best.silhouette_low is None else best.silhouette_low)
    ties = [x.size for x in known if x is not best and max(x.silhouette or -1, x.silhouette_high or -1) > low]
    apart = _apart(top)
    without = null.get(best.size)
    if without is not None:
        apart += f": {top:.2f}; data without groups would show {without:.2f}"
    said = f"{best.size} groups are separated best ({apart})"
    said += f"; {_listed(ties)} would do as well" if ties else ""
    return Vote("separation", "mean silhouette", best.size, said, also=tuple(ties))


def _curve(criterion: Criterion) -> Vote:
    """Gap, prediction strength or the fit of mixtures; 1 says one crowd."""
    name, term, some, one = CURVES[criterion.name]
    k = criterion.groups
    if k is None:
        return Vote(name, term, None, "still rises at the largest number that was tried")
    return Vote(name, term, k, one if k < 2 else some.format(k=k))


def _apart(silhouette: float) -> str:
    if silhouette >= 0.5:
        return "well separated"
    return "overlapping a little" if silhouette >= 0.25 else "overlapping"


def _elbow(c: list[Candidate]) -> Vote | None:
    """The point furthest from the line between the ends (kneedle, Satopaa et al. 2011)."""
    if len(c) < 3:
        return None
    x = np.array([v.size for v in c], float)
    x = (x - x.min()) / np.ptp(x)
    y = np.array([v.inertia for v in c])
    if np.ptp(y) <= 0:
        return None
    y = (y - y.min()) / np.ptp(y)
    best = c[int((1 - x - y).argmax())]
    said = f"beyond {best.size} groups little more is explained; a bend is a hint, never a reason"
    return Vote("left-over difference", "elbow of the inertia", best.size, said)


def _index(c: list[Candidate], field: str, name: str, term: str, sign: int) -> Vote | None:
    known = [x for x in c if getattr(x, field) is not None]
    if not known:
        return None
    best = max(known, key=lambda x: sign * getattr(x, field))
    return Vote(name, term, best.size, f"best with {best.size} groups")


def _borders(c: list[Candidate]) -> Vote:
    clear = [x.size for x in c if x.border is not None and x.border <= VALLEY]
    if not clear:
        return Vote(
            "valleys between groups", "dip test at the borders", None, "no number of groups has a valley at every border"
        )
    return Vote(
        "valleys between groups",
        "dip test at the borders",
        max(clear),
        f"with {max(clear)} groups each border has a valley",
        also=tuple(sorted(set(clear) - {max(clear)})),
    )


def _steady(c: list[Candidate]) -> Vote | None:
    known = [x for x in c if x.jaccard]
    if not known:
        return None
    steady = [x.size for x in known if min(x.jaccard) >= STEADY]
    if not steady:
        return Vote("steadiness", "bootstrap Jaccard", None, "no number of groups comes back whole from other samples")
    return Vote(
        "steadiness",
        "bootstrap Jaccard",
        max(steady),
        f"{max(steady)} groups all come back from other samples",
        also=tuple(sorted(set(steady) - {max(steady)})),
    )


def _copula(c: list[Candidate]) -> Vote | None:
    known = [x for x in c if x.copula is not None]
    if not known:
        return None
    best = min(known, key=lambda x: x.copula or 0.0)
    if (best.copula or 0.0) > BEYOND:
        return Vote("more than correlation", "copula null", None, "no more than measures correlated like these would show")
    said = f"{best.size} groups stand out most from a cloud correlated alike"
    return Vote("more than correlation", "copula null", best.size, said)


def _factors(factors: int | None) -> Vote | None:
    if factors is None:
        return None
    if factors == 0:
        return Vote("associations beyond chance", "parallel analysis", None, STRAIGHT)
    ways = "one direction" if factors == 1 else f"{factors} directions"
    said = f"{ways} beyond chance, which is room for {factors + 1} groups"
    return Vote("associations beyond chance", "parallel analysis", factors + 1, said)


def _small(c: list[Candidate]) -> Vote | None:
    large = [x.size for x in c if x.smallest >= LEAST]
    if not large:
        return None
    return Vote(
        "size",
        "smallest group",
        max(large),
        f"with {max(large)} groups the smallest still has 3 % of the users or more",
        limit=True,
    )


def _listed(numbers: list[int]) -> str:
    return " and ".join(map(str, numbers)) if len(numbers) < 3 else ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
