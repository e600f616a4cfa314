"""Are the same groups there when the work is done in other ways?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from personae.charts.chart import Chart
from personae.charts.look import tint
from personae.charts.numbers import count, listing, plural
from personae.model.cast import Cast
from personae.model.persona import Persona
from personae.model.worlds import KINDS, THERE, Worlds
from personae.words.worlds import deadly, firm, killers, some_of, there

HEADS = {
    "method": "methods",
    "preparation": "preparations",
    "empty cells": "empty cells",
    "number": "one up, down",
    "activity": "by activity",
    "window": "windows",
    "seed": "seeds",
}
SAMPLES = "samples"
ROWS = 12
"""Personas that are drawn; the table has all of them."""
LETTERS, LETTER = 34, 7
"""Of a name beside the drawing, and the pixels of one; the table has names whole."""
WIDTH, HEIGHT = 92, 30
"""Of a cell, in pixels."""
DARK = "#1a1b1d"
"""Text on a tint, which stays light when the page is dark: not the token that the page turns around."""


@dataclass(frozen=True)
class Cell:
    """A share from 0 to 1, and what is printed; both empty where too few users are known to say."""

    share: float | None
    text: str


def worlds(cast: Cast) -> Chart | None:
    """The multiverse card: personas down, kinds of choices across, in each cell in how many worlds the persona exists."""
    found, personas = cast.evidence.worlds, cast.personas
    if found is None or not personas:
        return None
    kinds = [k for k in KINDS if found.of(k)]
    heads = (*(HEADS[k] for k in kinds), SAMPLES)
    rows = [(p.name, [*(_cell(found, p.index, k) for k in kinds), _sample(p)]) for p in personas]
    lost = [some_of(gone) if (gone := killers(found, p.index)) else "" for p in personas]
    table = tuple((name, *(c.text for c in cells), gone) for (name, cells), gone in zip(rows, lost, strict=True))
    title = _title(found, personas)
    return Chart(
        "worlds",
        title,
        _caption(found, cast.study.entity, len(personas)),
        f"{title}. " + "; ".join(f"{p.name}: there in {_of(found, p)}" for p in personas[:ROWS]),
        ("persona", *heads, "gone"),
        table,
        _drawing(rows[:ROWS], heads),
    )


def _of(found: Worlds, persona: Persona) -> str:
    some, all_ = there(found, persona.index)
    return f"{some} of {all_}"


def _cell(found: Worlds, persona: int, kind: str) -> Cell:
    said = [w.has(persona) for w in found.of(kind) if w.has(persona) is not None]
    return Cell(sum(map(bool, said)) / len(said), f"{sum(map(bool, said))} of {len(said)}") if said else Cell(None, "")


def _sample(persona: Persona) -> Cell:
    return Cell(persona.steadiness, f"{100 * persona.steadiness:.0f} in 100")


def _title(found: Worlds, personas: Sequence[Persona]) -> str:
    weak = [p for p in personas if not firm(found, p.index)]
    if not weak:
        least = min(personas, key=lambda p: (there(found, p.index)[0], p.index))
        return f"Every group is there in at least {_of(found, least)} other ways to form them"
    if len(weak) > 3 or len(weak) == len(personas):
        return f"{len(weak)} of {len(personas)} groups {'hangs' if len(personas) == 1 else 'hang'} on how they are formed"
    first, *more = weak
    names = listing(
        (f"{first.name} are there in {_of(found, first)} other ways", *(f"{p.name} in {_of(found, p)}" for p in more))
    )
    others = [p for p in personas if p not in weak]
    least = min(others, key=lambda p: (there(found, p.index)[0], p.index))
    rest = "other groups" if len(others) > 1 else "other group"
    return f"{names}; the {rest} in {'at least ' if len(others) > 1 else ''}{_of(found, least)}"


def _caption(found: Worlds, entity: str, personas: int) -> str:
    said = (
        f"The groups were formed again in {len(found.choices)} other ways on {count(found.users)} {plural(entity)}. "
        f"A group is there when one of the new groups shares at least {100 * THERE:.0f} % with it (Jaccard). "
        "Samples: how much of it comes back, out of 100."
    )
    if found.seeds is not None:
        said += f" Any two seeds agree {100 * found.seeds:.0f} in 100, beyond chance."
    dead = tuple(w.words for w in deadly(found))
    if dead:
        said += f" None is there {some_of(dead)}."
    return f"{said} Drawn are the {ROWS} largest." if personas > ROWS else said


def _drawing(rows: Sequence[tuple[str, Sequence[Cell]]], heads: Sequence[str]) -> dict[str, Any]:
    values = [
        {
            "persona": name,
            "kind": head,
            "text": c.text,
            "fill": "#f6f6f3" if c.share is None else tint(8 ** (1 - 2 * c.share)),
        }
        for name, cells in rows
        for head, c in zip(heads, cells, strict=True)
    ]
    axis = {"title": None, "domain": False, "ticks": False}
    cut = f"length(datum.label) > {LETTERS} ? substring(datum.label, 0, {LETTERS - 1}) + '…' : datum.label"
    room = LETTER * max(min(len(name), LETTERS) for name, _ in rows)  # whatever font the reader has
    x = {
        "field": "kind",
        "type": "nominal",
        "sort": None,
        "axis": {**axis, "orient": "top", "labelAngle": 0, "labelLimit": 110},
    }
    y = {
        "field": "persona",
        "type": "nominal",
        "sort": None,
        "axis": {**axis, "labelLimit": 0, "labelExpr": cut, "minExtent": room},
    }
    return {
        "width": WIDTH * len(heads),
        "height": HEIGHT * len(rows),
        "data": {"values": values},
        "encoding": {"x": x, "y": y},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "#ffffff"},
                "encoding": {"fill": {"field": "fill", "type": "nominal", "scale": None}},
            },
            {"mark": {"type": "text", "fill": DARK}, "encoding": {"text": {"field": "text", "type": "nominal"}}},
        ],
    }
