"""personae runs prune: make room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.editing import record
from personae.cli.runs import shown
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, count, labelled, table

if TYPE_CHECKING:
    from personae.store.keeping import Pruned


def runs_prune(
    keep: Annotated[int, typer.Option("--keep", metavar="N", help="How many of the newest runs stay.", show_default=False)],
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are listed alone.")] = False,
    reports: Annotated[bool, typer.Option("--reports", help="Remove the folders of their reports, too.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Remove old runs. Without --yes it only says which, and how much room that makes.

    The current run, pinned runs, and those that one of these is a refresh of are never removed.

    Example: personae runs prune --keep 20 --yes
    """
    from personae.store.keeping import prune

    screen = Screen(as_json, plain, quiet, no_color)
    plan = prune(record(store), keep, reports=reports, dry=not yes)
    if screen.json:
        screen.give(_document(plan, yes, reports))
    for line in _lines(plan, yes, reports, keep):
        screen.say(line)


def _document(plan: Pruned, done: bool, reports: bool) -> dict[str, Any]:
    return {
        "done": done,
        "removed": [shown(e) for e in plan.runs],
        "kept": [{"run": e.id, "why": why} for e, why in plan.kept],
        "edits": plan.edits,
        "bytes": plan.bytes,
        "folders": [p.as_posix() for p in plan.folders] if reports else [],
    }


def _lines(plan: Pruned, done: bool, reports: bool, keep: int) -> Iterator[str]:
    """What goes, why the rest stays, and the room that makes."""
    if not plan.runs:
        yield f"nothing to remove: {count(len(plan.kept), 'run')}, all to be kept"
        return
    yield from table([["removed" if done else "would go", "date", "verdict", "folder"], *_rows(plan)], indent=0)
    others = [f"{e.id} ({why})" for e, why in plan.kept if why != "newest"]
    yield from labelled("kept", ", ".join([f"the newest {keep}", *others]))
    edits = f", with {count(plan.edits, 'edit')} of them" if plan.edits else ""
    yield f"room     {plan.bytes / 1e6:,.1f} MB {'freed' if done else 'would be free'}, {count(len(plan.runs), 'run')}{edits}"
    if plan.folders:
        fate = "gone, too" if reports and done else "would go, too" if reports else "stay (--reports removes them)"
        yield f"reports  {count(len(plan.folders), 'folder')} of readable files: {fate}"
    if not done:
        yield f"next     personae runs prune --keep {keep} --yes{' --reports' if reports else ''}"


def _rows(plan: Pruned) -> Iterator[list[str]]:
    for e in plan.runs:
        yield [e.id, e.date, e.verdict, e.folder]
