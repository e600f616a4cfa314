"""The report on paper: the page, printed by a Chromium that is on the machine, without the network and without a clock."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from personae import plugins
from personae.errors import MachineError
from personae.model.cast import Cast

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
"""Programs that print, by name and where they stand when no path leads to them; PERSONAE_CHROMIUM names another."""
SECONDS = 180
_MAKER = re.compile(rb"(/Creator \()((?:[^()\\]|\\.)*)\)")
_CLOCK = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}(?:[+\-Z][\d']*)?\)")


def export(cast: Cast, path: Path) -> Path:
    """Print the report of a cast to `path`; equal bytes from the same cast, program and fonts.

    Raises MachineError P501 when no program is there that prints, or when it does not.
    """
    program = browser()
    with tempfile.TemporaryDirectory(prefix="personae-") as folder:
        page, made = Path(folder) / "report.html", Path(folder) / "report.pdf"
        plugins.find("exporters", "html").export(cast, page)
        _print(program, page, made, Path(folder))
        path.write_bytes(_MAKER.sub(_named, _CLOCK.sub(_still, made.read_bytes())))
    return path


def browser() -> str:
    """The program that prints. Raises MachineError P501 where there is none."""
    named = os.environ.get("PERSONAE_CHROMIUM", "")
    for name in (named,) if named else (*NAMES, *ELSEWHERE):
        if found := shutil.which(name):
            return found
    raise MachineError(
        "P501",
        f"{named} is no program" if named else "no Chromium, Chrome or Edge was found to print the report with",
        where="--format pdf",
        fix="install Chromium (or name one in PERSONAE_CHROMIUM), or write --format html and print that page from any browser",
    )


def _print(program: str, page: Path, made: Path, folder: Path) -> None:
    alone = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []  # as root Chromium has no sandbox
    command = [
        program, "--headless", "--disable-gpu", "--no-pdf-header-footer", "--disable-background-networking", *alone,
        "--host-resolver-rules=MAP * ~NOTFOUND", "--no-first-run", f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={made}", page.as_uri(),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - the page is ours
    except (OSError, subprocess.TimeoutExpired) as no:
        raise _failed(program, type(no).__name__) from no
    if done.returncode or not made.is_file():
        last = done.stderr.decode(sys.getfilesystemencoding(), "replace").strip().splitlines()[-1:]
        raise _failed(program, last[0] if last else f"it ended with {done.returncode}")


def _failed(program: str, why: str) -> MachineError:
    return MachineError(
        "P501", f"{Path(program).name} did not print the report: {why}", where="--format pdf",
        fix="write --format html and print that page from any browser",
    )  # fmt: skip


def _still(found: re.Match[bytes]) -> bytes:
    """A date of the same length, so that no offset in the file changes."""
    begun = found[1] + b"20000101000000"
    rest = len(found[0]) - len(begun) - 1
    return begun + b"+00'00'"[:rest].ljust(rest, b" ") + b")"


def _named(found: re.Match[bytes]) -> bytes:
    """Who made it, without what machine it was made on; of the same length."""
    return found[1] + b"personae"[: len(found[2])].ljust(len(found[2])) + b")"
