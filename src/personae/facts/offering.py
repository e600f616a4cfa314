"""Send, another offer, or no offer: decided from who took what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from personae.model.fact import Fact
from personae.model.offers import Decision, Offers

LIFT = 1.2
"""From this multiple of everyone's take-up on a group takes an offer more; under 1 / LIFT it takes it less."""


def decisions(offers: Offers, keys: Sequence[str], facts: Mapping[str, Fact], floor: int) -> tuple[Decision, ...]:
    """A decision for each persona and offer, personas in the order of `keys`.

    A group is sent what it takes at least LIFT times as often as everyone, with the interval above everyone's share and at
    least `floor` takers. Of what it surely takes less than everyone it gets another offer, the one of highest take-up among
    those it is sent; where there is none, nothing. What it takes as everyone does is sent, unless it has a better one. Where
    too few took it to show or to be sure, there is no decision.
    """
    return tuple(d for key in keys for d in _persona(offers, key, facts, floor))


def told(offers: Offers, keys: Sequence[str], facts: Mapping[str, Fact], floor: int) -> dict[str, Fact]:
    """The facts of take-up that tell of nobody few: no group of which all but fewer than the floor took an offer, and no such
    number left for the other groups when those told are taken from everyone; the group with fewest takers goes first."""
    kept: dict[str, Fact] = {}
    for code in offers.codes:
        whole = facts.get(f"all.{code}")
        if whole is None:
            continue
        cells = [f for k in keys if (f := facts.get(f"{k}.{code}")) is not None and not _few(_parts(f)[1], floor)]
        cells.sort(key=lambda f: (-_parts(f)[0], f.id))
        while cells and any(_few(n - sum(ns), floor) for n, *ns in zip(_parts(whole), *map(_parts, cells), strict=True)):
            cells.pop()
        kept |= {f.id: f for f in (whole, *cells)}
    return kept


def _parts(fact: Fact) -> tuple[int, int]:
    """How many took it, and how many did not."""
    took = round(fact.value * fact.n)
    return took, fact.n - took


def _few(users: int, floor: int) -> bool:
    return 0 < users < floor


def _persona(offers: Offers, key: str, facts: Mapping[str, Fact], floor: int) -> Iterable[Decision]:
    """The decisions of one persona."""
    cells = [(n, facts.get(f"{key}.{c}"), facts.get(f"all.{c}")) for n, c in zip(offers.names, offers.codes, strict=True)]
    sent = [(n, f) for n, f, _ in cells if f is not None and liked(f, floor)]
    best = max(sent, key=lambda s: (s[1].value, s[0]), default=None)
    for name, fact, whole in cells:
        if fact is not None and whole is not None and fact.everyone:
            yield _decided(key, name, fact, whole, best, floor)
        elif whole is not None:
            yield Decision(key, name, "", "too few of them took it to say", "", whole.id, None)


def _decided(key: str, name: str, fact: Fact, whole: Fact, best: tuple[str, Fact] | None, floor: int) -> Decision:
    """One decision with its reason."""
    lift = fact.value / (fact.everyone or 1.0)
    if liked(fact, floor):
        return Decision(key, name, "send", "they take it more than everyone", fact.id, whole.id, lift)
    if avoided(fact):
        if best is None:
            why = "they take it less than everyone, and no other offer more"
            return Decision(key, name, "do not send", why, fact.id, whole.id, lift)
        return Decision(key, name, "other offer", "they take it less than everyone", fact.id, whole.id, lift, best[0])
    if best is not None and best[1].value > fact.value:
        return Decision(key, name, "other offer", "they take another one more often", fact.id, whole.id, lift, best[0])
    if lift * LIFT < 1:
        return Decision(key, name, "", "they may take it less, but they are too few to be sure", fact.id, whole.id, lift)
    return Decision(key, name, "send", "they take it as everyone does", fact.id, whole.id, lift)


def liked(fact: Fact, floor: int) -> bool:
    """Whether a group surely takes an offer more than everyone: lift, interval and enough takers."""
    return bool(fact.everyone) and _takers(fact) >= floor and fact.value >= LIFT * (fact.everyone or 0) and _over(fact)


def _takers(fact: Fact) -> int:
    """How many took it; all of them where all but a few did and the number is only a bound."""
    return fact.n if fact.least else round(fact.value * fact.n)


def _over(fact: Fact) -> bool:
    return fact.low is not None and fact.everyone is not None and fact.low > fact.everyone


def avoided(fact: Fact) -> bool:
    """Whether a group surely takes an offer less than everyone."""
    everyone = fact.everyone or 0.0
    return fact.high is not None and fact.high < everyone and fact.value <= everyone / LIFT


def top(offers: Offers, key: str, facts: Mapping[str, Fact], floor: int, most: int = 5) -> tuple[tuple[str, Fact, float], ...]:
    """The offers of a persona with the highest lift: name, fact and lift; only those above 1 with at least `floor` takers."""
    found = [(n, facts.get(f"{key}.{c}")) for n, c in zip(offers.names, offers.codes, strict=True)]
    lifts = [(n, f, f.value / f.everyone) for n, f in found if f is not None and f.everyone and _takers(f) >= floor]
    return tuple(sorted((x for x in lifts if x[2] > 1), key=lambda x: (-x[2], x[0]))[:most])
