"""Every persona on one line."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.persona import UNTESTED
from personae.model.sheet import Heading, Sheet
from personae.words.names import plural


def overview(cast: Cast) -> Sheet | None:
    """How many they are, how firm they are, and what sets them apart; None without personas."""
    if not cast.personas:
        return None
    users = plural(cast.study.entity)
    top = max(cast.personas, key=lambda p: (p.users, -p.index))
    return Sheet(
        id="personas",
        title=f"{top.name} are the largest of {len(cast.personas)} groups",
        about=f"One line each. Steadiness is how much of a group comes back on other samples of the {users}, from 0 to 1.",
        headings=(
            Heading("key"), Heading("persona"), Heading(users, "count"), Heading("share", "share"), Heading("sets them apart"),
            Heading("steadiness", "number"), Heading("steady"), Heading("kind of group"),
        ),
        rows=tuple(
            (p.key, p.name, p.users, p.share, p.tagline, None if p.steady == UNTESTED else p.steadiness, p.steady, p.verdict)
            for p in cast.personas
        ),
        part="personas",
    )  # fmt: skip
