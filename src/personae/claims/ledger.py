"""The ledger: every claim of a cast in one flat list, with what it rests on and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from personae.claims.ground import EVERYONE, Ground, ground
from personae.claims.settle import doubted, judged
from personae.claims.walk import claims
from personae.model.cast import Cast
from personae.model.persona import Claim, Persona
from personae.model.sheet import Sheet


@dataclass(frozen=True)
class Entry:
    """A claim: of which persona ("" for one of several), in which part or sheet, and why it does not hold ("" when it does)."""

    persona: str
    part: str
    claim: Claim
    fault: str

    @property
    def holds(self) -> bool:
        """Whether its facts back it."""
        return not self.fault


def ledger(cast: Cast, sheets: Iterable[Sheet] = ()) -> tuple[Entry, ...]:
    """Every claim of every persona in the order of their parts, then those that stand only in `sheets`, checked again."""
    known = ground(cast.personas, cast.facts, tuple(q.text for q in cast.dossier.quotes))
    found: list[Entry] = []
    for p in cast.personas:
        why = judged(p, known)
        found += [Entry(p.key, part, c, why.get((part, c.text), "")) for part, c in claims(p)]
    told = {e.claim for e in found}
    by_key = {p.key: p for p in cast.personas}
    for sheet in sheets:
        only = dict.fromkeys(c for row in sheet.rows for c in row if isinstance(c, Claim) and c.text and c not in told)
        told |= only.keys()
        found += [_of_sheet(sheet, c, by_key, known) for c in only]
    return tuple(found)


def _of_sheet(sheet: Sheet, claim: Claim, by_key: dict[str, Persona], known: Ground) -> Entry:
    """A claim that stands only in a sheet: of the one persona its facts are about, or of several."""
    missing = [i for i in claim.facts if i not in known.facts]
    subjects = {known.facts[i].subject for i in claim.facts if i in known.facts} - {EVERYONE}
    owner = by_key.get(next(iter(subjects))) if len(subjects) == 1 else None
    if missing or owner is None:
        return Entry("", f"sheet {sheet.id}", claim, f"there is no fact {missing[0]}" if missing else "")
    return Entry(owner.key, f"sheet {sheet.id}", claim, doubted(claim, owner, known, f"sheet {sheet.id}"))
