"""Signs of too many groups, or too few, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.flags import Flags

MOST = 4


def flagged(flags: Flags | None, names: Sequence[str]) -> tuple[str, ...]:
    """A sentence for each flag, the groups by the names of their personas."""
    if flags is None:
        return ()
    twins = [
        f"{names[t.first]} and {names[t.second]} may be one group: no gap shows between them, and their middles are no further "
        f"apart than the halves of one crowd."
        for t in flags.twins
        if max(t.first, t.second) < len(names)
    ]
    more = len(twins) - MOST
    if more > 0:
        twins = [*twins[:MOST], f"{more} more pairs of neighbours may be one group each."]
    parts = [
        f"{names[s.group]} may be two groups: a gap shows inside it, with {round(100 * s.share)} % on the smaller side, in "
        f"users the split was not found on."
        for s in flags.splittable
        if s.group < len(names)
    ]
    return (*parts, *twins)
