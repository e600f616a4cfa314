"""personae edits: what people changed about a run."""

from __future__ import annotations

from typing import Annotated

import typer

from personae.cli.editing import record, shown, words
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, table


def edits(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id; else the current one.")] = "",
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """List every edit of a run: those that hold, those that were taken back, and those that wait.

    Example: personae edits r02
    """
    screen, kept = Screen(as_json, plain, quiet, no_color), record(store)
    run, made = kept.entry(name).id, kept.edits(name)
    if screen.json:
        screen.give({"run": run, "edits": [shown(e) for e in made]})
    elif not made:
        screen.say(f'nobody changed anything in {run}; for example: personae rename P1 "Window shoppers"')
    else:
        rows = [["edit", "date", "state", "from", "what"]]
        rows += [[str(e.number), e.date, e.state, e.taken_from, words(e) + (f" ({e.why})" if e.why else "")] for e in made]
        head, *rest = table(rows, right=(0,), indent=0)
        screen.say(screen.faint(head))
        for line in rest:
            screen.say(line)
