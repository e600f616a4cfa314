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

if TYPE_CHECKING:  # nouns that --help does not wait for
    from personae.model.cast import Cast
    from personae.store import Record


def refresh(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILES", help="Data of the same kind; those of the run when left out.", show_default=False),
    ] = None,
    name: Annotated[str, typer.Option("--run", metavar="RUN", help="The run to refresh; the current one when left out.")] = "",
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

    Example: personae refresh events_june.csv
    """
    screen = Screen(as_json, plain, quiet, no_color)
    from personae.store import Record, spared

    record = Record(Path(store or ".personae"))
    before = known(record, name)
    record.prepare()
    ready(out, overwrite)
    from personae import flow  # the heavy part comes after all that can be refused at once

    study = spared(replace(before.study, sources=tuple(files or before.study.sources)), record.root)
    with watching(screen) as watch:
        cast = flow.refresh(before, study)
        stopped = refused(cast)
        if stopped:
            _stopped(cast, screen, before.run)
            raise typer.Exit(GATE)
        place = Path(out) if out else None
        entry = record.add(cast, place, today(), overwrite=overwrite, more=lambda folder, shown: render(shown, folder, watch))
        cast, edits = record.load(entry.id), record.edits(entry.id)
    if screen.json:
        screen.give({**document(cast, entry.id, record.place(entry), watch), "change": _plain(cast)})
        return
    said(cast, screen, record.place(entry), watch)
    for line in (*carried(edits), *standing(record, entry)):
        screen.say(line)


def known(record: Record, name: str) -> Cast:
    """The run to refresh, as it was found: names that people gave are carried over by the record. Keys that an edit ever made
    are not given again, even where it was taken back."""
    cast = record.bare(name)
    made = [int(k[1:]) for e in record.edits(cast.run) for k in e.made if k[1:].isdigit()]
    return replace(cast, evidence=replace(cast.evidence, given=max([cast.evidence.given, *made])))


def refused(cast: Cast) -> bool:
    """Whether a gate stopped the new data."""
    return cast.change is not None and any(not g.passed for g in cast.change.gates)


def _plain(cast: Cast) -> Any:
    from personae.model.plain import plain

    return plain(cast.change)


def _stopped(cast: Cast, screen: Screen, run: str) -> None:
    """Say which gate stopped the new data, and that the run before stays."""
    gates = [g for g in cast.change.gates if not g.passed] if cast.change is not None else []
    if screen.json:
        screen.give({"run": run, "change": _plain(cast)})
        return
    for g in gates:
        for line in labelled("stopped", f"{g.words} (gate: {g.name})"):
            screen.talk(line)
        for line in labelled("next", g.fix) if g.fix else ():
            screen.talk(line)
    for line in labelled("stays", f"run {run} as it was; nothing was recorded"):
        screen.talk(line)
