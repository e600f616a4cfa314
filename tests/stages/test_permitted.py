"""Lists of ids may be of any type that a source has: they are text here, byte for byte, as those of a run are."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from personae import plugins
from personae.stages.audience import only, without
from personae.stages.permitted import permitted


def _ids(path: Path, table: pa.Table, column: str = "") -> frozenset[str]:
    pq.write_table(table, path)
    with plugins.find("engines", "duckdb").connect() as engine:
        return permitted(engine, str(path), "user", column)


def test_whole_numbers_of_a_parquet_file_are_ids_as_text(tmp_path: Path) -> None:
    """They cross with the ids of a run, which are text."""
    table = pa.table({"user": pa.array([7, 8, 9], pa.int64()), "mail": [True, False, True]})
    run = pa.table({"id": ["7", "8", "9", "10"]})
    everybody = _ids(tmp_path / "never.parquet", table)
    assert without(run, everybody)["id"].to_pylist() == ["10"]
    consented = _ids(tmp_path / "consent.parquet", table, "mail")
    assert only(run, consented)["id"].to_pylist() == ["7", "9"]


def test_only_the_columns_that_are_asked_for_are_fetched(tmp_path: Path) -> None:
    """A column that takes much room, or that cannot be shown, is nobody's business here."""
    table = pa.table({"user": ["a", None, "b"], "mail": ["yes", "yes", "no"], "text": ["x" * 9, "y", "z"]})
    pq.write_table(table, tmp_path / "wide.parquet")
    asked: list[int] = []
    with plugins.find("engines", "duckdb").connect() as engine:
        whole = engine.arrow

        class Watched:
            def __getattr__(self, name: str) -> object:
                return getattr(engine, name)

            def arrow(self, query: str) -> pa.Table:
                made = whole(query)
                asked.append(made.num_columns)
                return made

        found = permitted(Watched(), str(tmp_path / "wide.parquet"), "user", "mail")
    assert found == {"a"}
    assert max(asked) <= 2
