"""A cast as people changed it: other names, notes, measures that are told nowhere. The run itself stays as it was.

It lies this low because the record applies it whenever a run is opened, so that every output has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from personae.model.cast import Cast
from personae.model.dossier import Dossier
from personae.model.edit import Edit, Note
from personae.model.evidence import Axis
from personae.model.journey import Cell
from personae.model.persona import Claim, Persona
from personae.words.happening import named
from personae.words.reading import mentions


def edited(whole: Cast, edits: Iterable[Edit]) -> Cast:
    """The cast with every active edit applied, in the order they were made. Edits of personas it does not have are left out.

    A merge or a split is in the cast already (the record opens the run as it was described anew); only its name is applied.
    What became of the personas is told by the names that people gave them, those that are no longer there too.
    """
    edits = tuple(edits)
    for e in edits:
        keys = [p.key for p in whole.personas]
        whose = e.made[0] if e.structural and e.made else e.persona
        if e.state != "active" or (whose and whose not in keys):
            continue
        whole = replace(_APPLIED[e.kind](whole, e), edits=(*whole.edits, e))
    told = named(whole, {e.persona: e.text for e in edits if e.kind == "rename" and e.state == "waiting"})
    return whole if told == whole.change else replace(whole, change=told)


def renamed(whole: Cast, key: str, name: str) -> Cast:
    """The cast with another name for a persona, in the sentences of the others and of the dossier too."""
    old = next(p.name for p in whole.personas if p.key == key)
    if old == name:
        return whole

    def changed(claim: Claim) -> Claim:
        return replace(claim, text=_replaced(claim.text, old, name))

    personas = tuple(
        replace(
            p,
            name=name if p.key == key else p.name,
            notes=tuple(replace(n, about=_replaced(n.about, old, name)) for n in p.notes),
        )
        for p in whole.personas
    )
    return replace(
        whole,
        personas=cast(tuple[Persona, ...], _walked(personas, changed)),
        dossier=_walked(whole.dossier, changed),
    )


def called_still(whole: Cast, names: Mapping[str, str]) -> Cast:
    """The cast with these names by key; another persona that was given one of them has its key added to it."""
    if all(whole[k].name == name for k, name in names.items()):
        return whole
    for k in names:  # first out of each other's way: a new name may be the old one of another
        whole = renamed(whole, k, f"Persona {k}s")
    for p in whole.personas:
        if p.key not in names and p.name in names.values():
            whole = renamed(whole, p.key, f"{p.name} ({p.key})")
    for k, name in names.items():
        whole = renamed(whole, k, name)
    return whole


def marks(whole: Cast, key: str) -> tuple[str, ...]:
    """What sets a persona apart, as "+measure" and "-measure"."""
    p = next(p for p in whole.profiles if p.key == key)
    return (*(f"+{t.measure}" for t in p.above), *(f"-{t.measure}" for t in p.below))


def _replaced(text: str, old: str, new: str) -> str:
    """A text with one name for another; a word that merely is the name, in small letters, stays."""
    found = [(s, e) for s, e in mentions(text, [old]) if " " in old or text[s:e] == old]
    for start, end in reversed(found):
        inside = text[start - 1 : start] == "\u201c" and text[end : end + 1] == "\u201d"
        said = new if inside or new.endswith("s") else f"\u201c{new}\u201d"
        text = text[:start] + said + text[end:]
    return text


def _renamed(whole: Cast, e: Edit) -> Cast:
    return _marked(renamed(whole, e.persona, e.text), e.persona)


def _noted(whole: Cast, e: Edit) -> Cast:
    note = Note(e.text, e.date, e.about, e.says, e.source)
    personas = (replace(p, notes=(*p.notes, note)) if p.key == e.persona else p for p in whole.personas)
    return replace(whole, personas=tuple(personas))


def _made(whole: Cast, e: Edit) -> Cast:
    return renamed(whole, e.made[0], e.text) if e.kind == "merge" and e.text else whole


def _marked(whole: Cast, key: str) -> Cast:
    personas = (replace(p, origin="edited") if p.key == key else p for p in whole.personas)
    return replace(whole, personas=tuple(personas))


def _hidden(whole: Cast, e: Edit) -> Cast:
    """The cast without the facts of a measure, and without every sentence, trait and row that rests on one of them."""
    gone = {f.id for f in whole.facts if told_by(f.measure, e.text)}
    labels = {e.text, *(f.label for f in whole.facts if f.id in gone)}

    def kept(claim: Claim) -> Claim | None:
        return None if gone.intersection(claim.facts) else claim

    profiles = tuple(
        replace(
            p,
            above=tuple(t for t in p.above if t.fact not in gone),
            below=tuple(t for t in p.below if t.fact not in gone),
            outcomes=tuple(i for i in p.outcomes if i not in gone),
            demographics=tuple(i for i in p.demographics if i not in gone),
            nearest_measure="" if told_by(p.nearest_measure, e.text) else p.nearest_measure,
        )
        for p in whole.profiles
    )
    personas = tuple(_without(_untried(p, gone), kept) for p in whole.personas)
    return replace(
        whole,
        facts=tuple(f for f in whole.facts if f.id not in gone),
        evidence=replace(whole.evidence, axes=tuple(_turned(a, labels) for a in whole.evidence.axes)),
        profiles=profiles,
        personas=personas,
        dossier=_walked(_untold(whole.dossier, gone, labels), kept, labels),
    )


def _turned(axis: Axis, labels: Collection[str]) -> Axis:
    """A direction without a measure of one of these names, or one of its levels, at its ends."""
    low, high = (tuple(x for x in end if x.partition(" = ")[0] not in labels) for end in (axis.low, axis.high))
    return replace(axis, low=low, high=high)


def _untried(p: Persona, gone: Collection[str]) -> Persona:
    """A persona without the proposals that would be measured by one of these facts."""
    rest = (o for o in p.opportunities if o.experiment is None or o.experiment.fact not in gone)
    return replace(p, opportunities=tuple(rest))


def _untold(dossier: Dossier, gone: Collection[str], labels: Collection[str]) -> Dossier:
    """The dossier without the rules one of whose conditions has one of these names (what is left of a rule is another rule),
    and without the offers and the numbers of journeys whose facts are gone."""
    rules = tuple(r for r in dossier.rules if not any(_named(c, labels) for c in r.cuts))
    offers = dossier.offers
    if offers is not None:
        open_ = [(n, c) for n, c in zip(offers.names, offers.codes, strict=True) if f"all.{c}" not in gone]
        offers = replace(offers, names=tuple(n for n, _ in open_), codes=tuple(c for _, c in open_))
    ways = dossier.journeys
    if ways is not None:
        ways = replace(ways, cells=tuple(_unseen(c, gone) for c in ways.cells))
    return replace(dossier, rules=rules, offers=offers, journeys=ways)


def _unseen(cell: Cell, gone: Collection[str]) -> Cell:
    """A cell of a journey without what rests on facts that are gone."""
    left = [f.name for f in fields(cell) if getattr(cell, f.name) in gone]
    part = any(name in ("lost", "repeats", "late") for name in left)
    return replace(
        cell,
        **dict.fromkeys(left, ""),
        next="" if "next_share" in left else cell.next,
        friction=None if part else cell.friction,
    )


def told_by(measure: str, name: str) -> bool:
    """Whether a fact's measure is a measure of that name, or a level or the growth of it."""
    return measure == name or measure.startswith(f"{name}=") or measure == f"growth of {name}"


def _without(p: Persona, kept: Callable[[Claim], Claim | None]) -> Persona:
    """A persona without some of its sentences; a tagline that went is replaced by the first line that stays."""
    rest = cast(Persona, _walked(replace(p, tagline=replace(p.tagline, facts=())), kept))
    if kept(p.tagline) is not None:
        return replace(rest, tagline=p.tagline)
    return replace(rest, tagline=rest.traits[0] if rest.traits else Claim("", p.tagline.grade, ()))


def _walked(value: Any, change: Callable[[Claim], Claim | None], labels: Collection[str] = ()) -> Any:
    """A noun with every claim in it changed. What lost its claim goes from tuples whole, and so does what has one of `labels`
    for a name."""
    if isinstance(value, Claim):
        return change(value)
    if isinstance(value, tuple):
        pairs = ((v, _walked(v, change, labels)) for v in value if not _named(v, labels))
        return tuple(made for v, made in pairs if made is not None or v is None)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    made = {f.name: _walked(getattr(value, f.name), change, labels) for f in fields(value)}
    if any(made[f.name] is None and isinstance(getattr(value, f.name), Claim) and _needed(f.type) for f in fields(value)):
        return None
    return replace(value, **made) if any(made[f.name] is not getattr(value, f.name) for f in fields(value)) else value


def _needed(kind: Any) -> bool:
    return re.search(r"\bNone\b", str(kind)) is None


def _named(value: Any, labels: Collection[str]) -> bool:
    """Whether an item is about something of that name."""
    if not labels or not is_dataclass(value):
        return False
    return any(isinstance(x := getattr(value, f.name), str) and x in labels for f in fields(value))


_APPLIED: dict[str, Callable[[Cast, Edit], Cast]] = {
    "rename": _renamed,
    "note": _noted,
    "merge": _made,
    "split": _made,
    "hide-measure": _hidden,
}
