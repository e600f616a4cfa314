"""The long form: the five slides, with a slide a persona, every table of the report, how sure it is, and an appendix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from personae.charts.heat import heat
from personae.charts.look import mark
from personae.charts.numbers import count, percent, plural, times
from personae.charts.traits import traits
from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.persona import Claim, Persona
from personae.model.sheet import Sheet
from personae.office.drawing import BODY
from personae.office.slide import Bars, Deck, Grid, Points, Slide
from personae.office.tables import pages
from personae.report import accounts, deck
from personae.report.binder import sheets
from personae.report.cards import firm, scale
from personae.report.firmness import firmness
from personae.report.limits import limits
from personae.report.preface import preface
from personae.report.proof import facts_shown
from personae.report.steps import ordered
from personae.report.tabled import written
from personae.words.numbers import LITTLE, hundred

SLIDES = 4
"""Slides that one table of the report may take; the last says where the rest is."""
BARS = 8
UNSHOWN = ("SQL", "told by")
"""Columns that no slide has: they are for whoever checks the work."""


def long(cast: Cast) -> Deck:
    """All slides, the five of the short form among them, in the order of the report."""
    facts = facts_shown(cast)
    tables = sheets(cast)
    changed = _tables(cast, tables, "changes", "What changed")
    made: list[Slide] = [deck.data(cast), *changed, deck.groups(cast), *_overview(cast, facts)]
    made += [persona(cast, p, facts) for p in ordered(cast.personas)]
    made += [*_heat(cast, facts), *_tables(cast, tables, "journeys", "Journeys")]
    made += [deck.opportunities(cast, facts), *_tables(cast, tables, "use", "What to do"), deck.steps(cast), *_sure(cast)]
    made += [*_tables(cast, tables, "sure", "How sure"), *_tables(cast, tables, "analysts", "For analysts"), *_appendix(cast)]
    return deck.deck(cast, tuple(made))


def _overview(cast: Cast, facts: Mapping[str, Fact]) -> Iterator[Slide]:
    """The personas side by side, six a slide."""
    first = deck.personas(cast, facts)
    people = ordered(cast.personas)
    if not people:
        yield first
        return
    for at in range(0, len(people), deck.FACES):
        some = people[at : at + deck.FACES]
        notes = tuple(x for p in some for x in deck.noted((p.tagline,), facts, cast.study.floor))
        title = first.title if at == 0 else f"Personas {at + 1} to {at + len(some)} of {len(people)}"
        faces = tuple(deck.face(cast, p, facts) for p in some)
        yield replace(first, title=title, faces=faces, notes=notes if at else first.notes, more="")


def persona(cast: Cast, who: Persona, facts: Mapping[str, Fact]) -> Slide:
    """One persona: what sets it apart as a chart, and what is known of it in words."""
    profile = next(p for p in cast.profiles if p.key == who.key)
    drawn = traits(profile, who.name, facts, scale(cast), cast.study.floor)
    known = [t for t in deck.differences(cast, who, facts) if t.multiple >= LITTLE and t.distance is None][:BARS]
    ends = max((max(t.multiple, 1 / t.multiple) for t in known), default=2.0)
    names = tuple(f"{t.label}, {times(t.multiple)}" for t in known)
    values, marks = tuple(float(f"{t.multiple:.9g}") for t in known), (mark(who.index),) * len(known)
    bars = Bars("times the average of everyone", names, values, marks, "", drawn.chart.alt, crosses=1.0, most=2 * ends)
    many = plural(cast.study.entity)
    sections = [
        ("In short", (who.tagline, *who.story[:2])), ("What they do", who.does), ("What they want", who.wants),
        ("What gets in the way", who.hinders), ("Where we meet them", who.meets), ("What comes of it", who.outcomes),
        ("Value", who.value), ("Who they are", who.demographics), ("Most like", (who.difference,) if who.difference else ()),
    ]  # fmt: skip
    there = [(head, claims) for head, claims in sections if claims]
    each = 2 if len(there) < 5 else 1
    points = [Points(head, tuple(c.text for c in claims[:each])) for head, claims in there]
    every: tuple[Claim, ...] = tuple(c for _, claims in sections for c in claims)
    notes = (*deck.noted((*who.traits, *every), facts, cast.study.floor), firm(profile, cast.study.entity, cast.study.floor))
    return Slide(
        f"{who.name}: {_lower(drawn.chart.title)}",
        "Personas",
        notes[: deck.NOTED],
        f"{count(who.users)} {many}, {percent(who.share)} of everyone; {who.steady}: the same group {hundred(who.steadiness)}. "
        "Bars are times the average of everyone.",
        bars=bars if known else None,
        points=tuple(points[:6]),
        mark=mark(who.index),
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _heat(cast: Cast, facts: Mapping[str, Fact]) -> Iterator[Slide]:
    """Multiples side by side, coloured."""
    aside = {id for p in cast.profiles for id in (*p.outcomes, *p.demographics, *p.facts)}
    describing = {m.name for m in cast.measures if m.role in ("demographic", "outcome")}
    kept = [f for f in facts.values() if f.id not in aside and f.measure.partition("=")[0] not in describing]
    made = heat(cast.personas, kept, {m.name for m in cast.measures if m.forms})
    if made is None:
        return
    grid = Grid(
        made.chart.columns, made.chart.rows, (False, *(True for _ in made.heads)), made.chart.alt,
        fills=tuple(("", *(c.fill for c in cells)) for _, cells in made.rows),
    )  # fmt: skip
    for i, part in enumerate(pages(grid, BODY)):
        title = made.chart.title if i == 0 else f"{made.chart.title} (more)"
        yield Slide(title, "Side by side", (made.chart.alt,), made.chart.caption, grid=part)


def _tables(cast: Cast, tables: Sequence[Sheet], part: str, kicker: str) -> Iterator[Slide]:
    """Every table of that part, over as many slides as it needs, up to a few."""
    for sheet in tables:
        if sheet.part != part or not sheet.rows:
            continue
        told = [i for i, h in enumerate(sheet.headings) if h.name not in UNSHOWN]
        kinds = [sheet.headings[i].kind for i in told]
        rows = tuple(tuple(written(row[i], k) for i, k in zip(told, kinds, strict=True)) for row in sheet.rows)
        grid = Grid(tuple(sheet.headings[i].name for i in told), rows, tuple(k != "text" for k in kinds), sheet.title)
        parts = pages(grid, BODY)
        if len(parts) > SLIDES:
            parts = pages(grid, replace(BODY, h=BODY.h - 22))
        for i, some in enumerate(parts[:SLIDES]):
            title = sheet.title if i == 0 else f"{sheet.title} ({i + 1} of {min(len(parts), SLIDES)})"
            left = sum(len(p.rows) for p in parts[SLIDES:])
            more = f"{left:,} more rows: the workbook has all of them." if i == SLIDES - 1 and left else ""
            yield Slide(title, kicker, (sheet.about,), sheet.about, grid=some, more=more)


def _sure(cast: Cast) -> Iterator[Slide]:
    """How often each group comes back, and what this run cannot say."""
    words, found = limits(cast), firmness(cast)
    bars = None
    if found.steadiness:
        people = ordered(cast.personas)[:12]
        names, values = tuple(p.name for p in people), tuple(float(round(100 * p.steadiness)) for p in people)
        marks = tuple(mark(p.index) for p in people)
        bars = Bars("times in 100 the group comes back", names, values, marks, "0", found.steadiness.chart.alt, most=110.0)
    title = found.steadiness.chart.title if found.steadiness else "What this run cannot say"
    about = "Times in 100 that each group came back when the work was repeated on other samples" if bars else ""
    points = (Points("Limits", words[:5]), *((Points("Borders", (found.borderline,)),) if found.borderline else ()))
    yield Slide(title, "How sure", words[: deck.NOTED], about, bars=bars, points=points)


def _appendix(cast: Cast) -> Iterator[Slide]:
    """Where the numbers come from and how to make them again."""
    rows = tuple((a, b) for a, b in preface(cast)[1:])
    grid = Grid(("what", "which"), rows, (False, False), "Data, settings and versions of this run")
    for part in pages(grid, BODY):
        yield Slide("Data, limits, and how to make this again", "Appendix", (accounts.command(cast.study),), grid=part)
