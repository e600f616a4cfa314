"""A chart: the finding it shows, how to read it, its numbers as a table, and its drawing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Chart:
    """`title` states the finding, `caption` says how to read it, `alt` stands in for the drawing. `columns` and `rows` are its
    data as text. `spec` is a Vega-Lite dict where the drawing is a plot with axes; empty where a table with marks is drawn."""

    name: str
    title: str
    caption: str
    alt: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    spec: Mapping[str, Any] = field(default_factory=dict)
