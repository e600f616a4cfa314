"""Every claim of a persona, in one order, and the same persona with each claim changed or taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from personae.model.persona import Check, Claim, Opportunity, Persona, Quadrant, Touch

LISTS = ("story", "traits", "outcomes", "demographics", "does", "wants", "hinders", "meets", "value")
"""Parts of a persona that are lists of claims; each is checked under its own name."""
TEXTS = ("title", "action", "metric", "needs", "test", "caution")
"""Texts of an opportunity; each is a claim worded by a machine that rests on the facts of its evidence."""
NEEDED = ("title", "evidence", "action")
"""Parts of an opportunity without which there is none."""

Visit = Callable[[str, Claim], Claim | None]


def each(persona: Persona, visit: Visit) -> Persona:
    """The persona with every claim as `visit(part, claim)` gives it back; None takes the claim out.

    A tagline that is taken out is left empty; an opportunity goes with its title, evidence or action; a question of an empathy
    map that is taken out is left empty, and so is a surface without its evidence; a line of a checklist without its evidence
    says neither yes nor no.
    """
    changed: dict[str, Any] = {name: _all(name, getattr(persona, name), visit) for name in LISTS}
    return replace(
        persona,
        tagline=visit("tagline", persona.tagline) or replace(persona.tagline, text="", facts=()),
        difference=None if persona.difference is None else visit("difference", persona.difference),
        empathy=tuple(_quadrant(q, visit) for q in persona.empathy),
        opportunities=tuple(o for x in persona.opportunities if (o := _opportunity(x, visit)) is not None),
        checklist=tuple(_check(c, visit) for c in persona.checklist),
        touches=tuple(_touch(t, visit) for t in persona.touches),
        **changed,
    )


def claims(persona: Persona) -> tuple[tuple[str, Claim], ...]:
    """Every claim of a persona with the part it stands in: "tagline", "story", "empathy sees", "opportunity title"..."""
    found: list[tuple[str, Claim]] = []

    def visit(part: str, claim: Claim) -> Claim:
        if claim.text:
            found.append((part, claim))
        return claim

    each(persona, visit)
    return tuple(found)


def _all(part: str, said: tuple[Claim, ...], visit: Visit) -> tuple[Claim, ...]:
    return tuple(c for x in said if (c := visit(part, x)) is not None)


def _quadrant(quadrant: Quadrant, visit: Visit) -> Quadrant:
    part = f"empathy {quadrant.part}"
    ask = visit(f"{part} ask", Claim(quadrant.ask, "?", ())) if quadrant.ask else None
    return replace(quadrant, claims=_all(part, quadrant.claims, visit), ask=ask.text if ask else "")


def _check(check: Check, visit: Visit) -> Check:
    """A line of a checklist; without its evidence it says neither yes nor no."""
    found = None if check.evidence is None else visit(f"checklist {check.part}", check.evidence)
    return replace(check, evidence=found, answer=check.answer if found else "")


def _touch(touch: Touch, visit: Visit) -> Touch:
    """What a surface shows; without its evidence it is left blank."""
    if touch.evidence is None:
        return touch
    found = visit("surface", touch.evidence)
    content = visit("surface content", Claim(touch.content, "A", touch.evidence.facts))
    return replace(touch, evidence=found, content=content.text) if found and content else Touch(touch.surface)


def _opportunity(opportunity: Opportunity, visit: Visit) -> Opportunity | None:
    test = opportunity.experiment
    facts = tuple(dict.fromkeys((*opportunity.evidence.facts, *((test.fact,) if test else ()))))
    evidence = visit("opportunity evidence", opportunity.evidence)
    said = {name: getattr(opportunity, name) for name in TEXTS}
    kept: dict[str, Claim | None] = {
        name: visit(f"opportunity {name}", Claim(text, "A", facts)) if text else None for name, text in said.items()
    }
    if evidence is None or any(kept[name] is None and said[name] for name in NEEDED if name in said):
        return None
    texts: dict[str, Any] = {name: c.text if c else "" for name, c in kept.items()}
    return replace(opportunity, evidence=evidence, **texts)
