"""A file that is exported without a name is named after what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

import cast_builder
from personae.cli.main import main
from personae.store import Record


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Record(Path(".personae")).add(cast_builder.cast(), Path("out"), "2026-06-01", more=lambda place, cast: None)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "file"),
    [
        ((), "users.csv"),
        (("--sheet", "personas"), "personas.csv"),
        (("--sheet", "personas", "--out", "users.csv"), "users.csv"),
        (("--schema", "facts.json"), "facts.schema.json"),
        (("--library",), "actions.toml"),
        (("--lock",), "personas.lock"),
    ],
)
def test_a_table_has_the_name_of_its_file(
    here: Path, words: tuple[str, ...], file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as done:
        main(["export", *words])
    assert done.value.code in (0, None), capsys.readouterr().err
    assert sorted(p.name for p in here.iterdir() if p.name not in (".personae", "out")) == [file]
    assert f"export   {file}" in capsys.readouterr().out


def test_a_table_there_is_not_is_written_nowhere(here: Path) -> None:
    with pytest.raises(SystemExit) as done:
        main(["export", "--sheet", "../elsewhere"])
    assert done.value.code == 2
    assert not (here.parent / "elsewhere.csv").exists()
