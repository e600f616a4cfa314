"""What is written is executed: every ```console and ```python block of a page runs, page by page, in a folder of its own.

`personae` and `python -c` run in this process, as the entry point would run them: loading the package takes longer than most
of the commands. Everything else goes to the shell. Pages that group the same users share one search.

A console block holds commands after `$ ` and, below each, lines that its output must contain; `...` stands for anything.
```console exit=4 says that the last command of the block ends so. Blocks marked ```sh are only shown.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from personae.cli import main

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


def _console(block: str, exit_code: int, folder: Path, says: pytest.CaptureFixture[str]) -> None:
    commands = list(_commands(block))
    for i, (command, lines) in enumerate(commands):
        code, said = _ran(command, folder, says)
        assert code == (exit_code if i == len(commands) - 1 else 0), f"$ {command}\n{said}"
        missing = [line for line in lines if not _holds(said, line)]
        assert not missing, f"$ {command}\nsaid\n{said}\nbut not {missing}"


def _ran(command: str, folder: Path, says: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit code of a command and all it said."""
    moved = re.fullmatch(r"cd (\S+) && (.*)", command, re.DOTALL)
    if moved:
        os.chdir(folder / moved[1])
        try:
            return _ran(moved[2], folder / moved[1], says)
        finally:
            os.chdir(folder)
    words = shlex.split(command)
    says.readouterr()
    if not re.search(r"[|<>$`;&]", re.sub(r"\"[^\"]*\"|'[^']*'", "", command)) and words[0] == "personae":
        code = _command(words[1:])
    elif words[:2] == ["python", "-c"] and len(words) == 3:
        exec(compile(words[2], command, "exec"), {"__name__": "__main__"})  # noqa: S102
        code = 0
    else:
        code = subprocess.run(command, shell=True, cwd=folder, timeout=300).returncode  # noqa: S602
    return code, "".join(says.readouterr())


def _command(arguments: list[str]) -> int:
    try:
        main.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    raise AssertionError("a command ends with its exit code")


@pytest.mark.slow
@pytest.mark.usefixtures("remembered_searches")
@pytest.mark.parametrize("page", PAGES, ids=[str(p.relative_to(ROOT)) for p in PAGES])
def test_the_examples_of_a_page_run(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    names: dict[str, object] = {"__name__": "page"}
    text = page.read_text(encoding="utf-8")
    if "world" not in text:
        monkeypatch.setenv("PERSONAE_WORLDS", "none")  # nothing on the page shows them, and each run takes a fifth less
    for kind, info, body in BLOCK.findall(text):
        if kind == "console":
            _console(body, int(info.partition("exit=")[2] or 0), tmp_path, capfd)
        else:
            exec(compile(body, f"{page.name}: {body.strip().splitlines()[0]}", "exec"), names)  # noqa: S102
