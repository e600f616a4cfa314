"""The questions behind one row per user, on relations small enough to answer by hand."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from typing import Any

import pytest

from personae import plugins
from personae.sql import per_user, repeats


@pytest.fixture
def engine() -> Iterator[Any]:
    with plugins.find("engines", "duckdb").connect(memory="500MB") as engine:
        engine.execute('CREATE TABLE "my log" (id BIGINT, "e v" VARCHAR, s BIGINT, v DECIMAL(9,2))')
        engine.execute(
            """INSERT INTO "my log" VALUES (7,'b',5,1.10),(7,'a',9,2.20),(8,'a',90000,0.30),(NULL,'a',3,1),(8,NULL,4,NULL)"""
        )
        engine.execute("CREATE TABLE people (id VARCHAR, age VARCHAR)")
        engine.execute("INSERT INTO people VALUES ('7','30'),('007','31'),('9',NULL),('',NULL)")
        engine.execute(per_user.users([('"my log"', '"id"'), ("people", '"id"')]))
        yield engine


def test_users_are_the_union_of_ids_as_text_in_the_order_of_their_md5(engine: Any) -> None:
    found = [r[0] for r in engine.rows(per_user.ids())]
    assert found == sorted(["7", "8", "9", "007"], key=lambda i: (md5(i.encode()).hexdigest(), i))  # noqa: S324


def test_sources_are_matched_in_users_not_rows(engine: Any) -> None:
    assert engine.rows(per_user.matched([('"my log"', '"id"'), ("people", '"id"')])) == [(1, 1, 2)]


def test_events_come_in_the_order_of_names_with_their_rows(engine: Any) -> None:
    assert engine.rows(per_user.events('"my log"', '"e v"')) == [("a", 3), ("b", 1)]


def test_reach_counts_users_once(engine: Any) -> None:
    assert engine.rows(per_user.reach('"my log"', '"e v"', '"id"')) == [("a", 2), ("b", 1)]


@pytest.mark.parametrize("low", [None, 7])
def test_rows_become_integers_with_and_without_a_join(engine: Any, low: int | None) -> None:
    engine.execute("CREATE TABLE names AS SELECT CAST(c AS SMALLINT) AS c, event FROM (VALUES (0,'a'),(1,'b')) AS t(c, event)")
    engine.execute(per_user.codes("coded", "names"))
    found = engine.rows(per_user.coded('"my log"', '"id"', '"e v"', '"s"', 3, "coded", low))
    place = dict(engine.rows("SELECT id, r FROM personae_users"))
    seven, eight = (0, 1) if low is not None else (place["7"], place["8"])
    assert sorted(found, key=str) == sorted(
        [(seven, 1, 2), (seven, 0, 6), (eight, 0, 89_997), (None, 0, 0), (eight, -1, 1)], key=str
    )


def test_only_plain_integers_have_integer_positions(engine: Any) -> None:
    assert sorted(n for n, _ in engine.rows(per_user.positions())) == [7, 8, 9]


def test_amounts_are_exact_sums_of_what_is_filled(engine: Any) -> None:
    place = {r: i for i, r in engine.rows("SELECT id, r FROM personae_users")}
    found = {
        place[r]: (float(total), float(most), n)
        for r, total, most, n in engine.rows(per_user.amounts('"my log"', '"id"', '"v"'))
    }
    assert found == {"7": (3.3, 2.2, 2), "8": (0.3, 0.3, 1)}


def test_the_usual_value_is_the_first_by_name_when_several_are_as_frequent(engine: Any) -> None:
    place = {r: i for i, r in engine.rows("SELECT id, r FROM personae_users")}
    assert {place[r]: v for r, v in engine.rows(per_user.usual('"my log"', '"id"', '"e v"'))} == {"7": "a", "8": "a"}


def test_the_span_of_a_log_counts_rows_with_a_time_and_at_midnight(engine: Any) -> None:
    engine.execute('UPDATE "my log" SET s = 86400 WHERE s = 90000')
    engine.execute('UPDATE "my log" SET s = NULL WHERE s = 4')
    assert engine.rows(per_user.span('"my log"', '"s"')) == [(3, 86_400, 4, 5, 1)]


def test_each_different_text_of_a_time_is_read_once(engine: Any) -> None:
    engine.execute(
        "CREATE TABLE texts AS SELECT * FROM (VALUES ('x','2026-01-01'),('y','2026-01-01'),('z',NULL)) AS t(id, day)"
    )
    second = 'CAST(epoch(CAST("day" AS TIMESTAMP)) AS BIGINT)'
    engine.execute(per_user.dated("d", "texts", '"day"', second, '"s"', ['"id"']))
    assert engine.rows("SELECT id, s FROM d ORDER BY id") == [("x", 1_767_225_600), ("y", 1_767_225_600), ("z", None)]


def test_a_log_that_was_added_up_sums_its_counts(engine: Any) -> None:
    engine.execute("CREATE TABLE sums AS SELECT * FROM (VALUES ('7','a',2),('7','a',3),('7','b',0),('9','b',4)) AS t(id, e, n)")
    place = {r: i for i, r in engine.rows("SELECT id, r FROM personae_users")}
    assert {(place[r], e, n) for r, e, n in engine.rows(per_user.added("sums", '"id"', '"e"', '"n"'))} == {
        ("7", "a", 5.0),
        ("9", "b", 4.0),
    }


def test_rows_of_the_same_id_are_merged_found_and_decided(engine: Any) -> None:
    """ING-04."""
    engine.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('x',1),('y',2),('x',1),('y',3),('z',4),(NULL,5)) AS t(id, n)")
    engine.execute(repeats.merged("once", "t", '"id"', ['"id"', '"n"']))
    assert engine.rows(repeats.sizes("once", '"id"')) == [(4, 3)]
    assert engine.rows(repeats.several("once", '"id"')) == [(1, 2)]
    assert engine.rows(repeats.first_several("once", '"id"', ['"n"'], 3)) == [(2, "y", "2"), (4, "y", "3")]
    for policy, left in (("first", [1, 2, 4]), ("last", [1, 3, 4]), ("drop", [1, 4])):
        engine.execute("CREATE OR REPLACE TABLE copy AS SELECT * FROM once")
        engine.execute(repeats.keep("copy", '"id"', policy))
        assert sorted(n for (n,) in engine.rows("SELECT n FROM copy")) == left


def test_look_alikes_differ_in_case_blanks_or_zeros(engine: Any) -> None:
    """ING-01."""
    engine.execute("CREATE TABLE ids AS SELECT * FROM (VALUES ('A1'),('a1 '),('007'),('7'),('70'),('b')) AS t(id)")
    engine.execute(repeats.different("once", "ids", '"id"'))
    assert engine.rows(repeats.alike("once", '"id"')) == [(2, "007", "7")]
