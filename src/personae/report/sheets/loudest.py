"""Whether the busiest users set the tone."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet


def loudest(cast: Cast) -> Sheet | None:
    """First traits with each user counted once, and with each event counted once; None without event counts."""
    found = cast.dossier.loudest
    if not found:
        return None
    names = {p.key: p.name for p in cast.personas}
    turned = sum(x.turned for x in found)
    title = "No trait turns round if the busiest users count for more" if not turned else (
        f"{turned} of {len(found)} traits turn round if the busiest users count for more"
    )  # fmt: skip
    return Sheet(
        id="loudest",
        title=title,
        about="Everywhere else each user counts once. Here the first traits are also counted by events, so that whoever does "
        "ten times as much counts ten times. The last column is how much of what a group does its busiest tenth does.",
        headings=(
            Heading("persona"), Heading("trait"), Heading("each user once", "times"), Heading("by activity", "times"),
            Heading("turns round"), Heading("busiest tenth", "share"),
        ),
        rows=tuple(
            (names[x.persona], x.label, x.once, x.by_activity, "yes" if x.turned else None, x.busiest) for x in found
        ),
        part="sure",
    )  # fmt: skip
