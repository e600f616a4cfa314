"""Lists of ids to act on: who is in a persona now, and who joined or left it since another run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np

from personae.model.cast import Cast
from personae.model.rule import Place
from personae.stages.diff import counterparts, diff, moves
from personae.stages.edit import find

if TYPE_CHECKING:
    import pyarrow as pa


def audience(cast: Cast, wanted: Sequence[str], *, firm: bool = False) -> pa.Table:
    """The ids of the personas of those keys or names, one column, in the order of the cast. `firm` leaves out who is near a
    border with another group. Raises UsageError P001 for a persona that is not there."""
    import pyarrow as pa

    places = [find(cast, name).index for name in wanted]
    keep = np.isin(np.asarray(cast.placement.persona), places)
    if firm:
        keep &= np.asarray(cast.placement.kind) == Place.CORE
    return pa.table({"id": cast.ids.filter(pa.array(keep))})


def changes(before: Cast, after: Cast, wanted: Sequence[str] = ()) -> pa.Table:
    """Who joined and who left each persona of `after`: id, change ("joined" or "left"), persona, persona_name.

    A persona is compared with its counterpart in the run before (see `diff`); where it has none, all of it joined. Those whose
    persona is gone left it: `persona` is then empty and `persona_name` that of the run before. Users of one run alone count.
    """
    import pyarrow as pa

    to = counterparts(before, after, diff(before, after).pairs)
    names, old = {p.key: p.name for p in after.personas}, {p.key: p.name for p in before.personas}
    kept = {find(after, name).key for name in wanted} if wanted else {*names, ""}
    rows: list[tuple[str, str, str, str]] = []
    for batch in moves(before, after).to_batches():
        for id, was, now in zip(*(c.to_pylist() for c in batch.columns), strict=True):
            then, here = to.get(was or "", ""), now if now in names else ""
            if was in old and (not then or then != here) and then in kept:
                rows.append((id, "left", then, names.get(then, old[was])))
            if here and here in kept and (was not in old or then != here):
                rows.append((id, "joined", here, names[here]))
    columns = [pa.array([r[j] for r in rows], pa.string()) for j in range(4)]
    return pa.table(dict(zip(("id", "change", "persona", "persona_name"), columns, strict=True)))


def without(table: pa.Table, ids: Collection[str]) -> pa.Table:
    """The rows whose id is none of these."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return table.filter(pc.invert(pc.is_in(table["id"], pa.array(sorted(ids), pa.string()))))


def only(table: pa.Table, ids: Collection[str]) -> pa.Table:
    """The rows whose id is one of these."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return table.filter(pc.is_in(table["id"], pa.array(sorted(ids), pa.string())))
