"""What no fact backs is given back to its writer twice, then replaced by the plain writer's line, then left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from personae.claims.experiments import sized
from personae.claims.fault import ADVICE, fault
from personae.claims.ground import Ground, ground
from personae.claims.refute import refuted
from personae.claims.walk import claims, each
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.names import content

TRIES = 2
"""How often a writer may repair what failed."""


@dataclass(frozen=True)
class Refusal:
    """A claim that does not hold: of which persona, in which part of it, and why."""

    persona: str
    part: str
    text: str
    reason: str


Rewrite = Callable[[tuple[Persona, ...], tuple[Refusal, ...]], tuple[Persona, ...]]
"""Gives the personas back with other words for what was refused; all of it is checked again."""


@dataclass(frozen=True)
class Settled:
    """Personas in which every claim holds. `repaired` were refused and then put right by their writer; `replaced` could not
    be, and gave way to the plain writer's line or, where there is none, to nothing."""

    personas: tuple[Persona, ...]
    repaired: tuple[Refusal, ...] = ()
    replaced: tuple[Refusal, ...] = ()


def settled(
    personas: tuple[Persona, ...],
    facts: Sequence[Fact],
    *,
    quotes: Sequence[str] = (),
    rewrite: Rewrite | None = None,
    plain: tuple[Persona, ...] = (),
) -> Settled:
    """The personas with nothing in them that no fact backs.

    What fails is given to `rewrite` with the reasons, at most twice; what fails then is replaced by the claim of the same
    persona and part in `plain` (the plain writer's personas, in any order) that shares most facts with it, or left out where
    `plain` has none that is not told already. A name that fails becomes the plain one, or else "Group 1". `quotes` are the
    texts of people that may be quoted. Without `rewrite` and `plain` the claims that fail are left out.

    >>> settled((), ()).personas
    ()
    """
    first = bad = refusals(personas, facts, quotes)
    for _ in range(TRIES if rewrite else 0):
        if not bad or rewrite is None:
            break
        personas = rewrite(personas, bad)
        bad = refusals(personas, facts, quotes)
    repaired = tuple(r for r in first if not any((r.persona, r.part) == (b.persona, b.part) for b in bad))
    if not bad:
        return Settled(personas, repaired)
    kept = _without(personas, bad, {p.key: p for p in plain})
    left = refusals(kept, facts, quotes)  # a plain line may name a group by a name that has changed
    return Settled(_without(kept, left, {}) if left else kept, repaired, bad)


def refusals(personas: tuple[Persona, ...], facts: Sequence[Fact], quotes: Sequence[str] = ()) -> tuple[Refusal, ...]:
    """Every claim and name that does not hold, in the order of the personas."""
    known = ground(personas, facts, quotes)
    found: list[Refusal] = []
    taken: set[str] = set()
    for p in personas:
        found += [Refusal(p.key, "name", p.name, why) for why in _name_faults(p, taken)]
        taken.add(p.name.casefold())
        found += [Refusal(p.key, part, text, why) for (part, text), why in judged(p, known).items() if why]
    return tuple(found)


def judged(persona: Persona, known: Ground) -> dict[tuple[str, str], str]:
    """Why each claim of a persona, by its part and text, does not hold; "" for those that do. What is said in several parts
    is checked once, but for parts that are read in another way."""
    seen: dict[tuple[Claim, str], str] = {}
    found: dict[tuple[str, str], str] = {}
    for part, claim in claims(persona):
        key = (claim, part if part == "difference" or part in ADVICE else "")
        if key not in seen:
            seen[key] = doubted(claim, persona, known, part)
        found[part, claim.text] = found.get((part, claim.text), "") or seen[key]
    for o in persona.opportunities:
        found["opportunity test", o.test] = found.get(("opportunity test", o.test), "") or sized(o, persona, known)
    return {at: why for at, why in found.items() if at[1]}


def doubted(claim: Claim, persona: Persona, known: Ground, part: str = "story") -> str:
    """Why a claim does not hold, recomputed first and then doubted; "" when it does."""
    return fault(claim, persona, known, part) or refuted(claim, persona, known, part)


def _name_faults(persona: Persona, taken: set[str]) -> list[str]:
    """What is wrong with a name."""
    faults = ["two groups have this name"] if persona.name.casefold() in taken else []
    if content(persona.name) & DEMOGRAPHIC:
        faults.append("it says what people are, not what they do")
    return faults


def _without(personas: tuple[Persona, ...], bad: tuple[Refusal, ...], plain: dict[str, Persona]) -> tuple[Persona, ...]:
    """The personas with the plain line for each refused claim, or without it."""
    return tuple(_cleaned(p, {(r.part, r.text) for r in bad if r.persona == p.key}, plain.get(p.key)) for p in personas)


def _cleaned(persona: Persona, bad: set[tuple[str, str]], plain: Persona | None) -> Persona:
    """One persona with its refused claims replaced."""
    if not bad:
        return persona
    spare = [(part, c) for part, c in claims(plain) if not part.startswith("opportunity")] if plain else []
    told = {(part, c.text) for part, c in claims(persona)}
    spare = [s for s in spare if (s[0], s[1].text) not in told]

    def visit(part: str, claim: Claim) -> Claim | None:
        if (part, claim.text) not in bad:
            return claim
        fitting = [s for s in spare if s[0] == part]
        if not fitting:
            return None
        best = max(fitting, key=lambda s: len(set(s[1].facts) & set(claim.facts)))
        spare.remove(best)
        return best[1]

    name = (plain.name if plain else f"Group {persona.index + 1}") if ("name", persona.name) in bad else persona.name
    return replace(each(persona, visit), name=name)
