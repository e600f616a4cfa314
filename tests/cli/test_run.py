"""personae run: what it writes, what it prints, and what it leaves alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import cast_builder
from personae import flow
from personae.cli import ask, main, run
from personae.cli.screen import Screen
from personae.errors import DataError, UsageError
from personae.model.cast import Cast
from personae.model.study import Study
from personae.progress import step, tell

FILES = {
    "card.json",
    "dossier.json",
    "evidence.json",
    "facts.json",
    "personas.json",
    "private",
    "report.html",
    "rule.json",
    "run.json",
    "sizes.json",
    "timings.json",
    "users.csv",
    "users.parquet",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    _found(monkeypatch, cast_builder.cast())
    return tmp_path


def _found(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> None:
    def found(study: Study, frames: Any = None) -> Cast:
        step("read", "users.csv", 1, 2, "rows")
        tell("read", "users.csv")
        return cast

    monkeypatch.setattr(flow, "run", found)


def _main(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main.main(list(arguments))
    return int(end.value.code or 0)


def test_it_writes_its_files_and_says_where(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert _main("run", "users.csv") == 0
    out = capsys.readouterr().out
    assert {p.name for p in (folder / "reports" / "2026-05-28_r01").iterdir()} == FILES
    assert [line.split()[0] for line in out.splitlines() if line[:1].isalpha()] == [
        "read",
        "read",
        "roles",
        "roles",
        "match",
        "measure",
        "group",
        "verdict",
        "report",
        "next",
    ]
    assert "reports/2026-05-28_r01/report.html" in out
    assert "Frequent buyers" in out


def test_json_is_one_document_with_the_agreed_keys(capsys: pytest.CaptureFixture[str]) -> None:
    """CLI-02."""
    assert _main("run", "users.csv", "--json") == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert list(document) == [
        "run",
        "verdict",
        "users",
        "assigned",
        "set_aside",
        "personas",
        "files",
        "seconds",
        "peak_memory_bytes",
        "seed",
    ]
    assert list(document["verdict"]) == ["kind", "groups", "alternative", "why", "asked", "given"]
    assert [list(p) for p in document["personas"]] == [["key", "name", "users", "share", "steadiness"]] * 2
    assert (document["run"], document["users"], document["assigned"], document["set_aside"]) == ("r01", 10, 9, 1)
    assert all(Path(p).is_file() for p in document["files"].values())
    assert [json.loads(line)["verb"] for line in err.splitlines()][:2] == ["read", "read"]


def test_nothing_found_is_exit_code_four_with_every_user_listed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _found(monkeypatch, cast_builder.nothing())
    assert _main("run", "users.csv", "--out", "out", "--json") == 4
    document = json.loads(capsys.readouterr().out)
    assert (document["verdict"]["kind"], document["verdict"]["groups"], document["personas"]) == ("nothing", 0, [])
    assert len(Path("out/users.csv").read_text().splitlines()) == 11
    assert _main("run", "users.csv") == 4
    assert "verdict  no groups" in capsys.readouterr().out
    assert _main("show", "--persona", "P1") == 2
    assert "show --why-groups" in capsys.readouterr().err


def test_a_taken_folder_is_refused_before_the_work_and_replaced_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """PER-17."""
    assert _main("run", "users.csv", "--out", "out") == 0
    assert _main("run", "users.csv", "--out", "out") == 2
    assert "--overwrite" in capsys.readouterr().err
    assert _main("run", "users.csv", "--out", "out", "--overwrite") == 0
    Path("out/notes.txt").write_text("mine")
    assert _main("run", "users.csv", "--out", "out", "--overwrite") == 2
    assert Path("out/notes.txt").read_text() == "mine"


def test_a_place_that_cannot_be_written_is_exit_code_five(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """PER-07."""
    (folder / "file").write_text("")
    assert _main("run", "users.csv", "--out", "file/below") == 5
    assert "--out" in capsys.readouterr().err
    assert _main("run", "users.csv", "--store", "file/below") == 5
    assert "--store" in capsys.readouterr().err


def test_save_keeps_the_settings_and_the_columns_found() -> None:
    assert _main("run", "users.csv", "--seed", "9", "--describe", "age", "--save") == 0
    text = Path("personae.toml").read_text()
    assert all(line in text for line in ('files = ["users.csv"]', "seed = 9", 'describe = ["age"]', 'id = "user"'))


def test_timings_are_kept_apart_by_stage() -> None:
    assert _main("run", "users.csv", "--out", "out") == 0
    timings = json.loads(Path("out/timings.json").read_text())
    assert {"read", "write"} <= timings["stages"].keys()
    assert timings["seconds"] >= sum(timings["stages"].values()) - 0.01


def test_quiet_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert _main("run", "users.csv", "--quiet") == 0
    assert capsys.readouterr() == ("", "")


def test_runs_are_listed_shown_reported_and_exported(capsys: pytest.CaptureFixture[str]) -> None:
    _main("run", "users.csv")
    assert _main("runs") == 0
    assert _main("show") == 0
    assert _main("show", "r01", "--persona", "quiet browsers") == 0
    assert _main("show", "reports/2026-05-28_r01", "--why-groups") == 0
    assert _main("report", "--out", "again.html") == 0
    assert _main("export", "--out", "users.csv") == 0
    assert _main("export", "--out", "users.parquet") == 0
    assert Path("again.html").read_bytes() == Path("reports/2026-05-28_r01/report.html").read_bytes()
    assert Path("users.csv").read_bytes() == Path("reports/2026-05-28_r01/users.csv").read_bytes()
    assert Path("users.parquet").read_bytes() == Path("reports/2026-05-28_r01/users.parquet").read_bytes()
    capsys.readouterr()


@pytest.mark.parametrize(
    "typed",
    [
        ["show", "r09"],
        ["show", "--persona", "Quite browsers"],
        ["export", "--out", "users.xls"],
        ["report", "--format", "htlm"],
        ["export", "--out", "taken.csv"],
    ],
)
def test_what_is_not_there_is_said_with_what_is(capsys: pytest.CaptureFixture[str], typed: list[str]) -> None:
    _main("run", "users.csv")
    Path("taken.csv").write_text("mine")
    capsys.readouterr()
    assert _main(*typed) == 2
    assert "  fix     " in capsys.readouterr().err
    assert Path("taken.csv").read_text() == "mine"


def test_a_damaged_run_is_listed_as_damaged(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    """PER-09."""
    _main("run", "users.csv")
    facts = next((folder / ".personae" / "runs").glob("*/facts.json"))
    facts.write_text(facts.read_text().replace("0", "1", 1))
    capsys.readouterr()
    assert _main("runs", "--verify") == 4
    assert "facts.json has changed" in capsys.readouterr().out
    assert _main("show") == 3


def test_doctor_says_machine_versions_and_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert _main("doctor", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["versions"]["duckdb"] != "missing"
    assert found["record"] == {"folder": ".personae", "runs": 0, "wrong": []}


def _unsure(study: Study) -> str:
    if not study.id:
        raise UsageError("P003", "two columns could be the id", fix='--id "customer id" or --id email')
    return study.id


class _Terminal:
    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def readline(self) -> str:
        return self.answers.pop(0) if self.answers else ""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answers", "taken"), [(["\n"], "customer id"), (["2\n"], "email"), (["9\n", "user\n"], "user")])
def test_what_the_data_leave_open_is_asked_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, answers: list[str], taken: str
) -> None:
    monkeypatch.setattr(sys, "stdin", _Terminal(*answers))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    result, study = ask.answered(Study(sources=("a.csv",)), Screen(), _unsure)
    assert (result, study.id) == (taken, taken)


@pytest.mark.parametrize("screen", [Screen(), Screen(json=True), Screen(quiet=True)])
def test_nobody_is_asked_in_batch(screen: Screen) -> None:
    """CLI-08: the error names the flag, and is one of usage even where the data raised it."""

    def unsure(study: Study) -> str:
        raise DataError("P105", "two ways to read", fix="--dates dmy or --dates mdy")

    for work in (_unsure, unsure):
        with pytest.raises(UsageError, match="two") as question:
            ask.answered(Study(sources=("a.csv",)), screen, work)
        assert "--" in question.value.fix
        assert question.value.where == "a.csv"


def test_the_date_of_a_run_can_be_fixed() -> None:
    assert run.today() == "2026-05-28"


def test_show_says_which_run_it_took_and_its_tables_have_heads(capsys: pytest.CaptureFixture[str]) -> None:
    _main("run", "users.csv")
    capsys.readouterr()
    assert _main("show") == 0
    assert capsys.readouterr().out.startswith("run      r01   the current one")
    assert _main("show", "r01", "--why-groups") == 0
    out = capsys.readouterr().out
    assert out.startswith("run      r01   ")
    assert "the current one" not in out.splitlines()[0]
    (head,) = [line for line in out.splitlines() if line.split()[:2] == ["method", "groups"]]
    assert head.rstrip().endswith("separated")


def test_scoring_by_a_run_without_groups_names_one_that_has_some(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _main("run", "users.csv")
    _found(monkeypatch, cast_builder.nothing())
    _main("run", "users.csv")
    capsys.readouterr()
    assert _main("score", "users.csv", "--run", "r02") == 2
    assert "--run r01" in capsys.readouterr().err
