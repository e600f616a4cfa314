"""Workbooks (ING-11, ING-06, ING-16)."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from personae.model.table import Kind
from reading import columns, opened, refused, table, values, words, write


def book(path: Path, sheets: dict[str, list[list[Any]]], *, hidden: tuple[str, ...] = (), **options: Any) -> Path:
    """A workbook with these sheets; dates in ISO format."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", **options}) as out:
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(r, c, value, None, "#N/A" if value == "=NA()" else 2)
                    elif isinstance(value, str):
                        sheet.write_string(r, c, value)
                    else:
                        sheet.write(r, c, value)
            if name in hidden:
                sheet.hide()
            else:
                sheet.activate()
                sheet.set_first_sheet()
    return path


def test_text_ids_whole_numbers_and_dates_come_as_they_are(tmp_path: Path) -> None:
    day = datetime.datetime(2024, 2, 29)
    path = book(tmp_path / "a.xlsx", {"s": [["id", "n", "x", "day"], ["00123", 7, 1.234, day], ["A12", 8, 2.5, day]]})
    assert values(path, "id") == ["00123", "A12"]
    assert values(path, "n") == ["7", "8"]
    assert values(path, "x", as_typed=True) == [1.234, 2.5]
    assert [str(v) for v in values(path, "day", as_typed=True)] == ["2024-02-29"] * 2
    with opened(path) as (engine, (read,)):
        assert engine.locate(read.relation, [1]) == [("a.xlsx", 3)]


def test_the_1904_calendar_is_honoured(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"s": [["id", "day"], ["u", datetime.datetime(2024, 2, 29)], ["v", None]]}, date_1904=True)
    assert str(values(path, "day", as_typed=True)[0]) == "2024-02-29"


def test_the_first_visible_sheet_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    rows = [["id", "n"], ["u", 1], ["v", 2]]
    path = book(tmp_path / "a.xlsx", {"secret": rows, "empty": [], "one": rows, "two": rows}, hidden=("secret",))
    read = table(path)
    assert read.source == "a.xlsx, sheet one"
    assert "others hold data too: two" in words(read)
    assert "hidden sheets of a.xlsx were not read: secret" in words(read)
    assert table(path, sheet="two").source == "a.xlsx, sheet two"
    assert 'did you mean --sheet "two"' in refused("P002", path, sheet="twoo").fix


def test_error_cells_and_rounded_ids_are_counted(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"s": [["id", "n"], [1234567890123456789, "=NA()"], [3, "=1+1"]]})
    said = words(table(path))
    assert "1 cells of sheet s hold an error" in said
    assert "look rounded by Excel" in said
    assert columns(path)["n"].empty == 1


def test_a_title_above_the_header_is_left_out_and_two_tables_are_noticed(tmp_path: Path) -> None:
    rows = [["Sales 2024"], ["id", "n", "m", None, "x"], ["u", 1, 2, None, 3], ["v", 1, 2, None, 3]]
    read = table(book(tmp_path / "a.xlsx", {"s": rows}))
    assert [c.name for c in read.columns] == ["id", "n", "m", "x"]
    assert "above the header" in words(read)
    assert "two tables" in words(read)


def test_a_cell_far_away_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet("s")
        sheet.write_row(0, 0, ["id", "n"])
        sheet.write_row(1, 0, ["u", 1])
        sheet.write(1_048_575, 16_383, "far")
    assert "spans" in refused("P110", path).where


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as out:
        sheet = out.add_worksheet("s")
        for row in range(5_000):
            sheet.write_row(row, 0, [1] * 30)
    size = path.stat().st_size
    assert f"{size:,} bytes on disk" in refused("P110", path, max_inflated=5 * size).where


@pytest.mark.slow
def test_cut_and_flipped_workbooks_give_a_typed_error(tmp_path: Path) -> None:
    """ING-16."""
    whole = book(tmp_path / "a.xlsx", {"s": [["id", "n"], *[[f"u{i}", i] for i in range(300)]]}).read_bytes()
    from personae.errors import PersonaeError

    for cut in range(1024, len(whole), 1024):
        refused("P108", write(tmp_path / "cut.xlsx", whole[:cut]))
    for position in range(0, len(whole), 97):
        flipped = bytearray(whole)
        flipped[position] ^= 0xFF
        try:
            table(write(tmp_path / "flip.xlsx", bytes(flipped)))
        except PersonaeError as error:
            assert error.exit_code in (2, 3)


def test_an_encrypted_workbook_says_so(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    assert "password" in refused("P108", write(tmp_path / "a.xlsx", content)).what


def test_winekmc_transactions(real) -> None:  # type: ignore[no-untyped-def]
    read = table(real("winekmc") / "WineKMC.xlsx", sheet="Transactions")
    assert (read.used, [c.distinct for c in read.columns]) == (324, [100, 32])
    assert table(real("servicos_br") / "BaseServiçosPrestados.xlsx").used == 237
    spotify = columns(real("spotify_survey") / "Spotify_data.xlsx")
    assert sum(dict(c.markers).get("None", 0) for c in spotify.values()) == 766
    assert spotify["preffered_premium_plan"].kind is Kind.CATEGORY


def test_names_over_two_rows_with_merged_cells_are_joined(tmp_path: Path) -> None:
    """ING-11."""
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as out:
        sheet = out.add_worksheet("s")
        sheet.merge_range("B1:C1", "2024")
        sheet.merge_range("D1:E1", "2025")
        for row, content in enumerate([["id", "Jan", "Feb", "Jan", "Feb"], ["u", 1, 2, 3, 4], ["v", 5, 6, 7, 8]], 1):
            for column, value in enumerate(content):
                if row > 1 or value:
                    sheet.write(row, column, value)
    assert list(columns(path)) == ["id", "2024 Jan", "2024 Feb", "2025 Jan", "2025 Feb"]
    assert "were joined" in words(table(path))
    assert values(path, "2025 Jan") == ["3", "7"]


def test_numbers_kept_as_text_are_numbers_and_ids_keep_their_zeros(tmp_path: Path) -> None:
    """ING-11."""
    path = book(tmp_path / "a.xlsx", {"s": [["id", "n"], ["007", "1005"], ["008", "2005"]]})
    assert values(path, "id") == ["007", "008"]
    assert columns(path)["n"].kind is Kind.INTEGER
