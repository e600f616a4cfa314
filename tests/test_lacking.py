"""A package of an extra that is not installed: one code, one exit and the line that installs it, whatever asked for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cast_builder import cast
from personae.cli.main import main
from personae.store import Record


@pytest.mark.parametrize(
    ("typed", "extra"),
    [
        (["serve"], "app"),
        (["mcp"], "mcp"),
        (["listen", "env:R::s", "--once"], "listen"),
        (["schedule", "run", "--every", "day"], "app"),
    ],
)
def test_every_command_says_it_in_the_same_way(
    typed: list[str], extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Record(Path(".personae")).add(cast(), None, "2026-06-01", more=lambda _folder, _shown: None)
    monkeypatch.setenv("R", "redis://127.0.0.1:1")
    for name in list(sys.modules):
        if name.startswith(("personae.web.", "apscheduler")) or name in ("fastapi", "redis"):
            monkeypatch.delitem(sys.modules, name)
    for name in ("fastapi", "mcp.server", "redis", "apscheduler.schedulers.blocking"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SystemExit) as ended:
        main(typed)
    said = capsys.readouterr().err
    assert ended.value.code == 5, said
    assert "P501" in said and f'pip install "personae[{extra}]"' in said and "is not installed" in said
