"""What the commands that change a run by hand have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.screen import Screen, labelled

if TYPE_CHECKING:
    from personae.model.edit import Edit
    from personae.store import Record

Run = Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id; the newest when left out.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="A persona by key (P1) or name.", show_default=False)]


def record(store: str) -> Record:
    """The record that is meant."""
    from personae.store import Record

    return Record(Path(store or ".personae"))


def recorded(screen: Screen, edit: Edit, run: str) -> None:
    """Say what was recorded, and how it shows and is taken back."""
    if screen.json:
        screen.give({"run": run, **shown(edit)})
        return
    for line in labelled("edit", f"{edit.number}   {words(edit)}"):
        screen.say(line)
    screen.say(f"next     personae report {run}        the report as edited")
    screen.say(f"         personae undo {edit.number} --run {run}")


def shown(edit: Edit) -> dict[str, Any]:
    """An edit as --json prints it."""
    from personae.model.plain import plain

    made: dict[str, Any] = plain(edit)
    return {k: v for k, v in made.items() if k != "derived" and (v or k in ("number", "persona"))}


def words(edit: Edit) -> str:
    """An edit in a line: of whom, what."""
    from personae.words.editing import told

    return f"{edit.persona}   {told(edit)}" if edit.persona and not edit.structural else told(edit)


def carried(edits: Sequence[Edit]) -> Iterator[str]:
    """What became of the edits of an earlier run in a new one, in lines."""
    held = [e for e in edits if e.state == "active"]
    if held:
        some = "; ".join(words(e) for e in held[:3]) + (f"; and {len(held) - 3} more" if len(held) > 3 else "")
        yield from labelled("edits", f"{len(held)} {'holds' if len(held) == 1 else 'hold'} here too: {some}")
    for e in (e for e in edits if e.state == "waiting"):
        yield from labelled("waits", f"{words(e)}: {e.why} (personae edits)")
