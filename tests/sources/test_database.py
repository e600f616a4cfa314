"""Databases as sources: types, names, snapshots, and a clean stop when they refuse (ING-21)."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from personae import flow
from personae.errors import PersonaeError
from personae.model.study import Study
from personae.model.table import Kind
from reading import columns, opened, refused, table, values, words, write
from servers import PASSWORD, Server


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    """A small shop in a SQLite file."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as file:
        file.executescript("""
            CREATE TABLE orders (user TEXT, event TEXT, at TEXT, paid REAL);
            CREATE TABLE users (id TEXT, age INTEGER, member BOOLEAN);
            INSERT INTO users VALUES ('00123', 30, 1), ('9007199254740993123', 41, 0), ('Zoë "Z" O''Hara', NULL, 1);
        """)
        rows = [("00123", "buy", f"2026-01-0{i} 03:04:05", i + 0.5) for i in range(1, 10)]
        file.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
        file.commit()
    return path


# ---------------------------------------------------------------- naming what is to be read


@pytest.mark.parametrize("place", ["{}", "sqlite:///{}", "sqlite://{}"])
def test_a_table_of_a_file_is_named_by_path_or_url(sqlite: Path, place: str) -> None:
    found = table(place.format(sqlite) + "::users")
    assert (found.source, found.seen, found.used) == ("users (SQLite)", 3, 3)


def test_a_query_is_a_source_and_may_hold_anything_a_query_holds(sqlite: Path) -> None:
    found = table(
        f"{sqlite}::WITH x AS (SELECT * FROM orders) SELECT user, paid AS a, 'x::y' AS a FROM x WHERE paid > 3 -- end"
    )
    assert (found.source, found.used) == ("query (SQLite)", 7)
    assert [c.name for c in found.columns] == ["user", "a", "a (2)"]


def test_a_reference_stands_for_a_url(sqlite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DB", f"sqlite:///{sqlite}")
    secret = tmp_path / "secret"
    secret.write_text(f"sqlite:///{sqlite}\n", encoding="utf-8")
    assert table("env:SHOP_DB::users").used == table(f"file:{secret}::users").used == 3


def test_several_tables_are_listed_and_a_single_one_is_read(sqlite: Path, tmp_path: Path) -> None:
    assert refused("P116", sqlite).where.endswith("shop.db: orders, users")
    with closing(sqlite3.connect(tmp_path / "one.sqlite")) as file:
        file.executescript("CREATE TABLE only_one (id TEXT, n INTEGER); INSERT INTO only_one VALUES ('a', 1), ('b', 2)")
    assert table(tmp_path / "one.sqlite").source == "only_one (SQLite)"


def test_an_unknown_table_comes_with_the_nearest_name(sqlite: Path) -> None:
    assert refused("P116", f"{sqlite}::user").fix == f"did you mean {sqlite}::users"
    assert "orders, users" in refused("P116", f"{sqlite}::zzz").fix
    assert table(f"{sqlite}::USERS").used == 3


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("missing.db::t", "P101"),
        ("mysq://host/db::t", "P001"),
        ("https://example.org/users.csv", "P001"),
        ("env:NO_SUCH_VARIABLE::t", "P001"),
        ("env:not a name::t", "P001"),
        ("file:no/such/file::t", "P001"),
        ("postgresql://host:99999/db::t", "P001"),
    ],
)
def test_a_source_that_leads_nowhere_says_so(source: str, code: str) -> None:
    refused(code, source)


def test_a_file_that_is_no_database_is_not_taken_for_one(tmp_path: Path, sqlite: Path) -> None:
    (tmp_path / "a.db").write_text("id,n\nu,1\nv,2\n", encoding="utf-8")
    assert table(tmp_path / "a.db").used == 2
    refused("P108", f"{tmp_path / 'a.db'}::t")
    assert "sqlite:///" in refused("P108", f"duckdb:///{sqlite}::users").fix


def test_an_empty_table_has_its_own_message(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as file:
        file.execute("CREATE TABLE t (id TEXT, n INTEGER)")
    assert refused("P107", f"{tmp_path / 'a.db'}::t").what == "t (SQLite) has no rows"


# ---------------------------------------------------------------- SQLite and DuckDB files


def test_every_value_of_sqlite_decides_its_type(tmp_path: Path) -> None:
    rows = [
        ("00123", 2**63 - 1, 1.5, 1, 7, b"\xc3\xa9", 2**53 + 1, "2026-01-02 03:04:05", "NA", 1),
        ("7", 5, 2, "x", None, "e", 0.5, None, "", 0),
    ]
    with closing(sqlite3.connect(tmp_path / "a.db")) as file:
        file.execute(
            "CREATE TABLE t (id, big INTEGER, real REAL, mixed, gap INT, bytes, wide, at DATETIME, text TEXT, yes BOOLEAN)"
        )
        file.executemany(f"INSERT INTO t VALUES ({', '.join('?' * 10)})", rows)
        file.commit()
    source = f"{tmp_path / 'a.db'}::t"
    found = columns(source)
    types = ["VARCHAR", "BIGINT", "DOUBLE", "VARCHAR", "BIGINT", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BOOLEAN"]
    assert [c.native for c in found.values()] == types
    assert values(source, "id") == ["00123", "7"]
    assert values(source, "big") == [2**63 - 1, 5]
    assert values(source, "mixed") == ["1", "x"]
    assert values(source, "bytes") == ["é", "e"]
    assert values(source, "wide") == ["9007199254740993", "0.5"]
    assert found["at"].kind is Kind.TIMESTAMP
    assert (found["text"].empty, found["yes"].kind) == (1, Kind.BOOLEAN)


def test_a_database_file_is_never_written_to(sqlite: Path) -> None:
    before = sqlite.read_bytes()
    refused("P116", f"{sqlite}::select 1; drop table users")
    refused("P116", f"{sqlite}::with x as (select 1) insert into users values ('a', 1, 1)")
    assert sqlite.read_bytes() == before
    assert sorted(p.name for p in sqlite.parent.iterdir()) == ["shop.db"]


def test_a_damaged_sqlite_file_is_named(sqlite: Path) -> None:
    whole = sqlite.read_bytes()
    sqlite.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    assert "shop.db is damaged" in refused("P108", f"{sqlite}::users").what


def test_texts_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as file:
        file.executescript("CREATE TABLE t (id TEXT, n INT); INSERT INTO t VALUES (CAST(x'ff41' AS TEXT), 1), ('b', 2)")
    refused("P106", f"{tmp_path / 'a.db'}::t")


def test_a_duckdb_file_keeps_its_types(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as file:
        file.execute("""CREATE TABLE t AS SELECT '00123' AS id, 170141183460469231731687303715884105::HUGEINT AS big,
            1.20::DECIMAL(9,2) AS m, TIMESTAMPTZ '2026-01-02 03:04:05+02' AS z,
            TIMESTAMP_S '2026-01-02 03:04:05' AS s, [1, 2] AS l, 'a'::ENUM('a', 'b') AS e
            UNION ALL SELECT '2', 1, 2.5, NULL, NULL, NULL, 'b'""")
    found = columns(f"{path}::t")
    assert {n: c.native for n, c in found.items()} == {
        "id": "VARCHAR", "big": "HUGEINT", "m": "DECIMAL(9,2)", "z": "TIMESTAMP WITH TIME ZONE", "s": "TIMESTAMP",
        "l": "VARCHAR", "e": "VARCHAR",
    }  # fmt: skip
    assert values(path, "z", as_typed=True)[0] == datetime.datetime(2026, 1, 2, 1, 4, 5)
    assert table(f"duckdb:///{path}::select id, m from t").used == 2


def test_a_view_in_a_duckdb_file_reaches_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("id,n\na,1\nb,2\n", encoding="utf-8")
    with duckdb.connect(str(tmp_path / "a.duckdb")) as file:
        file.execute(f"CREATE VIEW v AS SELECT * FROM read_csv('{tmp_path / 'other.csv'}')")
    refused("P116", f"{tmp_path / 'a.duckdb'}::v")


def test_a_duckdb_file_that_somebody_writes_to_is_in_use(tmp_path: Path) -> None:
    made = "import duckdb; c = duckdb.connect('a.duckdb'); c.execute('CREATE TABLE t AS SELECT 1 AS id')"
    code = f"{made}; print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None and other.stdout is not None
        other.stdout.readline()
        assert refused("P116", f"{tmp_path / 'a.duckdb'}::t").what == "the DuckDB file is in use"
        other.stdin.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.duckdb", "a.db"])
def test_cut_and_flipped_database_files_give_a_typed_error(name: str, tmp_path: Path) -> None:
    """ING-16."""
    rows = "SELECT 'u' || i AS id, i AS n FROM range(3000) AS r(i)"
    if name == "a.db":
        with closing(sqlite3.connect(tmp_path / name)) as file:
            file.execute("CREATE TABLE t (id, n)")
            file.executemany("INSERT INTO t VALUES (?, ?)", [(f"u{i}", i) for i in range(3_000)])
            file.commit()
    else:
        with duckdb.connect(str(tmp_path / name)) as made:
            made.execute(f"CREATE TABLE t AS {rows}")
    whole = (tmp_path / name).read_bytes()
    for position in range(1, len(whole), len(whole) // 15):
        flipped = bytearray(whole)
        flipped[position] ^= 0xFF
        for content in (whole[:position], bytes(flipped)):
            try:
                table(f"{write(tmp_path / f'x{name}', content)}::t")
            except PersonaeError as error:
                assert error.exit_code == 3, error.as_dict()


# ---------------------------------------------------------------- servers


def test_postgresql_gives_every_value_as_it_is(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", postgres.url())
    postgres.run(
        "DROP TABLE IF EXISTS kinds",
        "CREATE TABLE kinds (id text, padded char(6), big bigint, money numeric(30,3), bare numeric, flag boolean, day date, "
        "naive timestamp, zoned timestamptz, until date, tags int[], doc jsonb)",
        "INSERT INTO kinds VALUES ('00123', 'ab', 9223372036854775807, 1.234, 12345678901234567890.5, true, '2026-01-02', "
        "'2026-01-02 03:04:05.25', '2026-01-02 03:04:05+02', 'infinity', '{1,2}', '{\"a\": 1}'), "
        "('2', NULL, NULL, 123456789012345678901234567.5, NULL, false, NULL, NULL, NULL, '2026-01-02', NULL, NULL)",
    )
    found = columns("env:DB_URL::kinds")
    assert {n: c.native for n, c in found.items()} == {
        "id": "VARCHAR", "padded": "VARCHAR", "big": "BIGINT", "money": "DECIMAL(30,3)", "bare": "DECIMAL(21,1)",
        "flag": "BOOLEAN", "day": "DATE", "naive": "TIMESTAMP", "zoned": "TIMESTAMP WITH TIME ZONE", "until": "DATE",
        "tags": "VARCHAR", "doc": "VARCHAR",
    }  # fmt: skip
    assert values("env:DB_URL::kinds", "padded") == ["ab", None]
    assert values("env:DB_URL::kinds", "money") == [Decimal("1.234"), Decimal("123456789012345678901234567.500")]
    assert values("env:DB_URL::kinds", "zoned", as_typed=True)[0] == datetime.datetime(2026, 1, 2, 1, 4, 5)
    assert values("env:DB_URL::kinds", "until") == [None, datetime.date(2026, 1, 2)]
    assert table("env:DB_URL::select id, big from public.kinds").source == "query (PostgreSQL)"


def test_mariadb_gives_every_value_as_it_is(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", mariadb.url())
    mariadb.run(
        "SET sql_mode = ''",
        "DROP TABLE IF EXISTS kinds",
        "CREATE TABLE kinds (id varchar(20) CHARACTER SET latin1, flag tinyint(1), few tinyint(1), wide bigint unsigned, "
        "money decimal(30,3), short float, day date, naive datetime(3), zoned timestamp NULL, bits bit(1), zero date)",
        "INSERT INTO kinds VALUES ('00123', 1, 3, 18446744073709551615, 1.234, 1234567.875, '2026-01-02', "
        "'2026-01-02 03:04:05.25', '2026-01-02 03:04:05', b'1', '0000-00-00'), "
        "('Zoë', 0, 0, 0, 2, 0, NULL, NULL, NULL, b'0', '2026-01-02')",
    )
    found = table("env:DB_URL::kinds")
    assert {c.name: c.native for c in found.columns} == {
        "id": "VARCHAR", "flag": "BOOLEAN", "few": "SMALLINT", "wide": "UBIGINT", "money": "DECIMAL(4,3)", "short": "FLOAT",
        "day": "DATE", "naive": "TIMESTAMP", "zoned": "TIMESTAMP WITH TIME ZONE", "bits": "BOOLEAN", "zero": "VARCHAR",
    }  # fmt: skip
    assert '"zero" stays text: 1 of its values is no times that exist, such as "0000-00-00"' in words(found)
    assert values("env:DB_URL::kinds", "id") == ["00123", "Zoë"]
    assert values("env:DB_URL::kinds", "wide") == [18446744073709551615, 0]
    assert values("env:DB_URL::kinds", "short") == [1234567.875, 0]
    assert table("env:DB_URL::with k as (select id, wide from shop.kinds) select * from k").used == 2


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_a_server_that_refuses_says_why_and_never_the_password(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-21."""
    server: Server = request.getfixturevalue(kind)
    server.run(
        "DROP TABLE IF EXISTS visits", "CREATE TABLE visits (id varchar(9), n int)", "INSERT INTO visits VALUES ('a', 1)"
    )
    cases = {
        "visit": (server.url(), "did you mean env:DB_URL::visits"),
        "select nothing from visits": (server.url(), "corrected"),
        "visits": (server.url(password="wrong/secret"), "user and password"),  # noqa: S106
        "visits ": (server.url(user="nobody"), "user and password"),
        "visits  ": (server.url().replace(str(server.port), "1"), "host and port"),
    }
    for wanted, (url, fix) in cases.items():
        monkeypatch.setenv("DB_URL", url)
        error = refused("P116", f"env:DB_URL::{wanted}")
        assert fix in error.fix
        said = " ".join(error.as_dict().values())
        assert PASSWORD not in said
        assert "secret" not in said


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_a_password_may_hold_every_character_escaped_or_not(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    server: Server = request.getfixturevalue(kind)
    server.run(
        "DROP TABLE IF EXISTS two", "CREATE TABLE two (id varchar(9), n int)", "INSERT INTO two VALUES ('a', 1), ('b', 2)"
    )
    plain = f"{server.scheme}://anna:{PASSWORD}@127.0.0.1:{server.port}/shop"
    for url in (server.url(), plain):
        monkeypatch.setenv("DB_URL", url)
        assert table("env:DB_URL::two").used == 2


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_rows_written_meanwhile_are_in_no_part_of_the_read(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-21: one consistent snapshot."""
    server: Server = request.getfixturevalue(kind)
    server.run(
        "DROP TABLE IF EXISTS grows", "CREATE TABLE grows (id varchar(9), n int)", "INSERT INTO grows VALUES ('a', 1), ('b', 2)"
    )
    monkeypatch.setenv("DB_URL", server.url())
    from personae.databases import moving

    counted = moving.created

    def write(*arguments: object) -> None:
        server.run("INSERT INTO grows VALUES ('c', 3)")
        counted(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "created", write)
    assert table("env:DB_URL::grows").used == 2
    assert len(server.run("SELECT * FROM grows")) == 3


def test_a_table_without_transactions_that_grows_stops_the_read(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """ING-21: a clean stop."""
    mariadb.run(
        "DROP TABLE IF EXISTS isam",
        "CREATE TABLE isam (id varchar(9), n int) ENGINE=MyISAM",
        "INSERT INTO isam VALUES ('a', 1), ('b', 2)",
    )
    monkeypatch.setenv("DB_URL", mariadb.url())
    from personae.databases import moving

    counted = moving.created

    def write(*arguments: object) -> None:
        mariadb.run("INSERT INTO isam VALUES ('c', 3)")
        counted(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "created", write)
    assert "2 rows were counted, 3 came" in refused("P116", "env:DB_URL::isam").what


@pytest.mark.parametrize("kind", ["postgres", "mariadb"])
def test_a_server_that_is_cut_off_mid_read_stops_cleanly(
    kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ING-21."""
    server: Server = request.getfixturevalue(kind)
    numbers = "generate_series(1, 300000) AS n" if kind == "postgres" else "seq_1_to_300000 AS s(n)"
    numbers = numbers if kind == "postgres" else "(SELECT seq AS n FROM seq_1_to_300000) AS s"
    server.run(
        "DROP TABLE IF EXISTS long_one", f"CREATE TABLE long_one AS SELECT n AS id, repeat('x', 100) AS t FROM {numbers}"
    )
    monkeypatch.setenv("DB_URL", server.url())
    from personae.databases import moving

    added = moving.added

    def cut(*arguments: object) -> None:
        server.cut()
        added(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(moving, "added", cut)
    error = refused("P116", "env:DB_URL::long_one")
    assert "was lost" in error.what
    assert "nothing was written" in error.did


def test_a_missing_driver_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    assert refused("P501", "mysql://anna@localhost/shop::t").fix == 'pip install "personae[mysql]"'
    assert refused("P501", "postgresql://anna@localhost/shop::t").fix == 'pip install "personae[postgres]"'


def test_the_reading_is_typed_arrow_in_the_engine_and_nothing_stays_attached(sqlite: Path) -> None:
    with opened(f"{sqlite}::orders") as (engine, (only,)):
        assert engine.rows("SELECT count(*) FROM duckdb_databases() WHERE NOT internal") == [(1,)]
        assert engine.rows(f"SELECT sum(paid) FROM {engine.quote(only.relation)}") == [(49.5,)]


def test_rows_of_a_server_have_no_first_unless_they_are_asked_for_in_an_order(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same input, same bytes: what comes first in a table of a server is chance."""
    monkeypatch.setenv("DB_URL", postgres.url())
    rows = ", ".join(f"('u{i % 77}', {i}, {i % 7})" for i in range(80))
    postgres.run(
        "DROP TABLE IF EXISTS people",
        "CREATE TABLE people (user_id text, visits int, orders int)",
        f"INSERT INTO people VALUES {rows}",
    )
    with pytest.raises(PersonaeError, match="have no order") as no:
        flow.measured(Study(sources=("env:DB_URL::people",), on_duplicate="first"))
    assert no.value.code == "P001" and "order by" in no.value.fix
    _, some = flow.measured(Study(sources=("env:DB_URL::people",), on_duplicate="drop"))
    assert sorted(v for v in some.measure("visits").values if v == v) == list(range(3, 77))
    query = "env:DB_URL::select * from people order by visits desc"
    _, newest = flow.measured(Study(sources=(query,), on_duplicate="first"))
    assert sorted(newest.measure("visits").values) == list(range(3, 80))
