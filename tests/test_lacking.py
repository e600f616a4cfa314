"""A package of an extra that is not installed: one code, one exit and the line that installs it, whatever asked for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cast_builder import cast
from personae.store import Record


@pytest.mark.parametrize(
    ("typed", "package", "extra"),
    [
        (["serve"], "fastapi", "app"),
        (["mcp"], "mcp", "mcp"),
        (["listen", "env:R::s", "--once"], "redis", "listen"),
        (["schedule", "run", "--every", "day"], "apscheduler", "app"),
    ],
)
def test_every_command_says_it_in_the_same_way(typed: list[str], package: str, extra: str, tmp_path: Path) -> None:
    Record(tmp_path / ".personae").add(cast(), None, "2026-06-01", more=lambda _folder, _shown: None)
    away = tmp_path / "away"
    away.mkdir()
    (away / f"{package}.py").write_text(f'raise ModuleNotFoundError("No module named {package!r}", name={package!r})\n')
    paths = os.pathsep.join([str(away), *(p for p in [os.environ.get("PYTHONPATH", "")] if p)])
    environment = {**os.environ, "PYTHONPATH": paths, "R": "redis://127.0.0.1:1"}
    command = [sys.executable, "-m", "personae", *typed]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 5, done.stderr
    assert "P501" in done.stderr and f'pip install "personae[{extra}]"' in done.stderr and "is not installed" in done.stderr
