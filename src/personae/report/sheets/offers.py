"""Which offer for whom, and what each group takes more of."""

from __future__ import annotations

from personae.facts.offering import decisions, told, top
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.sheet import Heading, Sheet
from personae.report.proof import facts_shown
from personae.words.stating import stated


def offers(cast: Cast) -> Sheet | None:
    """Send, another offer or no offer, for each persona and offer; None where the data hold no offers."""
    found, facts = cast.dossier.offers, facts_shown(cast)
    if found is None or not cast.personas:
        return None
    names = {p.key: p.name for p in cast.personas}
    made = decisions(found, tuple(names), facts, cast.study.floor)
    shown = told(found, tuple(names), facts, cast.study.floor)
    if not made:
        return None
    return Sheet(
        id="offers",
        title="Which offer for whom",
        about="Expected take-up is the share of the group that took the offer at least once in these data; it says who liked "
        "it, not what sending it would change. Empty where a number would tell of a few people.",
        headings=(
            Heading("persona"), Heading("offer"), Heading("decision"), Heading("instead"), Heading("why"),
            Heading("expected take-up"), Heading("times everyone's", "times"),
        ),
        rows=tuple(
            (names[d.persona], d.offer, d.act or None, d.instead or None, d.why)
            + ((stated(shown[d.take]), _exact(shown[d.take], d.lift)) if d.take in shown else (None, None))
            for d in made
        ),
        part="use",
    )  # fmt: skip


def _exact(fact: Fact, number: float | None) -> float | None:
    """A number that is worked out from a fact; None where the fact is only a lower bound."""
    return None if fact.least else number


def top_items(cast: Cast) -> Sheet | None:
    """What each persona takes most times as often as everyone, with enough takers; None where nobody does."""
    found, facts = cast.dossier.offers, facts_shown(cast)
    if found is None:
        return None
    shown = told(found, tuple(p.key for p in cast.personas), facts, cast.study.floor)
    rows = [
        (p.name, name, _exact(fact, lift), stated(fact), _exact(fact, round(fact.value * fact.n)))
        if fact.id in shown
        else (p.name, name, None, None, None)
        for p in cast.personas
        for name, fact, lift in top(found, p.key, facts, cast.study.floor)
    ]
    if not rows:
        return None
    return Sheet(
        id="top-items",
        title="What each group takes more of than everyone",
        about=f"At most five a group, by how many times as often as everyone they take it; at least {cast.study.floor} "
        "takers. Empty where a number would tell of a few people.",
        headings=(
            Heading("persona"), Heading("item"), Heading("times everyone's", "times"), Heading("take-up"),
            Heading("takers", "count"),
        ),
        rows=tuple(rows),
        part="use",
    )  # fmt: skip
