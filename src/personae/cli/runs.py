"""personae runs: what has been recorded here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, table


def runs(
    verify: Annotated[bool, typer.Option("--verify", help="Compare every file with its hash.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """List the runs that are recorded here, oldest first."""
    from personae.store import Record

    screen = Screen(as_json, plain, quiet, no_color)
    record = Record(Path(store or ".personae"))
    entries = [(e, record.damage(e, whole=verify)) for e in record.entries()]
    if screen.json:
        shown = [
            {
                "run": e.id,
                "date": e.date,
                "verdict": e.verdict,
                "personas": e.personas,
                "users": e.users,
                "seed": e.seed,
                "sources": e.sources,
                "folder": e.folder,
                "digest": e.digest,
                "damage": wrong,
            }
            for e, wrong in entries
        ]
        screen.give({"runs": shown})
    elif not entries:
        screen.say(f"no runs are recorded in {record.root}; make one: personae run FILES")
    else:
        rows = [["run", "date", "verdict", "personas", "users", "folder", "sources"]]
        for e, wrong in entries:
            rows.append(
                [e.id, e.date, "damaged" if wrong else e.verdict, str(e.personas), count(e.users), e.folder, wrong or e.sources]
            )
        head, *rest = table(rows, right=(3, 4), indent=0)
        screen.say(screen.faint(head))
        for line in rest:
            screen.say(line)
    if any(wrong for _, wrong in entries):
        raise typer.Exit(4)
