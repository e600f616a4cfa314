"""What changed since the run before, as the report tells it first."""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.migration import migration
from personae.model.cast import Cast
from personae.report.looks import called
from personae.words.drifting import sentences
from personae.words.happening import happened, headline, named
from personae.words.names import follow


@dataclass(frozen=True)
class Changed:
    """`before` is the run before, `title` how many personas are still there, `data` how much of the data shifted and then
    each finding, `gates` the conditions that were not met, each with what to do."""

    before: str
    title: str
    sentences: tuple[str, ...]
    data: tuple[str, ...]
    gates: tuple[tuple[str, str, str], ...]
    chart: Chart | None


def changed(cast: Cast) -> Changed | None:
    """The part of a report on changes; None where the run is no refresh."""
    made = named(cast)
    if made is None:
        return None
    chart = migration(cast)
    return Changed(
        before=made.before.run or "the run before",
        title=f"{headline(made)}.",
        sentences=tuple(follow(x, made.entity) for x in happened(made)),
        data=sentences(made.drift) if made.drift else (),
        gates=tuple((g.name, g.words, g.fix) for g in made.gates if not g.passed),
        chart=called(chart, made.entity) if chart else None,
    )
