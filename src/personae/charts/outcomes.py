"""What comes of it? An outcome by persona, with its interval; it describes and never explains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.look import Mark, mark
from personae.charts.numbers import amount, count, span, value
from personae.model.fact import Fact
from personae.model.persona import Persona, Profile

SURE = 0.05


@dataclass(frozen=True)
class Dot:
    """One persona's value and interval as positions in percent."""

    mark: Mark
    name: str
    at: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class Outcome:
    """Dots of one outcome on one line; `everyone` is a position."""

    chart: Chart
    dots: tuple[Dot, ...]
    everyone: float | None
    ends: tuple[str, str]


def outcomes(
    personas: Sequence[Persona], profiles: Sequence[Profile], facts: Mapping[str, Fact], floor: int
) -> tuple[Outcome, ...]:
    """One chart per outcome that at least two personas have a value of."""
    measures: dict[tuple[str, str], list[tuple[Persona, Fact]]] = {}
    by_key = {p.key: p for p in personas}
    for profile in profiles:
        for f in (facts[id] for id in profile.outcomes if id in facts):
            measures.setdefault((f.measure, f.statistic), []).append((by_key[profile.key], f))
    return tuple(_outcome(m, pairs, floor) for (m, _), pairs in measures.items() if len({p.key for p, _ in pairs}) > 1)


def _apart(fact: Fact) -> bool:
    """Whether a group surely differs: by the test against the rest, or, where none was made, by the interval."""
    if fact.p is not None:
        return fact.p < SURE
    if fact.everyone is None or fact.low is None or fact.high is None:
        return False
    return not fact.low <= fact.everyone <= fact.high


def _outcome(measure: str, pairs: list[tuple[Persona, Fact]], floor: int) -> Outcome:
    pairs = sorted(pairs, key=lambda x: (-x[1].value, x[0].index))
    values = [v for _, f in pairs for v in (f.value, f.low, f.high, f.everyone) if v is not None]
    low, high = min(0.0, *values), max(values)
    width = (high - low) or 1.0

    def at(v: float | None) -> float | None:
        return None if v is None else round(2 + 96 * (v - low) / width, 2)

    first, last = pairs[0], pairs[-1]
    label, statistic, unit = first[1].label, first[1].statistic, first[1].unit
    everyone = first[1].everyone
    dots = tuple(Dot(mark(p.index), p.name, at(f.value) or 0.0, at(f.low), at(f.high), value(f, floor)) for p, f in pairs)
    ends = f"from {value(last[1], floor)} ({last[0].name}) to {value(first[1], floor)} ({first[0].name})"
    sure = any(_apart(f) for _, f in pairs)
    chart = Chart(
        f"outcome-{measure}",
        f"{label[:1].upper() + label[1:]}: {ends if sure else 'no clear difference between the groups'}",
        "The mark is the group, the line through it its 95 % interval, the dashed line everyone. "
        "It describes; it does not say why.",
        f"{label} by group. " + "; ".join(f"{d.name}: {d.text}" for d in dots),
        ("group", label, "95 % interval", "everyone", "the rest", "based on"),
        tuple(
            (
                p.name,
                value(f, floor),
                span(f.low, f.high, statistic, unit),
                "" if f.everyone is None else amount(f.everyone, statistic, unit),
                "" if f.rest is None else amount(f.rest, statistic, unit),
                count(f.n),
            )
            for p, f in pairs
        ),
    )
    return Outcome(chart, dots, at(everyone), (amount(low, statistic, unit), amount(high, statistic, unit)))
