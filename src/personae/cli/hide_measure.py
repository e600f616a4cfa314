"""personae hide-measure: a measure that is told nowhere."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import Run, changed
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def hide_measure(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The measure or event.", show_default=False)],
    run: Run = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Tell a measure nowhere: no trait, sentence, table or chart of personas. The groups stay as they are.

    Example: personae hide-measure discount_rate
    """
    from personae.endpoint.day import today
    from personae.stages.edit import hide

    changed(Screen(as_json, plain, quiet, no_color), store, run, lambda cast: hide(cast, name, today()))
