"""Along which lines do users differ?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.numbers import listing, percent, plural
from personae.model.evidence import Axis
from personae.words.names import readable


@dataclass(frozen=True)
class Axes:
    """Directions of variation, most important first: width of the bar in percent, share, words at both ends."""

    chart: Chart
    rows: tuple[tuple[float, str, tuple[str, ...], tuple[str, ...]], ...]


def axes(found: Sequence[Axis], entity: str) -> Axes | None:
    """The axes of variation; None when there are none."""
    if not found:
        return None
    many = plural(entity)
    rows = tuple((round(100 * a.share, 2), percent(a.share), tuple(map(end, a.low)), tuple(map(end, a.high))) for a in found)
    _, _, low, high = rows[0]
    ends = f": from {listing(low[:2])} to {listing(high[:2])}" if low and high else ""
    chart = Chart(
        "axes",
        f"{percent(found[0].share)} of what sets {many} apart lies along one line{ends}",
        f"Each line is a direction along which {many} differ by degrees; the bar is its share of all the differences "
        "between them. What stands at an end is done more by those who lie there.",
        "Axes of variation. "
        + "; ".join(f"{s}: from {listing(low) or 'less'} to {listing(high) or 'more'}" for _, s, low, high in rows),
        ("line", "share of the differences", "one end", "other end"),
        tuple((str(i), s, ", ".join(low), ", ".join(high)) for i, (_, s, low, high) in enumerate(rows, 1)),
    )
    return Axes(chart, rows)


def end(feature: str) -> str:
    """A measure, or an answer to a question, as a reader would write it: "plan = pro" becomes "plan: pro"."""
    stem, _, level = feature.partition(" = ")
    return f"{readable(stem)}: {level}" if level else readable(stem)
