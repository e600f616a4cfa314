"""The run as five slides: data, groups, personas, opportunities, next steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from personae.charts.look import mark
from personae.charts.multiples import BAND
from personae.charts.numbers import amount, count, listing, percent, plural, sentence, those, times, value
from personae.charts.traits import shown
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona, Trait
from personae.office.slide import Bars, Deck, Face, Grid, Points, Slide, Tile
from personae.report import accounts, verdict
from personae.report.days import day, last
from personae.report.firmness import firmness
from personae.report.limits import limits
from personae.report.page import outside
from personae.report.proof import facts_shown
from personae.report.steps import asks, firsts, ordered, plans
from personae.words.happening import headline, named
from personae.words.names import capital
from personae.words.worded import briefly, marked

FACES, BARS, PLANS = 6, 10, 6
"""Personas, bars and opportunities on one slide of the short form; the rest is counted and named elsewhere."""
SOURCES = ("source", "sources")
NOTED = 60
"""Lines of notes on one slide."""


def short(cast: Cast) -> Deck:
    """Exactly five slides."""
    facts = facts_shown(cast)
    slides = (data(cast), groups(cast), personas(cast, facts), opportunities(cast, facts), steps(cast))
    return deck(cast, slides)


def deck(cast: Cast, slides: tuple[Slide, ...]) -> Deck:
    """Slides with what stands on each of them."""
    badge = verdict.badge(cast)
    names = tuple(accounts.base(t.source) for t in cast.tables)
    files = listing(names) if len(names) < 4 else f"{len(names)} sources"
    version = cast.versions.get("personae", "")
    foot = f"personae {version}, {files}, seed {cast.study.seed}" + (f", {briefly(cast.worded)}" if cast.worded else "")
    return Deck(verdict.headline(cast), badge.word, badge.phrase, foot, slides)


# ---------------------------------------------------------------- data


def data(cast: Cast) -> Slide:
    """What was found, in which data."""
    badge, many, w = verdict.badge(cast), plural(cast.study.entity), cast.window
    formed = sum(m.forms for m in cast.measures)
    rows = sum(t.used for t in cast.tables)
    tiles = [
        Tile(count(cast.users), f"{many} in the data"),
        Tile(count(rows), f"{those(rows, 'row', 'rows')} read from {len(cast.tables)} {those(len(cast.tables), *SOURCES)}"),
        Tile(f"{w.days} {those(w.days, 'day', 'days')}", f"{day(w.start)} to {last(w)}") if w else
        Tile(str(len(cast.measures)), "measures in all"),
        Tile(count(formed), f"{those(formed, 'measure', 'measures')} of behaviour formed the groups"),
    ]  # fmt: skip
    tables = cast.tables[:4]
    more = f"and {len(cast.tables) - 4} more sources" if len(cast.tables) > 4 else ""
    grid = Grid(
        ("source", "rows used", "set aside"),
        tuple((accounts.base(t.source), count(t.used), count(t.set_aside)) for t in tables),
        (False, True, True),
        "Rows used and set aside, by source",
    )
    made, asked = named(cast), verdict.asked(cast)
    changed = (f"{headline(made)} since {made.before.run or 'the run before'}.",) if made else ()
    said = (badge.sentences, *changed, *((marked(cast.worded),) if cast.worded else ()), *((asked,) if asked else ()))
    notes = (verdict.why(cast), *(f"{a}: {b} rows used, {c} set aside" for a, b, c in grid.rows), *cast.warnings)
    return Slide(
        verdict.headline(cast), "1  Data", notes[:NOTED], tiles=tuple(tiles), grid=grid, more=more, cover=True,
        points=(Points("", said),),
    )  # fmt: skip


# ---------------------------------------------------------------- groups


def groups(cast: Cast) -> Slide:
    """How many of each, and what kind of groups these are; without personas, what was tested."""
    if not cast.personas:
        return _tested(cast)
    floor, many = cast.study.floor, plural(cast.study.entity)
    people, rest = ordered(cast.personas), outside(cast)
    few = 0 < rest < floor
    drawn = people if len(people) <= BARS else people[: BARS - 1]
    names = [f"{p.name}, {percent(p.share)}" for p in drawn]
    values, marks = [float(p.users) for p in drawn], [mark(p.index) for p in drawn]
    if len(drawn) < len(people):
        others = sum(p.users for p in people[len(drawn) :])
        names.append(f"{len(people) - len(drawn)} more groups, {percent(others / max(1, cast.users))}")
        values.append(float(others))
        marks.append(mark(99))
    more = f"Fewer than {floor} {many} are in no group." if few else f"{count(rest)} {many} are in no group." if rest else ""
    top, firm = people[0], firmness(cast)
    sure = [firm.steadiness.chart.title] if firm.steadiness else []
    alt = "Size bars. " + "; ".join(f"{n}: {count(int(v))} {many}" for n, v in zip(names, values, strict=True))
    return Slide(
        f"The largest of {len(people)} groups is {top.name}, with {percent(top.share)} of all {many}",
        "2  Groups",
        (verdict.why(cast), *(f"{p.name}: {count(p.users)} {many}, {percent(p.share)}" for p in people))[:NOTED],
        about=f"{many.capitalize()} in each group, and their share of everyone",
        bars=Bars(many, tuple(names), tuple(values), tuple(marks), "#,##0", alt),
        points=(
            Points("What kind of groups", (verdict.badge(cast).sentences,)),
            Points("Why this number", (verdict.why(cast),)),
            *((Points("How firm", tuple(map(sentence, sure))),) if sure else ()),
        ),
        more=more,
    )


def _tested(cast: Cast) -> Slide:
    votes = cast.evidence.votes[:8]
    grid = Grid(
        ("what was tested", "groups", "what it says"), tuple((v.criterion, v.shown, sentence(v.words)) for v in votes),
        (False, True, False), "What each test says about the number of groups",
    )  # fmt: skip
    return Slide("No test speaks for groups in these data", "2  Groups", (verdict.why(cast),), verdict.why(cast), grid=grid)


# ---------------------------------------------------------------- personas


def personas(cast: Cast, facts: Mapping[str, Fact]) -> Slide:
    """The largest personas side by side."""
    people = ordered(cast.personas)
    if not people:
        words = limits(cast)
        return Slide(
            "There is nobody to describe: a persona drawn here would be an invention", "3  Personas", words[:NOTED],
            points=(Points("What is known", words[:4]),),
        )  # fmt: skip
    shown_now = people[:FACES]
    held = sum(p.share for p in shown_now)
    rest = len(people) - len(shown_now)
    more = (
        f"{rest} more personas, {percent(1 - held)} of everyone at most, are in the report and the long deck." if rest else ""
    )
    strongest = _strongest(cast, shown_now, facts)
    notes = [x for p in shown_now for x in (f"{p.name}:", *noted((p.tagline, *p.traits), facts, cast.study.floor))]
    return Slide(
        strongest or f"{len(people)} personas, each with its own habits", "3  Personas", tuple(notes[:NOTED]),
        faces=tuple(face(cast, p, facts) for p in shown_now), more=more,
    )  # fmt: skip


def _strongest(cast: Cast, people: tuple[Persona, ...], facts: Mapping[str, Fact]) -> str:
    """The two strongest differences as a title."""
    found = []
    for p in people:
        for t in differences(cast, p, facts)[:1]:
            found.append((t.multiple, p.name, t))
    found.sort(key=lambda x: (-x[0], x[1]))
    said = {t.label: (f"{t.label} {times(m)}", name) for m, name, t in reversed(found) if m > BAND[1]}
    if not said:
        return ""
    (first, name), *others = list(reversed(said.values()))[:2]
    return capital(f"{name} stand out most, with {first} the average" + "".join(f"; then {n}, with {x}" for x, n in others))


def differences(cast: Cast, persona: Persona, facts: Mapping[str, Fact]) -> tuple[Trait, ...]:
    """What sets a persona apart, as its card shows it."""
    profile = next(p for p in cast.profiles if p.key == persona.key)
    return tuple(t for t in shown(profile) if t.fact in facts)


def face(cast: Cast, persona: Persona, facts: Mapping[str, Fact], most: int = 3) -> Face:
    """A persona as a box: its strongest differences first."""
    own = differences(cast, persona, facts)
    lines = [(times(t.multiple), t.label) if t.distance is None else (_value(facts[t.fact]), t.label) for t in own[:most]]
    below = next((f"In the way: {c.text}" for c in persona.hinders), "")
    size = f"{count(persona.users)} {plural(cast.study.entity)}, {percent(persona.share)}, {persona.steady}"
    return Face(mark(persona.index), persona.name, size, persona.tagline.text, tuple(lines), below)


def _value(fact: Fact) -> str:
    return amount(fact.value, fact.statistic, fact.unit if fact.unit.startswith("share") else "")


def noted(claims: tuple[Claim, ...], facts: Mapping[str, Fact], floor: int) -> Iterator[str]:
    """Sentences with the facts behind them, for the notes."""
    for c in claims:
        behind = [facts[id] for id in c.facts if id in facts]
        said = "; ".join(_behind(f, floor) for f in behind[:4])
        yield f"[{c.grade}] {c.text}" + (f"  {said}" if said else "")


def _behind(fact: Fact, floor: int) -> str:
    """A fact with everyone's value and its base."""
    all_of = "" if fact.everyone is None else f" (everyone {amount(fact.everyone, fact.statistic, fact.unit)})"
    return f"{fact.id} = {value(fact, floor)}{all_of}, based on {count(fact.n)}"


# ---------------------------------------------------------------- opportunities, next steps


def opportunities(cast: Cast, facts: Mapping[str, Fact]) -> Slide:
    """What could be done, for whom, why, and how it would show."""
    found = plans(cast)
    if not found:
        return _no_plan(cast, facts)
    most = found[:PLANS]
    rows = tuple((p.name, o.title, o.evidence.text, o.metric, o.horizon, o.effort) for p, o in most)
    grid = Grid(
        ("persona", "opportunity", "what suggests it", "what should move", "when", "effort"), rows, (False,) * 6,
        "Opportunities, soonest first", tuple(mark(p.index) for p, _ in most),
    )  # fmt: skip
    soon = sum(o.horizon == "quick win" for _, o in found)
    ideas = f"{count(len(found))} {those(len(found), 'idea', 'ideas')}"
    title = f"{count(soon)} of {ideas} can start within two weeks" if soon else f"None of {ideas} can start within two weeks"
    notes = []
    for p, o in most:
        notes += [
            f"{p.name}: {o.title}. {o.action}",
            f"How to test it: {o.test}",
            *noted((o.evidence,), facts, cast.study.floor),
        ]
        notes += [f"Caution: {o.caution}"] if o.caution else []
    rest = len(found) - len(most)
    return Slide(
        title, "4  Opportunities", tuple(notes[:NOTED]), "Hypotheses, each from a measured fact; none promises an effect",
        grid=grid, more=f"{rest} more are in the report." if rest else "",
    )  # fmt: skip


def _no_plan(cast: Cast, facts: Mapping[str, Fact]) -> Slide:
    """Where no opportunity was found: what could be looked at instead."""
    people = ordered(cast.personas)[:FACES]
    if not people:
        why = "No groups, no opportunities of groups: treat these {m} alike, or look at other behaviour."
        return Slide(
            why.format(m=plural(cast.study.entity)), "4  Opportunities", (verdict.why(cast),),
            points=(Points("What may show groups", asks(cast)[:4]),),
        )  # fmt: skip
    points = tuple(Points(p.name, tuple(c.text for c in (*p.hinders, *p.outcomes, *p.traits)[:2])) for p in people[:3])
    notes = tuple(x for p in people for x in noted((*p.hinders, *p.outcomes, *p.traits[:2]), facts, cast.study.floor))
    return Slide(
        "No opportunity follows from these data; this is what to look at", "4  Opportunities", notes[:NOTED],
        "An opportunity needs something that gets in the way: drop-offs, errors, tickets, answers", points=points,
    )  # fmt: skip


def steps(cast: Cast) -> Slide:
    """What to do first, what to ask, what to keep in mind."""
    first, ask, mind = firsts(cast), asks(cast), limits(cast)
    title = {
        True: "What to do first, what to ask, what to keep in mind",
        False: "First: look at other behaviour, or for longer",
    }[bool(cast.personas)]
    return Slide(
        title, "5  Next steps", (*first, *ask, *mind)[:NOTED],
        points=(Points("Do", first[:4]), Points("Find out", ask[:4]), Points("Keep in mind", mind[:4])),
    )  # fmt: skip
