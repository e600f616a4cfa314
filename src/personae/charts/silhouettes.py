"""Silhouettes of every number of groups, and who fits in the groups that were chosen."""

from __future__ import annotations

from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import COLOURS, GREY, INK, SOFT, mark
from personae.charts.numbers import count, percent
from personae.model.cast import Cast
from personae.model.evidence import Evidence
from personae.model.silhouette import Silhouettes

MOST = 9
"""Panels drawn, from the smallest number on; the chosen one is among them."""
WIDTH, HEIGHT = 200, 170


def silhouettes(cast: Cast) -> Chart | None:
    """A panel for each number: the users of each group, from the best silhouette to the worst."""
    own = chosen(cast.evidence)
    found = [s for s in cast.evidence.silhouettes if own is None or s.method == own.method]
    if not found:
        return None
    best = max(found, key=lambda s: s.mean)
    ties = [s.size for s in found if s is not best and s.high >= min(best.low, best.mean - 0.01)]
    title = f"{best.size} groups are separated best ({best.mean:.2f})"
    title += f", {_or(ties)} just as well" if ties else ""
    if best.null is not None:
        title += f"; data without groups would show {best.null:.2f}"
    rows = tuple(
        (
            f"{s.size}{' (best)' if s is best else ''}{' (chosen)' if s is own else ''}",
            f"{s.mean:.2f}" if s.low == s.high else f"{s.mean:.2f} ({s.low:.2f} to {s.high:.2f})",
            "" if s.null is None else f"{s.null:.2f}",
            "few" if s.misplaced is None else percent(s.misplaced),
        )
        for s in found
    )
    caption = (
        "Each panel is a number of groups; each shape a group, its users from the best placed to the worst. Right of 0.25 they "
        "sit well, up to 0 they are on a border, left of 0 they are nearer to another group. " + _measured(found)
    )
    shown = found[:MOST] if own is None or own in found[:MOST] else [*found[: MOST - 1], own]
    alt = f"{title}. " + "; ".join(f"{a} groups: {b}, negative {d}" for a, b, _, d in rows)
    columns = ("groups", "silhouette", "without groups", "share below 0")
    return Chart("silhouettes", title, caption, alt, columns, rows, _spec(shown, best, own))


def fit(cast: Cast) -> Chart | None:
    """A table: how well the users of each persona sit, and how alike they are inside and outside of it."""
    own = chosen(cast.evidence)
    if own is None or len(own.groups) != len(cast.personas):
        return None
    good = [(g.good, g.users) for g in own.groups if g.good is not None and g.users]
    sits = sum(a * n for a, n in good) / max(sum(n for _, n in good), 1)
    title = f"{percent(sits)} sit well in their group" if good else "How well users sit in their group"
    rows = tuple(
        (
            p.name,
            "few" if g.users is None else count(g.users),
            "" if g.mean is None else f"{g.mean:.2f}",
            *("few" if v is None else percent(v) for v in (g.good, g.border, g.misplaced)),
            *("" if v is None else f"{v:.2f}" for v in (g.within, g.between)),
        )
        for p, g in zip(cast.personas, own.groups, strict=True)
    )
    caption = (
        "Good: silhouette of 0.25 or more; border: from 0 to 0.25; misplaced: below 0, nearer to another group. Similarity is "
        "1 - mean distance / mean distance of any two users, on the space in which the groups were formed: inside against "
        "users of other groups. Shares that stand for few users are left out."
    )
    alt = f"{title}. " + "; ".join(f"{r[0]}: good {r[3]}, border {r[4]}, misplaced {r[5]}" for r in rows)
    columns = ("persona", "users", "silhouette", "good", "border", "misplaced", "alike inside", "alike outside")
    return Chart("fit", title, caption, alt, columns, rows)


def chosen(evidence: Evidence) -> Silhouettes | None:
    """Those of the grouping that was chosen."""
    k = evidence.verdict.groups
    return next((s for s in evidence.silhouettes if s.size == k and s.method == evidence.chosen), None)


def _measured(found: list[Silhouettes]) -> str:
    few = next((s for s in found if s.users < s.of), None)
    if few is None:
        return "Every user was measured."
    return f"{count(few.users)} of {count(few.of)} users were measured against everyone (seed {few.seed}), hence the intervals."


def _or(sizes: list[int]) -> str:
    return " and ".join(map(str, sizes)) if len(sizes) < 3 else ", ".join(map(str, sizes[:-1])) + f" and {sizes[-1]}"


def _spec(found: list[Silhouettes], best: Silhouettes, own: Silhouettes | None) -> dict[str, Any]:
    panels = [_panel(s, s is best, s is own) for s in found]
    return {"concat": panels, "columns": 3, "spacing": 24}


def _panel(s: Silhouettes, best: bool, own: bool) -> dict[str, Any]:
    """Bars of heaps of equal size within a group, one group under the other with a gap between."""
    total = sum(g.users or 0 for g in s.groups) or 1
    bars: list[dict[str, Any]] = []
    y = 0.0
    for i, g in enumerate(s.groups):
        colour = mark(i).colour if own else GREY
        height = (g.users or 0) / total / max(len(g.steps), 1)
        for step in g.steps:
            bars.append({"y": round(y, 5), "y2": round(y + height, 5), "s": round(step, 4), "c": colour})
            y += height
        y += 0.02
    lowest = min([-0.1, *(b["s"] for b in bars)])
    words = f"{s.size} groups: {s.mean:.2f}" + (", best" if best else "") + (", chosen" if own else "")
    negative = "few" if s.misplaced is None else percent(s.misplaced)
    x = {
        "field": "s",
        "type": "quantitative",
        "scale": {"domain": [lowest, 1.0], "nice": False},
        "axis": {"title": None, "values": [0, 0.25, 0.5, 0.75], "format": ".2~f", "grid": True},
    }
    top = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [round(max(y, 0.02), 5), 0], "nice": False},
    }
    encoding = {"x": x, "x2": {"datum": 0}, "y": top, "y2": {"field": "y2"}}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "title": {
            "text": words,
            "subtitle": f"below 0: {negative}",
            "anchor": "start",
            "fontSize": 13,
            "fontWeight": "bold" if best or own else "normal",
            "color": INK,
            "subtitleColor": SOFT,
            "subtitleFontSize": 12,
        },
        "layer": [
            {
                "data": {"values": bars},
                "mark": {"type": "rect"},
                "encoding": {**encoding, "color": {"field": "c", "type": "nominal", "scale": None}},
            },
            {
                "data": {"values": [{"m": round(s.mean, 4)}]},
                "mark": {"type": "rule", "stroke": COLOURS[5], "strokeDash": [4, 3], "strokeWidth": 1.4},
                "encoding": {"x": {"field": "m", "type": "quantitative"}},
            },
        ],
    }
