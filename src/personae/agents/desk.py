"""The desk: what may be asked of one run, and its answers as plain data. Nothing here writes; no row and no list is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from personae import plugins
from personae.agents.bounded import clean, paged, text
from personae.errors import PersonaeError, UsageError
from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.exclusion import Exclusion
from personae.model.fact import Fact
from personae.model.intake import Answer
from personae.model.persona import Claim, Persona, Trait
from personae.model.plain import plain
from personae.report.binder import sheets
from personae.report.limits import limits
from personae.stages.intake import Scorer
from personae.words.happening import notice

MASKED = "(masked)"
"""What stands in place of an id."""
NOT_A_BASIS = "A persona describes a group. It is no basis for a decision about a person."
APART = 20
"""Measures that a persona has more of, and less of, in one answer: the strongest."""
MOST = 50
"""Personas, moves and shifts of a change in one answer."""
_SIZES = ("users", "share", "steadiness", "border_share")
"""What the first facts of a profile are about, in their order."""
_PARTS = ("story", "traits", "does", "wants", "hinders", "meets", "value", "outcomes", "demographics")


class Desk:
    """The tools over one run. `ids` allows questions about single users by id, and ids in answers."""

    def __init__(self, cast: Cast, listed: Exclusion, *, ids: bool = False) -> None:
        self.cast, self._listed, self._ids = cast, listed, ids
        self._scorer = Scorer(cast)
        self._facts = {f.id: f for f in cast.facts}
        self._profiles = {p.index: p for p in cast.profiles}

    def personas(self, start: int = 0) -> dict[str, Any]:
        """Every persona with its size, and the verdict on the groups."""
        verdict = self.cast.evidence.verdict
        return {
            **self._run(),
            "verdict": clean({"kind": verdict.kind.value, "groups": len(self.cast.personas), "why": verdict.why}),
            "users": self.cast.users,
            **paged(self.cast.personas, start, self._brief),
            "note": NOT_A_BASIS,
        }

    def persona(self, name: str) -> dict[str, Any]:
        """One persona in full, with every fact that its sentences cite. Raises UsageError P201 for one that is not there."""
        found = self._find(name)
        profile = self._profiles.get(found.index)
        claims = {part: [_claim(c) for c in getattr(found, part)] for part in _PARTS}
        traits = () if profile is None else (*profile.above[:APART], *profile.below[:APART])
        cited = _cited(found, () if profile is None else profile.facts, traits)
        return {
            **self._run(),
            **clean(
                {
                    **self._brief(found),
                    **claims,
                    "apart": [_trait(t) for t in traits],
                    "nearest": found.nearest,
                    "origin": found.origin,
                }
            ),
            "notes": clean([n.text for n in found.notes][-10:]),
            "facts": [clean(_fact(self._facts[i])) for i in cited if i in self._facts],
            "note": NOT_A_BASIS,
        }

    def facts(self, subject: str = "", measure: str = "", start: int = 0) -> dict[str, Any]:
        """Facts whose subject is a persona (key or name) or "all", and whose measure, label or id holds some words."""
        wanted = "all" if subject == "all" else self._find(subject).key if subject else ""
        words = measure.casefold().split()
        found = [
            f
            for f in self.cast.facts
            if (not wanted or f.subject == wanted) and all(w in f"{f.id} {f.measure} {f.label}".casefold() for w in words)
        ]
        return {**self._run(), **paged(found, start, _fact)}

    def why(self, user: str) -> dict[str, Any]:
        """Where the run placed a user, and why. Raises UsageError P001 unless ids are allowed, P201 for no such one."""
        if not self._ids:
            raise UsageError("P001", "questions about single users are not allowed here", fix="start it with --allow-ids")
        self._check(user)
        try:
            return self._answer(self._scorer.stored(user, explain=True))
        except KeyError as unknown:
            raise UsageError("P201", "this run has no user of that id", fix="score a record of theirs instead") from unknown

    def score(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The persona of one raw record, and why. Raises DataError P002 and P103 for a record that the rule cannot read."""
        known = self._scorer.intake.id
        whole = record if known in record or "id" in record else {**record, known: MASKED}
        self._check(str(whole.get(known, whole.get("id"))))
        return self._answer(self._scorer.place([whole], explain=True)[0])

    def record(self) -> dict[str, Any]:
        """What a record to be scored may hold."""
        found = self._scorer.intake
        made: dict[str, Any] = clean(
            {
                "id": found.id,
                "columns": [f.name for f in found.fields if any(f.makes)][:200],
                "events": list(found.counted)[:200],
                "measures": list(found.measures)[:200],
                "days": found.window,
            }
        )
        return made

    def what_changed(self, made: Change | None) -> dict[str, Any]:
        """What became of each persona since the run before; moves of few people are not told."""
        if made is None:
            return {**self._run(), "before": None, "words": ["There is no earlier run to compare with."]}
        words = notice(made) if made.descents else made.words
        told = {p: getattr(made, p)[:MOST] for p in ("descents", "turnover", "moves", "gates")}
        numbers = {p: getattr(made, p) for p in ("both", "stayed", "moved", "agreement", "rounded")}
        drift = made.drift and replace(made.drift, shifts=made.drift.shifts[:MOST])
        source = f"change of {made.before.run or 'the run before'} to {made.after.run or 'this run'}"
        shown = {"words": words, **told, **numbers, "drift": drift, "pairs": () if made.descents else made.pairs[:MOST]}
        return {**self._run(), "before": made.before.run, "source": source, **clean(plain(shown))}

    def limits(self) -> dict[str, Any]:
        """What these personas do not say, most important first."""
        return {**self._run(), "limits": clean(list(limits(self.cast))), "note": NOT_A_BASIS}

    def sheets(self) -> dict[str, tuple[str, Callable[[], str]]]:
        """The tables of the report as Markdown: id -> title, and the text when it is asked for."""
        write = plugins.find("exporters", "markdown").sheet
        return {s.id: (text(s.title, 200), partial(write, s)) for s in sheets(self.cast)}

    # ------------------------------------------------------------ parts of answers

    def _run(self) -> dict[str, Any]:
        return {"run": self.cast.run}

    def _brief(self, persona: Persona) -> dict[str, Any]:
        """A persona in a few numbers, each with the fact it is."""
        profile = self._profiles.get(persona.index)
        cited = dict(zip(_SIZES, profile.facts, strict=False)) if profile is not None else {}
        numbers = {n: {"value": getattr(persona, n), "fact": cited.get(n, "")} for n in _SIZES[:3]}
        return {"key": persona.key, "name": persona.name, "verdict": persona.verdict, **numbers, "steady": persona.steady,
                "tagline": _claim(persona.tagline)}  # fmt: skip

    def _answer(self, answer: Answer) -> dict[str, Any]:
        made = clean(plain(answer))
        return {**made, "id": made["id"] if self._ids else MASKED, "note": NOT_A_BASIS}

    def _check(self, user: str) -> None:
        """Raises UsageError P001 for somebody who takes no part."""
        if user in self._listed:
            raise UsageError("P001", "this user is on the exclusion list and is not placed", fix="ask about somebody else")

    def _find(self, name: str) -> Persona:
        near = [p for p in self.cast.personas if name.casefold() in (p.key.casefold(), p.name.casefold())]
        if near:
            return near[0]
        there = ", ".join(f"{p.key} {p.name}" for p in self.cast.personas[:20]) or "none"
        raise UsageError("P201", f"there is no persona {text(name, 60)!r}", fix=f"name one of: {text(there)}")


def told(error: PersonaeError) -> str:
    """An error as an agent reads it: what, where, and what to do."""
    parts = (f"{error.code}: {error.what}", error.where and f"where: {error.where}", error.fix and f"fix: {error.fix}")
    return text("; ".join(p for p in parts if p))


def _claim(claim: Claim) -> dict[str, Any]:
    return {"text": claim.text, "grade": claim.grade, "facts": list(claim.facts)}


def _trait(trait: Trait) -> dict[str, Any]:
    return {"label": trait.label, "times_everyone": trait.multiple, "value": trait.value, "everyone": trait.everyone,
            "unit": trait.unit, "fact": trait.fact, "formed": trait.formed}  # fmt: skip


def _fact(fact: Fact) -> dict[str, Any]:
    """A fact without what it does not have."""
    return {k: v for k, v in plain(fact).items() if v is not None and k not in ("query", "source")}


def _cited(persona: Persona, sizes: Sequence[str], traits: Sequence[Trait]) -> Sequence[str]:
    """The facts that are behind a persona, each once."""
    claims: Iterable[Claim] = (persona.tagline, *(c for part in _PARTS for c in getattr(persona, part)))
    return tuple(dict.fromkeys((*sizes, *(t.fact for t in traits), *(i for c in claims for i in c.facts))))
