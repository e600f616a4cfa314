"""The analyst's pictures: one drawing for each further look at the groups, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from personae.charts.agreement import agreement
from personae.charts.chart import Chart
from personae.charts.evolution import evolution
from personae.charts.lineage import lineage
from personae.charts.map import mapped
from personae.charts.neighbours import neighbours
from personae.charts.reach import reach
from personae.charts.silhouettes import fit, silhouettes
from personae.charts.tradeoff import tradeoff
from personae.charts.tree import tree
from personae.charts.worlds import worlds
from personae.model.cast import Cast
from personae.words.names import follow

LOOKS: tuple[Callable[[Cast], Chart | None], ...] = (
    mapped,
    neighbours,
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
    """Every picture there is of this cast, in words of what is grouped."""
    return tuple(called(c, cast.study.entity) for look in LOOKS if (c := look(cast)) is not None)


def called(chart: Chart, entity: str) -> Chart:
    """A chart about users as one about what is grouped."""
    if entity == "user":
        return chart
    words = {name: follow(getattr(chart, name), entity) for name in ("title", "caption", "alt")}
    columns = tuple(follow(c, entity) for c in chart.columns)
    rows = tuple(tuple(follow(c, entity) for c in row) for row in chart.rows)
    return replace(chart, **words, columns=columns, rows=rows, spec=_titles(chart.spec, entity))


def _titles(spec: Any, entity: str) -> Any:
    """A drawing whose titles follow the entity; names of fields and values stay."""
    if isinstance(spec, Mapping):
        shown = ("title", "text")
        return {k: follow(v, entity) if k in shown and isinstance(v, str) else _titles(v, entity) for k, v in spec.items()}
    return [_titles(x, entity) for x in spec] if isinstance(spec, list) else spec
