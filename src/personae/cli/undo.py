"""personae undo: take a change back."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Run, record, shown, words
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, labelled


def undo(
    number: Annotated[
        int | None,
        typer.Argument(metavar="N", help="The number of the edit; the last one when left out.", show_default=False),
    ] = None,
    run: Run = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Take an edit back. It stays in the record as undone; every output is as it was before.

    Example: personae undo 3
    """
    screen, kept = Screen(as_json, plain, quiet, no_color), record(store)
    edit = kept.undo(run, number)
    if screen.json:
        screen.give({"run": kept.entry(run).id, **shown(edit)})
    for line in labelled("undone", f"{edit.number}   {words(edit)}"):
        screen.say(line)
