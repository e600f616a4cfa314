"""Journeys and pains as tables."""

from __future__ import annotations

from personae.model.cast import Cast
from personae.model.pain import Pain
from personae.model.persona import Claim, Persona
from personae.model.sheet import Heading, Sheet
from personae.words.names import plural, readable

HIT = {
    "drop": "stop at {at}", "retry": "repeat {at}", "wait": "wait long until {at}", "error": "run into {at}",
    "help": "ask for help ({at})", "limits": "run into {at}", "social": "share and invite little",
    "price": "look at {at} without ever buying", "overwhelmed": "look much and finish little",
    "returns": "send things back ({at})", "said": "mention \u201c{at}\u201d",
}  # fmt: skip
"""What each kind of pain is in a sentence about a group."""


def journey(cast: Cast) -> Sheet | None:
    """Every persona at every phase and step, one line each; None without journeys."""
    ways = cast.dossier.journeys
    if ways is None:
        return None
    facts, names = {f.id: f for f in cast.facts}, {"all": "everyone", **{p.key: p.name for p in cast.personas}}

    def of(id: str) -> float | None:
        return facts[id].value if id in facts else None

    rows = tuple(
        (
            names[c.persona], c.phase, readable(c.at) if c.at != c.phase else None, of(c.reach), of(c.lost), of(c.repeats),
            of(c.ends), f"{facts[c.wait].value:.3g} {facts[c.wait].unit}" if c.wait in facts else None, c.next or None,
            of(c.next_share), None if c.friction is None else round(100 * c.friction, 1),
        )
        for c in ways.cells
        if c.persona in names and (c.reach or c.lost or c.ends)
    )  # fmt: skip
    return Sheet(
        id="journeys",
        title=f"{len(names) - 1} groups through {len(ways.phases)} phases",
        about=f"One line for each group and phase, and for each step inside it. Shares of {plural(cast.study.entity)} who come "
        "there, and of visits that stop, repeat a step, or end; empty where too few stand behind it.",
        headings=(
            Heading("persona"), Heading("phase"), Heading("step"), Heading("come here", "share"), Heading("stop", "share"),
            Heading("repeat", "share"), Heading("end", "share"), Heading("time from before"), Heading("next"),
            Heading("part of moves to another step", "share"), Heading("friction", "number"),
        ),
        rows=rows,
        part="journeys",
    )  # fmt: skip


def steps(cast: Cast) -> Sheet | None:
    """Which event belongs to which phase, and who says so; None without journeys."""
    ways = cast.dossier.journeys
    if ways is None:
        return None
    told = "You gave these phases." if ways.confirmed else 'Proposed; to change them: --phases "buy=pay,purchase".'
    rows = tuple((s.phase, s.event, s.why, "ends a purchase" if s.goal else None) for s in ways.steps)
    return Sheet(
        id="phases",
        title=f"{len(ways.steps)} events in {len(ways.phases)} phases",
        about=told,
        headings=(Heading("phase"), Heading("event"), Heading("told by"), Heading("goal")),
        rows=rows,
        part="journeys",
    )


def pains(cast: Cast) -> Sheet | None:
    """What gets in the way of whom, heaviest first; None where nothing does."""
    personas = {p.key: p for p in cast.personas}
    rows = tuple(
        (personas[p.persona].name, p.kind, readable(p.at), _evidence(personas[p.persona], p))
        for p in sorted(cast.dossier.pains, key=lambda p: -p.weight)
        if p.persona in personas
    )
    if not rows:
        return None
    top = max((p for p in cast.dossier.pains if p.persona in personas), key=lambda p: p.weight)
    return Sheet(
        id="pains",
        title=f"What gets in the way most: {personas[top.persona].name} {HIT[top.kind].format(at=readable(top.at))}",
        about="Each was found in what users did or wrote. Heaviest first: by how many more of a group are hit than of all; "
        "what is only inferred, or was only written by some, counts half.",
        headings=(Heading("persona"), Heading("pain"), Heading("at"), Heading("evidence")),
        rows=rows,
        part="journeys",
    )


def _evidence(persona: Persona, pain: Pain) -> Claim | None:
    """The sentence of a pain, where it is told."""
    return next((c for c in persona.hinders if c.facts and c.facts[0] == pain.facts[0]), None)
