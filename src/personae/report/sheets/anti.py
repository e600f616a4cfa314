"""Users who are no persona: noise, machines, misuse."""

from __future__ import annotations

from personae.charts.numbers import count, listing
from personae.model.anti import Anti
from personae.model.cast import Cast
from personae.model.sheet import Heading, Sheet


def anti(cast: Cast) -> Sheet | None:
    """One line for each mark that enough users bear; None where there is none."""
    seen = cast.dossier.anti
    if not seen or not cast.personas:
        return None
    names = {p.key: p.name for p in cast.personas}
    worst = max(seen, key=lambda a: (a.kind != "noise", a.share))
    return Sheet(
        id="anti-personas",
        title=f"Not a persona: {count(worst.users)} users, {worst.mark}",
        about=(
            "Users told by one mark and by nothing else; nobody here is described as a person, and a mark proves nothing of "
            "one. Noise is listed with its reason in users.csv; machines and misuse stay in their personas until you leave "
            "them out."
        ),
        headings=(
            Heading("kind"), Heading("what they have in common"), Heading("users", "count"), Heading("share", "share"),
            Heading("events of each, median", "number"), Heading("everyone", "number"), Heading("inside personas"),
            Heading("what to do"),
        ),
        rows=tuple(_row(a, names) for a in seen),
        part="analysts",
    )  # fmt: skip


def _row(a: Anti, names: dict[str, str]) -> tuple[str | int | float | None, ...]:
    inside = listing(tuple(f"{names[k]} ({count(n)})" for k, n in a.inside if k in names)) or None
    return (a.kind, a.mark, a.users, a.share, a.activity, a.everyone, inside, DO[a.kind])


DO = {
    "noise": "count them, and do not describe them; look at a few by hand",
    "machine": "look at a few; leave machines out of the source, and run again",
    "misuse": "hand to those who look after misuse; offer them nothing",
}
