"""What the personas are worth for foretelling outcomes, beside demographics."""

from __future__ import annotations

from personae.charts.numbers import listing
from personae.model.belief import Estimate, Foretold
from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet
from personae.words.names import parts


def worth(cast: Cast) -> Sheet | None:
    """One line for each outcome; None where the data hold none."""
    seen = cast.dossier.worth
    if not seen or not cast.personas:
        return None
    return Sheet(
        id="worth",
        title=_title(seen),
        about=(
            "How much of what differs between users in each outcome is foretold, learnt on four fifths of the users and tried "
            "on the last, five times. 100 % would be all of it; 0 % or less is no better than the average. Adds: what the "
            "persona foretells on top of demographics. It foretells; it does not say why."
        ),
        headings=(
            Heading("outcome"), Heading("users", "count"), Heading("by persona", "share"), Heading("at least", "share"),
            Heading("at most", "share"), Heading("by demographics", "share"), Heading("foretells more"),
            Heading("persona adds", "share"), Heading("adds at least", "share"), Heading("adds at most", "share"),
        ),
        rows=tuple(_row(f) for f in seen),
        part="sure",
    )  # fmt: skip


def _row(f: Foretold) -> tuple[str | int | float | None, ...]:
    people = f.demographics
    first = f.ahead or ("neither surely" if people else "no demographics to compare")
    lift = f.lift or f.persona
    return (_called(f), f.users, *_ends(f.persona), people.value if people else None, first, *_ends(lift))


def _called(f: Foretold) -> str:
    """The outcome's name: "renewed" for "renewed = yes"."""
    return parts(f.label, f.outcome)[0]


def _ends(e: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (e.value, e.low, e.high) if e else (None, None, None)


def _title(seen: tuple[Foretold, ...]) -> str:
    """Who wins where."""
    compared = [f for f in seen if f.demographics]
    won = [_called(f) for f in compared if f.ahead == "persona"]
    lost = [_called(f) for f in compared if f.ahead == "demographics"]
    if won and not lost:
        return f"Personas foretell {listing(tuple(won))} better than demographics"
    if lost and not won:
        return f"Demographics foretell {listing(tuple(lost))} better than the personas"
    if won and lost:
        return f"Personas foretell {listing(tuple(won))} better than demographics, and {listing(tuple(lost))} worse"
    sure = [_called(f) for f in seen if f.persona and f.persona.low > 0]
    return (
        f"Personas foretell something of {listing(tuple(sure))}" if sure else "Personas foretell no outcome better than chance"
    )
