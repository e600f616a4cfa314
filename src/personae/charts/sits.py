"""Where does each existing segment sit among the personas?"""

from __future__ import annotations

from collections.abc import Iterator

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, GREY, INK
from personae.charts.numbers import percent, sentence
from personae.model.belief import Segments

WIDTH, STEP = 560, 34


def sits(made: Segments) -> Iterator[Chart]:
    """One bar a segment, cut by persona, above it everyone; nothing where there are no personas."""
    told = [s for s in made.segments if s.parts]
    if not told:
        return
    names = [p.name for p in told[0].parts]
    rows = [("everyone", [p.everyone for p in told[0].parts])]
    rows += [(s.name, [p.share or 0.0 for p in s.parts]) for s in told]
    data = [
        {"segment": row, "persona": name, "share": share, "order": j}
        for row, shares in rows
        for j, (name, share) in enumerate(zip(names, shares, strict=True))
    ]
    colours = [COLOURS[j] if told[0].parts[j].key and j < len(COLOURS) else GREY for j in range(len(names))]
    legend = {"title": None, "orient": "bottom", "columns": 2, "columnPadding": 48, "symbolType": "square", "labelLimit": 220}
    side = {"title": None, "labelLimit": 160}
    spec = {
        "width": WIDTH,
        "padding": {"left": 14, "right": 14, "top": 4, "bottom": 4},
        "height": {"step": STEP},
        "data": {"values": data},
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.5},
        "encoding": {
            "y": {"field": "segment", "type": "nominal", "sort": [r for r, _ in rows], "axis": side},
            "x": {
                "field": "share", "type": "quantitative", "stack": "normalize",
                "axis": {"title": None, "format": ".0%", "tickCount": 5, "grid": False},
            },
            "color": {"field": "persona", "type": "nominal", "scale": {"domain": names, "range": colours}, "legend": legend},
            "order": {"field": "order"},
        },
    }  # fmt: skip
    most = max(told, key=lambda s: max((p.share or 0.0) - p.everyone for p in s.parts))
    yield Chart(
        "sits",
        sentence(most.words.partition(". ")[0]),
        "A bar a segment, cut by persona; the first bar is everyone. Bars like the first say nothing about behaviour.",
        "; ".join(f"{row}: " + ", ".join(f"{n} {percent(v)}" for n, v in zip(names, v2)) for row, v2 in rows[:4]),
        ("segment", *names),
        tuple((row, *(percent(v) for v in v2)) for row, v2 in rows),
        spec,
    )
