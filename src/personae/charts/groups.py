"""How many groups? The same numbers tried, seen from five sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, INK, PAPER, SOFT
from personae.charts.numbers import percent, plain
from personae.model.evidence import Candidate, Evidence

WIDTH, HEIGHT = 266, 150
"""Of the plot in pixels: with its axes it fits a phone at full size."""


def tried(evidence: Evidence) -> tuple[Candidate, ...]:
    """One candidate per number of groups, by the method that was chosen, or else by the one that tried most numbers."""
    sizes: dict[str, set[int]] = {}
    for c in evidence.candidates:
        sizes.setdefault(c.method, set()).add(c.size)
    if not sizes:
        return ()
    method = evidence.chosen if len(sizes.get(evidence.chosen, ())) > 1 else min(sizes, key=lambda m: (-len(sizes[m]), m))
    best: dict[int, Candidate] = {}
    for c in evidence.candidates:
        if c.method == method and (c.size not in best or c.inertia < best[c.size].inertia):
            best[c.size] = c
    return tuple(best[k] for k in sorted(best))


def gains(candidates: Sequence[Candidate]) -> dict[int, float]:
    """What each further group adds: the drop of the left-over difference from one group less, where both were tried."""
    left = {1: 1.0} | {c.size: c.inertia for c in candidates}
    return {c.size: left[c.size - 1] - c.inertia for c in candidates if c.size - 1 in left}


def groups(evidence: Evidence) -> tuple[Chart, ...]:
    """Gain, steadiness, smallest group; then silhouette and elbow. A chart that has fewer than two points is left out."""
    candidates = tried(evidence)
    verdict = evidence.verdict
    k, other = verdict.groups, verdict.alternative
    gain = gains(candidates)
    at = {c.size: c for c in candidates}
    made = (
        _chart("gain", _gain_title(gain, k), "What one more group adds: the part of all differences it explains.",
               [(c.size, gain.get(c.size)) for c in candidates], k, other, percent, "%"),
        _chart("again", _title(at, k, lambda c: c.stability, "{k} groups agree {v} in 100 between samples", lambda v: f"{100 * v:.0f}", "Agreement between samples"),
               "How far groupings of other samples agree, beyond chance; 100 is the same every time.",
               [(c.size, c.stability) for c in candidates], k, other, lambda v: f"{100 * v:.0f} in 100", "hundred"),
        _chart("smallest", _title(at, k, lambda c: c.smallest, "The smallest of {k} groups holds {v}", percent, "Share of the smallest group"),
               "The share of the smallest group; very small groups are hard to use.",
               [(c.size, c.smallest) for c in candidates], k, other, percent, "%"),
        _chart("silhouette", _title(at, k, lambda c: c.silhouette, "At {k}, the groups are {v}", _separated, "How well groups are separated"),
               "Silhouette: 1 is far apart, 0 is on the border. It describes; it proves nothing. The bar is its interval.",
               [(c.size, c.silhouette) for c in candidates], k, other, plain, "",
               [(c.size, c.silhouette_low, c.silhouette_high) for c in candidates]),
        _chart("elbow", _title(at, k, lambda c: c.inertia, "{k} groups leave {v} of the differences", percent, "Differences left over"),
               "What is left over within groups. It always falls; a bend is a hint, never a reason on its own.",
               [(c.size, c.inertia) for c in candidates], k, other, percent, "%"),
    )  # fmt: skip
    return tuple(c for c in made if c is not None)


def _separated(silhouette: float) -> str:
    words = "well separated" if silhouette >= 0.5 else "fairly separated" if silhouette >= 0.25 else "overlapping"
    return f"{words} ({plain(silhouette)})"


def _gain_title(gain: dict[int, float], k: int) -> str:
    if k in gain and k + 1 in gain:
        return f"Group {k} adds {percent(gain[k])}, one more would add {percent(gain[k + 1])}"
    return f"Group {k} adds {percent(gain[k])}" if k in gain else "What one more group adds"


def _title(
    at: dict[int, Candidate],
    k: int,
    get: Callable[[Candidate], float | None],
    words: str,
    say: Callable[[float], str],
    else_: str,
) -> str:
    found = get(at[k]) if k in at else None
    return else_ if found is None else words.format(k=k, v=say(found))


def _chart(
    name: str,
    title: str,
    caption: str,
    points: list[tuple[int, float | None]],
    k: int,
    other: int | None,
    say: Callable[[float], str],
    unit: str,
    intervals: Sequence[tuple[int, float | None, float | None]] = (),
) -> Chart | None:
    """A line over the number of groups with the recommended number and the runner-up marked."""
    known = [(size, v) for size, v in points if v is not None]
    if len(known) < 2:
        return None
    rows = tuple((f"{size}{_role(size, k, other)}", say(v)) for size, v in known)
    alt = f"{title}. " + "; ".join(f"{size} groups: {say(v)}" for size, v in known)
    return Chart(name, title, caption, alt, ("groups", name_of(name)), rows, _spec(known, k, other, unit, intervals))


def name_of(name: str) -> str:
    """The short name of a chart, for tabs and table heads."""
    return {
        "gain": "gain",
        "again": "steadiness",
        "smallest": "smallest group",
        "silhouette": "silhouette",
        "elbow": "elbow",
    }[name]


def _role(size: int, k: int, other: int | None) -> str:
    return " (recommended)" if size == k else " (runner-up)" if size == other else ""


def _spec(
    known: list[tuple[int, float]],
    k: int,
    other: int | None,
    unit: str,
    intervals: Sequence[tuple[int, float | None, float | None]],
) -> dict[str, Any]:
    values = [{"k": size, "v": round(v, 6)} for size, v in known]
    formats = {"%": {"format": ".0%"}, "hundred": {"labelExpr": "format(datum.value * 100, '.0f')"}, "": {"format": ".2f"}}[
        unit
    ]
    low = min(0.0, *(v for _, v in known))
    top = max(v for _, v in known) * 1.18 or 1.0
    x = {"field": "k", "type": "quantitative", "scale": {"domain": [known[0][0] - 0.4, known[-1][0] + 0.6], "nice": False},
         "axis": {"title": "number of groups", "values": [size for size, _ in known], "grid": False, "format": "d", "tickSize": 4}}  # fmt: skip
    y = {"field": "v", "type": "quantitative", "scale": {"domain": [low, min(top, 1.0) if unit == "hundred" else top], "nice": False},
         "axis": {"title": None, "tickCount": 4, "domain": False, "ticks": False, "labelPadding": 6, **formats}}  # fmt: skip
    layers: list[dict[str, Any]] = []
    spans = [{"k": size, "a": a, "b": b} for size, a, b in intervals if a is not None and b is not None]
    if spans:
        layers.append({"data": {"values": spans}, "mark": {"type": "rule", "stroke": SOFT, "strokeWidth": 1.2},
                       "encoding": {"x": x, "y": {**y, "field": "a"}, "y2": {"field": "b"}}})  # fmt: skip
    layers += [
        {"mark": {"type": "line", "stroke": SOFT, "strokeWidth": 1.6}},
        {
            "mark": {
                "type": "point",
                "filled": True,
                "fill": PAPER,
                "stroke": SOFT,
                "strokeWidth": 1.4,
                "size": 34,
                "opacity": 1,
            }
        },
    ]
    layers += _flag(known, k, "circle", COLOURS[0], INK, 150) + (
        _flag(known, other, "diamond", PAPER, INK, 130) if other else []
    )
    return {"width": WIDTH, "height": HEIGHT, "data": {"values": values}, "encoding": {"x": x, "y": y}, "layer": layers}


def _flag(known: list[tuple[int, float]], k: int, shape: str, fill: str, stroke: str, size: int) -> list[dict[str, Any]]:
    """The mark and the number of a size worth naming; nothing when it was not tried."""
    here = [{"k": size, "v": round(v, 6)} for size, v in known if size == k]
    if not here:
        return []
    point = {
        "type": "point",
        "shape": shape,
        "filled": True,
        "fill": fill,
        "stroke": stroke,
        "strokeWidth": 1.6,
        "size": size,
        "opacity": 1,
    }
    text = {"type": "text", "text": str(k), "dy": -14, "fontWeight": "bold", "fontSize": 13, "fill": INK}
    return [{"data": {"values": here}, "mark": point}, {"data": {"values": here}, "mark": text}]
