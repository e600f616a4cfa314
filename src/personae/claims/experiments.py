"""The numbers of an experiment against the facts they start from."""

from __future__ import annotations

import math

from personae.claims.ground import Ground
from personae.claims.reading import Reading
from personae.model.persona import Claim, Experiment, Opportunity, Persona
from personae.words.reading import Number

DESIGN = (80.0, 5.0, 100.0, 2.0, 95.0)
"""Power, level and arms, which are the same in every test."""


def sized(opportunity: Opportunity, persona: Persona, known: Ground) -> str:
    """Why the test of an opportunity does not follow from the facts; "" when it does, or names no number."""
    test = opportunity.experiment
    said = Reading(Claim(opportunity.test, "A", (test.fact,) if test else ()), persona, known, "opportunity test")
    if test is None:
        return f"no experiment backs {said.numbers[0].text.strip()!r}" if said.numbers else ""
    fact = known.facts.get(test.fact)
    if fact is None or fact.subject != persona.key:
        return f"{test.fact} is no fact of this group"
    if not math.isclose(fact.value, test.base, rel_tol=1e-6, abs_tol=1e-9) or test.users != persona.users:
        return f"it does not start from {test.fact}"
    if test.testable != (not opportunity.test.lower().startswith("not testable")):
        return "what it says of being testable does not follow from the size"
    wrong = next((n for n in said.numbers if not _known(n, test)), None)
    return f"no part of the experiment is {wrong.text.strip()!r}" if wrong else ""


def _known(number: Number, test: Experiment) -> bool:
    """Whether a number is one of the experiment or of how experiments are made."""
    parts = [test.base, test.found, *([] if test.reach is None else [test.reach])]
    held = [float(v) for v in (test.per_arm, test.users, test.days, 2 * test.per_arm)] + list(DESIGN)
    held += [v * 100 for v in parts] if number.form == "percent" else parts
    if number.form == "ratio":
        return any(abs(number.value * 100 - v) < 1e-6 for v in DESIGN) or any(
            abs(number.value - v) <= number.slack for v in parts
        )
    return any(abs(number.value - v) <= number.slack * (1 + 1e-6) + 1e-9 for v in held)
