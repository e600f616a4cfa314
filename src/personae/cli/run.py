"""personae run: from files to a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from personae.cli import settings, summary
from personae.cli.ai import Ai, AiBudget, AiUrl, checked, wanted
from personae.cli.ask import answered
from personae.cli.editing import carried
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store, labelled, pad, width
from personae.cli.settings import settings as with_settings
from personae.cli.watch import Watch, peak_memory, timings, watching
from personae.endpoint.day import today as today
from personae.errors import UsageError
from personae.model.study import Role, Study
from personae.progress import step, tell

if TYPE_CHECKING:
    from personae.model.cast import Cast
    from personae.model.worded import Asked
    from personae.store import Entry, Record

GATE = 4
"""The exit code when there are no groups to speak of."""


@with_settings
def run(
    given: Mapping[str, Any],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILES", help="Files, folders, globs, or DATABASE::TABLE.", show_default=False)
    ] = None,
    out: Annotated[str, typer.Option(help="Folder for the files of this run.", metavar="DIR", rich_help_panel="Output")] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the run that is in --out.", rich_help_panel="Output")
    ] = False,
    save: Annotated[
        bool, typer.Option("--save", help="Write the settings to personae.toml.", rich_help_panel="Output")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.", rich_help_panel="Output")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take the recommended answer; ask nothing.", rich_help_panel="Output")
    ] = False,
    ai: Ai = "",
    ai_url: AiUrl = "",
    ai_budget: AiBudget = 0,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Find the kinds of users there are, and write the report.

    Example: personae run users.csv events.csv
    """
    screen = Screen(as_json, plain, quiet, no_color)
    kept = settings.keep(Path())
    study = settings.study(files or (), given, kept)
    target = out or str(kept.get("out", ""))
    if dry_run:
        from personae.cli.check import look

        look(study, screen, f"would write {target or 'reports/<date>_r<number>'}, and read nothing else")
        return
    root = store or str(kept.get("store", ""))
    asked = wanted(kept, {"ai": ai, "ai_url": ai_url, "ai_budget": ai_budget})
    if asked is not None:
        checked(asked)
    cast = perform(study, screen, target, overwrite, root, save, yes, asked)
    if not screen.json:
        for line in _next(cast, f" --store {quoted(root)}" if store else ""):
            screen.say(line)
    raise typer.Exit(ending(cast))


def ending(cast: Cast) -> int:
    """The exit code: a run without personas is done, and says no."""
    return 0 if cast.personas else GATE


def perform(
    study: Study,
    screen: Screen,
    out: str,
    overwrite: bool,
    store: str,
    save: bool = False,
    yes: bool = False,
    asked: Asked | None = None,
) -> Cast:
    """Run the study, let the model that is asked for word it, record it, write its files and say what came of it."""
    from personae.store import Record, spared

    record = Record(Path(store or ".personae"))
    record.prepare()
    ready(out, overwrite)
    from personae import flow  # the heavy part comes after all that can be refused at once
    from personae.endpoint.answers import FOLDER
    from personae.stages.word import word

    with watching(screen) as watch:
        quiet = replace(screen, quiet=True) if yes else screen
        cast, study = answered(study, quiet, lambda s: flow.run(spared(s, record.root)))
        if asked is not None and cast.personas:
            cast = word(cast, asked, record.root / FOLDER, today())
        entry = record.add(
            cast,
            Path(out) if out else None,
            today(),
            overwrite=overwrite,
            more=lambda folder, shown: render(shown, folder, watch),
        )
        made = record.edits(entry.id)
        cast = record.load(entry.id) if made else cast
    folder = record.place(entry)
    if save:
        settings.write(Path(), study, found(cast), out)
    if screen.json:
        screen.give(document(cast, entry.id, folder, watch))
    else:
        said(cast, screen, folder, watch, save)
        for line in (*carried(made), *standing(record, entry)):
            screen.say(line)
    return cast


def standing(record: Record, entry: Entry) -> list[str]:
    """A line where a recorded run did not become the current one."""
    now = record.entry()
    if now.id == entry.id:
        return []
    return labelled(
        "current",
        f"{now.id} stays the current run: its data end on {now.ended[:10]}, those of {entry.id} on {entry.ended[:10]}; "
        f"to use {entry.id}: personae runs rollback {entry.id}",
    )


def render(cast: Cast, folder: Path, watch: Watch) -> None:
    """The files for people, beside those that the record keeps."""
    from personae import plugins

    step("write", "every user with their persona")
    plugins.find("exporters", "csv").export(cast, folder / "users.csv")
    step("write", "the report")
    plugins.find("exporters", "html").export(cast, folder / "report.html")
    tell("write", "all files")
    text = json.dumps(timings(watch), indent=1, sort_keys=True)
    (folder / "timings.json").write_text(text + "\n", encoding="utf-8")


def document(cast: Cast, run_id: str, folder: Path, watch: Watch) -> dict[str, Any]:
    """What --json prints."""
    verdict = cast.evidence.verdict
    files = {p.name: p.as_posix() for p in sorted(folder.rglob("*")) if p.is_file()}
    return {
        "run": run_id,
        "verdict": {
            "kind": verdict.kind.value,
            "groups": verdict.groups if cast.personas else 0,
            "alternative": verdict.alternative,
            "why": verdict.why,
            "asked": verdict.asked,
            "given": verdict.given,
        },
        "users": cast.users,
        "assigned": int((cast.placement.persona >= 0).sum()),
        "set_aside": sum(t.set_aside for t in cast.tables),
        "personas": [
            {"key": p.key, "name": p.name, "users": p.users, "share": _round(p.share), "steadiness": _round(p.steadiness)}
            for p in cast.personas
        ],
        "files": files,
        "seconds": round(watch.elapsed, 3),
        "peak_memory_bytes": peak_memory(),
        "seed": cast.study.seed,
    }


def found(cast: Cast) -> dict[str, str]:
    """The columns that the run took for id, time, event and value, where there is one of each."""
    names = {}
    for role in (Role.ID, Role.TIME, Role.EVENT, Role.VALUE):
        columns = {c.name for t in cast.tables for c in t.columns if c.role == role}
        if len(columns) == 1:
            names[role.value] = columns.pop()
    return names


def ready(out: str, overwrite: bool) -> None:
    """Refuse a folder that is taken or cannot be written before anybody waits for a result."""
    from personae.store import may_write, try_place

    if out and not may_write(Path(out), overwrite):
        raise UsageError(
            "P001",
            f"{out} already holds files",
            where=out,
            did="nothing was read or written",
            fix="choose another folder with --out" + ("" if overwrite else ", or replace the run in it with --overwrite"),
        )
    try_place(Path(out or "reports"))


ANOTHER = "to read another: "
"""How the note on a workbook with more sheets begins what to do about it."""


def said(cast: Cast, screen: Screen, folder: Path, watch: Watch, saved: bool = False) -> None:
    """What came of a run, on one screen."""
    for line in summary.warnings((*cast.warnings, *watch.warnings)):
        screen.talk(line)
    for line in summary.whole(cast, screen, "private/rejects.csv"):
        screen.say(line)
    spent = f"{watch.elapsed:.1f} s   {memory(peak_memory())}seed {cast.study.seed}"
    screen.say(f"report   {screen.strong(str(folder / 'report.html'))}   {spent}")
    if saved:
        screen.say(f"saved    {settings.FILE}: personae run without flags does the same again")


def _next(cast: Cast, flags: str) -> list[str]:
    if not cast.personas:
        return [
            f"next     personae show{flags} --why-groups        what was tried and why nothing held",
            "         personae run ... --force          groups for use, marked as such everywhere",
            "         personae run ... --group-by COLS  other columns to group by",
            *_sheets(cast),
        ]
    offers = (
        (f"personae show{flags} --persona {quoted(cast.personas[0].name)}", "one persona in full"),
        (f"personae show{flags} --why-groups", "why this number of groups"),
        (f"personae export{flags} --out users.csv", "every user with their persona"),
    )
    wide = max(width(command) for command, _ in offers)
    lines = [f"{'' if i else 'next':<9}{pad(command, wide)}   {words}" for i, (command, words) in enumerate(offers)]
    return [*lines, *_sheets(cast)]


def _sheets(cast: Cast) -> list[str]:
    """How to read another sheet, for each workbook that has more with data."""
    known = (n.fix.removeprefix(ANOTHER) for t in cast.tables for n in t.notes if n.fix.startswith(ANOTHER))
    return [f"         personae run ... {flag}   another sheet of the workbook, which was not read" for flag in known]


def quoted(text: str) -> str:
    """A text as one word of a command."""
    import shlex

    return shlex.quote(text)


def memory(size: int) -> str:
    """Peak memory for the last line, empty where the system does not say."""
    if not size:
        return ""
    return f"{size / 1e9:.1f} GB peak   " if size >= 1e9 else f"{size / 1e6:.0f} MB peak   "


def _round(value: float) -> float:
    return float(f"{value:.9g}")
