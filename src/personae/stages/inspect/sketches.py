"""How the values of each column are spread over users, in bars of which none stands for fewer users than the floor."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from personae.model.features import Measure
from personae.model.inspection import Sketch
from personae.model.study import Role
from personae.model.table import Column, Kind, Table
from personae.stages.inspect.view import View
from personae.words.numbers import amount

BARS, ANSWERS = 16, 6
"""Bars of a histogram; answers that have a bar of their own."""
REST = "other"
"""The level of the answers that are too rare for one of their own."""


def sketches(view: View, hidden: frozenset[str]) -> tuple[Sketch, ...]:
    """One sketch a column that has a measure; none of ids, texts and what is `hidden` because it points at a person."""
    least = max(view.study.floor, 2)
    by_name = {(m.source, m.query): m for m in reversed(view.features.measures)}
    by_name |= {(m.source, m.name): m for m in view.features.measures}
    made = []
    for table, column in view.columns():
        if column.name in hidden or column.role in (Role.ID, Role.IGNORE, Role.TEXT):
            continue
        m = by_name.get((table.source, column.name)) or by_name.get((table.source, f"{column.name}_mean"))
        sketch = _of(table, column, m, least) if m is not None else _counted(view, table, column, least)
        if sketch is not None:
            made.append(sketch)
    return tuple(made)


def _of(table: Table, column: Column, m: Measure, least: int) -> Sketch | None:
    if m.kind is Kind.CATEGORY:
        codes = np.asarray(m.values)
        return _levels(table, column, m.levels, np.bincount(codes[codes >= 0], minlength=len(m.levels)), least)
    x = np.asarray(m.values, np.float64)
    x = x[np.isfinite(x)]
    some = np.unique(x) if len(x) else x
    if m.kind is Kind.BOOLEAN and len(some) <= 2:
        yes, _, no = column.format.partition("|")
        n = np.array([(x > 0).sum(), (x <= 0).sum()])
        return _levels(table, column, (yes or "1", no or "0"), n, least)
    ago = " days ago" if column.kind in (Kind.DATE, Kind.TIMESTAMP) else ""
    bars = tuple((f"{label}{ago}", n) for label, n in _bars(x, some, least))
    return Sketch(table.source, column.name, "histogram", bars, _words(bars)) if len(bars) > 1 else None


def _counted(view: View, table: Table, column: Column, least: int) -> Sketch | None:
    """The events of a log that enough users did, by how often; the counts of a wide table."""
    counts = view.features.counts
    if counts is None:
        return None
    if column.role is Role.EVENT:
        users, times = (np.asarray(x.sum(axis=0)).ravel() for x in (counts.matrix > 0, counts.matrix))
        return _levels(table, column, counts.events, np.where(users >= least, times, 0).astype(np.int64), least)
    if column.name in counts.events and table.shape == "entities":
        x = np.asarray(counts.matrix[:, [counts.events.index(column.name)]].toarray(), np.float64).ravel()
        bars = tuple(_bars(x, np.unique(x), least))
        return Sketch(table.source, column.name, "histogram", bars, _words(bars)) if len(bars) > 1 else None
    return None


def _bars(x: NDArray[np.float64], some: NDArray[np.float64], least: int) -> Iterator[tuple[str, int]]:
    """Ranges of numbers with their users: neighbours are joined until each holds enough; the ends are not said."""
    if len(x) < 2 * least:
        return
    if len(some) <= BARS:
        edges, whole = some, True
        n = np.array([(x == v).sum() for v in some])
    else:
        # The outermost values belong to single users: the bars lie between the 1st and the 99th hundredth.
        low, high = np.quantile(x, [0.01, 0.99])
        edges, whole = np.linspace(low, high, BARS + 1)[:-1], False
        n = np.bincount(np.clip(np.searchsorted(edges, x, side="right") - 1, 0, BARS - 1), minlength=BARS)
        edges = np.ceil(edges) if (x == np.rint(x)).all() else edges
    held, start = 0, 0
    made: list[tuple[int, int, int]] = []
    for i, k in enumerate(n):
        held += int(k)
        if held >= least:
            made.append((start, i, held))
            held, start = 0, i + 1
    if held and made:
        made[-1] = (made[-1][0], len(n) - 1, made[-1][2] + held)
    for a, b, k in made:
        first, last = amount(float(edges[a])), amount(float(edges[b]))
        if not whole:
            yield f"from {first}", k
        elif a == b:
            yield first, k
        elif a == 0:
            yield f"up to {last}", k
        else:
            yield (f"{first} or more" if b == len(n) - 1 else f"{first} to {last}"), k


def _levels(table: Table, column: Column, levels: tuple[str, ...], n: NDArray[np.int64], least: int) -> Sketch | None:
    """The most frequent answers; the others together, if they are enough not to point at anyone."""
    order = [int(i) for i in np.argsort(-n, kind="stable") if n[i] > 0]
    if levels[-1:] == (REST,):  # rare answers are one level already
        order = [i for i in order if levels[i] != REST]
    top = [i for i in order[:ANSWERS] if n[i] >= least]
    rest = int(n.sum()) - sum(int(n[i]) for i in top)
    while top and 0 < rest < least:
        rest += int(n[top.pop()])
    bars = [(levels[i], int(n[i])) for i in top] + ([("all others", rest)] if rest and top else [])
    return Sketch(table.source, column.name, "levels", tuple(bars), _words(tuple(bars))) if bars else None


def _words(bars: tuple[tuple[str, int], ...]) -> str:
    """The picture in words, for those who do not see it."""
    total = max(sum(n for _, n in bars), 1)
    return "; ".join(f"{label}: {n / total:.0%}".replace("%", " %") for label, n in bars)
