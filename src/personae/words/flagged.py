"""Signs of too many groups, or too few, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from personae.model.flags import Flags
from personae.words.numbers import percent

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
    amounts = [
        f"{names[t.group]} do the same things in two amounts: {percent(t.heavier)} of them did {t.cut:,.0f} events or more "
        f"(half of them {t.heavy:,.0f} or more), the others fewer (half of them at most {t.light:,.0f}), and few lie between. "
        f"Treat them as two tiers of one persona."
        for t in flags.volumes
        if t.group < len(names)
    ]
    return (*parts, *amounts, *twins)
