"""personae demo: a sample company, from its files to its report."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from personae.cli.run import ending, perform
from personae.cli.screen import Debug, Json, NoColor, Plain, Quiet, Screen
from personae.errors import UsageError
from personae.model.study import Study

OUTCOME = ("renewed",)
"""What the sample company wants to know, and what it sells and sends rather than what customers do."""


def demo(
    out: Annotated[
        str, typer.Option("--out", metavar="DIR", help="Folder for the sample company and its report.")
    ] = "personae-demo",
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the report in a browser.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Make the demo in that folder again.")] = False,
    as_json: Json = False,
    plain: Plain = False,
    quiet: Quiet = False,
    debug: Debug = False,
    no_color: NoColor = False,
) -> None:
    """Make a sample company and find its personas: data to report in one go."""
    from personae import sample

    screen = Screen(as_json, plain, quiet, no_color)
    folder = Path(out)
    if folder.exists() and any(folder.iterdir()) and not overwrite:
        raise UsageError(
            "P001",
            f"{out} already holds files",
            where=out,
            fix="look at its report, choose another folder with --out, or add --overwrite",
        )
    paths = sample.write(folder)
    files = [str(paths[k]) for k in ("users", "events", "survey")]
    study = Study(sources=tuple(files), outcome=OUTCOME, allow_rejects=sample.DIRTY)
    report = folder / "report"
    cast = perform(study, screen, str(report), overwrite, str(folder / ".personae"))
    _explain(screen, folder)
    if not (no_open or screen.json or screen.quiet) and _desktop():
        import webbrowser

        webbrowser.open((report / "report.html").resolve().as_uri())
    raise typer.Exit(ending(cast))


def _explain(screen: Screen, folder: Path) -> None:
    from personae.sample import DIRTY

    flags = f"--outcome {','.join(OUTCOME)} --allow-rejects {DIRTY}"
    for line in (
        "",
        f"The same by hand, in {folder}:",
        "  personae check users.csv events.csv survey.csv",
        f"  personae run users.csv events.csv survey.csv {flags}",
        "  personae show",
    ):
        screen.say(line)


def _desktop() -> bool:
    """Whether there is a screen with a browser behind this terminal."""
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION") or os.environ.get("CI"):
        return False
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
