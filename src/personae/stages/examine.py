"""Further looks at what the search ended with; each one is a stage of its own and adds its own part of the evidence."""

from __future__ import annotations

from dataclasses import replace

from personae.model.evidence import Evidence
from personae.model.trial import Case
from personae.stages.advise import advise
from personae.stages.kinship import kinship
from personae.stages.map import mapped
from personae.stages.neighbours import neighbours
from personae.stages.numbers import numbers
from personae.stages.others import others
from personae.stages.reach import reach
from personae.stages.replay import replay
from personae.stages.torn import torn
from personae.stages.worlds import worlds


def examine(found: Evidence, case: Case) -> Evidence:
    """The evidence with every further look."""
    seen, fits = mapped(case), others(case)
    found = replace(found, map=seen, neighbours=neighbours(case), replay=replay(case, seen), worlds=worlds(case, fits))
    found = replace(found, kinship=kinship(case), reach=reach(case), torn=torn(case))
    return advise(numbers(found, case), case, fits)
