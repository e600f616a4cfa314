"""How many of each?"""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.look import NOBODY, Mark, mark
from personae.charts.numbers import count, percent, plural
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
    """Size bars, largest first, users in no group last; a share is printed as on its card."""

    chart: Chart
    bars: tuple[Bar, ...]


def sizes(personas: tuple[Persona, ...], outside: int, entity: str, floor: int) -> Sizes:
    """Size bars of the personas; `outside` users are in no group, and not counted out when they are fewer than `floor`."""
    many = plural(entity)
    ordered = sorted(personas, key=lambda p: (-p.users, p.index))
    numbers = (*(p.users for p in ordered), *((outside,) if outside else ()))
    most, total = max(numbers, default=1), max(1, sum(numbers))
    bars = [
        Bar(p.key, mark(p.index), p.name, count(p.users), percent(p.share), round(100 * p.users / most, 2)) for p in ordered
    ]
    if outside:
        few = outside < floor
        bars.append(
            Bar(
                "",
                NOBODY,
                NO_GROUP,
                f"fewer than {floor}" if few else count(outside),
                "" if few else percent(outside / total),
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
        f"Each bar is a group; longer means more {many}. Shares are rounded, so their sum may miss 100 % by a little.",
        "Size bars. " + "; ".join(f"{b.name}: {b.users}{', ' + b.share if b.share else ''}" for b in bars),
        ("group", many, "share"),
        tuple((b.name, b.users, b.share) for b in bars),
    )
    return Sizes(chart, tuple(bars))
