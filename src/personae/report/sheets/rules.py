"""Each persona as a rule that anybody can read, with what the rule is worth."""

from __future__ import annotations

from personae.charts.numbers import count, percent
from personae.model.cast import Cast
from personae.model.rule_card import Portion
from personae.model.sheet import Heading, Sheet


def rules(cast: Cast) -> Sheet | None:
    """At most three conditions for each persona; None where none were found."""
    names = {p.key: p.name for p in cast.personas}
    cards = [c for c in cast.dossier.rules if c.persona in names]
    if not cards:
        return None
    found = [c for c in cards if c.precision and c.recall and min(c.precision.value, c.recall.value) >= GOOD]
    many = {1: "One persona is", 2: "Two personas are"}.get(len(found), f"{len(found)} personas are")
    title = f"{many if found else 'No persona is'} described well by a few plain conditions"
    return Sheet(
        id="rules",
        title=title,
        about=(
            f"Learnt on one half of the users, tried on the other ({count(cards[0].tested)}). Right: of those who meet all "
            "conditions, how many belong to the persona. Found: how many of the persona meet them. A rule of thumb: users are "
            'placed by the full rule. SQL asks "measures" (id, and a column for each) and "counts" (id, event, count).'
        ),
        headings=(
            Heading("persona"), Heading("conditions, all to be met"), Heading("right"), Heading("found"), Heading("SQL"),
        ),
        rows=tuple((names[c.persona], c.words, _share(c.precision), _share(c.recall), c.sql) for c in cards),
        part="analysts",
    )  # fmt: skip


GOOD = 0.7
"""Right and found, from which a rule is said to describe a persona well."""


def _share(part: Portion | None) -> str | None:
    if part is None:
        return "too few to tell"
    return f"more than {percent(part.value)}" if part.least else percent(part.value)
