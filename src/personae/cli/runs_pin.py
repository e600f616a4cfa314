"""personae runs pin: keep a run for good."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import record
from personae.cli.runs import shown
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def runs_pin(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id.", show_default=False)],
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Protect a run: personae runs prune never removes it.

    Example: personae runs pin r02
    """
    from personae.endpoint.day import today
    from personae.store.keeping import pin

    screen = Screen(as_json, plain, quiet, no_color)
    made = pin(record(store), run, today())
    if screen.json:
        screen.give(shown(made))
    screen.say(f"pinned   {made.id}   no pruning removes it; again free with: personae runs unpin {made.id}")
