"""`personae forget`: PER-13 from the command line, on a record with runs, edits, an interview list and reports."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cast_builder import IDS, cast
from personae.cli.main import main
from personae.errors import PersonaeError
from personae.files.excluded import kept
from personae.model.cast import Cast
from personae.model.exclusion import digest
from personae.store import Record

WHO = "-8845298781299428018"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two runs of the same ten people, one list of people to talk to, and a file of the user's own."""
    monkeypatch.chdir(tmp_path)
    record = Record(Path(".personae"))
    for seed in (7, 8):
        record.add(cast(seed=seed), None, "2026-06-01", more=_readable)
    record.ask("r02", "2026-06-02", [WHO, "00123"])
    (tmp_path / "users.csv").write_text(f"user,orders\n{WHO},3\n00123,4\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    return tmp_path


def _readable(folder: Path, shown: Cast) -> None:
    (folder / "users.csv").write_text("id,persona\n" + "".join(f'"{i}",P1\n' for i in shown.ids.to_pylist() if '"' not in i))


def _typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code))


def _bytes(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_nothing_is_changed_without_yes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says where the person is, and what is out of its reach."""
    before = _bytes(project)
    assert _typed("forget", WHO) == 0
    after = {k: v for k, v in _bytes(project).items() if not k.endswith(("-shm", "-wal"))}
    assert after == {k: v for k, v in before.items() if k in after}
    said = capsys.readouterr().out
    assert "1 of 1 person in 2 runs (r01, r02)" in said and "2 folders would be written anew" in said
    assert "1 file here name them and are yours: users.csv" in said or "users.csv" in said
    assert "--yes" in said


def test_no_byte_of_the_record_and_its_reports_names_them_afterwards(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Free pages, journals and lists included; the runs are whole and the rest of the people as they were."""
    assert _typed("forget", WHO, "--yes", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["people"], made["known"], made["runs"], made["lists"], made["excluded"]) == (1, 1, ["r01", "r02"], 1, 1)
    assert made["beside"] == ["users.csv"] and made["unread"] == 1 and made["done"]
    for path, data in _bytes(project).items():
        assert path == "users.csv" or WHO.encode() not in data, path
    assert _typed("runs", "verify") == 0
    for run in ("r01", "r02"):
        assert Record(Path(".personae")).load(run).ids.to_pylist() == [i for i in IDS if i != WHO]


def test_they_are_on_the_list_of_the_record_as_a_digest(project: Path) -> None:
    """So that a later run of the same files leaves them out; once is enough."""
    assert _typed("forget", WHO, "00123", "--yes", "--quiet") == 0
    assert _typed("forget", WHO, "--yes", "--quiet") == 0
    secret, people = kept(project / ".personae" / "excluded")
    assert people == {digest(WHO, secret), digest("00123", secret)} and len(secret) == 32
    assert str(Path(".personae/excluded")) in Record(Path(".personae")).load().study.exclude


def test_many_are_named_by_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "asked.txt").write_text("user\n00123\n8\nnobody of ours\n", encoding="utf-8")
    assert _typed("forget", "--file", "asked.txt", "--yes", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["people"], made["known"]) == (3, 2) and sorted(made["beside"]) == ["asked.txt", "users.csv"]
    assert Record(Path(".personae")).load().ids.to_pylist() == [i for i in IDS if i not in ("00123", "8")]


@pytest.mark.parametrize("typed", [("--yess", "00123"), (), ("--", "--yes")])
def test_a_flag_that_was_mistyped_is_nobodys_id(project: Path, typed: tuple[str, ...]) -> None:
    before = _bytes(project)
    assert _typed("forget", *typed) == 2
    assert _bytes(project).keys() == before.keys() and not (project / ".personae" / "excluded").exists()


def test_a_list_that_is_damaged_stops_everything(project: Path) -> None:
    """Nobody is placed because a file cannot be read."""
    assert _typed("forget", "8", "--yes", "--quiet") == 0
    (project / ".personae" / "excluded").write_text("{", encoding="utf-8")
    from personae.stages.exclusion import exclusion

    with pytest.raises(PersonaeError) as stopped:
        exclusion(Record(Path(".personae")).load().study.exclude)
    assert stopped.value.code == "P202" and stopped.value.exit_code == 3


def test_an_id_that_no_run_knows_is_told_and_listed_all_the_same(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Mistyped, it must not look done; asked for, it is left out of whatever comes."""
    assert _typed("forget", "NO BODY", "00123") == 0
    said = capsys.readouterr().out
    assert "no run knows NO BODY" in said and "personae forget 'NO BODY' 00123 --yes" in said
    assert _typed("forget", "NOBODY", "--yes") == 0
    said = capsys.readouterr().out
    assert "no run knows NOBODY" in said and "forgot   nobody" in said and "1 person" not in said
    secret, people = kept(project / ".personae" / "excluded")
    assert people == {digest("NOBODY", secret)}


def test_files_of_sqlite_are_looked_into_and_the_others_are_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(project / "people.db")) as rows:
        rows.execute("create table persona_current (id text primary key, persona_key text)")
        rows.execute("insert into persona_current values (?, 'P1')", [WHO])
        rows.execute("create table numbers (user integer)")
        rows.execute("insert into numbers values (7001)")
        rows.commit()
    before = _bytes(project)
    assert _typed("forget", WHO, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert sorted(found["beside"]) == ["people.db", "users.csv"] and found["unread_files"] == ["picture.png"]
    assert before["people.db"] == (project / "people.db").read_bytes() and not list(project.glob("people.db-*"))
    assert _typed("forget", "7001") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "1 file of other kinds or sizes was not looked into: picture.png" in said and "yours: people.db" in said
