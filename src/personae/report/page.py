"""The whole report as values, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from personae import progress
from personae.charts.beside import COUNTED, Beside, beside
from personae.charts.chart import Chart
from personae.charts.groups import groups, tried
from personae.charts.heat import Heat, heat
from personae.charts.numbers import count, listing, percent, plain, plural, sentence, those
from personae.charts.outcomes import Outcome, outcomes
from personae.charts.sizes import Sizes, sizes
from personae.model.cast import Cast, Listed
from personae.model.evidence import Structure, Vote
from personae.model.features import Window
from personae.model.table import Match, telling
from personae.report import accounts, verdict
from personae.report.binder import sheets
from personae.report.cards import Card, card, scale
from personae.report.changed import Changed, changed
from personae.report.cut import Dendrogram, dendrogram
from personae.report.days import day, last
from personae.report.empathy import Part, empathy
from personae.report.firmness import Firmness, firmness
from personae.report.glossary import GLOSSARY
from personae.report.journeys import Walked, walked
from personae.report.looks import looks
from personae.report.proof import Proof, anchors, facts_shown, proof
from personae.report.tabled import Tabled, tabled
from personae.words.advising import advised
from personae.words.flagged import flagged
from personae.words.names import follow
from personae.words.worded import marked, reasons, told


@dataclass(frozen=True)
class Tried:
    """One number of groups in the panel's table."""

    size: int
    role: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Number:
    """Why this number of groups?"""

    recommended: int
    alternative: int | None
    why: str
    asked: str
    charts: tuple[Chart, ...]
    tried: tuple[Tried, ...]
    votes: tuple[Vote, ...]
    methods: str
    agreed: str
    beside: tuple[Beside, ...]
    counted: str
    """Whom the sizes of `beside` count."""
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """A report. `entities` is the plural of what a persona is made of."""

    title: str
    badge: verdict.Badge
    lead: tuple[str, ...]
    meta: tuple[str, ...]
    entity: str
    entities: str
    users: str
    floor: int
    changed: Changed | None
    """What changed, where the run is a refresh."""
    sizes: Sizes | None
    cards: tuple[Card, ...]
    heat: Heat | None
    outcomes: tuple[Outcome, ...]
    number: Number
    firmness: Firmness
    cut: Dendrogram | None
    nobody: tuple[str, ...]
    looks: tuple[Chart, ...]
    walked: Walked | None
    empathy: Mapping[str, tuple[Part, ...]]
    """The empathy map of each persona, by key."""
    sheets: tuple[Tabled, ...]
    axes_first: bool
    sources: tuple[accounts.Source, ...]
    matches: tuple[str, ...]
    window: str
    measures: tuple[tuple[str, str, str, bool], ...]
    left_out: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    space: str
    preparation: accounts.Prepared | None
    roles: tuple[tuple[str, str, tuple[str, ...]], ...]
    facts: tuple[tuple[str, tuple[Proof, ...]], ...]
    hidden: int
    settings: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    seed: int
    worded: str
    """By which language model the sentences were worded, and when; "" where none was asked."""
    sent: str
    """What was sent to it, and where."""
    kept: tuple[tuple[str, int], ...]
    apart: tuple[str, ...]
    """What it is all for, and who took no part, in sentences."""
    """Why lines of the plain writer stayed, and how many for each reason."""
    command: str
    glossary: tuple[tuple[str, str, str], ...]

    def holds(self, part: str) -> bool:
        """Whether some sheet stands in that part."""
        return any(s.part == part for s in self.sheets)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The parts that are there only where they hold something, with their headings."""
        there = {"journeys": bool(self.walked) or self.holds("journeys"), "use": self.holds("use")}
        return tuple((part, words) for part, words in (("journeys", "Journeys"), ("use", "What to do")) if there[part])


def outside(cast: Cast) -> int:
    """Users in no group; none when there are no groups at all."""
    return int(np.count_nonzero(np.asarray(cast.placement.persona) < 0)) if cast.personas else 0


def page(cast: Cast) -> Page:
    """The report of a cast, drawn from its facts and nothing else."""
    facts = facts_shown(cast)
    anchor = anchors(cast)
    proofs = {id: proof(f, anchor[id], cast.study.floor, cast.study.entity) for id, f in facts.items()}
    entity, on = cast.study.entity, scale(cast)
    aside = {id for p in cast.profiles for id in (*p.outcomes, *p.demographics, *p.facts)}
    describing = {m.name for m in cast.measures if m.role in ("demographic", "outcome")}
    cards = []
    for i, persona in enumerate(cast.personas):
        progress.step("report", f"card of {persona.name}", i, len(cast.personas), "personas")
        cards.append(card(cast, persona, facts, proofs, on))
    return Page(
        title=verdict.headline(cast),
        badge=verdict.badge(cast),
        lead=_lead(cast),
        meta=_meta(cast),
        entity=entity,
        entities=plural(entity),
        users=count(cast.users),
        floor=cast.study.floor,
        changed=changed(cast),
        sizes=sizes(cast.personas, outside(cast), entity, cast.study.floor) if cast.personas else None,
        cards=tuple(cards),
        heat=heat(
            cast.personas,
            [f for f in facts.values() if f.id not in aside and f.measure.partition("=")[0] not in describing],
            {m.name for m in cast.measures if m.forms},
        ),
        outcomes=outcomes(cast.personas, cast.profiles, facts, cast.study.floor),
        number=number(cast),
        firmness=firmness(cast),
        cut=dendrogram(cast),
        nobody=cast.evidence.nobody,
        looks=looks(cast),
        walked=walked(cast, facts, proofs),
        empathy={p.key: empathy(p, proofs) for p in cast.personas},
        sheets=tuple(tabled(s, proofs) for s in sheets(cast)),
        axes_first=cast.evidence.verdict.kind in (Structure.REPRODUCIBLE, Structure.CONSTRUCTIVE),
        sources=tuple(accounts.source(t, entity, accounts.told(cast)) for t in cast.tables),
        matches=_matches(cast),
        window=_window(cast),
        measures=tuple(_measure(m, entity) for m in cast.measures),
        left_out=tuple((x.name, x.reason) for x in cast.left_out),
        warnings=cast.warnings,
        space=cast.evidence.space,
        preparation=accounts.prepared(cast),
        roles=tuple((role, follow(use, entity), names) for role, use, names in accounts.roles(cast)),
        facts=_by_subject(cast, proofs),
        hidden=len(cast.facts) - len(facts),
        settings=accounts.settings(cast.study),
        versions=tuple(cast.versions.items()),
        seed=cast.study.seed,
        command=accounts.command(cast.study),
        worded=marked(cast.worded) if cast.worded else "",
        sent=told(cast.worded) if cast.worded else "",
        kept=reasons(cast.worded) if cast.worded else (),
        apart=accounts.apart(cast),
        glossary=tuple((follow(a, entity), b, follow(c, entity)) for a, b, c in GLOSSARY),
    )


def _measure(m: Listed, entity: str) -> tuple[str, str, str, bool]:
    """A measure, its use in words, its source, and whether it forms groups."""
    return m.label, follow(accounts.USES.get(m.role, m.role), entity), accounts.base(m.source), m.forms


def number(cast: Cast) -> Number:
    """The panel that answers "why this many?"."""
    e = cast.evidence
    k, other = e.verdict.groups, e.verdict.alternative
    null = {s.size: s.null for s in e.silhouettes}
    known = {c.name: {p.size: p.value for p in c.points} for c in e.criteria}
    curves = [known.get(name, {}) for name in ("gap", "prediction", "mixture")]
    rows = tuple(
        Tried(
            c.size,
            "recommended" if c.size == k else "runner-up" if c.size == other else "",
            (
                percent(c.inertia),
                "" if c.stability is None else f"{100 * c.stability:.0f}",
                percent(c.smallest),
                *(
                    "" if v is None else plain(v)
                    for v in (
                        c.silhouette,
                        null.get(c.size),
                        c.copula,
                        c.border,
                        c.calinski_harabasz,
                        c.davies_bouldin,
                        *(at.get(c.size) for at in curves),
                    )
                ),
            ),
        )
        for c in tried(e)
    )
    methods = tuple(dict.fromkeys(c.method for c in e.candidates))
    words = f"Methods tried: {listing(methods)}." if methods else ""
    words += f" Chosen: {e.chosen}." if e.chosen else ""
    words += "".join(f" Not tried: {m} ({reason})." for m, reason in e.refused)
    words += "".join(f" {x}" for x in advised(e))
    names = tuple(p.name for p in cast.personas)
    return Number(
        recommended=k,
        alternative=other,
        why=verdict.why(cast),
        asked=verdict.asked(cast),
        charts=groups(e),
        tried=rows,
        votes=e.votes,
        methods=words,
        agreed=e.range.words if e.range else "",
        beside=tuple(replace(b, moves=follow(b.moves, cast.study.entity)) for b in beside(e, names)),
        counted=sentence(follow(COUNTED, cast.study.entity)),
        flags=tuple(follow(x, cast.study.entity) for x in flagged(e.flags, names)),
    )


def _lead(cast: Cast) -> tuple[str, ...]:
    """The sentences under the cover line."""
    asked = verdict.asked(cast)
    lead = [asked] if asked else []
    if any(e.structural for e in cast.edits):
        lead.append(f"The run found {cast.evidence.verdict.groups} groups; a person joined or split some of them.")
    if len(cast.personas) > 3:
        top = sorted(cast.personas, key=lambda p: (-p.users, p.index))
        held, n = 0.0, 0
        while held < 0.5:
            held += top[n].share
            n += 1
            if n == len(top):
                break
        if n < len(top):
            words = {1: "One", 2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(n, str(n))
            lead.append(f"{words} of them {'holds' if n == 1 else 'hold'} {percent(held)} of all {plural(cast.study.entity)}.")
    return (*lead, marked(cast.worded)) if cast.worded else tuple(lead)


def _meta(cast: Cast) -> tuple[str, ...]:
    """What was looked at: files, time, seed. The run's id is left out: two runs of the same data give the same page."""
    names = tuple(accounts.base(t.source) for t in cast.tables)
    meta = [listing(names) if len(names) < 4 else f"{listing(names[:2], ',')} and {len(names) - 2} more files"]
    if cast.window:
        meta.append(f"{_own(cast)}{day(cast.window.start)} to {last(cast.window)}, {_zone(cast.window)}")
    return (*(m for m in meta if m), f"seed {cast.study.seed}")


def _matches(cast: Cast) -> tuple[str, ...]:
    floor, many = cast.study.floor, plural(cast.study.entity)

    def some(n: int) -> str:
        return "none" if n == 0 else count(n) if n >= floor else f"fewer than {floor}"

    said: set[str] = set()

    def words(m: Match) -> str:
        left, right = accounts.base(m.left), accounts.base(m.right)
        alone = f"{some(m.only_left)} only in {left}, {some(m.only_right)} only in {right}"
        several = [(n, s) for n, s in ((m.several_left, left), (m.several_right, right)) if n and s not in said]
        said.update((left, right))
        often = "".join(f"; {some(n)} have several rows in {s}" for n, s in several)
        return f"{some(m.both)} {many} are in both {left} and {right}; {alone}{often}."

    return (*_links(cast), *(sentence(words(m)) for m in telling(cast.matches)))


def _links(cast: Cast) -> tuple[str, ...]:
    """What the rows of each file looked up in which other."""
    found = []
    for t in cast.tables:
        for x in t.links:
            gave = "whose they are" if x.gives == "id" else "what they name"
            lost = f"; {count(x.unmatched)} of {count(t.used)} find none" if x.unmatched else ""
            found.append(f'The rows of {accounts.base(t.source)} look up {gave} in {accounts.base(x.to)} by "{x.by}"{lost}.')
    return tuple(found)


def _window(cast: Cast) -> str:
    """The stretch of time that was looked at, in words."""
    if cast.window is None:
        return ""
    w = cast.window
    return f"{_own(cast)}{day(w.start)} to {last(w)}, {count(w.days)} {those(w.days, 'day', 'days')}, {_zone(w)}"


def _own(cast: Cast) -> str:
    """Which days of each user counted, where it is only the first."""
    days = cast.window.first_days if cast.window else 0
    if not days:
        return ""
    return f"the first {'day' if days == 1 else f'{count(days)} days'} of each {cast.study.entity}, within "


def _zone(window: Window) -> str:
    """The time zone, or that times were taken as they stand."""
    return window.timezone if "/" in window.timezone or window.timezone in ("", "UTC") else f"times {window.timezone}"


def _by_subject(cast: Cast, proofs: dict[str, Proof]) -> tuple[tuple[str, tuple[Proof, ...]], ...]:
    """The full table of facts: everyone first, then by persona."""
    names = {"all": "Everyone", **{p.key: p.name for p in cast.personas}}
    subjects = dict.fromkeys(("all", *(p.key for p in cast.personas), *(f.subject for f in cast.facts)))
    found = ((names.get(s, s), tuple(proofs[f.id] for f in cast.facts if f.subject == s and f.id in proofs)) for s in subjects)
    return tuple((name, rows) for name, rows in found if rows)
