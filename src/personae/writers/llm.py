"""Personas in a language model's words: it rewords lines of the plain writer from their facts; what does not hold stays.

The model is told aggregates above the floor and nothing else, as one fact sheet a persona. It names nobody, quotes nobody, and
decides nothing: a line that breaks a rule is sent back twice, and is then the plain writer's.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from personae import progress
from personae.endpoint.failed import Failed
from personae.endpoint.reply import Reply
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.model.study import Study
from personae.model.worded import Kept
from personae.words.briefing import Briefing, Slot, briefing, named
from personae.words.manners import manners, without
from personae.words.naming import stems
from personae.words.reading import aliases

REPAIRS = 2
"""How often a line that does not hold is sent back."""
ROOM, FRAME = 110, 60
"""Tokens that one line may have, and the answer beside its lines."""

Judge = Callable[[Persona, str, Claim], str]
"""Why a claim in a part of a persona does not hold; "" when it does."""


class Line(Protocol):
    """What the writer needs of an endpoint."""

    def ask(self, system: str, turns: Sequence[tuple[str, str]], schema: Mapping[str, Any], most: int) -> Reply:
        """The reply to a question. Raises Failed."""
        ...

    def lower(self) -> bool:
        """Ask in a less strict way from now on; False where there is none."""
        ...


@dataclass(frozen=True)
class Question:
    """What is sent first about a persona."""

    system: str
    text: str
    schema: Mapping[str, Any]
    most: int


def write(
    personas: tuple[Persona, ...], facts: tuple[Fact, ...], study: Study, line: Line, judge: Judge
) -> tuple[tuple[Persona, ...], tuple[Kept, ...], int]:
    """The personas with their lines worded by the model behind `line`, the lines that stayed with the reasons, and how many
    lines were asked for. `judge` is the checker."""
    made: list[Persona] = []
    kept: list[Kept] = []
    among, asked = stems(facts), 0
    ids = tuple(sorted((f.id for f in facts), key=len, reverse=True))
    for i, (p, told) in enumerate(_told(personas, facts, study)):
        progress.step("word", p.name, i, len(personas), "personas")
        desk = _Desk(p, told, judge, among, ids)
        good, why = _worded(desk, line) if told.slots else ({}, {})
        made.append(_placed(p, told, good))
        kept += [Kept(p.key, s.part, why[s.id]) for s in told.slots if s.id not in good]
        asked += len(told.slots)
    return tuple(made), tuple(kept), asked


def questions(personas: tuple[Persona, ...], facts: tuple[Fact, ...], study: Study) -> tuple[Question, ...]:
    """What would be sent first about each persona, in order."""
    return tuple(_question(told, told.slots) for _, told in _told(personas, facts, study) if told.slots)


def _told(personas: tuple[Persona, ...], facts: tuple[Fact, ...], study: Study) -> Iterator[tuple[Persona, Briefing]]:
    """Each persona with what is told of it."""
    known = {f.id: f for f in facts}
    return ((p, briefing(p, known, study.entity, study.floor)) for p in personas)


@dataclass(frozen=True)
class _Desk:
    """A persona, what is told of it, and who checks."""

    persona: Persona
    told: Briefing
    judge: Judge
    among: tuple[str, ...]
    ids: tuple[str, ...]
    """The ids of all facts, longest first: the checker may name any."""

    def names(self, cited: Sequence[str]) -> tuple[str, ...]:
        """Every way to name what some facts are about."""
        of = [self.told.facts[c] for c in cited]
        people = str(self.told.sheet["people"])
        return (*(n for f in of for n in (*aliases(f.label, f.measure, self.among), named(f), f.unit)), people)


def _worded(desk: _Desk, line: Line) -> tuple[dict[str, Claim], dict[str, str]]:
    """The lines that hold by slot, and the last reason against each of the others."""
    good: dict[str, Claim] = {}
    why: dict[str, str] = {}
    waiting, more = desk.told.slots, []  # type: tuple[Slot, ...], list[tuple[str, str]]
    for _ in range(REPAIRS + 1):
        asked = _question(desk.told, waiting)
        try:
            came = line.ask(asked.system, [("user", asked.text), *more], asked.schema, asked.most)
        except Failed as no:
            return good, why | {s.id: no.words for s in waiting}
        lines, broken = _read(came, waiting)
        if broken:
            why |= {s.id: broken for s in waiting}
            more = []
            if came.ended == "whole":
                line.lower()
            continue
        for slot in waiting:
            claim, reason = _claim(desk, slot, lines.get(slot.id), good.values())
            good |= {slot.id: claim} if claim else {}
            why[slot.id] = reason
        waiting = tuple(s for s in waiting if s.id not in good)
        if not waiting:
            break
        more = [("assistant", came.text[:20_000]), ("user", _complaint(desk, waiting, why))]
    return good, why


def _question(told: Briefing, waiting: Sequence[Slot]) -> Question:
    """The request for some lines of a persona: the rules, the sheet, and the form of the answer."""
    ids = {f for s in waiting for f in s.facts}
    lines = {s.id: told.sheet["lines"][s.id] for s in waiting}
    facts = {f: v for f, v in told.sheet["facts"].items() if f in ids}
    used = {f["name"] for f in facts.values()}
    names = {n: v for n, v in told.sheet["names"].items() if n in used}
    sheet = {"people": told.sheet["people"], "lines": lines, "facts": facts, "names": names}
    form = {
        s.id: _object({"text": {"type": "string"}, "facts": _list(sorted(ids, key=lambda f: int(f[1:])), len(s.facts))})
        for s in waiting
    }
    return Question(_rules(), json.dumps(sheet, ensure_ascii=False), _object(form), FRAME + ROOM * len(waiting))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object with all these properties and no other."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(words: list[str], usual: int) -> dict[str, Any]:
    """The schema of a short list of some words."""
    return {"type": "array", "items": {"type": "string", "enum": words}, "minItems": 1, "maxItems": max(4, usual)}


@cache
def _rules() -> str:
    """What the model is told of its work."""
    return (Path(__file__).parent / "prompts" / "lines.md").read_text(encoding="utf-8").strip()


def _complaint(desk: _Desk, waiting: Sequence[Slot], why: Mapping[str, str]) -> str:
    """What is wrong with the lines that are asked for again. Ids hold the data's words: facts that were told go by their short
    names, and no other is named."""
    short = {f.id: name for name, f in desk.told.facts.items()}
    said = []
    for s in waiting:
        reason = why[s.id]
        for id in desk.ids:
            reason = reason.replace(id, short.get(id, "another fact"))
        said.append(f"{s.id}: {reason}.")
    return "These lines do not hold. Write them again, in the same form and by the same rules.\n" + "\n".join(said)


# ---------------------------------------------------------------- reading an answer


def _read(came: Reply, waiting: Sequence[Slot]) -> tuple[dict[str, Any], str]:
    """The lines in a reply by slot, and what is wrong with it as a whole; why it ended is looked at first."""
    if came.ended == "cut":
        return {}, "the answer was cut off at its longest"
    if came.ended == "declined":
        return {}, "the model declined to answer"
    if not came.text.strip():
        return {}, "the answer was empty"
    found = _json(came.text)
    if not isinstance(found, dict):
        return {}, "the answer holds no JSON object"
    if "properties" in found:
        return {}, "the answer repeats the form instead of filling it"
    wanted = {s.id for s in waiting}
    for inner in (found, *(v for v in found.values() if isinstance(v, dict))):
        if wanted & set(inner):
            return inner, ""
    return {}, "the answer holds none of the lines asked for"


def _json(text: str) -> Any:
    """The first JSON object in a text, with or without prose and fences around it; None where there is none."""
    decoder = json.JSONDecoder(strict=False)  # constrained decoding lets raw control characters into strings
    for m in list(re.finditer(r"\{", text))[:20]:
        try:
            found, _ = decoder.raw_decode(text, m.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and found:
            return found
    return None


def _claim(desk: _Desk, slot: Slot, line: Any, others: Any) -> tuple[Claim | None, str]:
    """A line as a claim, or why it is none."""
    if not isinstance(line, dict) or not isinstance(line.get("text"), str) or not isinstance(line.get("facts"), list):
        return None, "the answer has no such line"
    text = _tidy(line["text"], slot.part)
    cited = [f for f in dict.fromkeys(str(f) for f in line["facts"]) if f in desk.told.facts]
    if not text:
        return None, "the line is empty"
    if not set(cited) & set(slot.facts):
        return None, "it cites none of the facts of its line"
    names = desk.names(cited)
    if slot.part == "tagline" and re.search(r"\d", without(text, names)):
        return None, "a tagline holds no figure"
    if any(c.text.casefold() == text.casefold() for c in others):
        return None, "another line says the same"
    ids = tuple(desk.told.facts[f].id for f in cited)
    reason = manners(text, slot.part, names) or desk.judge(desk.persona, slot.part, Claim(text, "M", ids))
    return (None, reason) if reason else (Claim(text, "A", ids), "")


def _tidy(text: str, part: str) -> str:
    """A line on one line, ended as lines of its part are."""
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    text = text.rstrip(".") if part == "tagline" else text
    text = f"{text}." if part == "story" and text and text[-1] not in ".;" else text
    return text[:1].upper() + text[1:]


def _placed(persona: Persona, told: Briefing, good: Mapping[str, Claim]) -> Persona:
    """The persona with the lines that hold in their places."""
    parts: dict[str, list[Claim]] = {}
    for slot in told.slots:
        claim = good.get(slot.id)
        if claim and slot.part == "tagline":
            persona = replace(persona, tagline=claim)
        elif claim:
            parts.setdefault(slot.part, list(getattr(persona, slot.part)))[slot.at] = claim
    changed: dict[str, Any] = {part: tuple(claims) for part, claims in parts.items()}
    return replace(persona, **changed)
