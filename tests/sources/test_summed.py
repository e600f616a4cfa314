"""A log that is added up in its database gives the users and the facts of the log whose rows are moved."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import personae
from conftest import planted
from personae.databases import summing
from reading import table
from servers import Server

IDS = ("{:05d}", "A{}", "a{}", "Zoë {}", "zoe {}", "x{} ", "x{}", 'O\'Hara "{}"')


@pytest.fixture(scope="module")
def log() -> pa.Table:
    """A log with ids that databases take for the same, empty cells, amounts, and the same second twice."""
    world = planted(users=160, groups=3, events=7, seed=9)
    rows: list[tuple[Any, ...]] = []
    for u, counts in enumerate(world.counts):
        for e, n in enumerate(counts):
            rows += [(IDS[u % len(IDS)].format(u // len(IDS)), f"{'É' if e % 2 else 'é'} {e // 2}", u, e, i) for i in range(n)]
    at = [1767225600 + (u * 7919 + e * 104729 + i * i * 3571) % (80 * 86_400) for _, _, u, e, i in rows]
    cents = [None if i % 5 == 0 else (u * 37 + e * 11 + i) % 9_000 for _, _, u, e, i in rows]
    user = [None if k == 17 else row[0] for k, row in enumerate(rows)]
    event = [None if k in (3, 40) else row[1] for k, row in enumerate(rows)]
    times = pa.array([None if k == 99 else t for k, t in enumerate(at)], pa.int64())
    return pa.table({"user_id": pa.array(user), "event": event, "at": times, "amount": pa.array(cents, pa.int32())})


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every log is long and every line slow."""
    monkeypatch.setattr(summing, "ROWS", 100)
    monkeypatch.setattr(summing, "SLOW", 1e12)


def _timed(log: pa.Table, zone: str | None = None) -> pa.Table:
    at = log["at"].cast(pa.timestamp("s")).cast(pa.timestamp("us", zone))
    amount = log["amount"].cast(pa.decimal128(12, 2)).cast(pa.decimal128(10, 2))
    return log.set_column(2, "at", at).set_column(3, "amount", amount)


def _sqlite(log: pa.Table, folder: Path) -> str:
    with closing(sqlite3.connect(folder / "shop.db")) as file:
        file.execute("CREATE TABLE log (user_id TEXT COLLATE NOCASE, event TEXT, at INTEGER, amount INTEGER)")
        file.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", list(zip(*(c.to_pylist() for c in log.columns), strict=True)))
        file.commit()
    return f"{folder / 'shop.db'}::log"


def _duckdb(log: pa.Table, folder: Path) -> str:
    with duckdb.connect(str(folder / "shop.duckdb")) as file:
        file.register("data", _timed(log, "UTC"))
        file.execute("CREATE TABLE log AS SELECT * FROM data")
    return f"{folder / 'shop.duckdb'}::log"


def _both(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run with the rows moved and with them added up, and compare every user and every fact."""
    found = []
    for rows in (summing.ROWS, 10**12):
        monkeypatch.setattr(summing, "ROWS", rows)
        result = personae.run(source, seed=7, threads=2)
        personae.export(result, folder / "users.csv")
        (read,) = result.cast.tables
        assert ("added up" in read.format) == (rows < 10**12)
        found.append((
            (folder / "users.csv").read_bytes(), result.facts, read.seen, read.used, result.cast.measures,
            result.cast.left_out, result.cast.window, {c.name: (c.kind, c.role, c.empty, c.distinct) for c in read.columns},
        ))  # fmt: skip
    assert found[0] == found[1]
    assert len(result.personas) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("make", [_sqlite, _duckdb])
def test_files_added_up_give_the_same(make: Any, log: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _both(make(log, tmp_path), tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("postgres", "user_id text, event text, at timestamp, amount numeric(10,2)"),
        ("mariadb", "user_id varchar(40), event varchar(40), at datetime, amount decimal(10,2)"),
    ],
)
def test_servers_that_add_up_give_the_same(
    kind: str, columns: str, log: pa.Table, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Server = request.getfixturevalue(kind)
    server.run("DROP TABLE IF EXISTS summed", f"CREATE TABLE summed ({columns})")
    server.insert("summed", _timed(log))
    monkeypatch.setenv("DB_URL", server.url())
    _both("env:DB_URL::summed", tmp_path, monkeypatch)


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
@pytest.mark.usefixtures("eager")
def test_a_log_that_would_hardly_shrink_is_moved_after_all(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Server = request.getfixturevalue(kind)
    numbers = "generate_series(1, 150000) AS s(n)" if kind == "postgres" else "(SELECT seq AS n FROM seq_1_to_150000) AS s"
    made = "SELECT concat('a longer name of user ', n) AS user_id, concat('event ', n) AS event, 1767225600 + n AS time"
    server.run("DROP TABLE IF EXISTS flat", f"CREATE TABLE flat AS {made} FROM {numbers}")
    monkeypatch.setenv("DB_URL", server.url())
    assert "added up" not in table("env:DB_URL::flat").format
    assert table("env:DB_URL::flat").used == 150_000


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "settings",
    [{"window": "30d"}, {"timezone": "Europe/Paris"}, {"features": ("rfm",)}, {"missing": ("NA",)}, {"ignore": ("amount",)}],
)
def test_studies_that_need_the_rows_get_them(settings: dict[str, Any], log: pa.Table, tmp_path: Path) -> None:
    source = _duckdb(log, tmp_path)
    assert "added up" in table(source).format
    assert "added up" not in table(source, **settings).format


def test_on_a_quick_line_rows_are_moved(log: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summing, "ROWS", 100)
    assert "added up" not in table(_duckdb(log, tmp_path)).format
