"""What each criterion says about the number of groups, in words.

Criteria advise; the verdict rests on borders and the copula.
"""

from __future__ import annotations

import numpy as np

from personae.model.evidence import Candidate, Vote
from personae.stages.verdict import BEYOND, STEADY, VALLEY

LEAST = 0.03
TIE = 0.01


def cast(candidates: tuple[Candidate, ...], factors: int | None) -> tuple[Vote, ...]:
    """One vote for each criterion that can be computed on these candidates."""
    c = sorted(candidates, key=lambda x: x.size)
    made = [_silhouette(c), _elbow(c), _index(c, "calinski_harabasz", "contrast of groups", "Calinski-Harabasz", 1)]
    made += [_index(c, "davies_bouldin", "overlap of neighbours", "Davies-Bouldin", -1), _borders(c), _steady(c), _copula(c)]
    made += [_factors(factors), _small(c)]
    return tuple(v for v in made if v is not None)


def _silhouette(c: list[Candidate]) -> Vote | None:
    known = [x for x in c if x.silhouette is not None]
    if not known:
        return None
    best = max(known, key=lambda x: x.silhouette or -1)
    top = best.silhouette or 0.0
    ties = [x.size for x in known if top - (x.silhouette or -1) < TIE and x is not best]
    said = f"{best.size} groups are separated best ({_apart(top)})"
    said += f"; {_listed(ties)} would do as well" if ties else ""
    return Vote("separation", "mean silhouette", best.size, said)


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
    return Vote(
        "left-over difference", "elbow of the inertia", best.size, f"beyond {best.size} groups little more is explained"
    )


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
        "valleys between groups", "dip test at the borders", max(clear), f"with {max(clear)} groups each border has a valley"
    )


def _steady(c: list[Candidate]) -> Vote | None:
    known = [x for x in c if x.jaccard]
    if not known:
        return None
    steady = [x.size for x in known if min(x.jaccard) >= STEADY]
    if not steady:
        return Vote("steadiness", "bootstrap Jaccard", None, "no number of groups comes back whole from other samples")
    return Vote("steadiness", "bootstrap Jaccard", max(steady), f"{max(steady)} groups all come back from other samples")


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
        return Vote("associations beyond chance", "parallel analysis", None, "measures go together no more than by chance")
    ways = "one direction" if factors == 1 else f"{factors} directions"
    said = f"{ways} beyond chance, which is room for {factors + 1} groups"
    return Vote("associations beyond chance", "parallel analysis", factors + 1, said)


def _small(c: list[Candidate]) -> Vote | None:
    large = [x.size for x in c if x.smallest >= LEAST]
    if not large:
        return None
    return Vote(
        "size", "smallest group", max(large), f"with {max(large)} groups the smallest still has 3 % of the users or more"
    )


def _listed(numbers: list[int]) -> str:
    return " and ".join(map(str, numbers)) if len(numbers) < 3 else ", ".join(map(str, numbers[:-1])) + f" and {numbers[-1]}"
