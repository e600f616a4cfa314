"""The evidence in words of what is grouped: products where products are, and no person by name."""

from __future__ import annotations

from dataclasses import replace

from personae.model.evidence import Evidence
from personae.model.features import Features
from personae.model.preparation import Preparation
from personae.model.study import Study
from personae.words.names import follow


def told(evidence: Evidence, features: Features, study: Study) -> Evidence:
    """The same evidence, its sentences about `study.entity`.

    Where events are the people who took things, axes, weights and components say nothing of any one of them.
    """
    people = features.counts is not None and features.counts.people
    votes = tuple(
        replace(v, criterion=follow(v.criterion, study.entity), words=follow(v.words, study.entity)) for v in evidence.votes
    )
    if people and evidence.map is not None:
        ends = {way: replace(getattr(evidence.map, way), low=(), high=()) for way in ("across", "up")}
        evidence = replace(evidence, map=replace(evidence.map, **ends))
    if people:
        evidence = replace(evidence, likeness=None)
    if evidence.range is not None:
        evidence = replace(evidence, range=replace(evidence.range, words=follow(evidence.range.words, study.entity)))
    done = evidence.preparation
    axes = tuple(replace(a, low=(), high=()) for a in evidence.axes) if people else evidence.axes
    return replace(evidence, votes=votes, axes=axes, preparation=_prepared(done, study.entity, people) if done else None)


def _prepared(done: Preparation, entity: str, people: bool) -> Preparation:
    """The preparation in words of the entity."""
    made = replace(
        done,
        order=tuple(follow(x, entity) for x in done.order),
        notes=tuple(follow(x, entity) for x in done.notes),
        empties=tuple(replace(e, words=follow(e.words, entity)) for e in done.empties),
    )
    if not people:
        return made
    return replace(made, weights=(), unused=(), components=tuple(replace(c, loadings=()) for c in made.components))
