"""How sure are we, and what would change this."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from personae.charts.axes import Axes, axes
from personae.charts.look import Mark, mark
from personae.charts.numbers import count, listing, percent, plural, those
from personae.charts.steadiness import Steadiness, hundred, steadiness
from personae.model.cast import Cast
from personae.model.evidence import Axis, Structure
from personae.report.limits import limits
from personae.words.worlds import caveat


@dataclass(frozen=True)
class Pair:
    """Two neighbouring groups and the kind of border between them."""

    first: tuple[Mark, str]
    second: tuple[Mark, str]
    words: str
    soft: bool
    p: str


@dataclass(frozen=True)
class Firmness:
    """Everything in "how sure are we"."""

    steadiness: Steadiness | None
    pairs: tuple[Pair, ...]
    merging: str
    borderline: str
    fidelity: str
    agreement: tuple[tuple[str, str, str], ...]
    change: tuple[str, ...]
    limits: tuple[str, ...]
    empties: str
    """Whether the groups hang on how empty cells were treated; "" where none matter."""
    axes: Axes | None
    seeds: str
    """Whether the groups hang on the random numbers; "" where none were changed."""


def firmness(cast: Cast) -> Firmness:
    """How firm the groups of a cast are."""
    e, many = cast.evidence, plural(cast.study.entity)
    there = bool(cast.personas)
    return Firmness(
        steadiness(cast.personas, {p.index: caveat(e.worlds, p.index) for p in cast.personas}) if there else None,
        _pairs(cast),
        _merging(cast),
        _borderline(cast) if there else "",
        f"The rule that places {many} puts {hundred(e.fidelity)} in 100 where the grouping put them." if there else "",
        tuple((a, b, hundred(v)) for a, b, v in e.agreement if e.chosen in (a, b)),
        tuple(_change(cast)),
        limits(cast),
        e.preparation.sensitivity.words if e.preparation and e.preparation.sensitivity else "",
        axes(_called(cast), cast.study.entity),
        _seeds(cast),
    )


def _seeds(cast: Cast) -> str:
    """How far groupings from other random numbers agree, and which group does not come back from all of them."""
    found = cast.evidence.worlds
    if found is None or found.seeds is None or not cast.personas:
        return ""
    worlds = found.of("seed")
    agree = f"any two groupings agree {hundred(found.seeds)} in 100"
    said = f"Formed again with {len(worlds)} other seeds of the random numbers, {agree}"
    lost = tuple(f"{p.name} with {n}" for p in cast.personas if (n := sum(w.has(p.index) is False for w in worlds)))
    return f"{said}; gone: {listing(lost)}." if lost else f"{said}, and every group is there with each."


def _called(cast: Cast) -> tuple[Axis, ...]:
    """The directions along which users differ, with the words for measures instead of their names."""
    label = {m.name: m.label for m in cast.measures if m.kind != "event"}

    def called(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(label.get(n, n) for n in names)

    return tuple(replace(a, low=called(a.low), high=called(a.high)) for a in cast.evidence.axes)


def _pairs(cast: Cast) -> tuple[Pair, ...]:
    name = {p.index: p.name for p in cast.personas}
    found = []
    for b in cast.evidence.borders:
        if b.first in name and b.second in name:
            words = (
                "soft: no gap shows, the two may be one"
                if b.soft
                else f"clear: fewer {plural(cast.study.entity)} between them than on either side"
            )
            p = "below 0.001" if b.p < 0.001 else f"{b.p:.3f}"
            found.append(Pair((mark(b.first), name[b.first]), (mark(b.second), name[b.second]), words, b.soft, p))
    return tuple(found)


def _merging(cast: Cast) -> str:
    """Which groups nearly are one, as the title of the table of borders."""
    soft = tuple(p for p in _pairs(cast) if p.soft)
    if not soft:
        if cast.evidence.verdict.kind == Structure.NATURAL:
            return "Every border that was looked at is clear"
        return "No two groups nearly merge, yet that alone makes no natural groups"
    if len(soft) == 1:
        return f"{soft[0].first[1]} and {soft[0].second[1]} nearly merge"
    return f"{len(soft)} of {len(_pairs(cast))} borders are soft"


def _borderline(cast: Cast) -> str:
    many, floor = plural(cast.study.entity), cast.study.floor
    placed = sum(p.users for p in cast.profiles)
    border = sum(round(p.border_share * p.users) for p in cast.profiles)
    if not border:
        return f"No {many} sit on a border between groups."
    if border < floor:
        return f"Fewer than {floor} {many} sit on a border between groups."
    return (
        f"{count(border)} {many}, {percent(border / placed)} of those in a group, sit near a border and could be in either. "
        f"They are marked in the list of {many}, so that you can leave them out of a mailing or a test."
    )


def _change(cast: Cast) -> Iterator[str]:
    """What another run could show, and why."""
    v, many = cast.evidence.verdict, plural(cast.study.entity)
    name = {p.index: p.name for p in cast.personas}
    soft = tuple((b.first, b.second) for b in cast.evidence.borders if b.soft and b.first in name and b.second in name)
    for first, second in soft[:3] if v.kind == Structure.NATURAL else ():
        yield f"If {name[first]} and {name[second]} go on looking alike, they become one group, and {len(name) - 1} remain."
    if v.alternative and cast.personas:
        yield f"{v.alternative} groups come next. With more {many} or more time, that number may win."
    loose = tuple(p.name for p in cast.personas if p.steady != "steady")
    if loose:
        them = those(len(loose), "it", "them")
        some = listing(loose) if len(loose) < 5 else f"{len(loose)} groups"
        yield f"{some}: more data may firm {them} up or dissolve {them}."
    formed = sum(m.forms for m in cast.measures)
    measures = those(formed, "measure", "measures")
    yield f"Other measures: the groups rest on {count(formed)} {measures} of behaviour; adding or hiding some can move them."
    if cast.window:
        days = cast.window.first_days or cast.window.days
        own = f"the first {count(days)} days of each" if cast.window.first_days else f"{count(days)} days"
        yield f"Another window: these are habits of {own}."
