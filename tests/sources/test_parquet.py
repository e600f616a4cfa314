"""Parquet files in place (ING-16, ING-18), and typed columns."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from personae.errors import PersonaeError
from personae.model.table import Kind
from reading import columns, opened, refused, table, values, write


def test_types_stand_and_texts_are_audited(tmp_path: Path) -> None:
    data = pa.table(
        {
            "id": ["007", "8", ""],
            "n": pa.array([1, 2, None], pa.int64()),
            "x": [1.5, float("nan"), 2.0],
            "whole": [1.0, 2.0, None],
            "money": [Decimal("1.20"), Decimal("3.00"), None],
            "at": pa.array([datetime.datetime(2024, 1, 1, 12)] * 3, pa.timestamp("us", "Europe/Paris")),
            "flag": [True, False, None],
        }
    )
    pq.write_table(data, tmp_path / "a.parquet")
    found = columns(tmp_path / "a.parquet")
    assert {n: (c.kind, c.empty) for n, c in found.items()} == {
        "id": (Kind.CATEGORY, 1),
        "n": (Kind.INTEGER, 1),
        "x": (Kind.DECIMAL, 1),
        "whole": (Kind.INTEGER, 1),
        "money": (Kind.DECIMAL, 1),
        "at": (Kind.TIMESTAMP, 0),
        "flag": (Kind.BOOLEAN, 1),
    }
    assert found["money"].native == "DECIMAL(3,2)"
    assert values(tmp_path / "a.parquet", "x", as_typed=True) == [1.5, None, 2.0]
    assert values(tmp_path / "a.parquet", "at", as_typed=True)[0] == datetime.datetime(2024, 1, 1, 12)


def test_the_relation_is_a_view_and_folders_become_columns(tmp_path: Path) -> None:
    for country in ("FR", "01"):
        (tmp_path / f"log/country={country}").mkdir(parents=True)
        pq.write_table(pa.table({"id": ["u", "v"], "n": [1, 2]}), tmp_path / f"log/country={country}/part.parquet")
    with opened(tmp_path / "log") as (engine, (read,)):
        assert engine.rows("SELECT count(*) FROM duckdb_views() WHERE view_name = ?", [read.relation]) == [(1,)]
        assert read.used == 4
    assert sorted(values(tmp_path / "log", "country")) == ["01", "01", "FR", "FR"]


def test_files_that_differ_are_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": ["u"], "n": [1]}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"id": ["u"], "n": ["1"]}), tmp_path / "b.parquet")
    assert '"n" is varchar, in a.parquet it is bigint' in refused("P102", tmp_path / "*.parquet").where


def test_an_empty_table_has_its_own_message(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array([], pa.string()), "n": pa.array([], pa.int64())}), tmp_path / "a.parquet")
    assert "a header and no rows" in refused("P107", tmp_path / "a.parquet").what


@pytest.mark.slow
def test_cut_and_flipped_files_give_a_typed_error(tmp_path: Path) -> None:
    """ING-16."""
    pq.write_table(pa.table({"id": [f"u{i}" for i in range(3_000)], "n": range(3_000)}), tmp_path / "a.parquet")
    whole = (tmp_path / "a.parquet").read_bytes()
    for cut in range(1024, len(whole), 1024):
        refused("P108", write(tmp_path / "cut.parquet", whole[:cut]))
    for position in range(0, len(whole), 293):
        flipped = bytearray(whole)
        flipped[position] ^= 0xFF
        try:
            table(write(tmp_path / "flip.parquet", bytes(flipped)))
        except PersonaeError as error:
            assert error.exit_code in (2, 3), error.where
