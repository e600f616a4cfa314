"""Flags weigh more than personae.toml, and personae.toml more than the environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from personae.cli import settings
from personae.cli.main import main
from personae.errors import UsageError


def test_flags_win_over_the_file_and_the_file_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONAE_SEED", "1")
    monkeypatch.setenv("PERSONAE_GROUPS", "2")
    monkeypatch.setenv("PERSONAE_METHOD", "kmeans")
    study = settings.study(["a.csv"], {"seed": "3"}, {"seed": 2, "groups": "4"})
    assert (study.seed, study.groups, study.method) == (3, "4", "kmeans")


def test_lists_are_written_with_commas_or_as_lists() -> None:
    study = settings.study(["a.csv"], {"describe": "age, plan"}, {"ignore": ["x", "y"]})
    assert (study.describe, study.ignore) == (("age", "plan"), ("x", "y"))


def test_files_can_stand_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "personae.toml").write_text('files = "a.csv"\ngroup-by = ["x"]\nforce = true\n')
    study = settings.study((), {}, settings.keep(tmp_path))
    assert (study.sources, study.group_by, study.force) == (("a.csv",), ("x",), True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("grops = 4", "did you mean groups?"),
        ("groups = [1, 2]", "needs a text"),
        ("seed = 1.5", "needs a whole number"),
        ("force = 'perhaps'", "needs true or false"),
        ("seed = ", "not valid TOML"),
        ("ignore = 3", "needs a list of texts"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "personae.toml").write_text(text)
    with pytest.raises(UsageError) as wrong:
        settings.study(["a.csv"], {}, settings.keep(tmp_path))
    assert wrong.value.code == "P001"
    assert says in f"{wrong.value.what} {wrong.value.fix}"


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONAE_GROUP", "4")
    with pytest.raises(UsageError, match="PERSONAE_GROUP"):
        settings.study(["a.csv"], {}, {})


def test_what_is_saved_gives_the_same_study_again(tmp_path: Path) -> None:
    study = settings.study(["a.csv", "b ü.csv"], {"describe": "age", "seed": "9", "missing": 'NA,"'}, {})
    settings.write(tmp_path, study, {"id": "user"}, "out")
    kept = settings.keep(tmp_path)
    again = settings.study((), {}, kept)
    assert (again.sources, again.describe, again.seed, again.missing) == (study.sources, study.describe, 9, ("NA", '"'))
    assert (again.id, kept["out"]) == ("user", "out")


def test_a_list_flag_that_stands_several_times_counts_as_a_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--ignore income --ignore ssn would leave ssn out and group by income without a word."""
    rows = "\n".join(f"u{i},{i % 7},{i % 5},{i % 3},{i % 11}" for i in range(60))
    path = tmp_path / "users.csv"
    path.write_text(f"user_id,a,b,c,d\n{rows}\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["check", str(path), "--ignore", "a", "--ignore", "b,c", "--json"])
    used = {c["name"]: c["role"] for c in json.loads(capsys.readouterr().out)["tables"][0]["columns"]}
    assert not ended.value.code and [n for n, role in used.items() if role == "ignore"] == ["a", "b", "c"]
