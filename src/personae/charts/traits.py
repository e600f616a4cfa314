"""What sets this group apart?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.multiples import BAND, Line
from personae.charts.numbers import amount, count, in_words, span, times, value
from personae.model.fact import Fact
from personae.model.persona import Profile, Trait
from personae.words.apart import gap, within

ABOVE, BELOW = 5, 3
"""Differences on a card, above and below the average."""


@dataclass(frozen=True)
class Row:
    """One difference: where its end, its interval and everyone lie on the line, in percent, and the numbers beside it."""

    label: str
    at: float
    low: float | None
    high: float | None
    beyond: bool
    times: str
    value: str
    everyone: str
    fact: str


@dataclass(frozen=True)
class Differences:
    """Difference bars of one persona on a logarithmic line, strongest first, above before below."""

    chart: Chart
    rows: tuple[Row, ...]
    line: Line


def shown(profile: Profile) -> tuple[Trait, ...]:
    """The traits that a card shows."""
    return (*profile.above[:ABOVE], *profile.below[:BELOW])


def traits(profile: Profile, name: str, facts: Mapping[str, Fact], line: Line, floor: int) -> Differences:
    """Difference bars of a profile; `facts` by id hold their intervals and base counts."""
    known = [(t, facts[t.fact]) for t in shown(profile) if t.fact in facts]
    rows = tuple(_row(t, f, line, floor) for t, f in known)
    chart = Chart(
        f"traits-{profile.key}",
        _title(name, known),
        f"Times the average of everyone; each mark is {line.step} the one before. Grey (0.8 to 1.25) is no difference; "
        "the thin line is the 95 % interval.",
        f"Difference bars of {name}. "
        + ("; ".join(f"{r.label}: {r.times}" for r in rows) or "no difference beyond the grey band"),
        ("measure", "times the average", "95 % interval", "this group", "everyone", "based on"),
        tuple(
            (r.label, r.times, span(f.multiple_low, f.multiple_high, "multiple"), r.value, r.everyone, count(f.n))
            for r, (_, f) in zip(rows, known, strict=True)
        ),
    )
    return Differences(chart, rows, line)


def _title(name: str, known: list[tuple[Trait, Fact]]) -> str:
    """The strongest difference; names from the data keep their capitals."""
    clear = [t for t, _ in known if not BAND[0] <= t.multiple <= BAND[1]]
    if known and not clear:
        first = known[0][0]
        return f"{capital(first.label)}, {gap(first).replace('+', '').replace('-', '')} {side(first)} the average"
    if not clear:
        return f"{name}: no measure is surely different"
    first = clear[0]
    return f"{capital(first.label)}, {in_words(first.multiple, first.statistic)}"


def capital(label: str) -> str:
    """A label at the beginning of a title; names from the data keep their capitals."""
    return label[:1].upper() + label[1:] if label.islower() else label


def side(trait: Trait) -> str:
    """Which side of everyone a group is on."""
    return "above" if trait.value > trait.everyone else "below"


def _row(trait: Trait, fact: Fact, line: Line, floor: int) -> Row:
    return Row(
        trait.label,
        line.at(trait.multiple),
        None if fact.multiple_low is None else line.at(fact.multiple_low),
        None if fact.multiple_high is None else line.at(fact.multiple_high),
        line.beyond(trait.multiple),
        gap(trait) if within(trait) else times(trait.multiple),
        value(fact, floor),
        amount(trait.everyone, trait.statistic, trait.unit),
        trait.fact,
    )
