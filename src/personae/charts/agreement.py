"""Do other methods find the same groups?"""

from __future__ import annotations

from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, INK, PAPER
from personae.model.evidence import Evidence

SAME = 0.8
"""Adjusted Rand index from which on two methods are said to find the same groups."""
CELL = 46
WORDS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def agreement(evidence: Evidence) -> Chart | None:
    """The matrix of agreement between all methods that were compared; None where there was one method only."""
    found = evidence.comparison
    if found is None or len(found.rivals) < 2 or not evidence.agreement:
        return None
    names = tuple(r.method for r in found.rivals)
    at = {(a, b): v for a, b, v in evidence.agreement} | {(b, a): v for a, b, v in evidence.agreement}
    rows = tuple((a, *("-" if a == b else f"{100 * at[a, b]:.0f}" for b in names)) for a in names)
    return Chart(
        "agreement",
        _title(found.agreed, len(names)),
        f"Adjusted Rand index between each two methods on the same {found.users:,}, times 100: 100 is the same groups, 0 is "
        f"what chance would give, {100 * SAME:.0f} or more is called the same. {names[0]} comes first as it was chosen.",
        "Agreement of methods. " + "; ".join(f"{a} and {b}: {100 * v:.0f}" for a, b, v in evidence.agreement),
        ("method", *names),
        rows,
        _spec(names, at),
    )


def _title(agreed: int, methods: int) -> str:
    if not agreed:
        return "No other method finds the same groups" if methods > 2 else "The other method finds other groups"
    some, all_of = _word(agreed + 1), _word(methods).lower()
    return (
        f"All {all_of} methods find the same groups"
        if agreed + 1 == methods
        else f"{some} of {all_of} methods find the same groups"
    )


def _word(n: int) -> str:
    return WORDS[n] if n < len(WORDS) else str(n)


def _spec(names: tuple[str, ...], at: dict[tuple[str, str], float]) -> dict[str, Any]:
    values = [
        {"a": a, "b": b, "v": round(max(0.0, at[a, b]), 4), "t": f"{100 * at[a, b]:.0f}"}
        for a in names
        for b in names
        if a != b
    ]
    axis = {"title": None, "domain": False, "ticks": False, "labelAngle": 0, "labelPadding": 6}
    x = {"field": "b", "type": "nominal", "sort": list(names), "axis": {**axis, "orient": "top", "labelAngle": -35}}
    y = {"field": "a", "type": "nominal", "sort": list(names), "axis": axis}
    shade = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, 1], "range": [PAPER, COLOURS[4]]},
        "legend": None,
    }
    return {
        "width": CELL * len(names),
        "height": 30 * len(names),
        "data": {"values": values},
        "encoding": {"x": x, "y": y},
        "layer": [
            {"mark": {"type": "rect", "stroke": PAPER, "strokeWidth": 2}, "encoding": {"color": shade}},
            {"mark": {"type": "text", "fill": INK, "fontSize": 12}, "encoding": {"text": {"field": "t", "type": "nominal"}}},
        ],
    }
