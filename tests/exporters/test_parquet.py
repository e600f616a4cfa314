"""users.parquet holds the same as users.csv, exactly and reproducibly."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

import cast_builder
from personae.exporters import parquet


def test_it_is_read_back_with_the_ids_as_they_came_in(tmp_path: Path) -> None:
    """EXP-05, R9."""
    table = pq.read_table(parquet.export(cast_builder.cast(), tmp_path / "users.parquet"))
    assert table["id"].to_pylist() == list(cast_builder.IDS)
    assert table["persona"].to_pylist()[:2] == ["P1", "P2"]
    assert table["second"].to_pylist()[-2:] == ["P2", None]
    assert table["kind"].to_pylist()[:2] == ["core", "border"]
    assert table["membership"].null_count == 1


def test_the_same_cast_gives_the_same_bytes(tmp_path: Path) -> None:
    """DET-01."""
    one, two = (parquet.export(cast_builder.cast(), tmp_path / n).read_bytes() for n in ("a", "b"))
    assert one == two


def test_nobody_has_a_persona_where_there_are_none(tmp_path: Path) -> None:
    table = pq.read_table(parquet.export(cast_builder.nothing(), tmp_path / "users.parquet"))
    assert table["persona"].null_count == table.num_rows == len(cast_builder.IDS)
    assert set(table["reason"].to_pylist()) == {"no groups were found"}
