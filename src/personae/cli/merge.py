"""personae merge: personas that are one."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Data, Run, regrouped
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def merge(
    keys: Annotated[list[str], typer.Argument(metavar="KEY KEY", help="Personas by key or name.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="What the new persona is to be called.")] = "",
    run: Run = "",
    data: Data = None,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Join personas to one with a key of its own, described anew from the data of the run.

    Example: personae merge P2 P3 --name "Bargain hunters"
    """
    regrouped(Screen(as_json, plain, quiet, no_color), "merge", keys, name, run, store, data or ())
