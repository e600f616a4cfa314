"""The ledger of claims as a table: a file of its own, too long for a page."""

from __future__ import annotations

from personae.claims.ledger import ledger as entries
from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet
from personae.report.binder import sheets
from personae.report.proof import GRADES


def ledger(cast: Cast) -> Sheet | None:
    """Every sentence with its persona, part, grade, facts and check; None without personas."""
    if not cast.personas:
        return None
    names = {p.key: p.name for p in cast.personas}
    found = entries(cast, sheets(cast))
    bad = sum(not e.holds for e in found)
    title = f"All {len(found):,} sentences hold" if not bad else f"{bad:,} of {len(found):,} sentences do not hold"
    return Sheet(
        id="ledger",
        title=title,
        about="Each sentence was recomputed from the facts it cites and then doubted; facts.json has the facts by these ids.",
        headings=(
            Heading("persona"), Heading("name"), Heading("part"), Heading("grade"), Heading("from"), Heading("sentence"),
            Heading("facts"), Heading("check"),
        ),
        rows=tuple(
            (e.persona or None, names.get(e.persona), e.part, e.claim.grade, GRADES.get(e.claim.grade), e.claim.text,
             " ".join(e.claim.facts) or None, e.fault or "holds") for e in found
        ),
        part="file",
    )  # fmt: skip
