"""The rows of a log that count, for a further look at them: those that were measured."""

from __future__ import annotations

from personae.model.dossier import Known
from personae.model.table import Table
from personae.progress import quietly
from personae.stages import hidden
from personae.stages.when import Times, opened


def reopened(known: Known, table: Table) -> tuple[Table, str, str, Times | None]:
    """A log that was measured before, without its hidden events; the relation of its rows inside the window or the first days
    of each user, the SQL of the second of the epoch in it, and how times are read (None where they say nothing)."""
    with quietly():  # all there is to say was said when it was measured
        seen, _ = hidden.shown(known.engine, table, known.study, strict=False)
        relation, second, times, _ = opened(known.engine, seen, known.study, again=True)
    return seen, relation, second, times
