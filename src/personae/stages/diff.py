"""Two runs against each other: what was done otherwise, which personas are the same, and who moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.facts.crossing import crossed, jaccard, rand, shown
from personae.model.cast import Cast
from personae.model.change import Change, Move, Pair, Setting, Side, Source
from personae.model.study import Study
from personae.words import changing

if TYPE_CHECKING:
    import numpy.typing as npt
    import pyarrow as pa

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SAME, ALIKE = 0.75, 0.5
"""Jaccard from which two personas are the same, and above which one is the counterpart of the other: no two others can be."""
_SILENT = ("sources", "memory", "threads")


def diff(before: Cast, after: Cast) -> Change:
    """What differs between two runs; users are known by their ids, byte for byte.

    Personas are counterparts where they share more than half of all users of both (Jaccard above 0.5, which at most one can).
    """
    floor = max(before.study.floor, after.study.floor)
    rows = shared(before.ids, after.ids)
    there = rows >= 0
    one = _position(before)[there]
    other = _position(after)[rows[there]]
    k, m = len(before.personas), len(after.personas)
    whole = crossed(np.where(one < 0, k, one), np.where(other < 0, m, other), k + 1, m + 1)
    pairs = _pairs(before, after, whole)
    to = {p.before: p.after for p in pairs if p.before and p.after}
    stayed = sum(int(whole[i, j]) for i, a in _keys(before) for j, b in _keys(after) if to.get(a) == b) + int(whole[k, m])
    moved = int(whole.sum()) - stayed
    grouped = whole[:k, :m]
    few = 0 < min(stayed, moved) < floor
    made = Change(
        _side(before), _side(after), after.study.entity, _settings(before, after), _sources(before, after),
        _shown(int(there.sum()), floor), _shown(before.users - int(there.sum()), floor),
        _shown(after.users - int(there.sum()), floor), rand(grouped) if grouped.sum() else None,
        None if few else stayed, None if few else moved, *_moves(before, after, whole, floor), pairs,
    )  # fmt: skip
    return replace(made, words=changing.told(made))


def moves(before: Cast, after: Cast) -> pa.Table:
    """Every user of either run: id, before, after (keys of personas; "none" for no group, null for not in that run).

    Users of the run before come first, in its order, then those the run after has alone.
    """
    import pyarrow as pa

    ids = pa.concat_arrays([before.ids, after.ids.filter(pa.array(shared(after.ids, before.ids) < 0))])
    columns = [_placed(cast, ids) for cast in (before, after)]
    return pa.table({"id": ids, "before": columns[0], "after": columns[1]})


def shared(ids: pa.StringArray, others: pa.StringArray) -> Ints:
    """The position among `others` of each of `ids` (n,), -1 where it is not there."""
    import pyarrow.compute as pc

    found = pc.index_in(ids, value_set=others).fill_null(-1)
    return np.asarray(found.to_numpy(zero_copy_only=False), np.int64)


def _placed(cast: Cast, ids: pa.StringArray) -> pa.Array:
    import pyarrow as pa

    at = shared(ids, cast.ids)
    keys = np.array([*(p.key for p in cast.personas), "none"], object)
    where = _position(cast)
    placed = keys[np.where(at < 0, -1, where[at])]
    return pa.array(placed, pa.string(), mask=at < 0)


def _shown(users: int, floor: int) -> int | None:
    return None if 0 < users < floor else users


def _keys(cast: Cast) -> list[tuple[int, str]]:
    return [(i, p.key) for i, p in enumerate(cast.personas)]


def _position(cast: Cast) -> Ints:
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


def _pairs(before: Cast, after: Cast, whole: Ints) -> tuple[Pair, ...]:
    """Counterparts by shared users, then the personas without one."""
    k, m = len(before.personas), len(after.personas)
    near = jaccard(whole[:k, :m], whole[:k].sum(axis=1), whole[:, :m].sum(axis=0))
    made, taken = [], set()
    for i, p in enumerate(before.personas):
        j = next((j for j in range(m) if near[i, j] > ALIKE), None)
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


def _moves(before: Cast, after: Cast, whole: Ints, floor: int) -> tuple[tuple[Move, ...], bool]:
    """Every pair of groups that some user is in, the largest of each group before first; and whether numbers are rounded."""
    counts, mask = shown(whole, floor)
    rows, columns = [*(p.key for p in before.personas), ""], [*(p.key for p in after.personas), ""]
    made = []
    for i, a in enumerate(rows):
        order = sorted(
            np.flatnonzero(whole[i]).tolist(), key=lambda j: (bool(mask[i, j]), 0 if mask[i, j] else -counts[i, j], j)
        )
        made += [Move(a, columns[j], None if mask[i, j] else int(counts[i, j])) for j in order]
    return tuple(made), bool(mask.any())
