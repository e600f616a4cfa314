"""personae runs unpin: protect a run no longer."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import record
from personae.cli.runs import shown
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def runs_unpin(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id.", show_default=False)],
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Protect a run no longer: personae runs prune may remove it when it is old.

    Example: personae runs unpin r02
    """
    from personae.store.keeping import unpin

    screen = Screen(as_json, plain, quiet, no_color)
    made = unpin(record(store), run)
    if screen.json:
        screen.give(shown(made))
    screen.say(f"unpinned {made.id}")
