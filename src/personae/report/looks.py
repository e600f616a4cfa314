"""The analyst's pictures: one drawing for each further look at the groups, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable

from personae.charts.agreement import agreement
from personae.charts.chart import Chart
from personae.charts.evolution import evolution
from personae.charts.lineage import lineage
from personae.charts.map import mapped
from personae.charts.reach import reach
from personae.charts.silhouettes import fit, silhouettes
from personae.charts.tradeoff import tradeoff
from personae.charts.tree import tree
from personae.charts.worlds import worlds
from personae.model.cast import Cast

LOOKS: tuple[Callable[[Cast], Chart | None], ...] = (
    mapped,
    silhouettes,
    worlds,
    lineage,
    lambda c: agreement(c.evidence),
    lambda c: tradeoff(c.evidence),
    tree,
    fit,
    reach,
    evolution,
)
"""What can be drawn of a cast; None where a run has nothing to show."""


def looks(cast: Cast) -> tuple[Chart, ...]:
    """Every picture there is of this cast."""
    return tuple(c for look in LOOKS if (c := look(cast)) is not None)
