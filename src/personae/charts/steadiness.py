"""Does each group come back?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from personae.charts.chart import Chart
from personae.charts.look import Mark, mark
from personae.charts.numbers import listing, those
from personae.model.persona import UNTESTED, Persona


@dataclass(frozen=True)
class Steadiness:
    """One dot per persona from 0 to 100 times in 100."""

    chart: Chart
    rows: tuple[tuple[Mark, str, float, str, str], ...]
    """Mark, name, position in percent, "94", "steady"."""


def hundred(share: float) -> str:
    """0.94 as "94"."""
    return f"{100 * share:.0f}"


def steadiness(personas: Sequence[Persona], caveats: Mapping[int, str] = MappingProxyType({})) -> Steadiness | None:
    """How often each group comes back when the work is repeated on other samples; without those that a person made. `caveats`
    say of a persona's index in how few other ways to form groups it is there."""
    personas = [p for p in personas if p.steady != UNTESTED]
    if not personas:
        return None
    rows = tuple((mark(p.index), p.name, round(100 * p.steadiness, 2), hundred(p.steadiness), p.steady) for p in personas)
    shaky = tuple(p.name for p in personas if p.steady == "shaky")
    least = min(personas, key=lambda p: (p.steadiness, p.index))
    title = f"Every group comes back at least {hundred(least.steadiness)} times in 100"
    if shaky:
        some = listing(shaky) if len(shaky) <= 3 else f"{len(shaky)} of {len(personas)} groups"
        title = f"{some} {those(len(shaky), 'is', 'are')} shaky: not to be relied on alone"
    seldom = tuple(p.name for p in personas if caveats.get(p.index))
    if seldom:
        some = listing(seldom) if len(seldom) <= 3 else f"{len(seldom)} of {len(personas)} groups"
        title += f", but {some} {those(len(seldom), 'is', 'are')} in fewer than half of the other ways to form groups"
    chart = Chart(
        "steadiness",
        title,
        "The work was repeated on other samples of the same data. The dot says how much of the group came back, out of 100: "
        "from 75 it is steady (a valid group), from 60 fairly steady (a pattern), below that shaky (not to be trusted; "
        "Hennig 2007).",
        "Steadiness. " + "; ".join(f"{r[1]}: {r[3]} in 100, {r[4]}" for r in rows),
        ("group", "came back, in 100", "in words"),
        tuple((r[1], r[3], r[4]) for r in rows),
    )
    return Steadiness(chart, rows)
