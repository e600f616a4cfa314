"""The same study from seven kinds of sources gives the same users, byte for byte."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import personae
from conftest import planted
from personae.api import Result
from servers import Server

Sources = tuple[Any, ...]

USERS = "user_id {text}, age {int}, country {text}, member {bool}, joined {date}, deposit {money}"
EVENTS = "user_id {text}, event {text}, happened_at {time}, amount {money}"
POSTGRES = {"text": "text", "int": "int", "bool": "boolean", "date": "date", "money": "numeric(12,2)", "time": "timestamp"}
MARIADB = POSTGRES | {"text": "varchar(60)", "money": "decimal(12,2)", "time": "datetime"}
SQLITE = POSTGRES | {"text": "TEXT", "money": "REAL", "time": "TEXT", "date": "TEXT", "bool": "BOOLEAN"}


@dataclass(frozen=True)
class Shop:
    """Users and what they did, as typed Arrow tables."""

    users: pa.Table
    events: pa.Table

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Rows as SQLite takes them, as text where it has no type."""
        return [tuple(map(_plain, row)) for row in zip(*(c.to_pylist() for c in getattr(self, table).columns), strict=True)]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value) if isinstance(value, date) else value


def _awkward(i: int) -> str:
    """Ids that numbers, encodings and quoting would spoil."""
    forms = (f"{i:05d}", f"900719925474{i:07d}", f"Zoë {i}", f'O\'Hara "{i}"', f"a,{i};b", f"+{i}", f"{i}")
    return forms[i % len(forms)]


@pytest.fixture(scope="module")
def shop() -> Shop:
    world = planted(users=420, groups=3, events=9, seed=5)
    rng = np.random.default_rng(5)
    ids = [_awkward(i) for i in range(len(world.ids))]
    names = [f'voir "é{j}"' if j % 2 else f"step_{j}" for j in range(len(world.events))]
    log = [(ids[u], names[e]) for u, e in np.argwhere(world.counts) for _ in range(world.counts[u, e])]
    start = datetime(2026, 1, 2, 3, 4, 5)
    times = [start + timedelta(seconds=int(s)) for s in rng.integers(0, 60 * 86_400, len(log))]
    money = [Decimal(int(c)) / 100 if c else None for c in rng.integers(0, 900_000, len(log))]
    cents = pa.decimal128(12, 2)
    users = {
        "user_id": pa.array(ids, pa.string()),
        "age": pa.array([None if i % 9 == 0 else int(rng.integers(18, 80)) for i in range(len(ids))], pa.int32()),
        "country": pa.array([str(rng.choice(("Österreich", "FR", "PL"))) for _ in ids]),
        "member": pa.array([bool(rng.integers(0, 2)) for _ in ids]),
        "joined": pa.array([date(2024, 1, 1) + timedelta(days=int(rng.integers(0, 700))) for _ in ids]),
        "deposit": pa.array([Decimal(int(c)) / 100 for c in rng.integers(0, 900_000, len(ids))], cents),
    }
    events = {
        "user_id": pa.array([u for u, _ in log]),
        "event": pa.array([e for _, e in log]),
        "happened_at": pa.array(times, pa.timestamp("us")),
        "amount": pa.array(money, cents),
    }
    return Shop(pa.table(users), pa.table(events))


def _run(folder: Path, sources: Sources) -> tuple[bytes, list[dict[str, Any]], Result]:
    result = personae.run(*sources, seed=7, threads=2)
    personae.export(result, folder / "users.csv")
    facts = [{k: v for k, v in f.items() if k != "source"} for f in result.facts]
    return (folder / "users.csv").read_bytes(), facts, result


def _csv(shop: Shop, folder: Path) -> Sources:
    for name in ("users", "events"):
        pyarrow.csv.write_csv(getattr(shop, name), folder / f"{name}.csv")
    return str(folder / "users.csv"), str(folder / "events.csv")


def _parquet(shop: Shop, folder: Path) -> Sources:
    for name in ("users", "events"):
        pq.write_table(getattr(shop, name), folder / f"{name}.parquet")
    return str(folder / "users.parquet"), str(folder / "events.parquet")


def _sqlite(shop: Shop, folder: Path) -> Sources:
    with closing(sqlite3.connect(folder / "shop.db")) as file:
        for name, columns in (("users", USERS), ("events", EVENTS)):
            file.execute(f"CREATE TABLE {name} ({columns.format(**SQLITE)})")
            marks = ", ".join("?" * (columns.count(",") + 1))
            file.executemany(f"INSERT INTO {name} VALUES ({marks})", shop.rows(name))
        file.commit()
    return f"sqlite:///{folder / 'shop.db'}::users", f"{folder / 'shop.db'}::select * from events"


def _duckdb(shop: Shop, folder: Path) -> Sources:
    with duckdb.connect(str(folder / "shop.duckdb")) as file:
        for name in ("users", "events"):
            file.register("data", getattr(shop, name))
            file.execute(f"CREATE TABLE {name} AS SELECT * FROM data")
    return f"duckdb:///{folder / 'shop.duckdb'}::users", f"{folder / 'shop.duckdb'}::events"


def _polars(shop: Shop, folder: Path) -> Sources:
    return ({"users": pl.DataFrame(shop.users), "events": pl.DataFrame(shop.events)},)


FILES: dict[str, Callable[[Shop, Path], Sources]] = {
    "csv": _csv, "parquet": _parquet, "sqlite": _sqlite, "duckdb": _duckdb, "polars": _polars,
}  # fmt: skip


def fill(server: Server, shop: Shop, types: dict[str, str]) -> None:
    """Both tables on a server."""
    for name, columns in (("users", USERS), ("events", EVENTS)):
        server.run(f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} ({columns.format(**types)})")
        server.insert(name, getattr(shop, name))


@pytest.fixture(scope="module")
def expected(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[dict[str, Any]]]:
    """What the run over CSV files gives."""
    folder = tmp_path_factory.mktemp("csv")
    users, facts, result = _run(folder, _csv(shop, folder))
    assert len(result.personas) == 3
    assert '"O\'Hara ""3"""' in users.decode()
    return users, facts


@pytest.mark.slow
@pytest.mark.parametrize("kind", [k for k in FILES if k != "csv"])
def test_files_and_frames_give_the_users_of_csv(
    kind: str, shop: Shop, expected: tuple[bytes, list[dict[str, Any]]], tmp_path: Path
) -> None:
    users, facts, _ = _run(tmp_path, FILES[kind](shop, tmp_path))
    assert users == expected[0]
    assert facts == expected[1]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "types"), [("postgres", POSTGRES), ("mariadb", MARIADB)])
def test_servers_give_the_users_of_csv(
    kind: str,
    types: dict[str, str],
    shop: Shop,
    expected: tuple[bytes, list[dict[str, Any]]],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    server: Server = request.getfixturevalue(kind)
    fill(server, shop, types)
    monkeypatch.setenv("DB_URL", server.url())
    users, facts, result = _run(tmp_path, ("env:DB_URL::users", "env:DB_URL::events"))
    assert users == expected[0]
    assert facts == expected[1]
    again = result.score("env:DB_URL::users", "env:DB_URL::events")
    assert again["persona"].to_pylist() == result.users["persona"].to_pylist()
