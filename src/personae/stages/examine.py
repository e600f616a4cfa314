"""Further looks at what the search ended with; each one is a stage of its own and adds its own part of the evidence."""

from __future__ import annotations

from personae.model.evidence import Evidence
from personae.model.trial import Case


def examine(found: Evidence, case: Case) -> Evidence:
    """The evidence with every further look."""
    return found
