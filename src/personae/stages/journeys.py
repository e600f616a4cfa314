"""Journeys: how far each persona comes, where visits stop, how long it takes and what comes next, from the order of events."""

from __future__ import annotations

from dataclasses import replace

from personae.facts.compared import EVERYONE, compared
from personae.facts.floor import coarse
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.journey import Cell, Journeys
from personae.progress import tell
from personae.stages.following import followed
from personae.stages.passing import KINDS, came, ended, passed, users, waited
from personae.stages.way import Way, log, way


def journeys(known: Known) -> tuple[Journeys | None, tuple[Fact, ...]]:
    """The journeys of the personas and the facts of their cells; None without a log of timed events that make phases.

    At most `study.sample` users are looked at, the first in the order of the md5 of their ids, which is a random part of them.
    """
    source = log(known)
    found = way(known, source) if source is not None and known.shown else None
    if source is None or found is None:
        return None, ()
    waits, late = waited(found)
    parts = [*passed(found), *ended(found), *late]
    told = [*(f for tally in parts for f in compared(tally, found.who, known.study.floor)), *waits, *followed(found)]
    facts = _coarse(found, told)
    used = int((found.who.of >= 0).sum())
    described = known.features.counts is not None and not known.features.counts.people
    made = Journeys(
        source.table.source, found.phases, found.steps, bool(known.study.phases), found.visit, used,
        used < int((known.placement.persona >= 0).sum()), described, _cells(found, {f.id: f for f in facts}),
    )  # fmt: skip
    tell("describe", f"journeys through {len(found.phases)} phases: {', '.join(found.phases)}")
    return made, tuple(facts)


def _coarse(way: Way, facts: list[Fact]) -> list[Fact]:
    """The facts, none resting on all but a few of the users with any event, nor of those who come to the phase it is in."""
    floor, any_, inside = way.known.study.floor, users(way)[:, 0], came(way)
    row = {key: [g] for g, key in enumerate(way.who.keys)} | {EVERYONE: list(range(way.who.rows))}
    place = {f"{s.phase}/{s.event}": way.phases.index(s.phase) for s in way.steps}
    made = []
    for f in facts:
        of, at = row[f.subject], f.id.split(".", 2)[2]
        n = coarse(f.n, inside[of, place[at]].sum(), floor) if at in place else f.n
        made.append(replace(f, n=coarse(n, any_[of].sum(), floor)))
    return made


def _cells(way: Way, facts: dict[str, Fact]) -> tuple[Cell, ...]:
    """Every persona at every phase and told step, with the ids of what is known there."""
    made = []
    for key in (EVERYONE, *way.who.keys):
        for p in way.phases:
            made.append(_at_phase(key, p, facts))
            for s in (way.steps[i] for i in way.told if way.steps[i].phase == p):
                reach, lost, repeats = (_there(facts, f"{key}.{k}.{p}/{s.event}") for k in ("reach", "lost", "again"))
                made.append(Cell(key, p, s.event, reach=reach, lost=lost, repeats=repeats))
    return tuple(made)


def _at_phase(key: str, phase: str, facts: dict[str, Fact]) -> Cell:
    """One persona at one phase."""
    own = {k: _there(facts, f"{key}.{k}.{phase.replace(' ', '-')}") for k in (*KINDS, "next")}
    parts = [facts[own[k]].value for k in ("lost", "again", "late") if own[k]]
    after = facts[own["next"]].label.removeprefix(f"moves from {phase} to ") if own["next"] else ""
    return Cell(
        key, phase, phase, own["reach"], own["lost"], own["ends"], own["again"], own["wait"], own["late"], after, own["next"],
        round(sum(parts), 6) if parts else None,
    )  # fmt: skip


def _there(facts: dict[str, Fact], id: str) -> str:
    """The id where there is such a fact."""
    return id if id in facts else ""
