"""What goes on from one run to its refresh: names, what people made, and what became of every persona."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from personae.model.cast import Cast
from personae.model.change import Move
from personae.model.descent import Act, Departed, Descent
from personae.model.drift import Drift, Gate
from personae.model.persona import UNTESTED
from personae.stages.diff import diff
from personae.stages.regroup import by_hand
from personae.stages.renew import Renewal
from personae.stages.resemble import differences, known_again, resemble
from personae.stages.since import since
from personae.words.edited import called_still

NAMED = 0.5
"""Likeness of what sets a persona apart from which on it keeps the name that was found for it."""
BACK = 0.8
"""Likeness from which on a new persona is one that was there before."""


def hand_on(before: Cast, anew: Cast, made: Renewal, shifted: Drift, gates: tuple[Gate, ...]) -> Cast:
    """The new description with the names of the personas that are still what they were, and with what became of each."""
    hand = {p.key for p in before.personas if p.steady == UNTESTED}
    cast = replace(anew, personas=tuple(by_hand(p) if p.key in hand else p for p in anew.personas))
    cast = named(before, cast)
    there = {p.key for p in cast.personas}
    sides = diff(before, cast, {p.key: p.key for p in before.personas if p.key in there})
    descents = tuple(_descent(before, cast, a, made, sides.moves) for a in made.taken)
    change = replace(sides, descents=descents, drift=shifted, gates=gates)
    evidence = replace(cast.evidence, departed=_departed(before, there))
    return replace(cast, change=change, evidence=evidence, since=since(before, cast))


def named(before: Cast, cast: Cast) -> Cast:
    """The cast with the old names of the personas whose key goes on, unless what sets them apart is another thing now."""
    known = {d.key: d.name for d in before.evidence.departed} | {p.key: p.name for p in before.personas}
    stay = {p.key: known[p.key] for p in cast.personas if p.key in known and _alike(before, cast, p.key)}
    return called_still(cast, stay)


def returned(before: Cast, cast: Cast, made: Renewal) -> Renewal:
    """The renewal with the old key of each new persona that is one of an earlier run come back: what sets it apart is what set
    that one apart, as far from everyone, and it resembles none that is there as much. The same where there is none."""
    new = [cast.evidence.keys.index(k) for a in made.taken if a.kind == "new" for k in _keys(cast, a, made)]
    keys, left = list(cast.evidence.keys), {d.key: dict(d.differences) for d in before.evidence.departed}
    for n in new:
        own = differences(cast, keys[n])
        near = {k: known_again(own, d) for k, d in left.items()}
        best = max(near, key=lambda k: near[k], default="")
        there = [resemble(own, differences(cast, p.key)) or 0.0 for p in cast.personas if p.key != keys[n]]
        if best and near[best] >= max(BACK, *there):
            keys[n] = best
            del left[best]
    return made if tuple(keys) == cast.evidence.keys else replace(made, evidence=replace(made.evidence, keys=tuple(keys)))


def _departed(before: Cast, there: Collection[str]) -> tuple[Departed, ...]:
    """Those, and the ones of the run before that are not among the keys that are there."""
    old = tuple(d for d in before.evidence.departed if d.key not in there)
    left = (p for p in before.personas if p.key not in there)
    return (*old, *(Departed(p.key, p.name, tuple(sorted(differences(before, p.key).items()))) for p in left))


def _alike(before: Cast, cast: Cast, key: str) -> bool:
    """Whether what sets a persona apart is still much the same; so is one that came back, or that a person named or made."""
    own = next((p for p in before.personas if p.key == key), None)
    if own is None or own.origin == "edited":
        return True
    near = resemble(differences(before, key), differences(cast, key))
    return near is None or near >= NAMED


def _descent(before: Cast, cast: Cast, a: Act, made: Renewal, moves: Sequence[Move]) -> Descent:
    """An act in keys and names, with the overlap of people and the likeness of profiles."""
    old = tuple(before.personas[i] for i in a.before)
    keys = {old[0].key} if made.kept and old and a.kind == "same" else _keys(cast, a, made)
    new = tuple(p for p in cast.personas if p.key in keys)
    near = [resemble(differences(before, p.key), differences(cast, q.key)) for p in old for q in new]
    known = [x for x in near if x is not None]
    return Descent(
        a.kind,
        tuple(p.key for p in old),
        tuple(q.key for q in new),
        tuple(p.name for p in old),
        tuple(q.name for q in new),
        _people(moves, {p.key for p in old}, {q.key for q in new}),
        max(known, default=None),
    )


def _keys(cast: Cast, a: Act, made: Renewal) -> Collection[str]:
    """The keys of the groups of a search that an act ends in."""
    return {cast.evidence.key(n) for j, n in made.places if j in a.after}


def _people(moves: Sequence[Move], old: Collection[str], new: Collection[str]) -> float | None:
    """Jaccard of the users of some personas before and some after among the users of both runs, from the moves that may be
    told; None where there are none."""
    either = sum(m.users for m in moves if m.before in old or m.after in new)
    both = sum(m.users for m in moves if m.before in old and m.after in new)
    return both / either if either and old and new else None
