"""Who is in which persona since when, and who joined and left, in files and databases: whole, and the same when told twice."""

from __future__ import annotations

import csv
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from personae.cli import main
from personae.model.cast import Cast
from personae.stages.since import regrouped, since
from personae.stages.standing import changed, current
from personae.store import Record
from refreshed import placed, refreshed
from servers import Server

IDS = [f"{i:05d}" for i in range(300)]


def _chain() -> list[Cast]:
    """Three runs: 20 go from P1 to P2 in the second, 15 of them back in the third; 30 are gone then, and 10 new."""
    first = placed(["P1"] * 200 + ["P2"] * 100, IDS, "r01")
    second = refreshed(first, placed(["P2"] * 20 + ["P1"] * 180 + ["P2"] * 100, IDS, "r02"))
    second = replace(second, since=since(first, second))
    there = [*IDS[:270], *(f"n{i}" for i in range(10))]
    third = refreshed(second, placed(["P1"] * 15 + ["P2"] * 5 + ["P1"] * 180 + ["P2"] * 70 + [""] * 10, there, "r03"))
    return [first, second, replace(third, since=since(second, third))]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = Record(tmp_path / ".personae")
    for i, cast in enumerate(_chain()):
        made.add(cast, tmp_path / f"out{i}", f"2026-06-0{i + 1}", more=lambda folder, shown: None)
    return made


def _run(record: Record, *words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main.main(["export", *words, "--store", str(record.root)])
    return int(end.value.code or 0)


def test_since_is_the_run_in_which_a_user_came_and_is_carried_over() -> None:
    first, second, third = _chain()
    assert set(current(first, "r01", {})["since"].to_pylist()) == {"r01"}
    assert current(second, "r02", {})["since"].to_pylist() == ["r02"] * 20 + ["r01"] * 280
    assert current(third, "r03", {})["since"].to_pylist() == ["r03"] * 15 + ["r02"] * 5 + ["r01"] * 250 + ["r03"] * 10


def test_personas_that_a_person_made_were_come_to_by_their_making() -> None:
    """P1 and P2 of the third run are joined to P4 by hand: nobody was in it before; those in no group stay as they were."""
    third = _chain()[2]
    joined = replace(placed(["P4"] * 270 + [""] * 10, third.ids.to_pylist(), "r03"), change=third.change)
    made = regrouped(third, joined)
    assert made is not None
    assert made.to_pylist() == [""] * 280
    kept = regrouped(third, third)
    assert kept is not None and kept.equals(third.since)
    assert regrouped(_chain()[0], joined) is None


def test_a_run_that_repeats_another_byte_for_byte_dates_from_the_first() -> None:
    again = replace(_chain()[0], run="r04")
    assert set(current(again, "r04", {"r04": "r01", "r01": "r01"})["since"].to_pylist()) == {"r01"}


def test_changes_put_one_after_the_other_give_where_everybody_is() -> None:
    where: dict[str, str | None] = {}
    before = None
    for cast in _chain():
        for row in changed(before, cast, cast.run, "2026-06-01").to_pylist():
            assert where.get(row["id"]) == row["left"]
            where[row["id"]] = row["joined"]
        before = cast
        now = {r["id"]: r["persona_key"] for r in current(cast, cast.run, {}).to_pylist() if r["persona_key"]}
        assert {i: k for i, k in where.items() if k} == now


def _sqlite(path: Path) -> Callable[[str], list[Any]]:
    def rows(query: str) -> list[Any]:
        with closing(sqlite3.connect(path)) as con:
            return con.execute(query).fetchall()

    return rows


def _duckdb(path: Path) -> Callable[[str], list[Any]]:
    def rows(query: str) -> list[Any]:
        with duckdb.connect(str(path), read_only=True) as con:
            return con.execute(query).fetchall()

    return rows


@pytest.mark.parametrize(("name", "read"), [("shop.db", _sqlite), ("shop.duckdb", _duckdb)])
def test_a_database_file_follows_the_runs_and_twice_the_same_changes_nothing(
    record: Record, tmp_path: Path, name: str, read: Callable[[Path], Callable[[str], list[Any]]]
) -> None:
    """EXPERIENCE 13: persona_current with its primary key, persona_changes with its joins and leaves."""
    path = tmp_path / name
    for run in ("r01", "r02", "r03"):
        assert _run(record, run, "--changes", "--to", str(path)) == 0
    rows = read(path)
    seen = [rows(f"select * from {t} order by run_id, id") for t in ("persona_current", "persona_changes")]
    assert _run(record, "r03", "--changes", "--to", str(path)) == 0
    assert [rows(f"select * from {t} order by run_id, id") for t in ("persona_current", "persona_changes")] == seen
    _follows(rows)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _follows(rows: Callable[[str], list[Any]]) -> None:
    """What must stand in a database after r01, r02 and r03."""
    assert rows("select count(*), count(distinct id), min(run_id) from persona_current") == [(280, 280, "r03")]
    assert rows("select * from persona_current where id in ('00000', '00019') order by id") == [
        ("00000", "P1", "Frequent buyers", "r03", 0.5, "r03"),
        ("00019", "P2", "Quiet browsers", "r02", 0.5, "r03"),
    ]
    many = rows("select run_id, count(*) from persona_changes group by 1 order by 1")
    assert many == [("r01", 300), ("r02", 20), ("r03", 45)]
    two = "run_id = 'r03' and id in ('00000', '00299')"
    assert rows(f'select "left", joined, "at" from persona_changes where {two} order by id') == [
        ("P2", "P1", "2026-06-03"),
        ("P2", None, "2026-06-03"),
    ]


def test_files_hold_the_same_rows_for_their_owner_alone(record: Record, tmp_path: Path) -> None:
    assert _run(record, "--changes", "--to", str(tmp_path / "persona.csv")) == 0
    with (tmp_path / "persona_current.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["id", "persona_key", "persona_name", "since", "margin", "run_id"]
    assert {r["id"] for r in rows} == {*IDS[:270], *(f"n{i}" for i in range(10))}
    assert stat.S_IMODE((tmp_path / "persona_changes.csv").stat().st_mode) == 0o600
    assert _run(record, "--changes", "--to", str(tmp_path / "persona.csv")) == 2
    assert _run(record, "--changes", "--to", str(tmp_path / "persona.parquet")) == 0
    assert pq.read_table(tmp_path / "persona_changes.parquet").num_rows == 45


def test_people_on_a_list_of_those_to_leave_out_are_in_neither_table(record: Record, tmp_path: Path) -> None:
    (tmp_path / "objected.csv").write_text("customer_id\n00000\n00299\n", encoding="utf-8")
    assert _run(record, "--to", str(tmp_path / "shop.db"), "--exclude", str(tmp_path / "objected.csv")) == 0
    found = [_sqlite(tmp_path / "shop.db")(f"select id from {t}") for t in ("persona_current", "persona_changes")]
    assert not {("00000",), ("00299",)} & {*found[0], *found[1]}


def test_changes_alone_list_joins_and_leaves_since_the_run_before(record: Record, tmp_path: Path) -> None:
    assert _run(record, "--changes", "--out", str(tmp_path / "moved.csv")) == 0
    assert (tmp_path / "moved.csv").read_text(encoding="utf-8").startswith("id,change,persona,persona_name\n00000,left,P2,")
    assert _run(record, "r01", "--changes", "--out", str(tmp_path / "first.csv")) == 2


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("nowhere", 2),
        ("env:NOT_SET", 2),
        ("mysql://u@127.0.0.1/x", 2),
        ("postgresql://u:secret@127.0.0.1/x", 2),
        ("a.db::t", 3),
    ],
)
def test_places_that_take_no_tables_are_refused_by_name(
    record: Record, to: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(record, "--to", to) == code
    said = capsys.readouterr().err
    assert "P001" in said or "P101" in said
    assert "secret" not in said


def test_a_table_of_that_name_with_other_columns_is_left_as_it_is(record: Record, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as con, con:
        con.execute("create table persona_changes (id text, note text)")
    assert _run(record, "--to", str(tmp_path / "shop.db")) == 3
    rows = _sqlite(tmp_path / "shop.db")
    assert rows("select name from sqlite_master where type = 'table'") == [("persona_changes",)]


@pytest.mark.slow
def test_postgres_follows_the_runs_in_one_transaction_each(
    record: Record, postgres: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """EXPERIENCE 13, against a real server; a failure in the middle leaves what was there."""
    monkeypatch.setenv("DB_URL", postgres.url())
    for run in ("r01", "r02", "r03", "r03"):
        assert _run(record, run, "--changes", "--to", "env:DB_URL") == 0, capsys.readouterr().err
    _follows(lambda query: [tuple(r) for r in postgres.run(query)])
    postgres.run("alter table persona_changes add constraint no_more check (run_id <> 'r02') not valid")
    assert _run(record, "r02", "--changes", "--to", "env:DB_URL") == 3
    assert "P116" in capsys.readouterr().err
    _follows(lambda query: [tuple(r) for r in postgres.run(query)])
    postgres.run("drop table persona_current", "drop table persona_changes")
