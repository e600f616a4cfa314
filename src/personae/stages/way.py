"""The log that tells the journeys, and the way through it: events as steps of phases, in the order in which they come."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from personae import plugins
from personae.facts.compared import Crew, crew
from personae.model.dossier import Known
from personae.model.journey import Step
from personae.model.study import Role
from personae.model.table import Column, Kind, Table
from personae.sql import journeys as sql
from personae.sql import per_user
from personae.stages.part import keyed
from personae.stages.phases import ASIDE, candidates, on_way, phases
from personae.stages.reopened import reopened
from personae.stages.when import Times
from personae.words.phases import phase

PAUSE = 30 * 60
"""Seconds without an event after which a visit is over, as in the habits of users."""
ALONE = 1.5
"""Events a visit below which visits hold no order, and all that a user did is one way."""
MOST_STEPS = 8
"""Events inside the phases that are told of one by one: those that most users did."""
TELLING = ("try", "choose", "buy")
"""Phases whose steps are told one by one, and in which a visit that goes no further has lost something."""
AGAIN = ("try", "buy")
"""Phases in which doing a step again in the same visit means trouble; who fills a basket repeats steps happily."""


@dataclass(frozen=True, eq=False)
class Log:
    """The log that tells the journeys: its window as SQL, and the names of its events."""

    table: Table
    relation: str
    id: str
    event: str
    second: str
    times: Times
    amount: str


@dataclass(frozen=True, eq=False)
class Way:
    """What the parts share: the phases, their steps by code, the users compared, and visits in words."""

    known: Known
    log: Log
    phases: tuple[str, ...]
    steps: tuple[Step, ...]
    place: dict[str, int]
    who: Crew
    visit: str
    told: tuple[int, ...]
    """Positions of the steps that are told of one by one."""

    @property
    def core(self) -> tuple[int, ...]:
        """Positions of the phases on the way."""
        return tuple(i for i, p in enumerate(self.phases) if any(self.place[s.event] >= 0 for s in self.steps if s.phase == p))


def log(known: Known) -> Log | None:
    """The largest log of named events at times."""
    logs = [t for t in known.tables if t.shape == "events" and not t.sums and t.measured and not t.timed_by]
    logs = [t for t in logs if t.column(Role.EVENT) and _timed(t.column(Role.TIME))]
    if not logs or (known.features.counts is not None and known.features.counts.people):
        return None
    largest = max(logs, key=lambda t: t.used)
    table, relation, second, times = reopened(known, largest)
    event, value = table.column(Role.EVENT), table.column(Role.VALUE)
    if times is None or event is None:
        return None
    typed = plugins.find("engines", "duckdb").typed
    name = typed(replace(event, kind=Kind.TEXT))
    amount = f"CAST({typed(value)} AS DOUBLE)" if value is not None else ""
    return Log(table, relation, keyed(known.engine, table)[1], str(name), second, times, amount)


def _timed(column: Column | None) -> bool:
    return column is not None and column.kind in (Kind.DATE, Kind.TIMESTAMP)


def way(known: Known, log: Log) -> Way | None:
    """The coded events of the users looked at, and their phases; None where names make no phases."""
    import pyarrow as pa

    engine, study = known.engine, known.study
    often = dict(engine.rows(per_user.events(log.relation, log.event)))
    if not study.phases and len({phase(e) for e in often} - {""}) < 2:
        return None
    names = candidates(engine, (log.relation, log.event, log.id), study)
    if len(names) < 2:
        return None
    who = crew(known.placement, known.profiles, study.floor, study.sample)
    held = np.flatnonzero(who.of >= 0)
    engine.register(sql.CREW, pa.table({"r": pa.array(held, pa.int32()), "g": pa.array(who.of[held], pa.int16())}))
    engine.register(sql.NAMES, pa.table({"event": pa.array(names, pa.string()), "c": pa.array(range(len(names)), pa.int16())}))
    pause = PAUSE if log.times.timed else 0
    make = (log.relation, log.id, log.event, log.second)
    engine.execute(sql.way(*make, pause))
    events, visits = engine.rows(sql.visits())[0]
    if events < ALONE * visits:
        engine.execute(sql.way(*make, pause := -1))
    found = {names[c]: (n, place) for c, n, place in engine.rows(sql.positions())}
    own = sql.named(log.relation, log.event)
    paid = dict(engine.rows(sql.amounts(own, log.event, log.amount))) if log.amount else {}
    order, steps = phases(found, {e: often[e] for e in found}, study.phases, paid)
    if not steps:
        return None
    place = on_way(order, steps)
    columns = {
        "c": pa.array([names.index(s.event) for s in steps], pa.int16()),
        "p": pa.array([order.index(s.phase) for s in steps], pa.int16()),
        "o": pa.array([place[s.event] for s in steps], pa.int16()),
        "again": pa.array([s.phase in AGAIN and not s.goal for s in steps], pa.bool_()),
    }
    engine.register(sql.STEPS, pa.table(columns))
    inner = [i for i, s in enumerate(steps) if s.phase in TELLING or (study.phases and s.phase not in ASIDE)]
    told = sorted(sorted(inner, key=lambda i: (not steps[i].goal, -found[steps[i].event][0], i))[:MOST_STEPS])
    return Way(known, log, order, steps, place, who, _visit(pause, study.entity), tuple(told))


def _visit(pause: int, entity: str) -> str:
    """What one visit is."""
    words = {0: "all events of one day", -1: f"all that one {entity} did"}
    return words.get(pause, f"events without a pause of more than {pause // 60} minutes")
