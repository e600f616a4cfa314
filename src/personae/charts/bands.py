"""Where is a measure cut, and how many users lie where?"""

from __future__ import annotations

from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, INK, SOFT
from personae.charts.numbers import count, percent, plural, sentence, span, value_of
from personae.model.bands import Bands
from personae.words.banding import said

WIDTH, HEIGHT = 620, 220


def bands(made: Bands) -> Chart:
    """The picture of bands, and their table; the drawing is left out where nothing can be shown."""
    many = plural(made.entity)
    statistic = "rate" if made.against_share else "mean"
    outcome = (f"{made.against}", "95 % interval") if made.against else ()
    rows = tuple(
        (
            b.name,
            count(b.users),
            percent(b.share),
            *((value_of(b.outcome, statistic), span(b.outcome_low, b.outcome_high, statistic)) if made.against else ()),
        )
        for b in made.bands
    )
    caption = (
        f"Each bar counts {many} with that {made.label}{f' ({made.unit})' if made.unit else ''}; lines are cuts, and the shade "
        "around each is where it lies in 95 of 100 resamples."
    )
    alt = f"{sentence(made.why)} " + "; ".join(f"{b.name}: {count(b.users)} {many}, {percent(b.share)}" for b in made.bands)
    columns = (made.label, many, "share", *outcome)
    return Chart("bands", sentence(made.why), caption, alt, columns, rows, _spec(made) if any(made.counts) else {})


def _spec(made: Bands) -> dict[str, Any]:
    """Bars of users, a line a cut, a shade an interval."""
    low, high = made.edges[0], made.edges[-1]
    scale: dict[str, Any] = {"domain": [low, high], "nice": False}
    if made.scale == "log":
        scale["type"] = "log"
    title = f"{made.label}{f' ({made.unit})' if made.unit else ''}"
    x = {
        "field": "a",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": title, "grid": False, "tickCount": 8, "format": "~s" if high >= 1e5 else "~f"},
    }
    y = {"field": "n", "type": "quantitative", "axis": {"title": plural(made.entity), "tickCount": 4, "domain": False}}
    bins = [{"a": a, "b": b, "n": n} for a, b, n in zip(made.edges, made.edges[1:], made.counts)]
    cuts = [
        {"a": max(c.low, low), "b": min(max(c.high, c.low), high), "at": c.value, "name": said(c.value)}
        for c in made.cuts
        if low < c.value < high
    ]
    shade = {"type": "rect", "fill": COLOURS[1], "opacity": 0.35}
    line = {"type": "rule", "stroke": INK, "strokeWidth": 2}
    text = {"type": "text", "dy": -8, "fontWeight": "bold", "fontSize": 13, "fill": INK, "baseline": "bottom", "y": 0}
    at = {**x, "field": "at"}
    shades = {"data": {"values": cuts}, "mark": shade, "encoding": {"x": x, "x2": {"field": "b"}}}
    marked = [
        {"data": {"values": cuts}, "mark": line, "encoding": {"x": at}},
        {"data": {"values": cuts}, "mark": text, "encoding": {"x": at, "text": {"field": "name"}}},
    ]
    bars = {
        "data": {"values": bins},
        "mark": {"type": "bar", "fill": COLOURS[4], "stroke": SOFT, "strokeWidth": 0.6},
        "encoding": {"x": {**x, "bin": {"binned": True}}, "x2": {"field": "b"}, "y": y},
    }
    return {"width": WIDTH, "height": HEIGHT, "layer": [shades, bars, *marked] if cuts else [bars]}
