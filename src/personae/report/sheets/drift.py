"""What shifted in the data since the run before, and what their gates found."""

from __future__ import annotations

import math

from personae.model.cast import Cast
from personae.model.drift import SIZES, Drift, Shift
from personae.model.sheet import Cell, Heading, Share, Sheet
from personae.words.drifting import headline
from personae.words.tone import p_value


def shifts(cast: Cast) -> Sheet | None:
    """What is otherwise in the data, the largest effect first; None where nothing shifted or nothing was compared."""
    drift = cast.change.drift if cast.change else None
    if drift is None or not drift.shifts:
        return None
    return Sheet(
        id="shifts",
        title=headline(drift),
        about=about(drift),
        headings=(
            Heading("what"), Heading("kind"), Heading("then", "number"), Heading("now", "number"), Heading("unit"),
            Heading("effect", "number"), Heading("size"), Heading("p"), Heading("in words"),
        ),
        rows=tuple(map(_row, drift.shifts)),
        part="changes",
    )  # fmt: skip


def gates(cast: Cast) -> Sheet | None:
    """What the gates of new data found and did not stop: columns that take no part, and gates that a person let open."""
    found = [g for g in cast.change.gates if g.words and g.passed] if cast.change else []
    if not found:
        return None
    one = len(found) == 1
    return Sheet(
        id="gates",
        title=f"{'One thing' if one else f'{len(found)} things'} in the data that {'is' if one else 'are'} not as before",
        about="New data pass gates before anything is made of them. These did not stop the rest.",
        headings=(Heading("gate"), Heading("what was seen")),
        rows=tuple((g.name, g.words) for g in found),
        part="changes",
    )


def about(drift: Drift) -> str:
    """How to read the table."""
    return (
        f"Small is from {SMALL}, medium from {MEDIUM}, large from {LARGE}: effects are free of units, standard deviations for "
        f"measures and Cohen's h for shares. p is corrected for all of the {drift.tested} things that were compared: where "
        "nothing has shifted, a table like this appears in at most 5 of 100 refreshes. Empty cells stand for a few users. "
        "Sizes of personas are those by the rule of the run before, for its data and for the new: where the new run draws its "
        "groups otherwise, its own sizes stand in the table of personas."
    )


SMALL, MEDIUM, LARGE = (least for _, least in SIZES)


def _row(s: Shift) -> tuple[Cell, ...]:
    p = p_value(s.p).removeprefix("of ")
    return s.label or "no persona", s.of, _shown(s.before, s), _shown(s.after, s), s.unit, s.effect, s.size, p, s.words


def _shown(value: float, s: Shift) -> float | None:
    """A height as the others of its unit are; None for a few."""
    if math.isnan(value):
        return None
    return Share(value) if s.unit.startswith("share") else value
