"""personae schedule: refresh again and again, by whatever keeps time here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen, Store
from personae.errors import UsageError

OWN = "run"
"""The kind that is our own scheduler."""


def schedule(
    kind: Annotated[
        str,
        typer.Argument(metavar="KIND", help="cron, systemd, github, airflow, dagster; or run: our own, in the foreground."),
    ] = "cron",
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILES", help="Data of each refresh; those of the current run when left out.", show_default=False
        ),
    ] = None,
    every: Annotated[str, typer.Option("--every", metavar="WHEN", help="hour, day, week or month.")] = "week",
    at: Annotated[str, typer.Option("--at", metavar="TIME", help='Such as "Mon 05:00", "05:00", ":15" or "1 05:00".')] = "",
    timezone: Annotated[str, typer.Option("--timezone", metavar="ZONE", help="Such as Europe/Paris; else the machine's.")] = "",
    folder: Annotated[str, typer.Option("--in", metavar="DIR", help="Folder to refresh in; else this one.")] = "",
    out: Annotated[str, typer.Option("--out", metavar="DIR", help="Write the files there instead of printing them.")] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that are there.")] = False,
    once: Annotated[bool, typer.Option("--once", help="With run: do what is due now, and end.")] = False,
    store: Store = "",
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Write what makes another program refresh again and again, or do it here.

    Example: personae schedule cron --every week --at "Mon 05:00" events/

    Example: personae schedule systemd --every day --at 05:00 --out units

    Example: personae schedule run --every day --at 05:00
    """
    from personae import plugins
    from personae.cli.settings import closest
    from personae.words.scheduling import schedule as said

    screen = Screen(as_json, plain, quiet, no_color)
    kinds = (*plugins.names("schedules"), OWN)
    if kind not in kinds:
        near = closest(kind, kinds)
        fix = f"did you mean personae schedule {near}?" if near else f"use one of: {', '.join(kinds)}"
        raise UsageError("P001", f"there is no schedule {kind}", where="personae schedule", did="nothing was written", fix=fix)
    command = ("refresh", *(files or ()), *(("--store", store) if store else ()))
    wanted = said(every, at, timezone, command, str(Path(folder or ".").resolve()), _program())
    if kind == OWN:
        from personae.cli.clock import keep
        from personae.store import Record

        root = Path(store or ".personae")
        raise typer.Exit(keep(wanted, Record(root if root.is_absolute() else Path(wanted.folder) / root), screen, once=once))
    written = plugins.find("schedules", kind).write(wanted)
    if out:
        _write(written, Path(out), overwrite)
    if screen.json:
        screen.give({"kind": kind, "when": wanted.words, "files": dict(written)})
        return
    for name, text in written.items():
        if out:
            screen.say(f"schedule {Path(out) / name}   {wanted.words}")
        else:
            head = f"# {name}\n" if len(written) > 1 else ""
            for line in f"{head}{text}".splitlines():
                screen.say(line)


def _program() -> str:
    """The full path of this program where it was started as one or is found as one."""
    import shutil
    import sys

    begun = sys.argv[0] if Path(sys.argv[0]).name == "personae" else ""
    beside = str(Path(sys.executable).parent)
    found = (begun and shutil.which(begun)) or shutil.which("personae", path=beside) or shutil.which("personae")
    return str(Path(found).absolute()) if found else "personae"


def _write(written: Mapping[str, str], folder: Path, overwrite: bool) -> None:
    from personae.store import whole_file

    for name, text in written.items():
        with whole_file(folder / name, overwrite=overwrite) as temp:
            temp.write_text(text, encoding="utf-8", newline="\n")
