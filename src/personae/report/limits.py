"""What this run cannot say. Generated from the run, and never empty (R102)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from personae.charts.numbers import count, listing, percent, plural, sentence, those
from personae.charts.steadiness import hundred
from personae.model.cast import Cast
from personae.model.evidence import Structure
from personae.model.table import telling
from personae.report.accounts import base
from personae.report.days import last
from personae.words.enough import thin
from personae.words.worlds import deadly, firm, killers, some_of, there

SMALL, BLURRED, FAITHFUL, GAPS = 100, 0.2, 0.9, 0.05
"""Users from which averages settle; share of borderline users, fidelity and share of empties that are worth a warning."""


def limits(cast: Cast) -> tuple[str, ...]:
    """The limits of the groups, of the data and of the numbers, most important first."""
    return (*_of_groups(cast), *_of_method(cast), *_of_data(cast), *_always(cast))


def _of_groups(cast: Cast) -> Iterator[str]:
    e, many = cast.evidence, plural(cast.study.entity)
    if e.verdict.forced:
        yield f"The {len(cast.personas)} groups were drawn by order. Nothing in the data speaks for them."
    if e.verdict.kind == Structure.NOTHING and not e.verdict.forced:
        measures = f"{len([m for m in cast.measures if m.forms])} measures"
        yield f"Nothing was found among {count(e.searched)} {many} by {measures}. Weaker groups need more of either to show."
    if e.verdict.kind == Structure.REPRODUCIBLE:
        yield f"There are no gaps between the groups: {many} near a line are much like those on the other side of it."
    if e.verdict.kind == Structure.CONSTRUCTIVE:
        yield "Another cut of the same data would serve as well. Choose the bands by what you want to do with them."
    if e.verdict.kind == Structure.NATURAL:
        yield from _shading(cast)
    if e.torn and e.torn.words:
        yield sentence(e.torn.words)
    if e.reach and e.reach.varying:
        yield sentence(e.reach.varying)
    shaky = tuple(p.name for p in cast.personas if p.steady == "shaky")
    if shaky:
        yield f"{listing(shaky)}: shaky, another sample may not show {'it' if len(shaky) == 1 else 'them'}."
    yield from _of_worlds(cast)
    blurred = tuple(p.key for p in cast.profiles if p.border_share > BLURRED)
    for p in cast.personas:
        if p.key in blurred:
            yield f"{p.name}: more than {percent(BLURRED)} sit near the border with another group."
    small = tuple(p.name for p in cast.personas if p.users < SMALL)
    if small:
        yield f"{listing(small)}: fewer than {SMALL} {many}, so their averages are rough; read the intervals."
    if cast.personas and e.fidelity < FAITHFUL:
        yield f"The rule that places {many} repeats the grouping for only {hundred(e.fidelity)} in 100 {many}."
    if 0 < e.searched < cast.users - e.outliers and cast.personas:
        part = f"{count(e.searched)} of {count(cast.users)} {many}"
        yield f"The groups were looked for among {part}, chosen by their id alone; then everyone was placed."


def _shading(cast: Cast) -> Iterator[str]:
    """Which groups have no clear gap between them, those that shade into the most others first, and each pair once."""
    name = {p.index: p.name for p in cast.personas}
    pairs = [(b.first, b.second) for b in cast.evidence.borders if b.soft and b.first in name and b.second in name]
    while pairs:
        met = Counter(i for pair in pairs for i in pair)
        one = min(met, key=lambda i: (-met[i], i))
        others = tuple(name[a if b == one else b] for a, b in pairs if one in (a, b))
        many = f"{name[one]} shade into {listing(others)}: there is no clear gap; they may be one group."
        yield many if len(others) > 1 else f"Between {name[one]} and {others[0]} there is no clear gap; they may be one group."
        pairs = [p for p in pairs if one not in p]


def _of_worlds(cast: Cast) -> Iterator[str]:
    """Which personas hang on a choice that was made on the way."""
    found = cast.evidence.worlds
    if found is None or not cast.personas:
        return
    dead = deadly(found)
    if dead:
        yield f"None of these groups is there {some_of(tuple(w.words for w in dead))}: formed that way, other groups may show."
    weak = tuple(p for p in cast.personas if not firm(found, p.index))
    if len(weak) > 3:
        names = listing(tuple(p.name for p in weak))
        yield f"{names}: gone in more than a quarter of the {len(found.choices)} other ways to form the groups."
        return
    for p in weak:
        lost = killers(found, p.index, alone=True)
        some, all_ = there(found, p.index)
        gone = f", gone {some_of(lost)}" if lost else ""
        yield f"{p.name}: there in {some} of {all_} other ways to form the groups{gone}."


def _of_method(cast: Cast) -> Iterator[str]:
    """What the method left out, and which criteria want another number."""
    e, many = cast.evidence, plural(cast.study.entity)
    if e.outliers:
        apart = count(e.outliers) if e.outliers >= cast.study.floor else f"Fewer than {cast.study.floor}"
        yield f"{apart} {many} are unlike all others and took no part in the search for groups."
    if few := thin(e, cast.study.entity):
        yield f"{few} (Dolnicar et al. 2014)."
    other = tuple(
        v for v in e.votes if cast.personas and v.groups and not v.limit and e.verdict.groups not in (v.groups, *v.also)
    )
    if other:
        said = listing(tuple(f"{v.criterion} ({v.shown})" for v in other))
        yield f"Not every criterion wants {e.verdict.groups} groups: {said}."


def _of_data(cast: Cast) -> Iterator[str]:
    many = plural(cast.study.entity)
    if cast.window:
        w = cast.window
        span = those(w.days, "day", "days")
        yield f"The data cover {count(w.days)} {span}, to {last(w)}. Seasons and campaigns in them are part of the picture."
        if w.first_days:
            days = "day" if w.first_days == 1 else f"{count(w.first_days)} days"
            yield f"Only the first {days} of each {cast.study.entity} counted: nothing here says what they did later."
    for m in telling(cast.matches):
        if m.only_left or m.only_right:
            lone = max(m.only_left, m.only_right)
            shown = count(lone) if lone >= cast.study.floor else f"Fewer than {cast.study.floor}"
            sides = (m.left, m.right) if m.only_left >= m.only_right else (m.right, m.left)
            there, not_there = (base(s) for s in sides)
            yield f"{shown} {many} of {there} are not in {not_there}, so less is known of them."
    gaps = tuple(
        f"{c.name} ({percent(c.empty / c.rows)})"
        for t in cast.tables
        for c in t.columns
        if c.rows and c.empty / c.rows > GAPS and c.role != "ignore"
    )
    if gaps:
        rest = f" and {len(gaps) - 6} more columns" if len(gaps) > 6 else ""
        yield f"Empty values: {listing(gaps[:6], ',' if rest else 'and')}{rest}. Nobody knows what they would have said."
    aside = sum(t.set_aside for t in cast.tables)
    if aside:
        rows = those(aside, "row was", "rows were")
        yield f"{count(aside)} {rows} set aside as unreadable; if they were of one kind, that kind is missing here."
    if cast.personas and not any(p.outcomes for p in cast.personas):
        yield (
            "No outcome was given (revenue, churn, satisfaction), so nothing here says what the groups are worth. "
            "Name one with --outcome."
        )


def _always(cast: Cast) -> Iterator[str]:
    many = plural(cast.study.entity)
    if cast.personas:
        yield (
            "Measures that formed the groups differ between them by construction: "
            "those differences describe the groups and do not test them. "
            "Whether there are groups at all is answered by tests of their own, under Why and How sure."
        )
        yield f"A persona sums up many {many}. No single one of them is just like it, so decide nothing about one by it."
    yield "The data say what was done, not why. For the why, talk to people."
