"""Those who arrive placed together; one who cannot be placed keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from personae.errors import MachineError, PersonaeError
from personae.model.intake import Answer
from personae.stages.intake import Scorer


def arrive(scorer: Scorer, records: Sequence[Mapping[str, Any]]) -> list[Answer | PersonaeError]:
    """The answer to each record, in their order, or why there is none. Records are placed at once; where one of them is
    refused, each by itself. Raises MachineError."""
    try:
        return list(scorer.place(records))
    except MachineError:
        raise
    except Exception as error:
        return [_worded(error)] if len(records) == 1 else [x for r in records for x in arrive(scorer, [r])]


def _worded(error: Exception) -> PersonaeError:
    """An error as one of ours; a fault of ours says its kind and no more, as its words may hold data."""
    if isinstance(error, PersonaeError):
        return error
    return PersonaeError("P900", f"a fault inside personae ({type(error).__name__})")
