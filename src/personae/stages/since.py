"""In which run each user came into the persona they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from personae.model.cast import Cast
from personae.stages.diff import placed

if TYPE_CHECKING:
    import pyarrow as pa


def regrouped(before: Cast, after: Cast) -> pa.StringArray | None:
    """The same where a person joined or split personas of a run: who is in a persona that was made came to it now."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if before.since is None:
        return None
    stays = pc.equal(placed(before, after.ids), placed(after, after.ids)).fill_null(False)
    at = pc.index_in(after.ids, value_set=before.ids)
    return pc.if_else(stays, before.since.take(at).fill_null(""), "").cast(pa.string())


def since(before: Cast, after: Cast) -> pa.StringArray:
    """(n,) the id of that run for every user of a refresh, "" for those who came in this run.

    A user who is in the persona of the same key as before, or in none both times, came when they had come before.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    then, now = placed(before, after.ids), placed(after, after.ids)
    stays = np.asarray(pc.equal(then, now).fill_null(False).to_numpy(zero_copy_only=False), np.bool_)
    at = pc.index_in(after.ids, value_set=before.ids)
    own = pa.array([before.run], pa.string()).take(pa.array(np.zeros(before.users, np.int8)))
    came = own if before.since is None else pc.if_else(pc.equal(before.since, ""), before.run, before.since)
    return pc.if_else(pa.array(stays), came.take(at).fill_null(""), "").cast(pa.string())
