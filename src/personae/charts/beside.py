"""Three numbers of groups side by side: one fewer, the chosen one, one more; sizes, steadiness, and who moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.charts.numbers import count, percent
from personae.model.evidence import Evidence
from personae.model.lineage import Level, Lineage

COUNTED = "counted are the users of the search, before everyone is placed"
"""Whom the sizes count."""
NAMED = 12
"""Groups listed by name; the rest are counted."""


@dataclass(frozen=True)
class Beside:
    """One number: its groups with their users, steadiness in words, and what happens on the way to it from the one before."""

    size: int
    chosen: bool
    groups: tuple[str, ...]
    steady: str
    moves: str


def beside(evidence: Evidence, names: Sequence[str] = ()) -> tuple[Beside, ...]:
    """The chosen number and its neighbours as far as they were tried; `names` are those of the personas, in their order. Empty
    where the groups that were chosen are not among the numbers that were tried one by one."""
    found, k = evidence.lineage, evidence.verdict.groups or (evidence.verdict.own or 0)
    if found is None or found.method != evidence.chosen or k not in [x.size for x in found.levels]:
        return ()
    steady = {c.size: c.stability for c in evidence.candidates if c.method == found.method}
    levels = [x for x in found.levels if abs(x.size - k) <= 1]
    return tuple(
        Beside(
            x.size,
            x.size == k,
            _groups(x, names if x.size == k else ()),
            "" if steady.get(x.size) is None else f"{100 * (steady[x.size] or 0.0):.0f} in 100",
            "" if x is levels[0] else moves(found, x.size),
        )
        for x in levels
    )


def moves(lineage: Lineage, size: int) -> str:
    """Who moves on the way to that number: "18 % move: ..."."""
    p = next((p for p in lineage.passages if p.high == size), None)
    return "" if p is None else f"{percent(p.moved)} of users move: {p.words}"


def _groups(level: Level, names: Sequence[str]) -> tuple[str, ...]:
    own = names if len(names) == len(level.branches) else [b.name for b in level.branches]
    total = sum(b.users or 0 for b in level.branches)
    said = [
        f"{name}: {'few' if b.users is None else f'{count(b.users)} ({percent(b.users / max(total, 1))})'}"
        for name, b in zip(own, level.branches, strict=True)
    ]
    more = len(said) - NAMED
    return tuple(said[:NAMED]) + ((f"and {more} more",) if more > 0 else ())
