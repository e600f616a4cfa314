"""The same export twice (ING-19): asked, then counted once; nothing is counted twice by default."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from personae import flow
from personae.errors import DataError, UsageError
from personae.model.features import Features
from personae.model.study import Study
from personae.model.table import Table
from reading import write

ROWS = [f"u{n % 5},{('view', 'buy')[n % 2]},2026-03-01 10:{n:02d}:00" for n in range(40)]


def _files(folder: Path) -> str:
    """Three files: the second repeats ten rows of the first; two rows of the first are identical and both happened."""
    for name, rows in (("a", [*ROWS[:20], ROWS[3]]), ("b", ROWS[10:30]), ("c", ROWS[30:])):
        write(folder / f"{name}.csv", "user_id,event,time\n" + "".join(r + "\n" for r in rows))
    return str(folder / "*.csv")


def _measured(source: str, **settings: object) -> tuple[Table, Features]:
    (table,), features = flow.measured(Study(sources=(source,), **settings))  # type: ignore[arg-type]
    return table, features


def test_files_that_overlap_are_a_question_with_both_answers(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"10 events stand both in a\.csv and in b\.csv") as caught:
        _measured(_files(tmp_path))
    assert caught.value.code == "P104"
    assert "--on-duplicate first" in caught.value.fix
    assert "--accept overlap" in caught.value.fix


def test_events_of_two_files_count_once_and_identical_ones_of_one_file_stay(tmp_path: Path) -> None:
    table, features = _measured(_files(tmp_path), on_duplicate="first")
    assert (table.seen, table.used, table.folded, table.set_aside) == (51, 41, 10, 0)
    assert features.counts is not None
    assert features.counts.matrix.sum() == 41


def test_all_of_them_count_where_that_is_accepted(tmp_path: Path) -> None:
    table, features = _measured(_files(tmp_path), accept=("overlap",))
    assert features.counts is not None
    assert features.counts.matrix.sum() == table.used == 51


def test_parquet_files_overlap_as_well(tmp_path: Path) -> None:
    _files(tmp_path)
    for name in "abc":
        pq.write_table(pc.read_csv(tmp_path / f"{name}.csv"), tmp_path / f"{name}.parquet")
    source = str(tmp_path / "*.parquet")
    with pytest.raises(DataError, match="10 events stand both"):
        _measured(source)
    assert _measured(source, on_duplicate="first")[0].used == 41


def test_files_that_follow_each_other_are_no_question(tmp_path: Path) -> None:
    for name, rows in (("a", ROWS[:20]), ("b", ROWS[20:])):
        write(tmp_path / f"{name}.csv", "user_id,event,time\n" + "".join(r + "\n" for r in rows))
    assert _measured(str(tmp_path))[0].used == 40


def test_the_very_same_file_twice_is_refused(tmp_path: Path) -> None:
    text = "user_id,event,time\n" + "".join(r + "\n" for r in ROWS)
    one, two = write(tmp_path / "a.csv", text), write(tmp_path / "copy.csv", text)
    with pytest.raises(UsageError, match="given twice"):
        flow.measured(Study(sources=(str(one), str(two))))


def test_two_logs_of_the_same_columns_are_said_to_be_read_apart(tmp_path: Path) -> None:
    one, two = (
        write(tmp_path / f"{name}.csv", "user_id,event,time\n" + "".join(r + "\n" for r in rows))
        for name, rows in (("a", ROWS[:20]), ("b", ROWS[20:]))
    )
    tables, _ = flow.measured(Study(sources=(str(one), str(two))))
    said = [n for t in tables for n in t.notes if "has the columns of a.csv" in n.words]
    assert [n.words for n in said] == ["b.csv has the columns of a.csv and is read apart from it"]
    assert "a pattern such as" in said[0].fix
