"""The journey maps: one for each persona, phases in columns, as a page shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from personae.charts.chart import Chart
from personae.charts.friction import friction
from personae.charts.funnel import funnel
from personae.charts.look import Mark, mark
from personae.charts.numbers import count, percent, plural, sentence, value
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.journey import Cell, Journeys
from personae.model.persona import Claim, Persona
from personae.report.proof import Proof, Said, said
from personae.words.names import readable

ROWS = (
    ("reach", "come here"), ("lost", "stop here"), ("repeats", "repeat a step"), ("ends", "visits that end here"),
    ("wait", "time from before"),
)  # fmt: skip
"""Facts of a cell and what a row of them is called."""
NEARLY = 0.9
"""From this part of a group on, those whose visits are told of are nearly all of it."""


@dataclass(frozen=True)
class Shown:
    """One number of a map: its words, everyone's, whether the difference is tested and clear, and what is behind it."""

    text: str
    everyone: str
    clear: bool
    proof: Proof | None
    users: int = 0


@dataclass(frozen=True)
class Column:
    """One phase of one persona. `steps` are the events inside it with who comes there and how many stop; `friction` is from 0
    to 100, of the highest of all personas."""

    phase: str
    steps: tuple[tuple[str, Shown, Shown], ...]
    numbers: tuple[Shown, ...]
    next: Shown
    friction: str
    height: int
    parts: str
    words: tuple[Said, ...]
    opportunity: str


@dataclass(frozen=True)
class Map:
    """The journey of one persona."""

    key: str
    mark: Mark
    name: str
    finding: str
    columns: tuple[Column, ...]
    proofs: tuple[Proof, ...]


@dataclass(frozen=True)
class Walked:
    """The section on journeys: charts, one map a persona, and how to read them."""

    charts: tuple[Chart, ...]
    maps: tuple[Map, ...]
    rows: tuple[str, ...]
    about: tuple[str, ...]


def walked(cast: Cast, facts: Mapping[str, Fact], proofs: Mapping[str, Proof]) -> Walked | None:
    """The journeys of a cast; None where there are none."""
    ways = cast.dossier.journeys
    if ways is None or not cast.personas:
        return None
    charts = tuple(c for c in (funnel(cast), friction(cast)) if c is not None)
    maps = tuple(_map(cast, ways, p, facts, proofs) for p in cast.personas if p.users)
    return Walked(charts, maps, tuple(words for _, words in ROWS), _about(cast, ways))


def _about(cast: Cast, ways: Journeys) -> tuple[str, ...]:
    """How these journeys were made, in sentences."""
    many = plural(cast.study.entity)
    whom = f"a random part of {count(ways.users)} {many}" if ways.sampled else f"{count(ways.users)} {many}"
    named = "as you said" if ways.confirmed else "proposed from the names of the events and the order in which they come"
    lines = [
        f"From the order of events in {ways.source}, of {whom}. A visit is {ways.visit}.",
        f"The phases are {named}{'' if ways.confirmed else '; the table of events shows them, and --phases changes them'}.",
        "Friction is the share of visits that stop, plus the share that repeat a step, plus the share who wait more than twice "
        "everyone's median. It is no measure of feelings.",
    ]
    if ways.describes:
        lines.append(
            f"How often each event happens also formed the groups, so who comes where describes them and is not tested; stops, "
            f"repeats and waits are tested against the other {many}, all together (marked *)."
        )
    return tuple(lines)


def _map(cast: Cast, ways: Journeys, persona: Persona, facts: Mapping[str, Fact], proofs: Mapping[str, Proof]) -> Map:
    top = max((c.friction or 0.0 for c in ways.cells), default=0.0) or 1.0
    columns, shown = [], []
    for phase in ways.phases:
        cell = ways.cell(persona.key, phase) or Cell(persona.key, phase, phase)
        columns.append(_column(cast, ways, persona, cell, facts, proofs, top))
        shown += [i for c in ways.cells if (c.persona, c.phase) == (persona.key, phase) for i in _ids(c)]
    return Map(
        persona.key, mark(persona.index), persona.name, _finding(ways, persona), tuple(columns),
        tuple(proofs[i] for i in dict.fromkeys(shown) if i in proofs),
    )  # fmt: skip


def _ids(cell: Cell) -> tuple[str, ...]:
    """The facts of a cell."""
    return tuple(i for i in (cell.reach, cell.lost, cell.ends, cell.repeats, cell.wait, cell.late, cell.next_share) if i)


def _finding(ways: Journeys, persona: Persona) -> str:
    """Where friction is highest, in a line."""
    own = [c for c in ways.cells if c.persona == persona.key and c.at == c.phase and c.friction]
    if not own:
        return "No friction could be measured."
    worst = max(own, key=lambda c: (c.friction or 0.0, -ways.phases.index(c.phase)))
    return f"Most friction at \u201c{worst.phase}\u201d"


def _column(
    cast: Cast,
    ways: Journeys,
    persona: Persona,
    cell: Cell,
    facts: Mapping[str, Fact],
    proofs: Mapping[str, Proof],
    top: float,
) -> Column:
    def shown(id: str) -> Shown:
        return _shown(facts.get(id), proofs, cast.study.floor)

    steps = tuple(
        (readable(c.at), shown(c.reach), shown(c.lost))
        for c in ways.cells
        if (c.persona, c.phase) == (persona.key, cell.phase) and c.at != c.phase and (c.reach or c.lost)
    )
    after = shown(cell.next_share)
    height = 0 if cell.friction is None else round(100 * cell.friction / top)
    ats = {cell.phase, *(s.event for s in ways.steps if s.phase == cell.phase)}
    return Column(
        cell.phase,
        steps,
        tuple(_number(ways, persona, cell, name, shown) for name, _ in ROWS),
        Shown(f"{cell.next} {after.text}" if after.text else "", "", False, after.proof),
        "" if cell.friction is None else str(round(100 * cell.friction)),
        height,
        _parts(cell, facts),
        tuple(said(c, proofs) for c in _written(persona, ats)),
        _opportunity(cast, persona, ats),
    )


def _number(ways: Journeys, persona: Persona, cell: Cell, name: str, shown: Callable[[str], Shown]) -> Shown:
    """One number of a cell: a time beside everyone's in its own unit, and "nearly all" where fewer than the floor are not."""
    own: Shown = shown(getattr(cell, name))
    if name == "wait" and own.text and (all_ := ways.cell("all", cell.phase)) is not None:
        return replace(own, everyone=shown(all_.wait).text)
    if name == "reach" and not own.text and shown(cell.lost).users >= NEARLY * persona.users:
        return Shown("nearly all", "", False, None)
    return own


def _shown(fact: Fact | None, proofs: Mapping[str, Proof], floor: int) -> Shown:
    if fact is None or fact.id not in proofs:
        return Shown("", "", False, None)
    proof = proofs[fact.id]
    clear = fact.p is not None and fact.p < 0.05
    return Shown(value(fact, floor), proof.everyone, clear, proof, fact.n)


def _parts(cell: Cell, facts: Mapping[str, Fact]) -> str:
    """What friction is made of, in words."""
    named = (("stop", cell.lost), ("repeat", cell.repeats), ("wait long", cell.late))
    return ", ".join(f"{percent(facts[i].value)} {word}" for word, i in named if i in facts)


def _written(persona: Persona, ats: set[str]) -> tuple[Claim, ...]:
    """What they wrote that has words of a phase or of its steps."""
    known = {w for a in ats for w in readable(a).lower().split() if len(w) > 3}
    says = next((q.claims for q in persona.empathy if q.part == "says"), ())
    return tuple(c for c in says if known & set("".join(x if x.isalpha() else " " for x in c.text.lower()).split()))[:1]


def _opportunity(cast: Cast, persona: Persona, ats: set[str]) -> str:
    """The first proposal that answers a pain of this phase."""
    kinds = {p.kind for p in cast.dossier.pains if p.persona == persona.key and p.at in ats}
    found = next((o for o in persona.opportunities if o.pain in kinds), None)
    return sentence(found.title) if found else ""
