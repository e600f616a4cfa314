"""personae report: a run for readers, written again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast

FORMATS = {
    "html": ("report.html", "html", ()),
    "pptx": ("report.pptx", "pptx", ("long",)),
    "xlsx": ("report.xlsx", "xlsx", ("users",)),
    "md": ("report.md", "markdown", ()),
    "pdf": ("report.pdf", "pdf", ()),
}
"""Formats of a report: the name of the file each makes, the exporter, and the options it has."""
ENDINGS = {"htm": "html", "markdown": "md"}


def report(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    form: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}; from the ending of --out when left out.")
    ] = "",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The file to write.")] = "",
    users: Annotated[bool, typer.Option("--users", help="Workbook: add every user, for the owner of the data alone.")] = False,
    long: Annotated[
        bool, typer.Option("--long", help="Slides: add one a persona, every table, how sure, and an appendix.")
    ] = False,
    reader: Annotated[
        str, typer.Option("--for", metavar="READER", help="In the words for a manager, researcher or analyst.")
    ] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Write the report of a run.

    Example: personae report r01 --out report.html

    Example: personae report r01 --format pptx --long

    Example: personae report r01 --format xlsx

    Example: personae report r01 --for analyst
    """
    from dataclasses import replace

    from personae import plugins
    from personae.store import Record, whole_file

    screen = Screen(as_json, plain, quiet, no_color)
    name_of, plug, known = FORMATS[form := _format(form, out)]
    options = {k: True for k, wanted in (("users", users), ("long", long)) if wanted}
    for option in options:
        if option not in known:
            has = next(f for f, (_, _, has) in FORMATS.items() if option in has)
            raise UsageError(
                "P001", f"--{option} is for {has}", where=f"--{option}", fix=f"add --format {has}, or leave it out"
            )
    cast = _for(Record(Path(store or ".personae")).load(name), reader)
    target = Path(out or name_of)
    with whole_file(target, overwrite=overwrite) as temp:
        plugins.find("exporters", plug).export(replace(cast, run=""), temp, **options)
        temp.chmod(0o600 if users else 0o644)
    if screen.json:
        screen.give({"run": cast.run, "file": target.as_posix()})
    else:
        screen.say(f"report   {target}")


def _for(cast: Cast, reader: str) -> Cast:
    """The cast in the words for a reader. Raises UsageError P001 for one that there are no words for."""
    from personae.cli.settings import closest
    from personae.stages.reword import reword
    from personae.words.catalogue import READERS

    if not reader:
        return cast
    if reader not in READERS:
        near = closest(reader, list(READERS))
        raise UsageError(
            "P001", f"there are no words for a {reader}", where="--for", fix=f"use --for {near or ' or '.join(READERS)}"
        )
    return reword(cast, reader)


def _format(form: str, out: str) -> str:
    """The format that was named, or that the file's ending names. Raises UsageError P001 where there is none."""
    from personae.cli.settings import closest

    ending = Path(out).suffix[1:].lower()
    wanted = form or ENDINGS.get(ending, ending) or "html"
    if wanted in FORMATS:
        return wanted
    near = closest(wanted, list(FORMATS))
    where, fix = (
        ("--format", f"use --format {near or ' or '.join(FORMATS)}") if form else ("--out", "name a file such as report.html")
    )
    raise UsageError("P001", f"there is no report format {wanted}", where=where, fix=fix)
