"""Beliefs held against the data, as sections of sentences and tables: the same for the page and the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from personae.charts.numbers import count, percent, plural
from personae.charts.sits import sits
from personae.model.belief import Beliefs, Believed, Foretold, Segments, Together
from personae.report.leaf import Grid, Leaf, Section
from personae.words.believing import MARKS, span

NOTE = "these describe; they do not say what causes what"
NO_OUTCOME = (
    "No outcome is among the data, so which grouping says more about one cannot be told: name one with --outcome COLUMN."
)


def lead(made: Beliefs) -> str:
    """What was compared with what."""
    run = f" of run {made.run}" if made.run else ""
    return f"{count(made.users)} {plural(made.entity)} against the personas{run} (verdict: {made.kind})"


def sections(made: Beliefs) -> tuple[Section, ...]:
    """Hand-made personas first, then segments, then outcomes."""
    found = [_believed(b, made.entity) for b in made.believed]
    if made.segments is not None:
        found += [_segments(made.segments, made.entity), _outcomes(made.outcomes)]
    return tuple(found)


def page(made: Beliefs) -> Leaf:
    """Everything on one page; its title is the first finding."""
    parts = sections(made)
    first = next((w for s in parts for w in s.words), lead(made))
    note = (f"{NOTE.capitalize()}.",)
    return Leaf("Beliefs against the data", first, f"{lead(made)}.", (), (), note, sections=parts)


def _believed(b: Believed, entity: str) -> Section:
    """One hand-made persona, marked with its origin."""
    traits = tuple(
        (t.text, _few(t.alone), _few(t.others), span(t.within), _share(t.everyone), _said(t.contradicted, t.p))
        for t in b.traits
    )
    grids = [
        Grid(
            "traits",
            ("trait", "meet it alone", "meet all others", "has it, of those", "of all", "the data"),
            traits, (1, 2, 3, 4),
        )
    ]  # fmt: skip
    kinds = {"more": "hold it up", "less": "contradict it", "alike": "say nothing for it", "few": "are too few"}
    claims = tuple((c.text, span(c.within), _share(c.rest), kinds[c.kind]) for c in b.claims)
    if claims:
        grids.append(Grid("claims", ("claim", "of them", "of the rest", "the data"), claims, (1, 2)))
    if b.parts:
        rows = tuple((p.name, _share(p.share), percent(p.everyone)) for p in b.parts)
        grids.append(Grid("where they are", ("persona", "of them", f"of all {plural(entity)}"), rows, (1, 2)))
    mark = MARKS[b.origin]
    return Section(f"{b.name} ({mark})", b.words, tuple(grids))


def _said(contradicted: bool, p: float | None) -> str:
    return "contradict it" if contradicted else "-" if p is None else "agree" if p < 0.05 else "do not tie it to them"


def _segments(s: Segments, entity: str) -> Section:
    """Every segment and where it sits."""
    grids = [Grid("how large each is", ("segment", plural(entity), "share"), _sizes(s), (1, 2))]
    if s.segments and s.segments[0].parts:
        heads = tuple(x.name for x in s.segments)
        by_persona = zip(*(x.parts for x in s.segments), strict=True)
        rows = tuple((ps[0].name, *(_share(p.share) for p in ps), percent(ps[0].everyone)) for ps in by_persona)
        grids.append(Grid("where each is", ("persona", *heads, "everyone"), rows, tuple(range(1, len(heads) + 2))))
    near = tuple((x.name, *_together(x.together)) for x in s.segments)
    grids.append(
        Grid(
            "told by behaviour",
            ("segment", "spread", "drawn by chance", "found again", "by chance up to", "separation", "a group"),
            near, (1, 2, 3, 4, 5),
        )
    )  # fmt: skip
    words = (*s.words, *(x.words for x in s.segments[:8] if x.words))
    return Section(f"Segments by {s.name}", words, tuple(grids), tuple(sits(s)))


def _sizes(s: Segments) -> tuple[tuple[str, ...], ...]:
    return tuple((x.name, count(x.users), percent(x.share)) for x in s.segments)


def _together(t: Together | None) -> tuple[str, ...]:
    if t is None:
        return ("-",) * 6
    own = "-" if t.silhouette is None else f"{t.silhouette:.2f}"
    told = "yes" if t.told else "no"
    return f"{t.closeness:.2f}", f"{t.low:.2f} to {t.high:.2f}", percent(t.recalled), percent(t.chance), own, told


def _outcomes(found: tuple[Foretold, ...]) -> Section:
    """Which says more about each outcome."""
    if not found:
        return Section("Outcomes", (NO_OUTCOME,), ())
    columns = ("outcome", "persona", "segment", "demographics", "says most", "persona adds", "of its")
    rows = tuple((f.label, *_sides(f)) for f in found)
    return Section(
        "Outcomes of users held out", tuple(f.words for f in found), (Grid("how much is known", columns, rows, (1, 2, 3, 5)),)
    )


def _sides(f: Foretold) -> Iterator[str]:
    yield from (span(f.persona), span(f.segment), span(f.demographics), f.ahead or "none surely", span(f.lift), f.measure)


def _few(users: int | None) -> str:
    return "too few to tell" if users is None else count(users)


def _share(share: float | None) -> str:
    return "-" if share is None else percent(share)
