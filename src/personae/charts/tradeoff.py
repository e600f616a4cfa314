"""What does each method give, and what does it cost?"""

from __future__ import annotations

from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, GREY, INK, LINE
from personae.charts.numbers import listing
from personae.model.advice import Rival
from personae.model.evidence import Evidence

SIDES = (("fit", "explains"), ("steadiness", "steady"), ("balance", "even"), ("readability", "readable"))
"""The four scales and their words."""
WIDTH, ROW = 118, 26


def tradeoff(evidence: Evidence) -> Chart | None:
    """Methods on the four scales, the trade-off set marked; None where there was one method only."""
    found = evidence.comparison
    if found is None or len(found.rivals) < 2:
        return None
    rows = tuple(
        (
            r.method + (" (chosen)" if r.chosen and evidence.verdict.groups else ""),
            str(r.groups),
            *(f"{100 * getattr(r, name):.0f}" for name, _ in SIDES),
            "yes" if r.front else "no",
        )
        for r in found.rivals
    )
    return Chart(
        "tradeoff",
        _title(found.rivals, bool(evidence.verdict.groups)),
        "Explains: share of the differences that lies between groups. Steady: agreement of groupings of other samples. "
        "Even: how equal the sizes are. Readable: share of each group that three questions find again. Each from 0 to 100, "
        "more is better. "
        "Full diamonds are the trade-off set: no other method is as good on all four and better on one. "
        + " ".join(x for x in (found.why, found.second) if x),
        "Methods on four scales. "
        + "; ".join(f"{r[0]}: " + ", ".join(f"{words} {v}" for (_, words), v in zip(SIDES, r[2:6], strict=True)) for r in rows),
        ("method", "groups", *(words for _, words in SIDES), "in the trade-off set"),
        rows,
        _spec(found.rivals),
    )


def _title(rivals: tuple[Rival, ...], there: bool) -> str:
    chosen, others = rivals[0], tuple(r.method for r in rivals[1:] if r.front)
    if not there:
        return f"Nothing holds; {listing(tuple(r.method for r in rivals if r.front))} would make the best of it"
    if not chosen.front:
        return f"{listing(others)} beat{'s' if len(others) == 1 else ''} {chosen.method} on these scales, which did not decide"
    if not others:
        return f"{chosen.method} is at least as good as every other method on all four scales"
    return f"{chosen.method} is in the trade-off set, beside {listing(others)}"


def _spec(rivals: tuple[Rival, ...]) -> dict[str, Any]:
    names = [r.method for r in rivals]
    plots = []
    for i, (name, words) in enumerate(SIDES):
        values = [{"m": r.method, "v": round(100 * getattr(r, name), 2), "f": r.front} for r in rivals]
        labels = {"labels": True, "labelPadding": 8} if not i else {"labels": False}
        y_axis = {"title": None, "domain": False, "ticks": False, "grid": True, "gridColor": LINE, **labels}
        x_axis = {"title": words, "values": [0, 50, 100], "grid": False}
        plots.append(
            {
                "width": WIDTH,
                "height": ROW * len(rivals),
                "data": {"values": values},
                "encoding": {
                    "y": {"field": "m", "type": "nominal", "sort": names, "axis": y_axis},
                    "x": {"field": "v", "type": "quantitative", "scale": {"domain": [0, 112], "nice": False}, "axis": x_axis},
                },
                "layer": [_points(True), _points(False)],
            }
        )
    return {"hconcat": plots, "spacing": 14}


def _points(front: bool) -> dict[str, Any]:
    look = {"type": "point", "filled": True, "opacity": 1, "stroke": INK, "strokeWidth": 1}
    mark = (
        {**look, "shape": "diamond", "fill": COLOURS[0], "size": 130}
        if front
        else {**look, "shape": "circle", "fill": GREY, "size": 70}
    )
    return {"transform": [{"filter": f"datum.f === {'true' if front else 'false'}"}], "mark": mark}
