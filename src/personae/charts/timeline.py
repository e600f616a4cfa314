"""Events of a log over time, with the days that stand out marked by shape as well as by shade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from personae.charts.numbers import count
from personae.model.inspection import Days

WIDTH, HEIGHT, MOST = 960, 120, 240
"""Of the drawing in its own units; bars at most."""
FEW = 10


@dataclass(frozen=True)
class Timeline:
    """Bars as (x, width, y, height, marked), ticks as (x, month), the same as a table of months, and words."""

    source: str
    title: str
    alt: str
    bars: tuple[tuple[float, float, float, float, bool], ...]
    ticks: tuple[tuple[float, str], ...]
    months: tuple[tuple[str, str], ...]
    each: int


def timeline(days: Days) -> Timeline:
    """The days of a log; of a long one several days a bar."""
    n, first = len(days.counts), date.fromisoformat(days.first)
    each = -(-n // MOST)
    totals = [sum(days.counts[i : i + each]) / len(days.counts[i : i + each]) for i in range(0, n, each)]
    top, step = max(totals) or 1, WIDTH / len(totals)
    odd = {i // each for i in days.odd}
    bars = tuple(
        (
            round(i * step, 2),
            round(max(step - 0.8, 0.6), 2),
            round(HEIGHT * (1 - v / top), 2),
            round(HEIGHT * v / top, 2),
            i in odd,
        )
        for i, v in enumerate(totals)
    )
    last = first + timedelta(days=n - 1)
    many = len(days.odd)
    title = (
        f"{days.source}: {many} of {count(n)} days stand{'s' if many == 1 else ''} out"
        if many
        else f"{days.source}: {count(n)} days, none stands out"
    )
    middle = sorted(days.counts)[n // 2]
    alt = f"Events a day from {first} to {last}, in the middle about {count(middle)}. {days.words}."
    return Timeline(days.source, title, alt, bars, _ticks(first, n), _months(days, first), each)


def _ticks(first: date, n: int) -> tuple[tuple[float, str], ...]:
    """The first day of months, at most a dozen of them."""
    found = [(i, first + timedelta(days=i)) for i in range(n) if (first + timedelta(days=i)).day == 1]
    some = found[:: max(1, -(-len(found) // 12))]
    return tuple((round(100 * i / n, 2), f"{d:%b %Y}") for i, d in some)


def _months(days: Days, first: date) -> tuple[tuple[str, str], ...]:
    """Events by month."""
    total: dict[str, int] = {}
    for i, c in enumerate(days.counts):
        month = (first + timedelta(days=i)).isoformat()[:7]
        total[month] = total.get(month, 0) + c
    return tuple((m, count(c) if c >= FEW or not c else f"fewer than {FEW}") for m, c in total.items())
