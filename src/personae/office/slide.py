"""A slide as plain values: what it says, in parts, before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from personae.charts.look import Mark


@dataclass(frozen=True)
class Tile:
    """A number to be seen first, and the words under it."""

    number: str
    words: str


@dataclass(frozen=True)
class Bars:
    """A native bar chart that can be edited: aggregates only. `marks` colour the bars; `crosses` is where bars begin (1 for
    multiples, on a logarithmic axis), `series` the name of what is drawn, `form` the number format of the labels at the ends of
    bars; "" for none, because some programs put them on the wrong side of a logarithmic axis."""

    series: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    marks: tuple[Mark, ...]
    form: str
    alt: str
    crosses: float = 0.0
    most: float | None = None
    """The end of the axis; None leaves it to the program."""


@dataclass(frozen=True)
class Face:
    """A persona in a box: `lines` are (how much, of what), strongest first; `below` is a last sentence."""

    mark: Mark
    name: str
    size: str
    tagline: str
    lines: tuple[tuple[str, str], ...]
    below: str = ""


@dataclass(frozen=True)
class Grid:
    """A native table. `marks` stand before the first column where there are any; `fills` colour cells, "" for none; `widths`
    are set where the table is a part of a longer one."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    alt: str
    marks: tuple[Mark | None, ...] = ()
    fills: tuple[tuple[str, ...], ...] = ()
    widths: tuple[float, ...] = ()


@dataclass(frozen=True)
class Points:
    """A column of sentences under a heading."""

    head: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Slide:
    """One idea: `title` states the finding, `kicker` says which part of the story it is; `about` is one line under the title,
    `notes` hold the facts behind it. The parts are drawn side by side in this order: tiles, bars or grid or faces, points."""

    title: str
    kicker: str
    notes: tuple[str, ...]
    about: str = ""
    tiles: tuple[Tile, ...] = ()
    bars: Bars | None = None
    faces: tuple[Face, ...] = ()
    grid: Grid | None = None
    points: tuple[Points, ...] = ()
    more: str = ""
    """What is not on this slide and where it is."""
    mark: Mark | None = None
    cover: bool = False


@dataclass(frozen=True)
class Deck:
    """Slides, the verdict as a word and a phrase, which stands on each of them, and what they were made from."""

    title: str
    word: str
    phrase: str
    source: str
    slides: tuple[Slide, ...]
