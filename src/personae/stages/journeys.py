"""Journeys: how far each persona comes, where visits stop, how long it takes and what comes next, from the order of events."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae import plugins
from personae.facts.compared import EVERYONE, Crew, compared, crew
from personae.facts.tally import Item, Tally
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.journey import Cell, Journeys, Step
from personae.model.study import Role
from personae.model.table import Column, Kind, Table
from personae.progress import tell
from personae.sql import journeys as sql
from personae.sql import per_user
from personae.stages.part import keyed
from personae.stages.phases import ASIDE, candidates, on_way, phases
from personae.stages.reopened import reopened
from personae.stages.when import Times
from personae.words.names import readable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

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
class _Log:
    """The log that tells the journeys: its window as SQL, and the names of its events."""

    table: Table
    relation: str
    id: str
    event: str
    second: str
    times: Times
    amount: str


@dataclass(frozen=True, eq=False)
class _Way:
    """What the parts share: the phases, their steps by code, the users compared, and visits in words."""

    known: Known
    log: _Log
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


def journeys(known: Known) -> tuple[Journeys | None, tuple[Fact, ...]]:
    """The journeys of the personas and the facts of their cells; None without a log of timed events that make phases.

    At most `study.sample` users are looked at, the first in the order of the md5 of their ids, which is a random part of them.
    """
    log = _log(known)
    if log is None or not known.shown:
        return None, ()
    way = _way(known, log)
    if way is None:
        return None, ()
    waits, late = _waited(way)
    parts = [*_passed(way), *_ended(way), *late]
    told = [*(f for tally in parts for f in compared(tally, way.who, known.study.floor)), *waits, *_followed(way)]
    users = _with_events(way)
    facts = [_coarse(f, users, known.study.floor) for f in told]
    used = int((way.who.of >= 0).sum())
    described = known.features.counts is not None and not known.features.counts.people
    made = Journeys(
        log.table.source, way.phases, way.steps, bool(known.study.phases), way.visit, used,
        used < int((known.placement.persona >= 0).sum()), described, _cells(way, {f.id: f for f in facts}),
    )  # fmt: skip
    tell("describe", f"journeys through {len(way.phases)} phases: {', '.join(way.phases)}")
    return made, tuple(facts)


def _with_events(way: _Way) -> dict[str, int]:
    """How many users of each subject have any event."""
    n = [int(x) for x in _whole(way)[:, 0]]
    return {EVERYONE: sum(n), **dict(zip(way.who.keys, n, strict=False))}


def _coarse(fact: Fact, users: dict[str, int], floor: int) -> Fact:
    """The fact resting on fewer users by a floor, where the number of those it does not rest on would tell of few."""
    missing = users[fact.subject] - fact.n
    return replace(fact, n=max(floor, users[fact.subject] - floor)) if 0 < missing < floor else fact


# ---------------------------------------------------------------- the log


def _log(known: Known) -> _Log | None:
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
    return _Log(table, relation, keyed(known.engine, table)[1], str(name), second, times, amount)


def _timed(column: Column | None) -> bool:
    return column is not None and column.kind in (Kind.DATE, Kind.TIMESTAMP)


def _way(known: Known, log: _Log) -> _Way | None:
    """The coded events of the users looked at, and their phases; None where names make no phases."""
    import pyarrow as pa

    engine, study = known.engine, known.study
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
    often = dict(engine.rows(per_user.events(own, log.event)))
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
    return _Way(known, log, order, steps, place, who, _visit(pause, study.entity), tuple(told))


def _visit(pause: int, entity: str) -> str:
    """What one visit is."""
    words = {0: "all events of one day", -1: f"all that one {entity} did"}
    return words.get(pause, f"events without a pause of more than {pause // 60} minutes")


# ---------------------------------------------------------------- sums as tallies


def _items(way: _Way, kind: str, *, forms: bool = False) -> tuple[list[Item], list[Item]]:
    """The items of one kind for each phase and for each step that is told."""
    steps = [way.steps[i] for i in way.told]
    inner = [_item(way, kind, f"{s.phase}/{s.event}", readable(s.event), forms) for s in steps]
    return [_item(way, kind, p, p, forms) for p in way.phases], inner


_WORDS = {
    "reach": ("reach of {x}", "users who ever come to {x}", "share of {users} with events who ever do {x}"),
    "lost": ("stops at {x}", "visits that stop at {x}", "share of visits at {x} after which no later step follows"),
    "ends": ("ends at {x}", "visits that end at {x}", "share of visits whose last event is {x}"),
    "again": ("repeats at {x}", "visits that repeat a step at {x}", "share of visits at {x} with a step done again"),
    "wait": ("time until {x}", "time until {x}", "median time from the first event of the phase before to the first of {x}"),
    "late": ("long waits until {x}", "users who wait long until {x}", "more than twice everyone's median time until {x}"),
}
_EACH = ", per user, mean over {users}"
_OF = {"lost": _EACH, "ends": _EACH, "again": _EACH, "wait": ", over {users}", "late": ", share of {users}"}


def _item(way: _Way, kind: str, at: str, said: str, forms: bool) -> Item:
    """One item: its code is the kind and the place."""
    measure, label, query = (w.replace("{x}", said) for w in _WORDS[kind])
    share, code = kind in ("reach", "late"), at.replace(" ", "-") if at in way.phases else at
    statistic, unit = ("share", "share of users") if share else ("mean", "share")
    source, query = way.log.table.source, query + _OF.get(kind, "")
    blank = Item(f"{kind}.{code}", measure, at, label, statistic, unit, Role.BEHAVIOUR, forms, source, query)
    return replace(blank, proportion=share, doing=kind == "late")


def _blank(way: _Way, items: list[Item]) -> dict[str, Floats]:
    return {name: np.zeros((way.who.rows, len(items))) for name in ("n", "total", "square", "base")}


def _tally(items: list[Item], sums: dict[str, Floats], middle: Floats | None = None) -> Tally:
    """Sums as a tally; `middle` (groups + 1, items) where medians are told."""
    rows, m = sums["n"].shape
    total, square = sums["total"], sums["square"]
    middle = np.full((rows + 1, m), np.nan) if middle is None else middle
    return Tally(tuple(items), sums["n"], total, square, np.zeros(m), sums["base"], total, square.sum(axis=0), middle)


def _filled(way: _Way, items: list[Item], rows: list[tuple[Any, ...]], at: dict[int, int]) -> dict[str, Floats]:
    """Sums of groups and places: rows of (group, place, n, total, square, base), totals in millionths."""
    sums = _blank(way, items)
    for g, x, n, total, square, base in rows:
        if x in at:
            j = at[x]
            sums["n"][g, j], sums["base"][g, j] = n, base
            sums["total"][g, j], sums["square"][g, j] = int(total) / sql.MILLION, int(square) / sql.MILLION**2
    return sums


def _codes(way: _Way) -> tuple[dict[int, int], dict[int, int]]:
    """Place of each phase, and of each event that is told, among the items."""
    names = dict(way.known.engine.rows(f"SELECT event, c FROM {sql.NAMES}"))
    return {i: i for i in range(len(way.phases))}, {names[way.steps[i].event]: j for j, i in enumerate(way.told)}


def _passed(way: _Way) -> list[Tally]:
    """Who ever comes where, and what share of visits stops there or repeats a step."""
    engine, forms = way.known.engine, way.known.features.counts is not None
    whole = _whole(way)
    tallies = []
    for at, column in enumerate(("p", "c")):
        items, places = _items(way, "reach", forms=forms)[at], _codes(way)[at]
        if not items:
            continue
        engine.execute(sql.passes(column))
        lost, again = (engine.rows(sql.shares(kind)) for kind in ("lost", "again"))
        came = [(g, x, 0, n * sql.MILLION, n * sql.MILLION**2, n) for g, x, n, *_ in lost]
        sums = _filled(way, items, came, places)
        tallies.append(_tally(items, {**sums, "n": np.repeat(whole, len(items), axis=1)}))
        for kind, rows, told in (("lost", lost, _losing(way, column)), ("again", again, _again(way, column))):
            if told:
                sums = {k: v[:, told] for k, v in _filled(way, items, rows, places).items()}
                tallies.append(_tally([_items(way, kind)[at][j] for j in told], sums))
    return tallies


def _whole(way: _Way) -> Floats:
    """Users with any event, by group (rows, 1)."""
    n = dict(way.known.engine.rows(sql.users()))
    return np.array([[float(n.get(g, 0))] for g in range(way.who.rows)])


def _losing(way: _Way, column: str) -> list[int]:
    """Positions of the phases ("p") or told steps ("c") at which a visit can be lost: those before the end of the way."""
    if column == "p":
        return [p for p in way.core if p != max(way.core)]
    top = max(way.place.values())
    return [j for j, i in enumerate(way.told) if 0 <= way.place[way.steps[i].event] < top]


def _again(way: _Way, column: str) -> list[int]:
    """Positions of those at which doing a step again means trouble."""
    if column == "p":
        return [p for p, name in enumerate(way.phases) if name in AGAIN]
    return [j for j, i in enumerate(way.told) if way.steps[i].phase in AGAIN and not way.steps[i].goal]


def _ended(way: _Way) -> list[Tally]:
    """Where visits end."""
    items = _items(way, "ends")[0]
    if way.visit.startswith("all that"):
        return []
    sums = _filled(way, items, way.known.engine.rows(sql.ends("p")), _codes(way)[0])
    return [_tally(items, {**sums, "n": np.repeat(_whole(way), len(items), axis=1)})]


UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0))


def _waited(way: _Way) -> tuple[list[Fact], list[Tally]]:
    """How long it takes to come to each phase of the way, each in its own unit, and who takes very long."""
    import pyarrow as pa

    engine, floor = way.known.engine, way.known.study.floor
    engine.execute(sql.waits())
    middles = engine.rows(sql.middles())
    whole = {x: m for g, x, _, m in middles if g == -1}
    kept = [p for p in way.core if whole.get(p)]
    if not kept:
        return [], []
    limits = {"x": pa.array(kept, pa.int16()), "most": pa.array([2 * whole[p] for p in kept], pa.float64())}
    engine.register(_LIMITS, pa.table(limits))
    at = {p: j for j, p in enumerate(kept)}
    items, late = ([_items(way, kind)[0][p] for p in kept] for kind in ("wait", "late"))
    middle = np.full((way.who.rows + 1, len(kept)), np.nan)
    for g, x, _, m in middles:
        if x in at and m is not None:
            middle[g, at[x]] = m
    waits = compared(_tally(items, _filled(way, items, engine.rows(sql.logs()), at), middle), way.who, floor)
    rows = [(g, x, n, b * sql.MILLION, b * sql.MILLION**2, b) for g, x, n, b in engine.rows(sql.late(_LIMITS))]
    return [_spelt(f) for f in waits], [_tally(late, _filled(way, late, rows, at))]


_LIMITS = "personae_limits"


def _spelt(fact: Fact) -> Fact:
    """A time in seconds in the unit in which it reads best."""
    unit, size = next((u, s) for u, s in UNITS if fact.value >= 1.5 * s or s == 1.0)
    everyone = None if fact.everyone is None else fact.everyone / size
    return replace(fact, value=fact.value / size, everyone=everyone, unit=unit)


def _followed(way: _Way) -> list[Fact]:
    """The most common next step after each phase, for everyone and each persona."""
    names = {c: n for n, c in way.known.engine.rows(f"SELECT event, c FROM {sql.NAMES}")}
    rows = way.known.engine.rows(sql.following())
    whole: Counter[tuple[int, int]] = Counter()
    users: Counter[tuple[int, int]] = Counter()
    for _, p, c, n, some in rows:
        whole[p, c] += n
        users[p, c] += some
    subjects = [(EVERYONE, {at: (n, users[at]) for at, n in whole.items()})]
    subjects += [(k, {(p, c): (n, u) for h, p, c, n, u in rows if h == g}) for g, k in enumerate(way.who.keys)]
    out = {p: sum(n for (q, _), n in whole.items() if q == p) for p in range(len(way.phases))}
    facts = []
    for subject, cells in subjects:
        for p in range(len(way.phases)):
            own = {c: v for (q, c), v in cells.items() if q == p}
            best = max(own, key=lambda c: (own[c][0], -c), default=None)
            if best is not None and own[best][1] >= way.known.study.floor:
                share = own[best][0] / sum(n for n, _ in own.values())
                everyone = whole[p, best] / out[p] if subject != EVERYONE else None
                facts.append(_next(way, subject, p, names[best], share, own[best][1], everyone))
    return facts


def _next(way: _Way, subject: str, p: int, event: str, share: float, users: int, everyone: float | None) -> Fact:
    """How much of what follows a phase is one event of another."""
    phase, who = way.phases[p], "all users" if subject == EVERYONE else f"users of {subject}"
    return Fact(
        f"{subject}.next.{phase.replace(' ', '-')}", subject, f"next after {phase}", f"moves from {phase} to {readable(event)}",
        "mean", share, "share", users, everyone=everyone, source=way.log.table.source,
        query=f'moves from {phase} to "{event}" / all moves out of {phase} within a visit, of {who}',
    )  # fmt: skip


# ---------------------------------------------------------------- cells


def _cells(way: _Way, facts: dict[str, Fact]) -> tuple[Cell, ...]:
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
    own = {k: _there(facts, f"{key}.{k}.{phase.replace(' ', '-')}") for k in (*_WORDS, "next")}
    parts = [facts[own[k]].value for k in ("lost", "again", "late") if own[k]]
    after = facts[own["next"]].label.removeprefix(f"moves from {phase} to ") if own["next"] else ""
    return Cell(
        key, phase, phase, own["reach"], own["lost"], own["ends"], own["again"], own["wait"], own["late"], after, own["next"],
        round(sum(parts), 6) if parts else None,
    )  # fmt: skip


def _there(facts: dict[str, Fact], id: str) -> str:
    """The id where there is such a fact."""
    return id if id in facts else ""
