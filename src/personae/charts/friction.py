"""Where it is hard: friction over the phases, one line a persona."""

from __future__ import annotations

from personae.charts.chart import Chart
from personae.charts.funnel import lines
from personae.model.cast import Cast


def friction(cast: Cast) -> Chart | None:
    """The friction of each persona at each phase of the way; where it is highest is the finding. None where there is none."""
    ways = cast.dossier.journeys
    if ways is None:
        return None
    names = {p.key: p.name for p in cast.personas}
    cells = [c for c in ways.cells if c.at == c.phase and c.friction is not None and c.persona in names]
    if not any(c.friction for c in cells):
        return None
    phases = tuple(f for f in ways.phases if any(c.phase == f for c in cells))
    worst = max(cells, key=lambda c: (c.friction or 0.0, c.persona))
    everyone = ways.cell("all", worst.phase)
    beside = f", against {100 * everyone.friction:.0f} for everyone" if everyone and everyone.friction is not None else ""
    hard, at = 100 * (worst.friction or 0.0), {(c.persona, c.phase): c.friction for c in cells}
    title = f"It is hardest for {names[worst.persona]} at \u201c{worst.phase}\u201d: friction {hard:.0f}{beside}"
    caption = (
        "Friction: the share of visits that stop, plus the share that repeat a step, plus the share of users who wait more "
        "than twice everyone's median, in points from 0 to 300. It says nothing of feelings."
    )
    rows = tuple((name, *(_points(at.get((k, f))) for f in phases)) for k, name in names.items())
    points = [{"g": c.persona, "phase": c.phase, "v": c.friction} for c in cells]
    spec = lines(cast, phases, points, "friction (points)", 110 * max(c.friction or 0.0 for c in cells))
    return Chart("friction", title, caption, f"{title}.", ("group", *phases), rows, spec)


def _points(friction: float | None) -> str:
    return "-" if friction is None else f"{100 * friction:.0f}"
