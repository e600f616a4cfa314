"""The rule as SQL that stands alone says what numpy says, in the databases that can be run here."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from personae import plugins
from personae.exporters.inputs import tables
from personae.model.rule import REASONS, Place
from personae.sql.statement import COLUMNS, Named, spelled, statement
from random_rules import NASTY, World, world
from servers import Server

seeds = given(seed=st.integers(0, 10_000))


def keys(size: int) -> Named:
    """Personas with names that no statement may stumble over."""
    return Named({i: f"P{i + 1}" for i in range(size)}, {i: NASTY[i % len(NASTY)] for i in range(size)})


def sql(w: World, dialect: str) -> str:
    return statement(w.rule, keys(w.rule.size), dialect, lambda n: plugins.find("steps", n).sql, None, {})


def given_tables(w: World) -> dict[str, pa.Table]:
    """Inputs and counts as the command writes them, but with what is not a number left in."""
    made = tables(w.rule, pa.array(w.ids), w.counts, w.measures)
    for at, name in enumerate(made["inputs"].column_names):
        if name == "spend":
            made["inputs"] = made["inputs"].set_column(at, name, pa.array(w.measures["spend"]))
    return made


def same(w: World, rows: list[Mapping[str, Any]]) -> None:
    """Every user once, placed as numpy places them."""
    p, named = w.placed(), keys(w.rule.size)
    got = {r["id"]: r for r in rows}
    assert len(got) == len(rows) == len(w.ids)
    for i, id in enumerate(w.ids):
        row, first, second = got[id], int(p.persona[i]), int(p.second[i])
        words = (named.keys.get(first), named.names.get(first), named.keys.get(second))
        assert (row["persona"], row["persona_name"], row["second"]) == words, (i, row)
        assert (row["kind"], row["reason"]) == (Place(int(p.kind[i])).name.lower(), REASONS[p.reason[i]]), (i, row)
        np.testing.assert_allclose((row["membership"], row["margin"]), (p.membership[i], p.margin[i]), atol=1.1e-6)


def in_duckdb(w: World, text: str) -> list[Mapping[str, Any]]:
    with duckdb.connect() as con:
        con.execute("CREATE MACRO ieee_divide(a, b) AS a / b")  # a function of BigQuery
        for name, table in given_tables(w).items():
            con.register(name, table)
        rows: list[Mapping[str, Any]] = con.execute(text).to_arrow_table().to_pylist()
        return rows


@settings(max_examples=6, deadline=None, derandomize=True)
@seeds
def test_duckdb_places_users_of_every_oddity_as_numpy_does(seed: int) -> None:
    """Row 40: one rule, many faces."""
    w = world(seed)
    same(w, in_duckdb(w, sql(w, "duckdb")))


@pytest.mark.slow
@settings(max_examples=3, deadline=None, derandomize=True)
@seeds
def test_postgresql_places_users_of_every_oddity_as_numpy_does(postgres: Server, seed: int) -> None:
    w = world(seed)
    with closing(postgres.connect("shop")) as con, closing(con.cursor()) as cursor:
        for name, table in given_tables(w).items():
            cursor.adbc_ingest(name, table, mode="replace")
        cursor.execute(sql(w, "postgres"))
        same(w, cursor.fetch_arrow_table().to_pylist())
        con.rollback()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Spark on this machine, where it is installed: it takes half a minute to start, so CI does without."""
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: pip install 'pyspark>=4,<4.4'")
    plain = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1"}
    builder = pyspark.SparkSession.builder.master("local[1]")
    for key, value in (plain | {"spark.pyspark.python": sys.executable, "spark.ui.showConsoleProgress": "false"}).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spark_places_users_of_every_oddity_as_numpy_does(spark: Any, seed: int) -> None:
    w = world(seed)
    for name, table in given_tables(w).items():
        spark.createDataFrame(table).createOrReplaceTempView(name)
    same(w, spark.sql(sql(w, "spark")).toArrow().to_pylist())


@pytest.mark.parametrize("dialect", ["bigquery", "snowflake"])
def test_what_cannot_be_run_here_is_legal_in_its_dialect_and_means_the_same(dialect: str) -> None:
    """Parsed as the dialect reads it, written as DuckDB does, and executed."""
    w = world(2)
    tree = sqlglot.parse_one(sql(w, dialect), read=dialect)
    assert [c.alias_or_name for c in tree.selects] == [spelled(c, dialect) for c in COLUMNS]
    texts = {x.this for x in tree.find_all(sqlglot.exp.Literal) if x.is_string}
    assert {*NASTY[: w.rule.size], *REASONS} <= texts
    rows = in_duckdb(w, tree.sql(dialect="duckdb"))
    same(w, [{k.lower(): v for k, v in r.items()} for r in rows])


def test_a_rule_of_a_thousand_events_is_a_list_of_rows_and_not_a_long_sum() -> None:
    """The part of the statement beside the rows does not grow with the events."""
    w = world(4)
    few = sql(w, "postgres")
    f = next(x for x in w.rule.features if x.of == "event")
    m = sum(x.of == "event" for x in w.rule.features)
    many = tuple(replace(f, column=f"e{i}") for i in range(1000))
    guards = tuple(replace(g, start=0, stop=1000, weight=np.ones(1000)) for g in w.rule.guards if g.stop <= m)
    rule = replace(w.rule, features=many, projection=np.ones((1000, w.rule.projection.shape[1])), guards=guards, needs=())
    long = statement(rule, keys(rule.size), "postgres", lambda n: plugins.find("steps", n).sql, None, {})
    rest = [line for line in long.splitlines() if not line.startswith("    ('")]
    assert len(long.splitlines()) - len(rest) == 1000
    assert len(rest) <= len(few.splitlines()) + 50


@pytest.mark.parametrize("dialect", ["bigquery", "duckdb"])
def test_numbers_are_written_so_that_no_engine_reads_a_decimal(dialect: str) -> None:
    w = world(5)
    for literal in sqlglot.parse_one(sql(w, dialect), read=dialect).find_all(sqlglot.exp.Literal):
        assert literal.is_string or literal.this.isdigit() or "e" in literal.this
