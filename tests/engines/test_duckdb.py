"""The engine: private, bounded, and typed by the audit."""

from __future__ import annotations

import stat
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from personae.engines.duckdb import connect, exact, quote
from personae.errors import MachineError, PersonaeError, UsageError
from reading import opened, write


def test_the_scratch_folder_is_private_and_goes_away() -> None:
    with connect() as engine:
        folder = engine.folder
        engine.execute("CREATE TABLE t AS SELECT 1 AS a")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not folder.exists()


def test_settings_are_stated_and_nothing_is_fetched() -> None:
    with connect(memory="500MB", threads=1) as engine:
        said = dict(engine.rows("SELECT name, value FROM duckdb_settings()"))
        assert said["threads"] == "1"
        assert said["memory_limit"].startswith("476")
        assert said["temp_directory"].startswith(str(engine.folder))
        assert said["autoinstall_known_extensions"] == said["autoload_known_extensions"] == "false"
        assert said["TimeZone"] == "UTC"


def test_memory_that_is_no_amount_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="lots"):
        connect(memory="lots")


def test_too_little_memory_is_the_machines_fault_and_says_what_to_do() -> None:
    with connect(memory="60MB", threads=1) as engine, pytest.raises(MachineError) as caught:
        engine.rows("SELECT list(i || repeat('x', 1000)) FROM range(3000000) t(i)")
    assert caught.value.exit_code == 5
    assert "--memory" in caught.value.fix


def test_faults_of_ours_are_named_as_such() -> None:
    with connect() as engine, pytest.raises(PersonaeError) as caught:
        engine.execute("SELEKT")
    assert caught.value.code == "P900"


def test_python_variables_are_no_tables() -> None:
    secret = pa.table({"a": [1]})
    with connect() as engine, pytest.raises(PersonaeError):
        engine.rows("SELECT * FROM secret")
    assert secret.num_rows == 1


def test_frames_go_in_and_arrow_comes_out_in_order() -> None:
    with connect() as engine:
        engine.register("given", pa.table({"a": range(5)}))
        assert engine.arrow("SELECT a * 2 AS b FROM given").column("b").to_pylist() == [0, 2, 4, 6, 8]
        sizes = [b.num_rows for b in engine.batches("SELECT * FROM range(5000)", 2048)]
        assert (sum(sizes), len(sizes) > 1) == (5000, True)
        assert engine.ibis().table("given").count().to_pyarrow().as_py() == 5


@pytest.mark.parametrize("name", ['a"b', "select", "é 😀", "x; drop table t", ""])
def test_names_are_quoted_whatever_is_in_them(name: str) -> None:
    with connect() as engine:
        if name:
            engine.execute(f"CREATE TABLE t AS SELECT 1 AS {quote(name)}")
            assert engine.rows(f"SELECT {quote(name)} FROM t") == [(1,)]
        assert quote(name).startswith('"')


def test_sums_of_money_are_exact_in_any_order(tmp_path: Path) -> None:
    rows = "".join(f"u,{n}.1\n" for n in range(1000))
    with opened(write(tmp_path / "a.csv", f"id,amount\n{rows}")) as (engine, (read,)):
        ((total,),) = engine.rows(f"SELECT sum({exact(read.columns[1])}) FROM {read.relation}")
    assert total == Decimal("499600.0")


def test_an_interruption_stays_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB wraps a Ctrl-C that reaches a query in an error of its own, with the interruption as its cause."""

    class Interrupted:
        def execute(self, sql: str, parameters: object) -> None:
            raise RuntimeError("Query interrupted") from KeyboardInterrupt()

        def close(self) -> None: ...

    with connect() as engine:
        real = engine._con
        monkeypatch.setattr(engine, "_con", Interrupted())
        with pytest.raises(KeyboardInterrupt):
            engine.rows("SELECT 1")
        monkeypatch.setattr(engine, "_con", real)
