"""Write docs/reference/commands.md from what --help says; with --print, to stdout instead."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

HEAD = """# Commands

Made from `--help` by `make docs`; do not edit. Exit codes: 0 done, 1 a fault, 2 the command or a setting is wrong, 3 the data
cannot be used, 4 there are no groups, 5 the machine refused.
"""


def said(*arguments: str) -> str:
    """What `personae` prints, 100 columns wide and without colour."""
    env = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "personae", *arguments]
    text = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return "\n".join(line.rstrip() for line in text.replace("python -m personae", "personae").strip().splitlines())


def commands(text: str) -> list[str]:
    """The names of the commands in the help of the whole."""
    after = text.partition("Commands")[2]
    return re.findall(r"^[│|]?\s{0,3}([a-z][a-z-]+)\s{2,}\S", after, re.MULTILINE)


def page() -> str:
    """The whole page."""
    top = said("--help")
    parts = [HEAD, f"```text\n{top}\n```\n"]
    parts += [f"## personae {name}\n\n```text\n{said(name, '--help')}\n```\n" for name in commands(top)]
    return "\n".join(parts)


if __name__ == "__main__":
    if "--print" in sys.argv:
        sys.stdout.write(page())
    else:
        Path(__file__).with_name("reference").joinpath("commands.md").write_text(page(), encoding="utf-8")
