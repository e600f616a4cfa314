"""What each surface could show each persona."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet


def experience(cast: Cast) -> Sheet | None:
    """Surface by persona, one cell a line: what it could show and why, empty where nothing measured suggests anything. None
    where no surface was asked for."""
    cells = [(t.surface, p, t) for p in cast.personas for t in p.touches]
    if not cells:
        return None
    order = {s: i for i, s in enumerate(dict.fromkeys(s for s, _, _ in cells))}
    cells.sort(key=lambda c: (order[c[0]], c[1].index))
    return Sheet(
        id="experience",
        title="What each place could show whom",
        about="A proposal for each cell that something measured speaks for; the others are left empty. As JSON it is keyed by "
        "persona and surface, for feature flags.",
        headings=tuple(Heading(h) for h in ("surface", "key", "persona", "content", "evidence", "variant", "caution")),
        rows=tuple((s, p.key, p.name, t.content or None, t.evidence, t.entry or None, t.caution or None) for s, p, t in cells),
        part="use",
    )
