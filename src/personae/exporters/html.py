"""The report: one HTML file that works offline, holds no script and no row of anyone's data, and prints."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from personae import progress
from personae.charts.chart import Chart
from personae.charts.numbers import plural
from personae.charts.picture import svg
from personae.model.cast import Cast
from personae.model.features import Features
from personae.model.inspection import Inspection
from personae.model.persona import Persona
from personae.model.study import Study
from personae.model.table import Table
from personae.report import cards as card_views
from personae.report.data import data_page
from personae.report.leaf import Leaf
from personae.report.page import Page, number, page
from personae.report.proof import anchors, facts_shown, proof
from personae.report.verdict import badge
from personae.words.legible import legible

NOTEBOOK = 12
"""Cards in full in a notebook, so that the fragment stays under 300 kB."""


def export(cast: Cast, path: Path) -> Path:
    """Write the report of a cast to `path`, whole or not at all; the same cast gives the same bytes.

    Raises OSError when the place cannot be written to.
    """
    view = page(cast)
    drawn = _drawn((*view.number.charts, *view.looks, *(view.walked.charts if view.walked else ()), *_changed(view)))
    progress.step("report", "writing the page")
    html = _environment().get_template("report.html").render(page=view, drawn=drawn)
    _write(Path(path), html)
    return Path(path)


def data(
    tables: tuple[Table, ...], features: Features, seen: Inspection, study: Study, uses: Mapping[str, str], path: Path
) -> Path:
    """Write the data report to `path`, whole or not at all. `uses` says by "source/column" what each column is used for.

    Raises OSError when the place cannot be written to.
    """
    view = data_page(tables, features, seen, study, uses)
    _write(Path(path), _environment().get_template("data.html").render(page=view))
    return Path(path)


def card(cast: Cast, persona: Persona) -> str:
    """One persona as a fragment of HTML with inline styles and no script, for notebooks."""
    facts = facts_shown(cast)
    anchor = anchors(cast)
    proofs = {id: proof(f, anchor[id], cast.study.floor, cast.study.entity) for id, f in facts.items()}
    view = card_views.card(cast, persona, facts, proofs, card_views.scale(cast))
    fragment = _environment().get_template("fragment.html")
    return fragment.render(cards=[view], others=(), badge=badge(cast), entities=plural(cast.study.entity), title="")


def cards(cast: Cast) -> str:
    """All personas as one fragment of HTML without script, for notebooks; one line each past the first dozen."""
    view = page(cast)
    fragment = _environment().get_template("fragment.html")
    full, others = view.cards[:NOTEBOOK], view.cards[NOTEBOOK:]
    about = {"badge": view.badge, "entities": view.entities, "title": view.title, "why": view.number.why}
    return fragment.render(cards=full, others=others, **about)


def why_groups(cast: Cast) -> str:
    """The panel "how many groups?" as a fragment of HTML with inline styles and no script, for notebooks."""
    view = number(cast)
    fragment = _environment().get_template("why.html")
    return fragment.render(number=view, drawn=_drawn(view.charts), badge=badge(cast), there=bool(cast.personas))


def picture(chart: Chart) -> Markup:
    """A chart's drawing, empty where it is a table alone."""
    return Markup(svg(chart.spec, chart.alt) if chart.spec else "")  # noqa: S704 - the renderer escapes texts, and svg the alt


def figure(chart: Chart) -> str:
    """One chart as a fragment of HTML with inline styles and no script, for notebooks."""
    return _environment().get_template("figure.html").render(chart=chart, drawn=picture(chart))


def changes(
    title: str, sentences: Sequence[str], tables: Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]], drawing: str
) -> str:
    """What changed, as a fragment of HTML with inline styles and no script, for notebooks. A table is its heads and its rows;
    `drawing` is a figure of ours."""
    drawn = Markup(drawing)  # noqa: S704 - made by `figure`, which escapes what stands in it
    return _environment().get_template("compared.html").render(title=title, sentences=sentences, tables=tables, drawn=drawn)


def leaf(page: Leaf) -> str:
    """One answer as a whole page, offline and without script."""
    charts = (*page.charts, *(c for s in page.sections for c in s.charts))
    drawn = _drawn(tuple(c for c in charts if c.spec))
    return _environment().get_template("leaf.html").render(leaf=page, drawn=drawn)


def _changed(view: Page) -> tuple[Chart, ...]:
    """The drawing of who moved, where there is one."""
    return (view.changed.chart,) if view.changed and view.changed.chart else ()


def _drawn(charts: tuple[Chart, ...]) -> dict[str, Markup]:
    drawn = {}
    for i, c in enumerate(charts):
        progress.step("report", f"drawing {c.name}", i, len(charts), "charts")
        drawn[c.name] = picture(c)
    return drawn


@cache
def _environment() -> jinja2.Environment:
    """Every value is escaped, whatever the file is called; a name that is missing is an error."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    made = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["keep"] = _keep
    made.filters["drawing"] = lambda avatar: Markup(avatar.svg)  # noqa: S704 - drawn here, its words escaped
    return made


def _keep(text: str) -> str:
    """A text in which a number and its percent sign stay on one line."""
    return re.sub(r"(?<=\d) %", "\u00a0%", text)


def _write(path: Path, text: str) -> None:
    """Beside its place first, then moved there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(legible(text))
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
