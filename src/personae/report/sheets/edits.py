"""What people changed, in the order they did."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet
from personae.words.editing import told


def edits(cast: Cast) -> Sheet | None:
    """Every edit that holds; None where nobody changed anything."""
    if not cast.edits:
        return None
    many = len(cast.edits)
    return Sheet(
        id="edits",
        title=f"{many} {'change' if many == 1 else 'changes'} by a person",
        about="The run underneath is as it was: each change is recorded and can be taken back.",
        headings=(Heading("number", "count"), Heading("date"), Heading("persona"), Heading("what"), Heading("from")),
        rows=tuple((e.number or None, e.date, e.persona or None, told(e), e.taken_from or None) for e in cast.edits),
        part="sure",
    )
