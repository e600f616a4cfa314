"""How many of each?"""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.look import NOBODY, Mark, mark
from personae.charts.numbers import count, percent, plural, shares
from personae.model.persona import Persona

NO_GROUP = "not in any group"


@dataclass(frozen=True)
class Bar:
    """One group; `width` is a percentage of the largest. `key` is empty for those in no group."""

    key: str
    mark: Mark
    name: str
    users: str
    share: str
    width: float


@dataclass(frozen=True)
class Sizes:
    """Size bars, largest first, users in no group last; the shares printed add up to 100.0 %."""

    chart: Chart
    bars: tuple[Bar, ...]


def sizes(personas: tuple[Persona, ...], outside: int, entity: str, floor: int) -> Sizes:
    """Size bars of the personas; `outside` users are in no group, and not counted out when they are fewer than `floor`."""
    many = plural(entity)
    ordered = sorted(personas, key=lambda p: (-p.users, p.index))
    numbers = (*(p.users for p in ordered), *((outside,) if outside else ()))
    printed = shares(numbers)
    most = max(numbers, default=1)
    bars = [
        Bar(p.key, mark(p.index), p.name, count(p.users), s, round(100 * p.users / most, 2))
        for p, s in zip(ordered, printed, strict=False)
    ]
    if outside:
        few = outside < floor
        bars.append(
            Bar(
                "",
                NOBODY,
                NO_GROUP,
                f"fewer than {floor}" if few else count(outside),
                "" if few else printed[-1],
                0.0 if few else round(100 * outside / most, 2),
            )
        )
    title = (
        f"The largest group is {ordered[0].name}, with {percent(ordered[0].share)} of all {many}"
        if ordered
        else f"No {entity} is in a group"
    )
    chart = Chart(
        "sizes",
        title,
        f"Each bar is a group; longer means more {many}. Shares add up to 100 %.",
        "Size bars. " + "; ".join(f"{b.name}: {b.users}{', ' + b.share if b.share else ''}" for b in bars),
        ("group", many, "share"),
        tuple((b.name, b.users, b.share) for b in bars),
    )
    return Sizes(chart, tuple(bars))
