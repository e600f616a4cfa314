"""How many groups? The same numbers tried, seen from five sides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personae.charts.chart import Chart
from personae.charts.curve import curve
from personae.charts.numbers import percent, plain
from personae.model.evidence import Candidate, Evidence


@dataclass(frozen=True)
class Side:
    """One way to look at the candidates: `title` has {k} and {v} for the recommended number and its value."""

    name: str
    label: str
    title: str
    caption: str
    unit: str
    say: Callable[[float], str]
    get: Callable[[Candidate], float | None]


def in_hundred(agreement: float) -> str:
    """0.93 as "93 in 100"."""
    return f"{100 * agreement:.0f} in 100"


def separated(silhouette: float) -> str:
    """0.41 as "fairly separated (0.41)"."""
    words = "well separated" if silhouette >= 0.5 else "fairly separated" if silhouette >= 0.25 else "overlapping"
    return f"{words} ({plain(silhouette)})"


SIDES = (
    Side(
        "steadiness",
        "steadiness",
        "{k} groups: samples agree {v}",
        "How far groupings of other samples agree, beyond chance; 100 is the same every time.",
        "in 100",
        in_hundred,
        lambda c: c.stability,
    ),
    Side(
        "smallest",
        "smallest group",
        "The smallest of {k} groups holds {v}",
        "The share of the smallest group; very small groups are hard to use.",
        "%",
        percent,
        lambda c: c.smallest,
    ),
    Side(
        "silhouette",
        "silhouette",
        "{k} groups are {v}",
        "Silhouette: 1 is far apart, 0 is on the border. It describes and proves nothing.",
        "",
        separated,
        lambda c: c.silhouette,
    ),
    Side(
        "elbow",
        "left over",
        "{k} groups leave {v} of the differences",
        "What is left over within groups. It always falls; a bend is a hint, never a reason by itself.",
        "%",
        percent,
        lambda c: c.inertia,
    ),
)


def tried(evidence: Evidence) -> tuple[Candidate, ...]:
    """One candidate per number of groups, by the method that was chosen, or else by the one that tried most numbers."""
    sizes: dict[str, set[int]] = {}
    for c in evidence.candidates:
        sizes.setdefault(c.method, set()).add(c.size)
    if not sizes:
        return ()
    chosen = len(sizes.get(evidence.chosen, ())) > 1
    method = evidence.chosen if chosen else min(sizes, key=lambda m: (-len(sizes[m]), m))
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
    """Gain, steadiness, smallest group; then silhouette and elbow. A side with fewer than two points is left out."""
    candidates = tried(evidence)
    k, other = evidence.verdict.groups, evidence.verdict.alternative
    made = [_gain(gains(candidates), k, other)]
    for side in SIDES:
        known = [(c.size, v) for c in candidates if (v := side.get(c)) is not None]
        spans = [(c.size, c.silhouette_low, c.silhouette_high) for c in candidates] if side.name == "silhouette" else []
        value = dict(known).get(k)
        title = side.label.capitalize() if value is None else side.title.format(k=k, v=side.say(value))
        full = [(size, a, b) for size, a, b in spans if a is not None and b is not None]
        made.append(_chart(side, title, known, k, other, full))
    return tuple(c for c in made if c is not None)


def _gain(gain: dict[int, float], k: int, other: int | None) -> Chart | None:
    side = Side(
        "gain", "gain", "", "What one more group adds: the part of all differences it explains.", "%", percent, lambda _: None
    )
    title = f"Group {k} adds {percent(gain[k])}" if k in gain else "What one more group adds"
    if k in gain and k + 1 in gain:
        title += f", one more would add {percent(gain[k + 1])}"
    return _chart(side, title, list(gain.items()), k, other, [])


def _chart(
    side: Side, title: str, known: list[tuple[int, float]], k: int, other: int | None, spans: list[tuple[int, float, float]]
) -> Chart | None:
    if len(known) < 2:
        return None
    rows = tuple((f"{size}{_role(size, k, other)}", side.say(v)) for size, v in known)
    alt = f"{title}. " + "; ".join(f"{size} groups: {side.say(v)}" for size, v in known)
    return Chart(side.name, title, side.caption, alt, ("groups", side.label), rows, curve(known, k, other, side.unit, spans))


def _role(size: int, k: int, other: int | None) -> str:
    return " (recommended)" if size == k else " (runner-up)" if size == other else ""
