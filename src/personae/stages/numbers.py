"""Everything about the choice of the number: criteria, votes, what they agree on, lineage, and signs of too many or too few."""

from __future__ import annotations

from dataclasses import replace

from personae.model.evidence import Evidence
from personae.model.trial import Case
from personae.stages import silhouettes, votes
from personae.stages.agree import agree
from personae.stages.criteria import criteria
from personae.stages.flags import flags
from personae.stages.lineage import lineage


def numbers(found: Evidence, case: Case) -> Evidence:
    """The evidence with everything that speaks for one number of groups or another."""
    apart, curves = silhouettes.reported(case), criteria(case)
    tried = tuple(t.candidate for t in case.trial.tried)
    limits = votes.limits(case)
    cast = (*votes.cast(tried, case.space.factors, curves, apart), *limits)
    return replace(
        found,
        silhouettes=apart,
        criteria=curves,
        votes=cast,
        range=agree(cast, found.verdict.groups if case.rule else None, bool(limits)),
        lineage=lineage(case),
        flags=flags(case) if case.rule else None,
    )
