"""personae rename: another name for a persona, which keeps its key."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Key, Run, changed
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def rename(
    key: Key,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.", show_default=False)],
    run: Run = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Give a persona another name; its key stays.

    Example: personae rename P2 "Window shoppers"
    """
    from personae.endpoint.day import today
    from personae.stages.edit import rename as made

    changed(Screen(as_json, plain, quiet, no_color), store, run, lambda cast: made(cast, key, name, today()))
