"""Which existing segment each user is in: a column of the data, or a list of ids and segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.errors import UsageError
from personae.model.features import Features
from personae.model.study import Role
from personae.model.table import Table
from personae.stages.select import unknown_name

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int64]

MOST = 50
"""Segments at most."""
_SEGMENT = ("segment", "group", "cluster", "tier", "label", "persona")


@dataclass(frozen=True, eq=False)
class Membership:
    """The segment of each user: `codes` (n,) are positions in `names`, -1 for none."""

    name: str
    names: tuple[str, ...]
    codes: Ints
    formed: bool = False
    unknown: int = 0
    twice: int = 0


def is_list(segments: str) -> bool:
    """Whether segments are named by a file and not by a column."""
    return segments.lower().endswith((".csv", ".tsv", ".txt", ".parquet", ".xlsx"))


def by_column(features: Features, name: str) -> Membership:
    """Segments that a column of the data names. Raises UsageError P002 for none of that name, P001 where it holds amounts."""
    m = next((m for m in features.measures if m.name == name), None)
    if m is None:
        raise unknown_name(features, name, "--segments")
    values = np.asarray(m.values)
    if not np.issubdtype(values.dtype, np.floating):
        if not m.levels:
            raise UsageError("P001", f'"{name}" is free text', where="--segments", fix="name a column of segments")
        return _made(name, [*m.levels], values.astype(np.int64), m.forms)
    known = np.isfinite(values)
    there, codes = np.unique(values[known], return_inverse=True)
    if len(there) > MOST:
        fix = f"cut it first: personae bands FILES --column {name}"
        raise UsageError("P001", f'"{name}" holds amounts, not segments', where="--segments", fix=fix)
    flag = set(there.tolist()) <= {0.0, 1.0}
    placed = np.full(len(values), -1, np.int64)
    placed[known] = codes
    return _made(name, [("no", "yes")[int(v)] if flag else f"{v:g}" for v in there], placed, m.forms)


def by_list(features: Features, table: Table, cells: Any, key: str) -> Membership:
    """Segments that a list names: `cells` are its rows as texts. Ids are compared byte for byte.

    Ids that are no user are counted; ids that stand there with different segments are left out and counted.
    """
    id, segment = _columns(table, key)
    pairs = list(zip(cells[id].to_pylist(), cells[segment].to_pylist()))
    said: dict[str, set[str]] = {}
    for user, name in pairs:
        if user is not None and name is not None and name.strip():
            said.setdefault(user, set()).add(name)
    clear = {u: next(iter(s)) for u, s in said.items() if len(s) == 1}
    names = sorted(set(clear.values()))
    if len(names) > MOST:
        raise UsageError("P001", f"{table.source} has {len(names):,} segments", where="--segments", fix=f"bring at most {MOST}")
    at = {n: i for i, n in enumerate(names)}
    ids = features.ids.to_pylist()
    codes = np.array([at[clear[u]] if u in clear else -1 for u in ids], np.int64)
    there = set(ids)
    if (codes < 0).all():
        raise UsageError(
            "P114", f"no id of {table.source} is one of the data", where=f'its column "{id}"',
            fix="bring a list with the ids as they stand in the data, zeros at the front included",
        )  # fmt: skip
    unknown = sum(u not in there for u in said)
    return _made(segment, names, codes, False, unknown, sum(len(s) > 1 for u, s in said.items() if u in there))


def _columns(table: Table, key: str) -> tuple[str, str]:
    """The columns of ids and segments of a list: by name, else the first and the second of two."""
    names = [c.name for c in table.columns]
    plain = {n.strip().lower(): n for n in names}
    id = next((plain[n.lower()] for n in (key, "id", "user_id", "user") if n.lower() in plain), "")
    segment = next((plain[n] for n in _SEGMENT if n in plain), "")
    if len(names) == 2:
        id = id or next(n for n in names if n != segment)
        return id, next(n for n in names if n != id)
    if id and segment and id != segment:
        return id, segment
    raise UsageError(
        "P002", f"{table.source} does not say which columns are id and segment", where=f"it has {', '.join(names[:12])}",
        fix=f'bring a list of two columns, "{key or "id"}" and "segment"',
    )  # fmt: skip


def _made(name: str, names: Sequence[str], codes: Ints, formed: bool, unknown: int = 0, twice: int = 0) -> Membership:
    """Segments in use alone, in the order of their names."""
    sizes = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = [i for i in range(len(names)) if sizes[i]]
    if len(kept) < 2:
        raise UsageError("P001", f'"{name}" has fewer than two segments', where="--segments", fix="name another column")
    if len(kept) > MOST:
        raise UsageError("P001", f'"{name}" has {len(kept):,} values', where="--segments", fix=f"bring at most {MOST} segments")
    to = np.full(len(names) + 1, -1, np.int64)
    to[kept] = np.arange(len(kept))
    return Membership(name, tuple(names[i] for i in kept), to[codes], formed, unknown, twice)


def key_of(tables: Sequence[Table]) -> str:
    """The name of the id column of the data."""
    return next((c.name for t in tables for c in t.columns if c.role is Role.ID), "")
