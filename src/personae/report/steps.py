"""What comes next: what to do first, what to ask, in sentences for slides."""

from __future__ import annotations

from personae.charts.numbers import plural
from personae.model.cast import Cast
from personae.model.persona import Opportunity, Persona
from personae.words.names import capital, lowered

HORIZONS = ("quick win", "medium", "strategic")


def ordered(people: tuple[Persona, ...]) -> tuple[Persona, ...]:
    """The largest first."""
    return tuple(sorted(people, key=lambda p: (-p.users, p.index)))


def plans(cast: Cast) -> tuple[tuple[Persona, Opportunity], ...]:
    """Every opportunity with its persona: one of each persona first, the soonest first among them, then the others alike."""
    people = ordered(cast.personas)
    rank = {h: i for i, h in enumerate(HORIZONS)}
    found = [(n, rank.get(o.horizon, len(rank)), i, p, o) for i, p in enumerate(people) for n, o in enumerate(p.opportunities)]
    return tuple((p, o) for _, _, _, p, o in sorted(found, key=lambda x: x[:3]))


def firsts(cast: Cast) -> tuple[str, ...]:
    """What to do, most concrete first; never empty."""
    if not cast.personas:
        return (
            "Add behaviour that was not in these data: more kinds of events, or a longer time.",
            f"Treat the {plural(cast.study.entity)} as one audience until a test says otherwise.",
            "Run again when there is more: the same command, the same seed.",
        )
    found = tuple(f"{p.name}: {lowered(o.title)} ({o.horizon})." for p, o in plans(cast))
    always = (
        f"Talk to a few {plural(cast.study.entity)} of each group; the run lists typical and borderline ones.",
        "Measure the next campaign by persona, with a group left out to compare.",
        "Look again with new data: personae diff says who moved.",
    )
    return (*found[:2], *always)


def asks(cast: Cast) -> tuple[str, ...]:
    """Questions that the data leave open, one of each persona first; without personas, what would help to find some."""
    if not cast.personas:
        return (
            f"What do {plural(cast.study.entity)} do that these sources do not record?",
            "Is there an outcome, such as renewals, that differs between people one would name?",
            "Would a longer time show habits that a few days hide?",
        )
    empty: dict[str, list[str]] = {}
    for p in ordered(cast.personas):
        for q in p.empathy:
            if q.ask:
                empty.setdefault(q.ask, []).append(p.name)
    found = tuple(f"{capital(ask)}" for ask in empty)
    why = tuple(f"{p.name}: what makes them do this, and what would they rather do?" for p in ordered(cast.personas)[:3])
    return (*found[:3], *why)
