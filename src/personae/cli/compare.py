"""personae compare: what people believe of users, held against the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ask import answered
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, labelled, table
from personae.cli.settings import settings as with_settings
from personae.cli.watch import watching
from personae.errors import UsageError
from personae.model.study import Study

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.belief import Beliefs
    from personae.model.cast import Cast


@with_settings
def compare(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders, globs, or DATABASE::TABLE.", show_default=False)
    ] = None,
    name: Annotated[
        str, typer.Option("--run", metavar="RUN", help="The run whose personas to compare with; the current one.")
    ] = "",
    segments: Annotated[
        str, typer.Option("--segments", metavar="COL|FILE", help="Existing segments: a column, or a list of ids and segments.")
    ] = "",
    persona: Annotated[
        list[str] | None, typer.Option("--persona", metavar="FILE", help="A hand-made persona (.toml); several are possible.")
    ] = None,
    html: Annotated[str, typer.Option("--html", metavar="PAGE", help="The answer as a page.", rich_help_panel="Output")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.", rich_help_panel="Output")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Hold existing segments, or a persona somebody made by hand, against the personas of a run.

    Example: personae compare users.csv events.csv --segments plan --persona mary.toml
    """
    screen = Screen(as_json, plain, quiet, no_color)
    if not segments and not persona:
        fix = "add --segments COLUMN, --segments LIST.csv or --persona mary.toml"
        raise UsageError("P001", "nothing was named to compare with", where="personae compare", fix=fix)
    if html and Path(html).suffix.lower() not in (".html", ".htm"):
        raise UsageError("P001", f"{html} is not .html", where="--html", fix="name a file such as beliefs.html")
    with watching(screen) as watch:
        made = _found(files or [], given, name, store, segments, persona or [], screen)
    if html:
        write(made, Path(html), overwrite)
    if screen.json:
        from personae.model.plain import plain as as_plain

        screen.give(as_plain(made))
        return
    for line in summary.warnings(watch.warnings):
        screen.talk(line)
    for line in (*lines(made, screen), *(labelled("page", html) if html else ())):
        screen.say(line)


def _found(
    files: list[str], given: Mapping[str, Any], name: str, store: str, segments: str, personas: list[str], screen: Screen
) -> Beliefs:
    from personae import flow
    from personae.stages.sketched import sketched
    from personae.store import Record, spared

    sketches = tuple(sketched(Path(p)) for p in personas)
    record = Record(Path(store or ".personae"))
    cast = record.load(name)
    study = settings.study(files, given, {**settings.keep(Path()), **kept(cast)})
    try:
        return answered(study, screen, lambda s: flow.beliefs(cast, spared(s, record.root), segments, sketches))[0]
    except UsageError as wrong:
        if name or wrong.did != "nobody was placed":
            raise
        raise UsageError(
            wrong.code, f"the current run, {cast.run}, does not fit these data: {wrong.what}", where=wrong.where, did=wrong.did,
            fix=f"name a run of such data ({_runs(record)}), or make one: personae run {' '.join(study.sources)}",
        ) from wrong  # fmt: skip


def _runs(record: Any) -> str:
    return " or ".join(f"--run {e.id}" for e in reversed(record.entries()[-4:]))


def kept(cast: Cast) -> dict[str, Any]:
    """The settings of a run as personae.toml would keep them: what is typed weighs more, and files are not among them."""
    plain = Study(sources=())
    names = (f.name for f in fields(Study) if f.name not in ("sources", "sheet"))
    found = {n: getattr(cast.study, n) for n in names if getattr(cast.study, n) != getattr(plain, n)}
    return {n: list(v) if isinstance(v, tuple) else v for n, v in found.items()}


def write(made: Beliefs, path: Path, overwrite: bool) -> None:
    """The answer as a page."""
    from personae import plugins
    from personae.report import believed
    from personae.store import whole_file

    text = plugins.find("exporters", "html").leaf(believed.page(made))
    with whole_file(path, overwrite=overwrite) as temp:
        temp.write_text(text, encoding="utf-8")


def lines(made: Beliefs, screen: Screen) -> list[str]:
    """The same sentences and tables as the page has."""
    from personae.report import believed

    found = labelled("compare", believed.lead(made))
    for section in believed.sections(made):
        found += ["", screen.strong(section.title)]
        found += [line for words in section.words for line in labelled("", words)]
        for grid in section.grids:
            head, *rest = table([list(grid.columns), *map(list, grid.rows)], right=grid.right)
            found += ["", screen.faint(head), *rest]
    return [*found, "", *labelled("note", believed.NOTE)]
