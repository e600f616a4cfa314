"""What groups that are known are among new users: the tests of a search on these very groups, not on those it would have made.

They are judged as a search judges a number of groups that somebody asked for: natural where it is the data's own and natural,
or where the data have natural groups and each border of these shows a valley and other samples give them again.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from personae import plugins
from personae.model.clustering import Clustering, Space
from personae.model.evidence import Border, Evidence, Structure
from personae.model.features import Features
from personae.model.study import Study
from personae.model.trial import Tried
from personae.progress import quietly
from personae.stages import verdict
from personae.stages.method import Method, method
from personae.stages.search import judge, search, steadied, unsized
from personae.stages.space import behaviour_space
from personae.stages.torn import across

COARSE = 5
"""Numbers of groups, from two on, that are tried beside those that are known: the ones that are held against the copula."""
SAMPLES = 30
"""Bootstrap samples, as of the groups that a search chose."""

ENDS = {
    Structure.NATURAL: "they are natural",
    Structure.REPRODUCIBLE: "they are steady cuts",
    Structure.CONSTRUCTIVE: "they are made for use",
}


@dataclass(frozen=True)
class Kept:
    """What known groups turned out to be: the kind, their borders, and how steady each is, in the order of the groups."""

    kind: Structure
    borders: tuple[Border, ...]
    steadiness: tuple[float, ...]

    def words(self, but: Collection[int] = ()) -> str:
        """What was seen, in a sentence; of the groups `but` it is not said how steady they are."""
        clear, all_ = sum(not b.soft for b in self.borders), len(self.borders)
        several = f"{clear} of the {all_} borders between them show a valley"
        seen = several if all_ > 1 else f"the border between them shows {'a' if clear else 'no'} valley"
        least = min((s for i, s in enumerate(self.steadiness) if i not in but), default=None)
        who = "those that no person made" if but else "them"
        back = f", and in other samples the least steady of {who} comes back {100 * (least or 0):.0f} times in 100"
        unmet = clear == all_ and self.kind != Structure.NATURAL and (least is None or least >= verdict.FAIR)
        end = f"{ENDS[self.kind]}{', as other tests of a search are not met' if unmet else ''}"
        return f"Tested anew, {seen}{'' if least is None else back}: {end}."


def kept(
    features: Features, persona: NDArray[np.int32], size: int, found: Evidence, study: Study, *, active: bool | None
) -> Kept | None:
    """The tests of `size` known groups: `persona` (n,) is where their rule puts each user of `features`, -1 for nowhere;
    `found` is the evidence of a search on the same users, `active` what it was told of those who did nothing.

    None where they cannot be tested: one group, or one with fewer users among those that a search looks at than the floor.
    """
    with threadpool_limits(limits=1), quietly():
        space = behaviour_space(features, study, active)
        if space is None or size < 2:
            return None
        inside = np.flatnonzero(persona[space.rows] >= 0)
        space = space.only(inside)
        labels = persona[space.rows].astype(np.int32)
        if np.bincount(labels, minlength=size).min() < max(study.floor, 2):
            return None
        own, tried = _tried(space, labels, size, found, study)
        choice = verdict.decide(space, replace(study, groups=str(size)), tried, None)
        torn = across(space, own.clustering, study) if choice.structure == Structure.NATURAL else None
    kind = verdict.cut_across(choice).structure if torn is not None and torn.words else choice.structure
    kind = Structure.CONSTRUCTIVE if kind == Structure.NOTHING else kind
    borders = tuple(Border(a, b, p, p > verdict.VALLEY) for a, b, p in sorted(own.borders))
    return Kept(kind, borders, own.candidate.jaccard)


def _tried(
    space: Space, labels: NDArray[np.int32], size: int, found: Evidence, study: Study
) -> tuple[Tried, tuple[Tried, ...]]:
    """The known groups with all that is measured on a grouping, in the geometry of a new one of as many groups; and the same
    with other numbers beside them."""
    asked = method(study.method)
    way = Method("kmeans") if asked.auto or unsized(asked.name) else asked
    made, _ = search(space, replace(study, groups=f"2-{max(COARSE, size)}"), way)
    like = next((t.clustering for t in made if t.candidate.size == size), None) or Clustering(
        "kmeans", labels, size, study.seed
    )
    known = Clustering(like.method, labels, size, study.seed, like.settings, like.metric, like.options)
    own = steadied(space, judge(space, known, study), study, SAMPLES)
    tried = [own, *(t for t in made if t.candidate.size != size)]
    beyond = {c.size: c.copula for c in found.candidates if c.copula is not None}
    tried = [_measured(space, t, beyond.get(t.candidate.size), study) for t in sorted(tried, key=lambda t: t.candidate.size)]
    return next(t for t in tried if t.clustering is known), tuple(tried)


def _measured(space: Space, t: Tried, copula: float | None, study: Study) -> Tried:
    """A grouping with the tests that only the data's own must pass, and what the search found beside correlation."""
    more = {
        **plugins.find("checks", "holdout").check(space, t.clustering, study.seed),
        **plugins.find("checks", "passage").check(space, t.clustering, study.seed),
    }
    return replace(t, candidate=replace(t.candidate, copula=copula, **more))
