"""personae refresh: new data, the same personas."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli.editing import carried
from personae.cli.run import GATE, document, ready, render, said, standing
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, labelled
from personae.cli.watch import watching
from personae.endpoint.day import today
from personae.errors import UsageError

LEVELS = ("clear", "small", "medium", "large")
"""How much drift there is, from none to most; `--gate` names the most that is welcome."""

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.cast import Cast
    from personae.store import Entry, Record


def refresh(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES", help="Data of the same kind; those of the run when left out.", show_default=False),
    ] = None,
    name: Annotated[str, typer.Option("--run", metavar="RUN", help="The run to refresh; the current one when left out.")] = "",
    gate: Annotated[
        list[str] | None,
        typer.Option(
            "--gate", metavar="drift=clear", help="Most drift at which the new run becomes current: clear, small, medium."
        ),
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="GATES", help="Gates that may be open, such as unchanged.")
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="FILE", help="Leave out who is on this list; the lists of the run when left out."),
    ] = None,
    out: Annotated[str, typer.Option(help="Folder for the files of the new run.", metavar="DIR")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run that is in --out.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Bring new data into the personas that are known, and say what became of each.

    Example: personae refresh users.csv events_june.csv
    """
    screen = Screen(as_json, plain, quiet, no_color)
    from personae.store import Record, spared

    wished = _wished(gate or [])
    record = Record(Path(store or ".personae"))
    since = record.entry().id
    before = record.bare(name)  # names that people gave are carried over by the record
    record.prepare()
    ready(out, overwrite)
    from personae import flow  # the heavy part comes after all that can be refused at once

    lists = tuple(exclude or before.study.exclude)
    study = spared(replace(before.study, sources=tuple(files or before.study.sources), exclude=lists), record.root)
    held = {e.id for e in record.entries()}
    with watching(screen) as watch:
        cast = flow.refresh(before, study, allow=_allowed(allow or []))
        shut = _shut(cast, wished)
        entry = record.add(
            cast,
            Path(out) if out else None,
            today(),
            overwrite=overwrite,
            more=lambda folder, shown: render(shown, folder, watch),
            current=False if shut else None,
            since=since,
            known=before.given,
        )
        cast, edits = record.load(entry.id), record.edits(entry.id)
        shut = _shut(cast, wished)  # by the names that people gave
    if screen.json:
        screen.give({**document(cast, entry.id, record.place(entry), watch), "change": _plain(cast), "gate": shut})
    else:
        said(cast, screen, record.place(entry), watch)
        stands = _stopped(shut, record, entry, again=entry.id in held) if shut else standing(record, entry)
        for line in (*carried(edits), *stands):
            screen.say(line)
    raise typer.Exit(GATE if shut else 0)


def _stopped(shut: str, record: Record, entry: Entry, *, again: bool) -> list[str]:
    """That the run before stays the current one, why, and what can be done about it."""
    lines = labelled("current", f"{record.entry().id} stays the current run: {shut}")
    place = record.place(entry)
    new = f"{entry.id} is recorded and held back: {place}"
    lines += labelled("held", f"these data were held back before, as {entry.id}: {place}" if again else new)
    return [*lines, *labelled("accept", f"personae runs rollback {entry.id} makes it the current run")]


def _allowed(given: list[str]) -> tuple[str, ...]:
    """The names of --allow, which may be repeated or separated by commas."""
    return tuple(x.strip() for text in given for x in text.split(",") if x.strip())


def _wished(given: list[str]) -> tuple[tuple[str, str], ...]:
    """Each --gate as (what, at most). Raises UsageError P001 for what nobody can ask for."""
    made = []
    for text in given:
        what, _, most = text.partition("=")
        if what != "drift" or most not in LEVELS:
            fix = f"use --gate drift={' or drift='.join(LEVELS)}"
            raise UsageError("P001", f'there is no gate "{text}"', where="--gate", did="nothing was read", fix=fix)
        made.append((what, most))
    return tuple(made)


def _shut(cast: Cast, wished: tuple[tuple[str, str], ...]) -> str:
    """What keeps the new run from becoming the current one, "" where nothing does."""
    shifts = cast.change.drift.shifts if cast.change is not None and cast.change.drift is not None else ()
    for _, most in wished:
        if worse := [s for s in shifts if LEVELS.index(s.size) > LEVELS.index(most)]:
            return f"gate drift={most} says no: {worse[0].words}"
    return ""


def _plain(cast: Cast) -> Any:
    from personae.model.plain import plain

    return plain(cast.change)
