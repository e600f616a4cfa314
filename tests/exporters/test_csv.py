"""users.csv opens safely in a spreadsheet and comes back exactly."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cast_builder
from personae.exporters import csv as exporter


def _read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_every_user_has_one_row_in_the_order_of_the_cast(tmp_path: Path) -> None:
    """EXP-05."""
    head, *rows = _read(exporter.export(cast_builder.cast(), tmp_path / "users.csv", raw=True))
    assert head == ["id", "persona", "persona_name", "membership", "second", "margin", "kind", "reason"]
    assert [r[0] for r in rows] == list(cast_builder.IDS)
    assert rows[0][1:3] == ["P1", "Frequent buyers"]
    assert rows[-1][1:] == ["", "", "", "", "", "outside", "no behaviour to go by"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx", "\0x", " =1+1", "＝1+1", "'=x", "-", "+"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    """EXP-01."""
    assert exporter.guard(pa.array([text])).to_pylist() == ["'" + text]


@pytest.mark.parametrize(
    "text", ["-8845298781299428018", "+1.5e3", "-5", ".5", "00123", "a=b", "O'Brien", "", "'quoted", "-5.0 "]
)
def test_numbers_and_harmless_texts_stay_byte_for_byte(text: str) -> None:
    """EXP-01, R9."""
    assert exporter.guard(pa.array([text])).to_pylist() == [text]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_unguarding_restores_any_text(texts: list[str]) -> None:
    assert exporter.unguard(exporter.guard(pa.array(texts, pa.string()))).to_pylist() == texts


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=20))
def test_any_id_survives_a_csv_reader(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    exporter.write(pa.table({"id": pa.array(texts), "x": pa.array(["y"] * len(texts))}), path, raw=True)
    assert [r[0] for r in _read(path)[1:]] == texts


def test_headers_are_guarded_too(tmp_path: Path) -> None:
    path = exporter.write(pa.table({"=evil": pa.array(["a"])}), tmp_path / "t.csv")
    assert path.read_text() == "'=evil\na\n"


def test_a_million_rows_are_written_whole_and_in_order(tmp_path: Path) -> None:
    n = 1_000_000
    numbers = np.arange(n)
    table = pa.table({"id": pa.array(numbers).cast(pa.string()), "margin": pa.array(np.round(numbers / n, 6))})
    back = pa.csv.read_csv(exporter.write(table, tmp_path / "t.csv"))
    assert back.num_rows == n
    assert back["id"].to_numpy().tolist() == numbers.tolist()
    assert back["margin"].to_numpy()[-1] == 0.999999


def test_no_rows_give_a_header(tmp_path: Path) -> None:
    cast = cast_builder.cast()
    from dataclasses import replace

    assert exporter.members(replace(cast, members=()), tmp_path / "m.csv").read_text() == "persona,part,id,membership,margin\n"
