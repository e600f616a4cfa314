"""Where moving a goal would bring most, and who is served badly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.model.sheet import Cell, Heading, Sheet
from personae.report.proof import facts_shown
from personae.words.better import ends_badly, worse
from personae.words.names import plural
from personae.words.numbers import alike
from personae.words.stating import is_part, stated

RESOURCES = frozenset((
    "email", "emails", "newsletter", "campaign", "campaigns", "coupon", "coupons", "discount", "voucher", "gift", "call",
    "calls", "contacted", "budget", "training", "onboarding", "credit", "advisor", "manager",
))  # fmt: skip
"""Words of measures that say what a group was given."""


@dataclass(frozen=True)
class Standing:
    """An outcome of one persona; `gap` is how far it is from the best persona, never below 0, and `weight` size times gap."""

    persona: Persona
    fact: Fact
    best: Fact
    less: bool
    """Whether less of the outcome is better."""

    @property
    def gap(self) -> float:
        """How far the best persona is ahead."""
        return (self.fact.value - self.best.value) * (1 if self.less else -1)

    @property
    def weight(self) -> float:
        """How much more there would be at the best persona's value."""
        return self.gap * self.fact.n


def goals(cast: Cast) -> Sheet | None:
    """Each outcome: personas ranked by size times gap to the best, which itself has none and is left out; None without
    outcomes. Points on a scale add up to nothing, so that their product is left empty."""
    rows: list[tuple[Cell, ...]] = []
    names = {p.key: p.name for p in cast.personas}
    for label, standings in _standings(cast).items():
        ranked = sorted((s for s in standings if s.gap), key=lambda s: (-s.weight, s.persona.index))
        rows += [
            (
                label,
                i,
                s.persona.name,
                _plain(s.fact),
                s.fact.n,
                _plain(s.best),
                names[s.best.subject],
                None if s.fact.unit.startswith("points") else round(s.weight, 1) + 0.0,
            )
            for i, s in enumerate(ranked, 1)
        ]
    if not rows:
        return None
    return Sheet(
        id="goals",
        title="Where a goal has most room: size times gap to the best group",
        about="The last column is how many more it would be if a group were like the best one, an upper bound and no forecast. "
        "A gap is not an effect: groups differ in more than what could be changed. Only an experiment tells.",
        headings=(
            Heading("outcome"), Heading("rank", "count"), Heading("persona"), Heading("now"),
            Heading(plural(cast.study.entity), "count"), Heading("the best"), Heading("who that is"),
            Heading("size times gap", "number"),
        ),
        rows=tuple(rows),
        part="use",
    )  # fmt: skip


def underserved(cast: Cast) -> Sheet | None:
    """Personas whose outcome is surely worse than the rest's, and what little they are given, where the data say; None where
    there is none."""
    facts = facts_shown(cast)
    smallest = _smallest(cast)
    rows: list[tuple[Cell, ...]] = []
    for label, standings in _standings(cast).items():
        for s in sorted(standings, key=lambda s: (-s.weight, s.persona.index)):
            if ends_badly(s.fact) and s.persona.users >= smallest:
                given = _given(s.persona, facts)
                rows += [(s.persona.name, label, stated(s.fact), s.fact.n, c) for c in given or (None,)]
    if not rows:
        return None
    return Sheet(
        id="underserved",
        title="Groups that end worse than the rest",
        about=f"Groups of at least {smallest:,} users whose outcome is worse beyond chance. Beside it stands what they get "
        "less of than everyone, where the data hold that; empty means that they do not.",
        headings=(
            Heading("persona"), Heading("outcome"), Heading("how it ends"),
            Heading(f"of how many {plural(cast.study.entity)}", "count"), Heading("what they get less of"),
        ),
        rows=tuple(rows),
        part="use",
    )  # fmt: skip


def _standings(cast: Cast) -> Mapping[str, list[Standing]]:
    """Every outcome with the standing of each persona, by the label of the outcome."""
    facts, found = facts_shown(cast), {}
    people = {p.key: p for p in cast.personas}
    codes = dict.fromkeys(i.partition(".")[2] for p in cast.profiles for i in p.outcomes)
    for code in codes:
        own = [f for k in people if (f := facts.get(f"{k}.{code}")) is not None and f.statistic != "growth"]
        if len(own) < 2 or own[0].measure.endswith(": answered"):
            continue
        less = worse(f"{own[0].label} {own[0].measure}")
        best = (min if less else max)(own, key=lambda f: f.value)
        if best.value != (max if less else min)(own, key=lambda f: f.value).value:
            found[own[0].label] = [Standing(people[f.subject], f, best, less) for f in own]
    return found


def _plain(fact: Fact) -> Claim:
    return stated(fact, against=False)


def _smallest(cast: Cast) -> int:
    """The smallest group that is of use: as was asked, or the floor."""
    said = cast.study.smallest.strip()
    if said.endswith("%"):
        return max(cast.study.floor, round(float(said[:-1]) / 100 * cast.users))
    return max(cast.study.floor, int(said or 0))


def _given(persona: Persona, facts: Mapping[str, Fact]) -> tuple[Claim, ...]:
    """What a persona is given less of than everyone."""
    own = [f for f in facts.values() if f.subject == persona.key and f.everyone and f.unit != "share of activity"]
    named = [f for f in own if set(re.findall(r"[a-z]+", f"{f.label} {f.measure}".lower())) & RESOURCES]
    less = [f for f in named if f.value < (f.everyone or 0) and not alike(f.value, f.everyone or 0, part=is_part(f))]
    return tuple(stated(f) for f in less if not f.label.startswith("mentions ") and f.statistic != "median")
