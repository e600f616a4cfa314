"""What the personas give away of who people are, and what to do about it."""

from __future__ import annotations

from personae.charts.numbers import listing
from personae.model.cast import Cast
from personae.model.fairness import Attribute
from personae.model.sheet import Heading, Sheet
from personae.words.fairness import advice, found


def fairness(cast: Cast) -> Sheet | None:
    """Every attribute of people against the personas; None where the data hold none."""
    seen = cast.dossier.attributes
    if not seen:
        return None
    return Sheet(
        id="fairness",
        title=_title(seen),
        about=(
            "How well who people are can be guessed from their persona. Strength runs from 0 (not at all) to 1 (for sure); "
            "from 0.1, and surely so after correction for their number, an attribute is flagged. Guessed right: on users "
            "held out, every answer weighing alike."
        ),
        headings=(
            Heading("attribute"), Heading("protected as"), Heading("users", "count"), Heading("strength", "number"),
            Heading("guessed right", "share"), Heading("by chance", "share"), Heading("carried by"), Heading("finding"),
            Heading("what to do"),
        ),
        rows=tuple(_row(a) for a in seen),
        part="sure",
    )  # fmt: skip


def _row(a: Attribute) -> tuple[str | int | float | None, ...]:
    held = listing(tuple(f"{c.label} ({c.strength:.2f})" for c in a.carriers)) or None
    users = a.users or None
    return (a.label, a.ground or None, users, _short(a.strength), a.guessed, a.chance, held, found(a), advice(a))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _title(seen: tuple[Attribute, ...]) -> str:
    formed = [a.label for a in seen if a.finding == "formed"]
    flagged = [a.label for a in seen if a.finding == "flagged"]
    if formed:
        return f"Fairness: {listing(tuple(formed))} took part in forming the groups"
    if flagged:
        worst = max((a for a in seen if a.finding == "flagged"), key=lambda a: a.strength or 0.0)
        more = f", and {len(flagged) - 1} more" if len(flagged) > 1 else ""
        return f"Fairness: the personas give away {worst.label}{more}"
    tested = [a for a in seen if a.finding != "few"]
    if not tested:
        return "Fairness: too little is known of who people are to tell"
    return f"Fairness: the personas give away next to nothing of {listing(tuple(a.label for a in tested), 'or')}"
