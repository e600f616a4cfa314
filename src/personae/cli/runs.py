"""personae runs: what has been recorded here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.editing import record
from personae.cli.help import unknown
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, table

if TYPE_CHECKING:
    from personae.store import Entry


def runs(
    words: Annotated[list[str] | None, typer.Argument(metavar="WHAT", help="What to do; list when left out.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Compare every file with its hash.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """List the runs that are recorded here, oldest first; also pin, unpin, rollback, verify and prune.

    The current run is the one that a command uses when none is named: the newest, unless its data are older or you went back.

    Example: personae runs rollback r02
    """
    if words and words != ["list"]:
        raise unknown("runs", words)
    screen = Screen(as_json, plain, quiet, no_color)
    listed(screen, store, whole=verify)


def listed(screen: Screen, store: str, *, whole: bool) -> None:
    """Print all runs, and end with exit code 4 where one is damaged."""
    kept = record(store)
    entries = kept.entries()
    current = kept.entry().id if entries else ""
    known = [(e, kept.damage(e, whole=whole)) for e in entries]
    if screen.json:
        screen.give({"current": current, "runs": [{**shown(e), "current": e.id == current, "damage": d} for e, d in known]})
    elif not known:
        screen.say(f"no runs are recorded in {kept.root}; make one: personae run FILES")
    else:
        head, *rest = table([HEAD, *(_row(e, d, current) for e, d in known)], right=(3, 4), indent=0)
        screen.say(screen.faint(head))
        for line in rest:
            screen.say(line)
    if any(wrong for _, wrong in known):
        raise typer.Exit(4)


HEAD = ["run", "date", "verdict", "personas", "users", "state", "folder", "sources"]


def _row(e: Entry, damage: str, current: str) -> list[str]:
    """A run as a row of the list."""
    state = ", ".join(w for w in ("current" if e.id == current else "", "pinned" if e.pinned else "") if w)
    verdict = "damaged" if damage else e.verdict
    return [e.id, e.date, verdict, str(e.personas), count(e.users), state, e.folder, damage or e.sources]


def shown(e: Entry) -> dict[str, Any]:
    """A run as --json prints it."""
    return {
        "run": e.id,
        "date": e.date,
        "verdict": e.verdict,
        "personas": e.personas,
        "users": e.users,
        "seed": e.seed,
        "sources": e.sources,
        "ended": e.ended,
        "refresh_of": e.rests,
        "pinned": e.pinned,
        "folder": e.folder,
        "digest": e.digest,
    }
