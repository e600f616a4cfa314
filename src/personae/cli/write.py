"""personae write: the personas of a run in a language model's words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from personae.cli.ai import PREVIEW, Ai, AiAgain, AiBudget, AiSeconds, AiUrl, wanted
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store
from personae.errors import UsageError

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.worded import Asked


def write(
    name: Annotated[str, typer.Argument(metavar="RUN", help="A run's id or folder; else the current one.")] = "",
    ai: Ai = "",
    ai_url: AiUrl = "",
    ai_budget: AiBudget = 0,
    ai_seconds: AiSeconds = 0,
    ai_again: AiAgain = False,
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Folder for the files of the new run.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run that is in --out.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Let a language model word the personas of a run, and record that as a new run.

    It is sent figures of groups and names of measures, never a row, an id or a text; --ai preview prints exactly that.

    Example: personae write --ai preview

    Example: personae write r01 --ai local:llama3.1 --ai-url http://localhost:11434/v1
    """
    from personae.cli import settings
    from personae.store import Record

    screen = Screen(as_json, plain, quiet, no_color)
    kept = settings.keep(Path())
    flags = {"ai": ai, "ai_url": ai_url, "ai_budget": ai_budget, "ai_seconds": ai_seconds, "ai_again": ai_again}
    asked = wanted(kept, flags)
    if asked is None:
        fix = "name one: --ai openai:NAME, anthropic:NAME or local:NAME; --ai preview prints what would be sent"
        raise UsageError("P001", "no language model is named", where="--ai", did="nothing was sent", fix=fix)
    root = Path(store or str(kept.get("store", "")) or ".personae")
    folder = bool(name) and (Path(name) / "run.json").is_file()
    cast = Record(root).load(name) if folder else Record(root).bare(name)  # edits by people are carried to what is recorded
    if not cast.personas:
        raise UsageError("P001", "this run has no personas to word", where=f"run {cast.run}", did="nothing was sent")
    if asked.model == PREVIEW or asked.model.startswith(f"{PREVIEW}:"):
        _preview(cast, asked, screen)
    else:
        _write(cast, asked, screen, root, out, overwrite)


def _preview(cast: Cast, asked: Asked, screen: Screen) -> None:
    """Print what would be sent first, byte for byte, and say that it was not."""
    from personae.stages.word import preview

    model = asked.model.partition(":")[2] or ("local:MODEL" if asked.url else "openai:MODEL")
    screen.give(preview(cast, replace(asked, model=model)))
    screen.talk("nothing was sent; lines that do not hold would be asked for again, with the answer and what is wrong with it")


def _write(cast: Cast, asked: Asked, screen: Screen, root: Path, out: str, overwrite: bool) -> None:
    """Word a run and record what came of it."""
    from personae.cli import summary
    from personae.cli.editing import carried
    from personae.cli.run import render, standing
    from personae.cli.watch import watching
    from personae.endpoint.answers import FOLDER
    from personae.endpoint.day import today
    from personae.model.plain import plain
    from personae.stages.word import word
    from personae.store import Record

    record = Record(root)
    with watching(screen) as watch:
        made = replace(word(cast, asked, root / FOLDER, today()), run="")
        entry = record.add(
            made,
            Path(out) if out else None,
            today(),
            overwrite=overwrite,
            more=lambda folder, shown: render(shown, folder, watch),
        )
    folder = record.place(entry)
    if screen.json:
        files = {p.name: p.as_posix() for p in sorted(folder.rglob("*")) if p.is_file()}
        screen.give({"run": entry.id, "of": cast.run, "worded": plain(made.worded), "files": files})
        return
    screen.say(f"write    {entry.id}, {cast.run or 'the run'} in other words")
    for line in (*summary.words(made), *carried(record.edits(entry.id)), *standing(record, entry)):
        screen.say(line)
    screen.say(f"report   {screen.strong(str(folder / 'report.html'))}")
