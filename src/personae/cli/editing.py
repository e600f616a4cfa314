"""What the commands that change a run by hand have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.screen import Screen, count, labelled

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.edit import Edit
    from personae.store import Record

Run = Annotated[str, typer.Option("--run", metavar="RUN", help="A run's id; else the current one.")]
Key = Annotated[str, typer.Argument(metavar="KEY", help="A persona by key (P1) or name.", show_default=False)]
Data = Annotated[
    list[str] | None, typer.Option("--data", metavar="FILE", help="Where a source of the run is now, in their order.")
]


def record(store: str) -> Record:
    """The record that is meant."""
    from personae.store import Record

    return Record(Path(store or ".personae"))


def changed(screen: Screen, store: str, run: str, make: Callable[[Cast], Edit]) -> None:
    """Record the edit that `make` finds right for the run as it stands, and say so."""
    kept = record(store)
    edit = kept.edit(run, lambda cast: (make(cast), None))
    recorded(screen, edit, kept.entry(run).id)


def recorded(screen: Screen, edit: Edit, run: str) -> None:
    """Say what was recorded, and how it shows and is taken back."""
    if screen.json:
        screen.give({"run": run, **shown(edit)})
        return
    for line in labelled("edit", f"{edit.number}   {words(edit)}"):
        screen.say(line)
    screen.say(f"next     personae report {run}        the report as edited")
    screen.say(f"         personae undo {edit.number} --run {run}")


def regrouped(screen: Screen, kind: str, names: Sequence[str], called: str, run: str, store: str, data: Sequence[str]) -> None:
    """Join personas or split one, and say what came of it. Looking at the data again keeps nobody else waiting."""
    from personae.cli.watch import watching
    from personae.endpoint.day import today
    from personae.errors import DataError, UsageError
    from personae.stages.edit import find, regroup

    kept = record(store)
    seen, bare = kept.load(run), kept.bare(run)
    keys = tuple(dict.fromkeys(find(seen, n).key for n in names))
    edit = regroup(seen, kind, keys, called, today())
    from personae import flow

    with watching(screen):
        try:
            anew, made = flow.regrouped(bare, kind, keys, tuple(data))
        except DataError as no:
            if no.code != "P101":
                raise
            files = " ".join(f"--data {Path(s).name}" for s in bare.study.sources)
            fix = f"say where the files of the run are: personae {kind} {' '.join(keys)} {files}"
            raise DataError("P101", no.what, where=no.where, did="nothing was changed", fix=fix) from no
    edit = replace(edit, persona="" if kind == "merge" else keys[0], made=made)

    def unchanged(cast: Cast) -> tuple[Edit, Cast]:
        if [e.number for e in cast.edits if e.structural] != [e.number for e in seen.edits if e.structural]:
            what = "somebody joined or split personas meanwhile"
            raise UsageError("P001", what, did="nothing was changed", fix="do it again")
        if kept.given(run) > bare.given:
            raise UsageError("P001", "a refresh gave keys meanwhile", did="nothing was changed", fix="do it again")
        return edit, anew

    recorded(screen, kept.edit(run, unchanged), seen.run)
    after = kept.load(run)
    for k in made:
        screen.say(f"new      {k}   {after[k].name}   {count(after[k].users, after.study.entity)}")
    moved = _moved(seen, after, keys, made)
    if moved:
        floor = seen.study.floor
        some = f"fewer than {floor}" if moved < floor else count(moved)
        screen.say(f"moved    {some} near the border of {keys[0]} changed sides: one rule places everybody")


def _moved(before: Cast, after: Cast, keys: Sequence[str], made: Sequence[str]) -> int:
    """Users who came from or went to other groups than those that were joined or split."""
    import numpy as np

    old = np.isin(before.placement.persona, [p.index for p in before.personas if p.key in keys])
    new = np.isin(after.placement.persona, [p.index for p in after.personas if p.key in made])
    return int((old != new).sum())


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
