"""All sheets of a cast, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from personae.model.cast import Cast
from personae.model.persona import Claim
from personae.model.sheet import Cell, Sheet
from personae.report.sheets.anti import anti
from personae.report.sheets.changes import changes, moved
from personae.report.sheets.checklist import interface, principles
from personae.report.sheets.drift import gates, shifts
from personae.report.sheets.edits import edits
from personae.report.sheets.experience import experience
from personae.report.sheets.fairness import fairness
from personae.report.sheets.goals import goals, underserved
from personae.report.sheets.journeys import journey, pains, steps
from personae.report.sheets.loudest import loudest
from personae.report.sheets.metrics import metrics, targets
from personae.report.sheets.offers import offers, top_items
from personae.report.sheets.opportunities import opportunities
from personae.report.sheets.overview import overview
from personae.report.sheets.questions import questions
from personae.report.sheets.rules import rules
from personae.report.sheets.worth import worth
from personae.words.names import follow
from personae.words.worded import marked

SHEETS: tuple[Callable[[Cast], Sheet | None], ...] = (
    changes,
    moved,
    shifts,
    gates,
    overview,
    pains,
    journey,
    steps,
    rules,
    opportunities,
    offers,
    top_items,
    targets,
    goals,
    underserved,
    metrics,
    experience,
    principles,
    interface,
    questions,
    fairness,
    worth,
    anti,
    loudest,
    edits,
)
"""What can be tabled of a cast; None where a run has nothing to show."""


def sheets(cast: Cast) -> tuple[Sheet, ...]:
    """Every sheet there is of this cast; titles follow what is grouped."""
    found = (s for make in SHEETS if (s := make(cast)) is not None)
    if cast.worded is not None:
        mark, lines = marked(cast.worded), _lines(cast)
        found = (replace(s, about=f"{s.about} {mark}") if any(c in lines for r in s.rows for c in r) else s for s in found)
    return tuple(replace(s, title=follow(s.title, cast.study.entity), about=follow(s.about, cast.study.entity)) for s in found)


def _lines(cast: Cast) -> frozenset[Cell]:
    """The sentences that the language model worded."""
    parts = (c for p in cast.personas for c in (p.tagline, *p.story, *p.does, *p.wants, *p.hinders, *p.meets))
    return frozenset(c for c in parts if isinstance(c, Claim) and c.grade == "A")
