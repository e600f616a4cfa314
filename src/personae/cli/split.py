"""personae split: a persona that is two."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Data, Run, regrouped
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def split(
    key: Annotated[str, typer.Argument(metavar="KEY", help="A persona by key (P1) or name.", show_default=False)],
    run: Run = "",
    data: Data = None,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Put a persona in two: at the joint of the run's own tree, else in the two halves that lie closest together.

    Example: personae split P1
    """
    regrouped(Screen(as_json, plain, quiet, no_color), "split", [key], "", run, store, data or ())
