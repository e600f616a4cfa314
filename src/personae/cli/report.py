"""personae report: a run for readers, written again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store
from personae.errors import UsageError

FORMATS = {"html": "report.html"}
"""Formats of a report, and the name of the file each makes."""


def report(
    name: Annotated[str, typer.Argument(metavar="[RUN]", help="A run's id or folder; the newest when left out.")] = "",
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "html",
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="The file to write.")] = "",
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
    """
    from dataclasses import replace

    from personae import plugins
    from personae.cli.settings import closest
    from personae.store import Record, whole_file

    screen = Screen(as_json, plain, quiet, no_color)
    if form not in FORMATS:
        near = closest(form, list(FORMATS))
        raise UsageError(
            "P001", f"there is no report format {form}", where="--format", fix=f"use --format {near or ' or '.join(FORMATS)}"
        )
    cast = Record(Path(store or ".personae")).load(name)
    target = Path(out or FORMATS[form])
    with whole_file(target, overwrite=overwrite) as temp:
        plugins.find("exporters", form).export(replace(cast, run=""), temp)
    if screen.json:
        screen.give({"run": cast.run, "file": target.as_posix()})
    else:
        screen.say(f"report   {target}")
