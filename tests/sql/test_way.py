"""Visits as SQL: events of the same second are of the same visit."""

from __future__ import annotations

import duckdb

from personae.sql import journeys as sql
from personae.sql.per_user import USERS


def test_equal_events_of_one_second_are_of_one_visit_in_whatever_order_they_lie() -> None:
    """Six times the same event in a second, after a pause: none of them belongs to the visit before."""
    with duckdb.connect() as con:
        users = "SELECT r, 'u' || r AS id, 0 AS g FROM range(3000) AS t(r)"
        con.execute(f"CREATE TABLE {USERS} AS SELECT r, id FROM ({users})")
        con.execute(f"CREATE TABLE {sql.CREW} AS SELECT r, g FROM ({users})")
        con.execute(f"CREATE TABLE {sql.NAMES} AS SELECT 'buy' AS event, 0 AS c")
        rows = "SELECT id, 'buy' AS event, 7200 * ((k + 5) // 6) AS t, r, k"
        con.execute(f"CREATE TABLE log AS {rows} FROM ({users}), range(13) AS e(k) ORDER BY hash(r * 31 + k)")
        con.execute(sql.way("log", "id", "event", "t", 1800))
        seconds = f"SELECT r, t, count(DISTINCT v) AS visits, count(*) AS n FROM {sql.WAY} GROUP BY 1, 2"
        found = con.execute(f"SELECT count(*), max(visits), sum(n) FROM ({seconds})").fetchall()
    assert found == [(9000, 1, 39_000)]
