"""How far the users of each group come, where visits stop, end or repeat a step, and how long it takes: sums as tallies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.facts.compared import compared
from personae.facts.floor import bounded
from personae.facts.tally import Item, Tally
from personae.model.fact import Fact
from personae.model.study import Role
from personae.sql import journeys as sql
from personae.stages.way import AGAIN, Way
from personae.words.names import readable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


def _items(way: Way, kind: str, *, forms: bool = False) -> tuple[list[Item], list[Item]]:
    """The items of one kind for each phase and for each step that is told."""
    steps = [way.steps[i] for i in way.told]
    inner = [_item(way, kind, f"{s.phase}/{s.event}", readable(s.event), forms) for s in steps]
    return [_item(way, kind, p, p, forms) for p in way.phases], inner


KINDS = {
    "reach": ("reach of {x}", "users who ever come to {x}", "share of {users} with events who ever do {x}"),
    "lost": ("stops at {x}", "visits that stop at {x}", "share of visits at {x} after which no later step follows"),
    "ends": ("ends at {x}", "visits that end at {x}", "share of visits whose last event is {x}"),
    "again": ("repeats at {x}", "visits that repeat a step at {x}", "share of visits at {x} with a step done again"),
    "wait": ("time until {x}", "time until {x}", "median time from the first event of the phase before to the first of {x}"),
    "late": ("long waits until {x}", "users who wait long until {x}", "more than twice everyone's median time until {x}"),
}
_EACH = ", per user, mean over {users}"
_OF = {"lost": _EACH, "ends": _EACH, "again": _EACH, "wait": ", over {users}", "late": ", share of {users}"}


def _item(way: Way, kind: str, at: str, said: str, forms: bool) -> Item:
    """One item: its code is the kind and the place."""
    measure, label, query = (w.replace("{x}", said) for w in KINDS[kind])
    share, code = kind in ("reach", "late"), at.replace(" ", "-") if at in way.phases else at
    statistic, unit = ("share", "share of users") if share else ("mean", "share")
    source, query = way.log.table.source, query + _OF.get(kind, "")
    blank = Item(f"{kind}.{code}", measure, at, label, statistic, unit, Role.BEHAVIOUR, forms, source, query)
    return replace(blank, proportion=share, doing=kind == "late")


def _blank(way: Way, items: list[Item]) -> dict[str, Floats]:
    return {name: np.zeros((way.who.rows, len(items))) for name in ("n", "total", "square", "base")}


def _tally(items: list[Item], sums: dict[str, Floats], middle: Floats | None = None) -> Tally:
    """Sums as a tally; `middle` (groups + 1, items) where medians are told."""
    rows, m = sums["n"].shape
    total, square = sums["total"], sums["square"]
    middle = np.full((rows + 1, m), np.nan) if middle is None else middle
    return Tally(tuple(items), sums["n"], total, square, np.zeros(m), sums["base"], total, square.sum(axis=0), middle)


def _filled(way: Way, items: list[Item], rows: list[tuple[Any, ...]], at: dict[int, int]) -> dict[str, Floats]:
    """Sums of groups and places: rows of (group, place, n, total, square, base), totals in millionths."""
    sums = _blank(way, items)
    for g, x, n, total, square, base in rows:
        if x in at:
            j = at[x]
            sums["n"][g, j], sums["base"][g, j] = n, base
            sums["total"][g, j], sums["square"][g, j] = int(total) / sql.MILLION, int(square) / sql.MILLION**2
    return sums


def _codes(way: Way) -> tuple[dict[int, int], dict[int, int]]:
    """Place of each phase, and of each event that is told, among the items."""
    names = dict(way.known.engine.rows(f"SELECT event, c FROM {sql.NAMES}"))
    return {i: i for i in range(len(way.phases))}, {names[way.steps[i].event]: j for j, i in enumerate(way.told)}


def passed(way: Way) -> list[Tally]:
    """Who ever comes where, and what share of visits stops there or repeats a step."""
    engine, forms = way.known.engine, way.known.features.counts is not None
    whole = users(way)
    tallies = []
    for at, column in enumerate(("p", "c")):
        items, places = _items(way, "reach", forms=forms)[at], _codes(way)[at]
        if not items:
            continue
        engine.execute(sql.passes(column))
        lost, again = (engine.rows(sql.shares(kind)) for kind in ("lost", "again"))
        rows = [(g, x, 0, n * sql.MILLION, n * sql.MILLION**2, n) for g, x, n, *_ in lost]
        sums = _filled(way, items, rows, places)
        reach = _tally(items, {**sums, "n": np.repeat(whole, len(items), axis=1)})
        tallies.append(reach if column == "p" else bounded(reach, way.known.study.floor, came(way)[:, _inside(way)]))
        for kind, rows, told in (("lost", lost, _losing(way, column)), ("again", again, _again(way, column))):
            if told:
                sums = {k: v[:, told] for k, v in _filled(way, items, rows, places).items()}
                tallies.append(_tally([_items(way, kind)[at][j] for j in told], sums))
    return tallies


def users(way: Way) -> Floats:
    """Users with any event, by group (rows, 1)."""
    n = dict(way.known.engine.rows(sql.users()))
    return np.array([[float(n.get(g, 0))] for g in range(way.who.rows)])


def came(way: Way) -> Floats:
    """Users who ever come to a phase (rows, phases)."""
    n = {(g, p): n for g, p, n in way.known.engine.rows(sql.came())}
    return np.array([[float(n.get((g, p), 0)) for p in range(len(way.phases))] for g in range(way.who.rows)])


def _inside(way: Way) -> list[int]:
    """The phase of each step that is told."""
    return [way.phases.index(way.steps[i].phase) for i in way.told]


def _losing(way: Way, column: str) -> list[int]:
    """Positions of the phases ("p") or told steps ("c") at which a visit can be lost: those before the end of the way."""
    if column == "p":
        return [p for p in way.core if p != max(way.core)]
    top = max(way.place.values())
    return [j for j, i in enumerate(way.told) if 0 <= way.place[way.steps[i].event] < top]


def _again(way: Way, column: str) -> list[int]:
    """Positions of those at which doing a step again means trouble."""
    if column == "p":
        return [p for p, name in enumerate(way.phases) if name in AGAIN]
    return [j for j, i in enumerate(way.told) if way.steps[i].phase in AGAIN and not way.steps[i].goal]


def ended(way: Way) -> list[Tally]:
    """Where visits end."""
    items = _items(way, "ends")[0]
    if way.visit.startswith("all that"):
        return []
    sums = _filled(way, items, way.known.engine.rows(sql.ends("p")), _codes(way)[0])
    return [_tally(items, {**sums, "n": np.repeat(users(way), len(items), axis=1)})]


UNITS = (("days", 86_400.0), ("hours", 3_600.0), ("minutes", 60.0), ("seconds", 1.0))


def waited(way: Way) -> tuple[list[Fact], list[Tally]]:
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
