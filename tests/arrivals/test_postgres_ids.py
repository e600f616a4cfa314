"""Ids of PostgreSQL: texts byte for byte, whatever the type of the column that they stand in."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest

from arriving import Always, Heard, Shop
from personae.arrivals import postgres as plug
from personae.databases.arrived import Arrived
from personae.databases.queue import Rows
from servers import Server

SOURCES = ["env:DB_URL::visits", "env:DB_URL::more"]
TO = "personae_personas"
LONG, WHO = "9223372036854775808", str(uuid.UUID(int=7))


@pytest.fixture
def tables(postgres: Server, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server, and a clean table for the next test."""
    pytest.importorskip("psycopg")
    monkeypatch.setenv("DB_URL", postgres.url())
    yield postgres
    made = "visits, more, personae_personas, personae_personas_queue, personae_personas_failed"
    postgres.run(f"DROP TABLE IF EXISTS {made} CASCADE")


def _made(server: Server, shop: Shop, kind: str) -> None:
    server.run(
        "CREATE TABLE visits (user_id text, event text, time timestamptz)",
        f"CREATE TABLE more (user_id {kind}, age int)",
        "CREATE INDEX ON visits (user_id)",
        "CREATE INDEX ON more (user_id)",
    )
    plug.install(SOURCES, TO, shop.placer())


def _once(shop: Shop) -> Heard:
    heard = Heard()
    plug.listen(SOURCES, TO, Always(shop.placer()), heard.tell, threading.Event(), once=True)
    return heard


def _answered(server: Server) -> set[str]:
    return {id for (id,) in server.run("SELECT id FROM personae_personas")}


@pytest.mark.parametrize(
    ("kind", "fits"),
    [
        ("integer", "7"), ("bigint", "9223372036854775807"), ("numeric(6,2)", "7.50"), ("uuid", WHO), ("varchar(4)", "anon"),
        ("char(4)", "ano"), ("date", "2026-01-02"), ("text", "anonymous"),
    ],
)  # fmt: skip
def test_an_id_that_is_none_in_another_table_keeps_nobody_waiting(tables: Server, shop: Shop, kind: str, fits: str) -> None:
    """One id of a log that the column of users could never hold: it is answered from the log, and so is everybody else."""
    _made(tables, shop, kind)
    odd = ["anonymous", "007", "1e3", "", LONG, "-", fits]
    values = ", ".join(f"('{id}', 'event_01', '2026-03-01')" for id in dict.fromkeys(odd) if id)
    tables.run(f"INSERT INTO visits VALUES {values}", f"INSERT INTO more VALUES ('{fits}', 30)")
    heard = _once(shop)
    assert _answered(tables) == {id for id in odd if id}
    assert (heard.placed, heard.aside) == (len({id for id in odd if id}), 0)


def test_a_key_cut_to_the_length_of_a_column_is_nobody_elses(tables: Server, shop: Shop) -> None:
    """'anonymous' in four characters would be 'anon', who is another user and was not asked for."""
    _made(tables, shop, "varchar(4)")
    tables.run("INSERT INTO more VALUES ('anon', 30)", "DELETE FROM personae_personas_queue")
    tables.run("INSERT INTO visits VALUES ('anonymous', 'event_01', '2026-03-01')")
    _once(shop)
    assert _answered(tables) == {"anonymous"}


@pytest.mark.parametrize("kind", ["smallint", "integer", "bigint", "numeric(9,2)", "uuid", "varchar(40)", "char(40)", "text"])
def test_the_rows_of_a_user_are_found_by_the_index(tables: Server, shop: Shop, kind: str) -> None:
    _made(tables, shop, kind)
    psycopg = pytest.importorskip("psycopg")
    typed = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'more'::regclass AND attnum = 1"
    reading = Arrived(Rows("public", "more", "user_id"), {"user_id": tables.run(typed)[0][0]}, shop.placer().scorer.intake)
    with psycopg.connect(tables.url()) as con:
        con.execute("SET enable_seqscan = off")
        asked = reading.query().replace("$1", f"'{{7,{WHO},anonymous}}'")
        plan = con.execute(f"EXPLAIN {asked}").fetchall()
    assert any("Index Cond" in line for (line,) in plan), plan


def test_users_of_a_table_that_is_emptied_lose_their_answers(tables: Server, shop: Shop) -> None:
    """TRUNCATE is told by a trigger of its own, and --everyone also queues who has an answer and is nowhere any more."""
    _made(tables, shop, "integer")
    tables.run("INSERT INTO visits VALUES ('7', 'event_01', '2026-03-01'), ('8', 'event_01', '2026-03-01')")
    tables.run("INSERT INTO more VALUES (8, 30)")
    _once(shop)
    assert _answered(tables) == {"7", "8"}
    tables.run("TRUNCATE visits")
    _once(shop)
    assert _answered(tables) == {"8"}

    tables.run("ALTER TABLE more DISABLE TRIGGER ALL", "TRUNCATE more")
    _once(shop)
    assert _answered(tables) == {"8"}
    plug.install(SOURCES, TO, shop.placer(), everyone=True)
    _once(shop)
    assert _answered(tables) == set()
