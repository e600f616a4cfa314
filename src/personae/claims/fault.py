"""Whether a claim holds: every number, comparison, quantity, name and quote of it, recomputed against the facts it cites."""

from __future__ import annotations

import re
from collections.abc import Callable

from personae.claims import comparisons, figures, unknowable
from personae.claims.ground import EVERYONE, Ground
from personae.claims.reading import Reading
from personae.claims.walk import TEXTS
from personae.model.persona import FAIRLY, Claim, Persona
from personae.words.apart import average
from personae.words.comparing import directions, quantities
from personae.words.numbers import LITTLE
from personae.words.reading import mentions, numbers

ADVICE = frozenset((*(f"opportunity {text}" for text in TEXTS), "surface content"))
"""Parts that say what to do and not how things are."""
SUPPRESSED = re.compile(r"\bfewer than \d+ \w+(?: so)?", re.I)
"""What is said in place of a number under the floor."""


def fault(claim: Claim, persona: Persona, known: Ground, part: str = "story") -> str:
    """Why a claim of a persona does not hold; "" when it does.

    Measured claims (M) and those worded by a machine (A) are recomputed alike; of what was said in answers (S) each quoted
    passage must be somebody's; what is to be found out (?) must be a question or a marked hypothesis. A number or comparison
    needs a fact under every grade.
    """
    said = Reading(claim, persona, known, part)
    if claim.grade not in ("M", "S", "A", "?"):
        return f"its grade {claim.grade!r} is unknown"
    checks: tuple[Callable[[Reading], str], ...] = (_cites, unknowable.quoted, _names_others)
    if part in ADVICE:
        checks = (*checks, figures.promised, unknowable.advised)
    elif not said.cited:
        checks = (*checks, _unfounded, unknowable.untellable)
    else:
        checks = (*checks, _overstated, figures.unbacked, comparisons.wrong, unknowable.untellable)
    return next((why for check in checks if (why := check(said))), "")


def _cites(said: Reading) -> str:
    """Why the facts it cites cannot be its facts."""
    claim, persona = said.claim, said.persona
    if claim.grade == "M" and not claim.facts:
        return "it cites no fact"
    missing = [i for i in claim.facts if i not in said.known.facts]
    if missing:
        return f"there is no fact {missing[0]}"
    allowed = {persona.key, EVERYONE} | ({persona.nearest} if said.part == "difference" else set())
    foreign = next((f for f in said.cited if f.subject not in allowed), None)
    return f"it cites {foreign.id}, which is about another group" if foreign else ""


def _names_others(said: Reading) -> str:
    """That it names a group that it has no fact of."""
    allowed = {said.persona.key, EVERYONE} | ({said.persona.nearest} if said.part == "difference" else set())
    allowed |= {k for k in said.known.names.values() if f"{said.persona.key}.soft.{k}" in said.claim.facts}
    others = (n for n, k in said.known.names.items() if k not in allowed)
    return "it names another group" if any(_names(said.plain, n) for n in others) else ""


def _names(text: str, name: str) -> bool:
    """Whether a text names a group: one of a single word, like "Others", only with its capital inside a sentence."""
    found = mentions(text, [name])
    return bool(found) if " " in name else any(text[s:e] == name for s, e in found)


def _unfounded(said: Reading) -> str:
    """The first number or comparison of a claim without facts."""
    text = SUPPRESSED.sub(lambda m: "\x00" * len(m.group()), said.bare) if not said.persona.users else said.bare
    compared = [d for d in directions(text) if re.search(r"\b(?:than|average|everyone|compared)\b", text, re.I)]
    spans = [(x.start, x.end) for some in (numbers(text), quantities(text), compared) for x in some]
    return f"it cites no fact for {text[slice(*spans[0])].strip()!r}" if spans else ""


def _overstated(said: Reading) -> str:
    """Why words about gaps, about the average and about almost nothing do not hold."""
    low, own = said.text.lower(), {f.id.partition(".")[2]: f for f in said.cited if f.subject == said.persona.key}
    borders, steady = own.get("borders"), own.get("steadiness")
    if "this is a natural group" in low:
        if borders is None or borders.value != borders.everyone:
            return "it has no gap to some of its neighbours"
        if (steady.value if steady else said.persona.steadiness) < FAIRLY and "shaky" not in low:
            return "it is shaky"
    if re.search(r"\ba gap (to|between)\b", low) and (borders is None or borders.value == 0):
        return "no fact it cites shows a gap"
    soft = any(f.measure == "soft border" for f in said.cited)
    if re.search(r"\bno gap shows\b", low) and (borders.value > 0 if borders else not soft):
        return "no fact it cites says that there is no gap"
    if re.search(r"\bclose to the average\b", low) and not _near_average(said):
        return "some of its measures are far from the average"
    if re.search(r"\balmost none\b", low) and not any(f.multiple is not None and f.multiple < LITTLE for f in said.cited):
        return "no fact it cites is almost none"
    return comparisons.unsteady(said)


def _near_average(said: Reading) -> bool:
    """Whether all that is measured of the persona is about as among everyone, or at least all that the claim cites."""
    measured = [f for f in said.cited if f.id in said.called]
    return average(measured or said.known.facts.values(), said.persona.key)
