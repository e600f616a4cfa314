"""What is written is executed: every ```console and ```python block of a page runs, page by page, in a folder of its own.

A console block holds commands after `$ ` and, below each, lines that its output must contain; `...` stands for anything.
```console exit=4 says that the last command of the block ends so. Blocks marked ```sh are only shown.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs" / "tutorial").glob("*.md"), *(ROOT / "docs" / "how-to").glob("*.md")])
BLOCK = re.compile(r"^```(console|python)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _commands(block: str) -> Iterator[tuple[str, list[str]]]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.strip()
        yield command, [line for line in output.splitlines() if line.strip()]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _holds(output: str, line: str) -> bool:
    pattern = ".*".join(re.escape(_squeezed(part)) for part in line.split("..."))
    return any(re.search(pattern, _squeezed(there)) for there in output.splitlines())


def _console(block: str, exit_code: int, folder: Path) -> None:
    commands = list(_commands(block))
    env = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    for i, (command, lines) in enumerate(commands):
        done = subprocess.run(command, shell=True, cwd=folder, env=env, capture_output=True, text=True, timeout=300)  # noqa: S602
        said = done.stdout + done.stderr
        assert done.returncode == (exit_code if i == len(commands) - 1 else 0), f"$ {command}\n{said}"
        missing = [line for line in lines if not _holds(said, line)]
        assert not missing, f"$ {command}\nsaid\n{said}\nbut not {missing}"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_the_examples_of_a_page_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "page"}
    text = page.read_text(encoding="utf-8")
    if "world" not in text:
        monkeypatch.setenv("PERSONAE_WORLDS", "none")  # nothing on the page shows them, and each run takes a fifth less
    for kind, info, body in BLOCK.findall(text):
        if kind == "console":
            _console(body, int(info.partition("exit=")[2] or 0), tmp_path)
        else:
            exec(compile(body, f"{page.name}: {body.strip().splitlines()[0]}", "exec"), names)  # noqa: S102
