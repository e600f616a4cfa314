"""Are they really apart? The users from the two directions that tell the groups apart best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from personae.charts.axes import end
from personae.charts.chart import Chart
from personae.charts.look import SOFT
from personae.charts.numbers import count, listing, percent, plain, plural
from personae.charts.plane import Plane, ellipse, line, plane, sign, squares, write
from personae.model.cast import Cast
from personae.model.evidence import Border
from personae.model.map import Direction, Map

WIDTH = 720
LINE = 16
"""Height of a line of names."""
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST = 6
"""Names that a title holds."""


def mapped(cast: Cast) -> Chart | None:
    """The map of a cast; None where there is none."""
    seen = cast.evidence.map
    if seen is None:
        return None
    names = {p.index: p.name for p in cast.personas}
    label = {m.name: m.label for m in cast.measures if m.kind != "event"}
    many = plural(cast.study.entity)
    title = finding(cast.evidence.borders, names, many)
    rows = tuple(
        (
            names[o.persona],
            count(o.users),
            f"{plain(o.x)}, {plain(o.y)}",
            f"{plain(o.xx**0.5)}, {plain(o.yy**0.5)}",
        )
        for o in seen.outlines
        if o.persona in names
    )
    said = f"Across: {_ends(seen.across, label)}. Up: {_ends(seen.up, label)}."
    places = "; ".join(f"{n} at {at}" for n, _, at, _ in rows)
    return Chart(
        "map",
        title,
        _caption(seen, cast, many),
        f"{title}. {said} {places}".strip(),
        ("group", many, "middle (across, up)", "spread (standard deviation across, up)"),
        rows or (("everyone", count(seen.users), "0, 0", ""),),
        _spec(seen, names, cast.evidence.borders, label),
    )


def finding(borders: Sequence[Border], names: Mapping[int, str], many: str = "users") -> str:
    """Who stands apart and who shades into whom, as the test of the borders has it."""
    if not names:
        return f"No groups stand apart among these {many}"
    met = [b for b in borders if b.first in names and b.second in names]
    known = sorted({i for b in met for i in (b.first, b.second)})
    if not known:
        return f"Where the {_number(len(names))} groups lie"
    soft = [(b.first, b.second) for b in met if b.soft]
    blends = _together(soft)
    alone = [i for i in known if not any(i in b for b in blends)]
    if not blends:
        return (
            f"All {_number(len(known))} groups stand apart from their neighbours"
            if len(known) > 2
            else "Both groups stand apart"
        )
    if sum(map(len, blends)) > MOST:
        shading = f"{_number(sum(map(len, blends)))} shade into a neighbour"
    else:
        shading = "; ".join(_shading(b, [p for p in soft if p[0] in b], names) for b in blends)
    if not alone:
        return shading[:1].upper() + shading[1:]
    stand = (
        f"{listing(tuple(names[i] for i in alone))} stand apart"
        if len(alone) < 3
        else f"{_number(len(alone))} groups stand apart"
    )
    return f"{stand[:1].upper()}{stand[1:]}; {shading}"


def _together(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """What hangs together by pairs."""
    sets: list[set[int]] = []
    for pair in pairs:
        joined = set(pair).union(*(s for s in sets if s & set(pair)))
        sets = [*(s for s in sets if not s & joined), joined]
    return sorted(tuple(sorted(s)) for s in sets)


def _shading(group: Sequence[int], pairs: Sequence[tuple[int, int]], names: Mapping[int, str]) -> str:
    """Groups that hang together, in words: all with all, all with one of them, or each with some."""
    hub = next((i for i in group if all(i in p for p in pairs)), None)
    if 2 * len(pairs) == len(group) * (len(group) - 1):
        return f"{listing(tuple(names[i] for i in group))} shade into each other"
    if hub is not None:
        return f"{names[hub]} shade into {listing(tuple(names[i] for i in group if i != hub))}"
    return f"{listing(tuple(names[i] for i in group))} shade into neighbours"


def _number(n: int) -> str:
    return NUMBERS[n] if n < len(NUMBERS) else count(n)


def _ends(d: Direction, label: Mapping[str, str]) -> str:
    low, high = _words(d.low, label), _words(d.high, label)
    return f"from {low} to {high}" if low and high else f"more {high or low} at one end" if high or low else "no single measure"


def _words(names: Sequence[str], label: Mapping[str, str]) -> str:
    return ", ".join(dict.fromkeys(end(label.get(n, n)) for n in names))


def _caption(seen: Map, cast: Cast, many: str) -> str:
    """How to read it, and what it does not show."""
    whole, between = seen.across.whole + seen.up.whole, [seen.across.between, seen.up.between]
    parts = [
        f"Each square holds at least {cast.study.floor} {many}; the larger it is, the more, and its colour is the group "
        "most of them are in. What lies apart here is apart; what lies together may differ in a direction that is not shown."
    ]
    shares = [b for b in between if b is not None]
    if shares:
        parts.append(
            f"Of all ways to look, this one shows the groups furthest apart: {percent(sum(shares))} of the differences between "
            f"their middles, {percent(whole)} of all differences. It is no proof of a gap; the test of the borders is."
        )
        own = any(o.model for o in seen.outlines)
        what = "the mixture's own ellipses" if own else f"about 4 and 9 in 10 of a bell-shaped group's {many}"
        parts.append(f"Rings, 1 and 2 standard deviations: {what}.")
        if any(b.soft for b in cast.evidence.borders):
            parts.append("Dots join groups that shade into each other.")
    else:
        parts.append(f"The two directions are those in which {many} differ most: {percent(whole)} of all differences.")
    if seen.left_out:
        parts.append(f"{percent(seen.left_out / seen.users)} of {count(seen.users)} are in sparser places and not drawn.")
    return " ".join(parts)


def _spec(seen: Map, names: Mapping[int, str], borders: Sequence[Border], label: Mapping[str, str]) -> dict[str, Any]:
    outlines = [o for o in seen.outlines if o.persona in names]
    on = plane(seen.cells, seen.side, outlines, WIDTH)
    middle = {o.persona: (o.x, o.y) for o in outlines}
    soft = [(middle[b.first], middle[b.second]) for b in borders if b.soft and b.first in middle and b.second in middle]
    layers = [
        squares(on, seen.cells, seen.side, [c.persona if c.persona in names else -1 for c in seen.cells]),
        *(ellipse(on, o, sd, dash) for o in outlines for sd, dash in ((1.0, ()), (2.0, (5, 4)))),
        *(line(on, pair, 2.2, (1, 5)) for pair in soft),
        *chain.from_iterable(sign(on, o.persona, o.x, o.y) for o in outlines),
        *named(on, [(names[o.persona], on.right(o.x), on.down(o.y)) for o in outlines]),
        *_edges(on, seen, label),
    ]
    return {"width": on.width, "height": on.height, "view": {"stroke": SOFT, "strokeWidth": 0.6}, "layer": layers}


def named(on: Plane, marks: Sequence[tuple[str, float, float]]) -> list[dict[str, Any]]:
    """Names above their marks, moved up where they would lie on another one."""
    done: list[tuple[float, float, float]] = []
    layers: list[dict[str, Any]] = []
    for name, right, down in sorted(marks, key=lambda m: -m[2]):
        half = min(3.7 * len(name) + 4, on.width / 2)
        x, y = min(max(right, half), on.width - half), down - 18
        while any(abs(x - a) < half + b and abs(y - c) < LINE for a, b, c in done) or any(
            abs(x - a) < half + 8 and abs(y - b) < 16 for _, a, b in marks
        ):
            y -= 4
        done.append((x, half, y))
        layers.extend(write(name, x, y, align="center", baseline="middle"))
    return layers


def _edges(on: Plane, seen: Map, label: Mapping[str, str]) -> list[dict[str, Any]]:
    """In words, what lies at the four ends."""
    plain_words: dict[str, Any] = {"fontSize": 12, "fontWeight": "normal", "fill": SOFT}
    layers: list[dict[str, Any]] = []
    for d, length, turned in ((seen.across, on.width, False), (seen.up, on.height, True)):
        room = int(length / 2 / 6.4)
        low, high = _cut(d.low, label, room), _cut(d.high, label, room)
        for text, at, side in (
            (f"\u2190 {low}" if low else "", 0, "left"),
            (f"{high} \u2192" if high else "", length, "right"),
        ):
            if text:
                place = (-12, on.height - at) if turned else (at, on.height + 16)
                look = {**plain_words, "align": side, "baseline": "middle", **({"angle": 270} if turned else {})}
                layers.append(write(text, *place, **look)[1])
    return layers


def _cut(names: Sequence[str], label: Mapping[str, str], room: int) -> str:
    """As many of the words as there is room for."""
    words = list(dict.fromkeys(end(label.get(n, n)) for n in names))
    while len(words) > 1 and len(", ".join(words)) > room:
        words.pop()
    text = ", ".join(words)
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}\u2026"
