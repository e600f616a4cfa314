"""What comes next: the event of another phase that most often follows each phase in the same visit."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from personae.facts.compared import EVERYONE, opened
from personae.facts.floor import hidden
from personae.facts.tally import Item, Tally
from personae.model.fact import Fact
from personae.model.study import Role
from personae.sql import journeys as sql
from personae.stages.way import Way
from personae.words.names import readable

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Moves:
    """Moves out of a phase to an event, by (phase, event): how often by group and by everyone, and who of may be told."""

    often: dict[int, Counter[Pair]]
    movers: Floats
    told: dict[tuple[int, Pair], bool]
    open: dict[Pair, bool]


def followed(way: Way) -> list[Fact]:
    """The most common next step after each phase, for everyone and each persona; none where those who take it, those who
    move elsewhere, or what follows from the other groups, are fewer users than the floor."""
    names = {c: n for n, c in way.known.engine.rows(f"SELECT event, c FROM {sql.NAMES}")}
    moves = _moves(way)
    facts = []
    for g, subject in ((-1, EVERYONE), *enumerate(way.who.keys)):
        for p in range(len(way.phases)):
            own = {pair: n for pair, n in moves.often[g].items() if pair[0] == p}
            best = max(own, key=lambda pair: (own[pair], -pair[1]), default=None)
            if best is None or not (moves.open[best] if g < 0 else moves.told[g, best]):
                continue
            users = moves.movers[:, p].sum() if g < 0 else moves.movers[g, p]
            everyone = _part(moves.often[-1], best) if g >= 0 and moves.open[best] else None
            facts.append(_next(way, subject, p, names[best[1]], own[best] / sum(own.values()), int(users), everyone))
    return facts


def _part(often: Counter[Pair], pair: Pair) -> float:
    """The part of one event in all moves out of its phase."""
    return often[pair] / sum(n for (p, _), n in often.items() if p == pair[0])


def _moves(way: Way) -> _Moves:
    """Who moves where, and what of it may be told: movers out of each phase, and takers of each event among them."""
    rows, floor = way.known.engine.rows(sql.following()), way.known.study.floor
    often = {g: Counter({(p, c): n for h, p, c, n, _ in rows if h == g}) for g in range(way.who.rows)}
    often[-1] = sum((often[g] for g in range(way.who.rows)), Counter())
    pairs, phases = sorted(often[-1]), range(len(way.phases))
    moved = {(g, p): n for g, p, n in way.known.engine.rows(sql.movers())}
    taken = {(g, p, c): u for g, p, c, _, u in rows}
    groups = range(way.who.rows)
    movers = np.array([[float(moved.get((g, p), 0)) for p in phases] for g in groups])
    takers = np.array([[float(taken.get((g, *pair), 0)) for pair in pairs] for g in groups]).reshape(way.who.rows, len(pairs))
    of = movers[:, [p for p, _ in pairs]]
    out = _tally("out", np.repeat(movers.sum(axis=1, keepdims=True) + floor, len(way.phases), axis=1), movers)
    into = _tally("next", of, takers)
    few, small = hidden(out, floor), hidden(into, floor)
    told = {(g, pair): not (few[g, pair[0]] or small[g, j]) for g in groups for j, pair in enumerate(pairs)}
    return _Moves(often, movers, told, {pair: opened(into, j, floor) for j, pair in enumerate(pairs)})


def _tally(kind: str, n: Floats, base: Floats) -> Tally:
    """Users and those among them who move, as a tally of which both sides count."""
    item = Item(kind, kind, kind, kind, "share", "share of users", Role.BEHAVIOUR, True, "", "", proportion=True)
    rows, m = n.shape
    none = np.full((rows + 1, m), np.nan)
    return Tally((item,) * m, n, base, base, np.zeros(m), base, base, base.sum(axis=0), none)


def _next(way: Way, subject: str, p: int, event: str, share: float, users: int, everyone: float | None) -> Fact:
    """How much of what follows a phase is one event of another."""
    phase, who = way.phases[p], "all users" if subject == EVERYONE else f"users of {subject}"
    return Fact(
        f"{subject}.next.{phase.replace(' ', '-')}", subject, f"next after {phase}", f"moves from {phase} to {readable(event)}",
        "mean", share, "share", users, everyone=everyone, source=way.log.table.source,
        query=f'moves from {phase} to "{event}" / all moves out of {phase} within a visit, of {who}',
    )  # fmt: skip
