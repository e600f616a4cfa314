"""Slides: five in the short form, more with `long`. Charts are native and can be edited; what is in them is aggregates only."""

from __future__ import annotations

from pathlib import Path

from personae.model.cast import Cast
from personae.office.drawing import draw
from personae.report import deck, long_deck


def export(cast: Cast, path: Path, *, long: bool = False) -> Path:
    """Write the deck: data, groups, personas, opportunities, next steps. `long` adds a slide a persona, the tables of the
    report, how sure it is, and an appendix."""
    return draw(long_deck.long(cast) if long else deck.short(cast), path)
