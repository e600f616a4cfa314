"""People to talk to: typical, borderline and contrary members of each persona, drawn by lot among those who may be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from personae.model.cast import Cast
from personae.model.interview import PARTS, Invited
from personae.model.persona import Persona
from personae.model.rule import Place
from personae.words.names import plural

Rows = NDArray[np.int64]

POOL = 5
"""People per place among whom lots are drawn: the most typical, and those nearest to the border."""


def interviews(
    cast: Cast,
    count: int,
    personas: Iterable[Persona],
    *,
    only: frozenset[str] | None = None,
    never: frozenset[str] = frozenset(),
) -> tuple[tuple[Invited, ...], tuple[str, ...]]:
    """At most `count` people of the personas, in equal parts, and why they are fewer or mixed otherwise, in sentences.

    `only` are the ids of those who may be asked (None: everybody), `never` of those who may not. Lots hang on the ids and the
    study's seed alone: the same call gives the same people.
    """
    whose = sorted(personas, key=lambda p: (-p.users, p.index))
    free = _free(cast, only, never)
    found: list[Invited] = []
    notes: list[str] = []
    for i, (p, places) in enumerate(zip(whose, _shared(count, len(whose)), strict=True)):
        invited, said = _of(cast, p, places, i, free)
        found += invited
        notes += said
    if len(found) < count:
        notes.append(_fewer(cast, count, len(found), whose, only, free))
    return tuple(found), tuple(notes)


def _shared(count: int, personas: int) -> list[int]:
    """How many places each persona has."""
    return [count // personas + (i < count % personas) for i in range(personas)]


def _free(cast: Cast, only: frozenset[str] | None, never: frozenset[str]) -> NDArray[np.bool_]:
    """Who may be asked (n,)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    def among(ids: frozenset[str]) -> NDArray[np.bool_]:
        known = pc.is_in(cast.ids, value_set=pa.array(sorted(ids), pa.string()))
        return np.asarray(known.to_numpy(zero_copy_only=False), bool)

    free = np.ones(cast.users, bool) if only is None else among(only)
    return free & ~among(never) if never else free


def _parts(places: int, turn: int) -> list[str]:
    """The part of each place: typical and every other one in turn, so that a list of few people of each persona is mixed."""
    others = PARTS[1:] if turn % 2 == 0 else PARTS[:0:-1]
    order = ("typical", *others)
    return [order[i % 3] for i in range(places)]


def _of(cast: Cast, p: Persona, places: int, turn: int, free: NDArray[np.bool_]) -> tuple[list[Invited], list[str]]:
    """The people of one persona."""
    wanted = _parts(places, turn)
    pools = _pools(cast, p, places, free)
    taken: set[int] = set()
    chosen: dict[str, list[int]] = {}
    for part in (*PARTS, "inside"):
        need = wanted.count(part) if part in PARTS else places - len(taken)
        rows = [r for r in _drawn(cast, pools[part]) if r not in taken][:need]
        taken.update(rows)
        chosen[part] = rows
    ids = {r: cast.ids[r].as_py() for r in taken}
    second = {q.index: q.name for q in cast.personas}
    made = [Invited(p.key, part, ids[r], _why(cast, r, part, second)) for part, rows in chosen.items() for r in rows]
    short = [part for part in PARTS if len(chosen[part]) < wanted.count(part)]
    said = (
        [f"{p.name}: too few {' and '.join(short)} people may be asked; others of the group stand in"] if short and made else []
    )
    return made, said


def _pools(cast: Cast, p: Persona, places: int, free: NDArray[np.bool_]) -> Mapping[str, Rows]:
    """Rows of people for each part."""
    placement, most = cast.placement, POOL * max(places, 1)
    own = np.flatnonzero((placement.persona == p.index) & free)
    core = own[placement.kind[own] == Place.CORE]
    border = own[placement.kind[own] == Place.BORDER]
    inner = core[np.lexsort((core, -placement.margin[core], -placement.membership[core]))]
    outer = border[np.lexsort((border, placement.margin[border]))]
    contrary = frozenset(m.id for m in cast.members if m.persona == p.key and m.part == "contrary")
    return {"typical": inner[:most], "borderline": outer[:most], "contrary": _rows(cast, contrary, free), "inside": own}


def _rows(cast: Cast, ids: frozenset[str], free: NDArray[np.bool_]) -> Rows:
    import pyarrow as pa
    import pyarrow.compute as pc

    at = pc.index_in(pa.array(sorted(ids), pa.string()), value_set=cast.ids).to_numpy(zero_copy_only=False).astype(np.int64)
    return np.sort(at[free[at]]) if len(at) else at


def _drawn(cast: Cast, rows: Rows) -> list[int]:
    """Rows in the order of lots."""
    lots = {int(r): hashlib.sha256(f"{cast.study.seed}\n{cast.ids[int(r)].as_py()}".encode()).hexdigest() for r in rows}
    return sorted(lots, key=lots.__getitem__)


def _why(cast: Cast, row: int, part: str, names: Mapping[int, str]) -> str:
    other = names.get(int(cast.placement.second[row]), "")
    return {
        "typical": "well inside the group",
        "borderline": f"near the border with {other}" if other else "near the border of the group",
        "contrary": "well inside the group, with little of what sets it apart",
    }.get(part, "of the group")


def _fewer(
    cast: Cast, count: int, found: int, whose: list[Persona], only: frozenset[str] | None, free: NDArray[np.bool_]
) -> str:
    """Why there are fewer people than were asked for."""
    floor, many = cast.study.floor, plural(cast.study.entity)
    own = np.isin(cast.placement.persona, [p.index for p in whose])
    left = int((own & free).sum())
    may = f"fewer than {floor}" if left < floor else f"{left:,}"
    why = "the others gave no consent, or are on a list of those to leave out" if only is not None else "the others were asked"
    return f"{found} instead of {count}: {may} of {int(own.sum()):,} {many} may be asked; {why}"
