"""Two runs against each other: what was done otherwise, which personas are the same, and who moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.facts.crossing import coarse, crossed, jaccard, rand, shown
from personae.model.cast import Cast
from personae.model.change import Change, Move, Pair, Setting, Side, Source
from personae.model.rule import REASONS, Placement
from personae.model.study import Study
from personae.stages.turnover import turnover
from personae.words import changing

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SAME, ALIKE = 0.75, 0.5
"""Jaccard from which two personas are the same, and above which one is the counterpart of the other: no two others can be."""
NO_BEHAVIOUR = REASONS.index("no behaviour to go by")
_SILENT = ("sources", "memory", "threads")


def diff(before: Cast, after: Cast, to: Mapping[str, str] | None = None) -> Change:
    """What differs between two runs; users are known by their ids, byte for byte.

    `to` names the counterpart after of personas before, where that is known; in a refresh of the run before those are the
    personas whose key went on. Otherwise personas are counterparts where they share more than half of all users of both
    (Jaccard above 0.5, which at most one can).
    """
    floor = max(before.study.floor, after.study.floor)
    k, m = len(before.personas), len(after.personas)
    full = _crossed(before, after)
    quiet = _quiet(before, after)
    told, few = _told(full, floor, quiet)
    whole, open_ = full[:-1, :-1], told[:-1, :-1]
    pairs = _pairs(before, after, whole, open_)
    to = counterparts(before, after, pairs) if to is None else to
    places = {key: j for j, key in _keys(after)}
    same = [(i, places[to[a]]) for i, a in _keys(before) if to.get(a) in places]
    stayed = sum(int(whole[i, j]) for i, j in same) + int(whole[k, m])
    both, gone, new = int(whole.sum()), int(full[:-1, -1].sum()), int(full[-1, :-1].sum())
    made = Change(
        before=_side(before),
        after=_side(after),
        entity=after.study.entity,
        settings=_settings(before, after),
        sources=_sources(before, after),
        both=coarse(both, floor, few),
        only_before=coarse(gone, floor, few),
        only_after=coarse(new, floor, few),
        agreement=rand(open_[:k, :m]) if open_[:k, :m].sum() else None,
        stayed=coarse(stayed, floor, few),
        moved=coarse(both - stayed - quiet, floor, few),
        moves=_moves(before, after, open_),
        rounded=few,
        pairs=pairs,
        came=tuple(Move("", b, n) for b, n in zip(_groups(after), told[-1, :-1].tolist(), strict=True) if n),
        went=tuple(Move(a, "", n) for a, n in zip(_groups(before), told[:-1, -1].tolist(), strict=True) if n),
        turnover=turnover(before, after, full, same, lambda n: coarse(n, floor, few)),
        floor=floor,
        idle=int(idle(after).sum()) // floor * floor,
    )
    if after.change is not None and refreshes(before, after):
        made = replace(made, descents=after.change.descents, drift=after.change.drift)
    return replace(made, words=changing.told(made))


def idle(cast: Cast, placement: Placement | None = None) -> npt.NDArray[np.bool_]:
    """Who (n,) did nothing that the rule counts and has no persona for it; `placement` is another one by the same rule."""
    placed = cast.placement if placement is None else placement
    active = cast.rule is not None and cast.rule.active
    return np.asarray((placed.persona < 0) & (placed.reason == NO_BEHAVIOUR) & active)


def _quiet(before: Cast, after: Cast) -> int:
    """Users of both runs who are in a persona in one of them and did nothing in the other."""
    rows = shared(before.ids, after.ids)
    there, at = rows >= 0, rows[rows >= 0]
    lost = (position(before)[there] >= 0) & idle(after)[at]
    back = idle(before)[there] & (position(after)[at] >= 0)
    return int((lost | back).sum())


def _told(full: Ints, floor: int, quiet: int) -> tuple[Ints, bool]:
    """The cells that may be told, 0 for the others, and whether some move is of few, few are in both runs, or users are
    `quiet`, so that numbers are rounded; who is in no group twice has not moved. Whatever else is told of who went where
    follows from these cells."""
    counts, mask = shown(full, floor)
    moved = mask.copy()
    moved[-2, -2] = False
    few = bool(moved.any()) or 0 < int(full[:-1, :-1].sum()) < floor or quiet > 0
    return np.where(mask, 0, counts if few else full), few


def _groups(cast: Cast) -> tuple[str, ...]:
    """The keys of the personas, and that of no group."""
    return (*(p.key for p in cast.personas), "")


def refreshes(before: Cast, after: Cast) -> bool:
    """Whether the later run is recorded as a refresh of the earlier one."""
    return after.change is not None and before.run != "" and after.change.before.run == before.run


def counterparts(before: Cast, after: Cast, pairs: Sequence[Pair]) -> Mapping[str, str]:
    """The key after of each persona before that is there again: by key where the later run is a refresh of the earlier one, and
    else by pairs."""
    if not refreshes(before, after):
        return {p.before: p.after for p in pairs if p.before and p.after}
    there = {p.key for p in after.personas}
    return {p.key: p.key for p in before.personas if p.key in there}


def _crossed(before: Cast, after: Cast) -> Ints:
    """Users (k + 2, m + 2) by their persona before and after; the last but one is no group, the last not in that run."""
    k, m = len(before.personas), len(after.personas)
    rows = shared(before.ids, after.ids)
    here = position(before)
    one = np.where(here < 0, k, here)
    there = position(after)
    other = np.where(there < 0, m, there)
    new = np.ones(len(other), np.bool_)
    new[rows[rows >= 0]] = False
    first = np.concatenate([one, np.full(int(new.sum()), k + 1)])
    second = np.concatenate([np.where(rows >= 0, other[rows], m + 1) if len(other) else np.full(len(one), m + 1), other[new]])
    return crossed(first, second, k + 2, m + 2)


def moves(before: Cast, after: Cast) -> pa.Table:
    """Every user of either run: id, before, after (keys of personas; "none" for no group, null for not in that run).

    Users of the run before come first, in its order, then those the run after has alone.
    """
    import pyarrow as pa

    ids = pa.concat_arrays([before.ids, after.ids.filter(pa.array(shared(after.ids, before.ids) < 0))])
    columns = [placed(cast, ids) for cast in (before, after)]
    return pa.table({"id": ids, "before": columns[0], "after": columns[1]})


def shared(ids: pa.StringArray, others: pa.StringArray) -> Ints:
    """The position among `others` of each of `ids` (n,), -1 where it is not there."""
    import pyarrow.compute as pc

    found = pc.index_in(ids, value_set=others).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def placed(cast: Cast, ids: pa.StringArray) -> pa.Array:
    """The key of the persona of each of `ids`; "none" for no group, null for who is not there."""
    import pyarrow as pa

    at = shared(ids, cast.ids)
    keys = np.array([*(p.key for p in cast.personas), "none"], object)
    where = position(cast)
    placed = keys[np.where(at < 0, -1, where[at])]
    return pa.array(placed, pa.string(), mask=at < 0)


def _keys(cast: Cast) -> list[tuple[int, str]]:
    return [(i, p.key) for i, p in enumerate(cast.personas)]


def position(cast: Cast) -> Ints:
    """The place of each user's persona among the personas, -1 for none: indices have gaps where some were joined or split."""
    top = max((p.index for p in cast.personas), default=-1)
    at = np.full(top + 2, -1, np.int64)
    for i, p in enumerate(cast.personas):
        at[p.index] = i
    return at[np.minimum(np.asarray(cast.placement.persona, np.int64), top + 1)]


def _side(cast: Cast) -> Side:
    found = cast.evidence
    personas = tuple((p.key, p.name, p.users) for p in cast.personas)
    return Side(cast.run, found.verdict.kind.value, len(personas), found.verdict.why, found.chosen, cast.users, personas)


def _settings(before: Cast, after: Cast) -> tuple[Setting, ...]:
    """Settings and versions that differ; the machine's change no result."""
    names = [f.name for f in fields(Study) if f.name not in _SILENT]
    made = [(n, _said(getattr(before.study, n)), _said(getattr(after.study, n))) for n in names]
    parts: Mapping[str, Any] = {**before.versions, **after.versions}
    made += [(f"version of {p}", before.versions.get(p, ""), after.versions.get(p, "")) for p in parts]
    return tuple(Setting(n, a, b) for n, a, b in made if a != b)


def _said(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _sources(before: Cast, after: Cast) -> tuple[Source, ...]:
    """Sources with the same bytes, then those of the same name, then those in the order they were given."""
    old, new = list(before.tables), list(after.tables)
    pairs = []
    for alike in (
        lambda a, b: _hashes(a) == _hashes(b) and _hashes(a),
        lambda a, b: a.source == b.source,
        lambda a, b: a.shape == b.shape,
    ):
        for a in list(old):
            b = next((b for b in new if alike(a, b)), None)
            if b is not None:
                pairs.append((a, b))
                old.remove(a)
                new.remove(b)
    made = [Source(a.source, b.source, a.used, b.used, _same(a, b)) for a, b in pairs]
    made += [Source(a.source, "", a.used, None, False) for a in old]
    return (*made, *(Source("", b.source, None, b.used, False) for b in new))


def _hashes(table: Any) -> list[str]:
    return sorted(digest for _, digest, _ in table.files)


def _same(a: Any, b: Any) -> bool:
    """Whether both tables hold the same bytes; a table without a file behind it cannot be known to."""
    return bool(_hashes(a)) and _hashes(a) == _hashes(b) and a.seen == b.seen


def _pairs(before: Cast, after: Cast, whole: Ints, told: Ints) -> tuple[Pair, ...]:
    """Counterparts by all shared users, then the personas without one; overlaps are of those who may be told."""
    k, m = len(before.personas), len(after.personas)
    each, near = (jaccard(t[:k, :m], t[:k].sum(axis=1), t[:, :m].sum(axis=0)) for t in (whole, told))
    made, taken = [], set()
    for i, p in enumerate(before.personas):
        j = next((j for j in range(m) if each[i, j] > ALIKE), None)
        q = None if j is None else after.personas[j]
        best = float(near[i].max()) if m else 0.0
        if q is None:
            made.append(Pair(p.key, "", p.name, "", best, "gone"))
            continue
        taken.add(q.key)
        value = float(near[i, j])
        made.append(Pair(p.key, q.key, p.name, q.name, value, "same" if value >= SAME else "alike"))
    new = [(j, q) for j, q in enumerate(after.personas) if q.key not in taken]
    return (*made, *(Pair("", q.key, "", q.name, float(near[:, j].max()) if k else 0.0, "new") for j, q in new))


def _moves(before: Cast, after: Cast, counts: Ints) -> tuple[Move, ...]:
    """Every pair of groups that users may be told of, the largest of each group before first."""
    columns = _groups(after)
    made = []
    for i, a in enumerate(_groups(before)):
        order = sorted(np.flatnonzero(counts[i]).tolist(), key=lambda j: (-counts[i, j], j))
        made += [Move(a, columns[j], int(counts[i, j])) for j in order]
    return tuple(made)
