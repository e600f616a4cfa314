"""One change by a person, checked against the run it is about."""

from __future__ import annotations

import re
from dataclasses import replace

from personae.errors import UsageError
from personae.model.cast import Cast
from personae.model.edit import SAYS, Edit
from personae.model.persona import Persona
from personae.report.questions import asked
from personae.words.edited import told_by
from personae.words.lexicon import DEMOGRAPHIC
from personae.words.names import clean, content

LONG, LONGEST = 60, 2000
"""Characters of a name and of a note."""


def rename(cast: Cast, persona: str, name: str, date: str) -> Edit:
    """Another name for a persona, which keeps its key. Raises UsageError P001 for a name that would mislead."""
    p, text = find(cast, persona), clean(name)
    faulty(cast, p.key, text)
    return Edit(0, date, "rename", p.key, text, was=p.name)


def note(cast: Cast, persona: str, text: str, date: str, about: str = "", says: str = "", source: str = "") -> Edit:
    """Words about a persona; with `about` an answer to one of its questions, which `says` whether it holds.

    A question that nobody asked before is taken as the person's own. Raises UsageError P001.
    """
    p, said = find(cast, persona), clean(text)
    if not said or len(said) > LONGEST:
        raise _wrong(f"a note has 1 to {LONGEST} characters, this one {len(said)}", "TEXT", "shorten it, or write several")
    if says and says not in SAYS:
        raise _wrong(f"a note says {', '.join(SAYS)}, not {says}", "--says", f"use --says {' or '.join(SAYS)}")
    if says and not about:
        raise _wrong("--says needs the question it answers", "--says", 'add --about "QUESTION"')
    question = asked(cast, p.key, clean(about)) if about else ""
    return Edit(0, date, "note", p.key, said, was=p.name, about=question, says=says, source=clean(source)[:LONG])


def hide(cast: Cast, measure: str, date: str) -> Edit:
    """A measure that is told nowhere. Raises UsageError P001 for one that nothing is told of."""
    known = {m.name: m.label for m in cast.measures} | {f.measure.partition("=")[0]: f.label for f in cast.facts}
    name = measure if measure in known else next((n for n, label in known.items() if label == measure), "")
    if not name or not any(told_by(f.measure, name) for f in cast.facts):
        near = _near(measure, sorted({*known, *known.values()}))
        fix = f"did you mean {near!r}?" if near else "facts.json and the report list what is measured"
        raise _wrong(f"nothing is told of a measure {measure!r}", "NAME", fix)
    return Edit(0, date, "hide-measure", "", name)


def regroup(cast: Cast, kind: str, keys: tuple[str, ...], name: str, date: str) -> Edit:
    """Personas joined under a name of their own ("" for one from the data), or one of them split. Raises UsageError P001."""
    if kind == "merge" and len(keys) < 2:
        raise _wrong("a merge takes two personas", "KEY", "name two: personae merge P2 P3")
    if name:
        faulty(replace(cast, personas=tuple(p for p in cast.personas if p.key not in keys)), "", clean(name))
    was = " and ".join(p.name for p in cast.personas if p.key in keys)
    return Edit(0, date, kind, "", clean(name), was=was, keys=keys)


def faulty(cast: Cast, key: str, name: str) -> None:
    """Raises UsageError P001 for a name that another persona has or is like, that says what the data do not show, or that
    would not fit. `key` is the persona's own, "" for one that is being made."""
    if not name or len(name) > LONG:
        raise _wrong(f"a name has 1 to {LONG} characters, this one {len(name)}", "NAME", "choose a shorter one")
    if re.fullmatch(r"[Pp]\d+|none", name):
        raise _wrong(f"{name} reads like the key of a persona", "NAME", "say what they do, such as Window shoppers")
    others = [p for p in cast.personas if p.key != key]
    for p in others:
        if shared := content(p.name) & content(name) or ({name} if p.name.casefold() == name.casefold() else set()):
            what = f"{name!r} shares its main word {sorted(shared)[0]!r} with {p.name!r} ({p.key})"
            raise _wrong(what, "NAME", "choose a word that no other name has, or rename that one first")
    said = content(name) & DEMOGRAPHIC - _shown(cast, key)
    if said:
        what = f"{name!r} says what people are ({sorted(said)[0]}), and nothing here shows that it sets them apart"
        raise _wrong(what, "NAME", "say what they do, such as Window shoppers")


def find(cast: Cast, name: str) -> Persona:
    """A persona by key or name. Raises UsageError P001 with the nearest."""
    for p in cast.personas:
        if name.casefold() in (p.key.casefold(), p.name.casefold()):
            return p
    near = _near(name, [x for p in cast.personas for x in (p.key, p.name)])
    listed = f"the personas are {', '.join(f'{p.key} {p.name}' for p in cast.personas)}" if cast.personas else "it has none"
    raise _wrong(f"this run has no persona {name!r}", "KEY", f"did you mean {near!r}?" if near else listed)


def _shown(cast: Cast, key: str) -> frozenset[str]:
    """Words of what a persona's people are that its facts show to be other than among everyone."""
    facts = [f for f in cast.facts if f.subject == key and f.p is not None and f.p < 0.05]
    return frozenset(w for f in facts for w in re.findall(r"[^\W_]+", f"{f.label} {f.measure}".lower()))


def _near(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, 1, 0.5)), "")


def _wrong(what: str, where: str, fix: str) -> UsageError:
    return UsageError("P001", what, where=where, did="nothing was changed", fix=fix)
