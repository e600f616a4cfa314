"""Tables for other systems: in which persona each user is and since when, and who joined and left in a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from personae.model.cast import Cast
from personae.stages.diff import placed, shared

if TYPE_CHECKING:
    import pyarrow as pa

CURRENT, CHANGES = "persona_current", "persona_changes"
"""Names of the tables."""


def current(cast: Cast, run: str, origins: Mapping[str, str]) -> pa.Table:
    """Every user once: id, persona_key and persona_name (null for no group), since, margin, run_id.

    `since` is the run in which the user came into that persona. `origins` names, for a run that repeats an earlier one byte
    for byte, the earlier one.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = _keys(cast)
    names = pa.array([p.name for p in cast.personas] + [None], pa.string())
    place = pc.index_in(keys, value_set=pa.array([p.key for p in cast.personas], pa.string())).fill_null(len(cast.personas))
    margin = np.round(np.asarray(cast.placement.margin, np.float64), 6)
    return pa.table(
        {
            "id": cast.ids,
            "persona_key": keys,
            "persona_name": names.take(place),
            "since": _since(cast, run, origins),
            "margin": pa.array(margin, pa.float64(), from_pandas=True),
            "run_id": pa.array([run], pa.string()).take(pa.array(np.zeros(cast.users, np.int8))),
        }
    )


def changed(before: Cast | None, cast: Cast, run: str, at: str) -> pa.Table:
    """Who changed persona in a run: id, left and joined (keys, null for none), at (the day of the run), run_id.

    Without a run before, everybody joined who is in a persona. Users who are no longer in the data left theirs. Put one after
    the other from the first run on, these rows give where everybody is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    ids = cast.ids
    if before is not None:
        ids = pa.concat_arrays([cast.ids, before.ids.filter(pa.array(shared(before.ids, cast.ids) < 0))])
    now = _of(cast, ids)
    then = pa.nulls(len(ids), pa.string()) if before is None else _of(before, ids)
    moved = pc.not_equal(then.fill_null(""), now.fill_null(""))
    rows = {"id": ids.filter(moved), "left": then.filter(moved), "joined": now.filter(moved)}
    same = pa.array(np.zeros(len(rows["id"]), np.int8))
    return pa.table({**rows, "at": pa.array([at or None], pa.string()).take(same), "run_id": pa.array([run]).take(same)})


def _keys(cast: Cast) -> pa.Array:
    return _of(cast, cast.ids)


def _of(cast: Cast, ids: pa.StringArray) -> pa.Array:
    """The key of each user's persona, null for none and for users who are not there."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = placed(cast, ids)
    return pc.if_else(pc.equal(keys, "none"), pa.scalar(None, pa.string()), keys)


def _since(cast: Cast, run: str, origins: Mapping[str, str]) -> pa.Array:
    """The run of each user, "" being this one."""
    import pyarrow as pa

    if cast.since is None:
        return pa.array([origins.get(run, run)], pa.string()).take(pa.array(np.zeros(cast.users, np.int8)))
    coded = cast.since.dictionary_encode()
    words = [origins.get(w or run, w or run) for w in coded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(coded.indices)
