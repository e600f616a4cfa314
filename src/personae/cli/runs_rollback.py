"""personae runs rollback: use an earlier run again."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import record
from personae.cli.runs import shown
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store


def runs_rollback(
    run: Annotated[str, typer.Argument(metavar="RUN", help="A run's id; the one that was current before when left out.")] = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Make another run the current one, which every command uses when none is named. Nothing is removed.

    A later run or refresh becomes current again.

    Example: personae runs rollback r02
    """
    from personae.endpoint.day import today
    from personae.store.keeping import rollback

    screen = Screen(as_json, plain, quiet, no_color)
    was, now = rollback(record(store), run, today())
    if screen.json:
        screen.give({"was": was.id, "current": now.id, "changed": was.id != now.id, "run": shown(now)})
    elif was.id == now.id:
        screen.say(f"current  {now.id}, as it was")
    else:
        screen.say(f"current  {now.id} of {now.date}; it was {was.id}, which stays: personae runs rollback {was.id}")
