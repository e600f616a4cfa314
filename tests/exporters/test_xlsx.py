"""The workbook opens without repair, runs nothing, loses nothing, and says what it had to change."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import cast_builder
from exporters import worlds
from personae.exporters import parquet, xlsx
from personae.model.sheet import Heading, Sheet
from personae.office.grid import COLUMNS, ROWS, across, sheet_name
from personae.words.legible import legible, shortened

RISKY = ("=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "＝1+1", " =1+1", "http://a.example", "00123", "1e5", "'=x", "_x0041_")


def _cells(path: Path, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def _xml(path: Path) -> str:
    with zipfile.ZipFile(path) as z:
        return "\n".join(z.read(n).decode() for n in z.namelist() if n.endswith((".xml", ".rels")))


def test_texts_are_never_formulas_or_links_and_come_back_as_they_were(tmp_path: Path) -> None:
    """EXP-01, EXP-05, requirement 26."""
    table = pa.table({"=id": pa.array(RISKY), "n": pa.array([-5.0, 5, *[0.25] * 10])})
    path = xlsx.write(table, tmp_path / "u.xlsx", name="=evil")
    assert "<f>" not in _xml(path)
    assert "hyperlink" not in _xml(path)
    (name,) = CalamineWorkbook.from_path(path).sheet_names
    head, *rows = _cells(path, name)
    assert head == ["=id", "n"]
    assert [r[0] for r in rows] == list(RISKY)
    assert [r[1] for r in rows][:2] == [-5, 5]


def test_the_list_of_users_is_the_one_of_the_csv(tmp_path: Path) -> None:
    """Requirements 25 and 26: equal ids, order, counts, personas."""
    cast = cast_builder.cast()
    table = parquet.users(cast.ids, cast.placement, cast.personas)
    head, *rows = _cells(xlsx.write(table, tmp_path / "u.xlsx"), "Users")
    assert head == table.column_names
    assert [r[0] for r in rows] == list(cast_builder.IDS)
    assert [r[1] or None for r in rows] == table["persona"].to_pylist()
    assert [r[3] or None for r in rows] == table["membership"].to_pylist()


@pytest.mark.parametrize("users, parts", [(9, [9]), (10, [9, 1]), (27, [9, 9, 9])])
def test_more_rows_than_a_sheet_holds_are_split_and_none_is_lost(tmp_path: Path, users: int, parts: list[int]) -> None:
    """EXP-02: sheets of ten rows, the header included."""
    ids = [f"u{i}" for i in range(users)]
    path = xlsx.write(pa.table({"id": pa.array(ids)}), tmp_path / "u.xlsx", rows=10)
    book = CalamineWorkbook.from_path(path)
    found = [_cells(path, n)[1:] for n in book.sheet_names]
    assert [len(f) for f in found] == parts
    assert [r[0] for f in found for r in f] == ids


def test_the_limits_are_those_of_the_format_and_a_cell_beyond_them_is_never_lost_in_silence(tmp_path: Path) -> None:
    """EXP-02, at the real limits: the last row holds a cell, the next one refuses, and so do columns."""
    book, tally = xlsx._open(tmp_path / "u.xlsx", "t"), xlsx.Tally()
    made = book.add_worksheet()
    assert (made.xls_rowmax, made.xls_colmax) == (ROWS, COLUMNS)
    xlsx._rows(made, [("a", 1)], tally, ROWS - 1)
    for row in (("a",), (1,)):
        with pytest.raises(AssertionError, match="was not written"):
            xlsx._rows(made, [row], tally, ROWS)
    book.close()
    assert '<c r="B1048576"' in _xml(tmp_path / "u.xlsx")


def test_more_columns_than_a_sheet_holds_go_to_further_sheets_with_the_first_beside_them() -> None:
    """EXP-02."""
    headings = tuple(Heading(f"c{i}") for i in range(12))
    parts = list(across(headings, (tuple(range(12)),), most=5))
    assert [[h.name for h in heads] for heads, _ in parts] == [
        ["c0", "c1", "c2", "c3", "c4"],
        ["c0", "c5", "c6", "c7", "c8"],
        ["c0", "c9", "c10", "c11"],
    ]
    assert parts[2][1] == ((0, 9, 10, 11),)


def test_a_cell_that_is_too_long_is_cut_with_a_mark_and_counted(tmp_path: Path) -> None:
    """EXP-02: 33,000 characters, and as many that take two places."""
    table = pa.table({"id": ["a" * 33_000, "\U0001f989" * 17_000, "b" * 32_767]})
    path = xlsx.write(table, tmp_path / "u.xlsx")
    texts = [str(r[0]) for r in _cells(path, "Users")[1:]]
    assert all(len(t.encode("utf-16-le")) // 2 <= 32_767 for t in texts)
    assert [t.endswith("(cut)") for t in texts] == [True, True, False]
    assert "2 cells were longer" in str(_cells(path, "Read me")[0][0])


def test_characters_that_no_program_can_show_become_signs_and_are_counted(tmp_path: Path) -> None:
    """EXP-04: every C0 and C1 control, and code points that are no characters."""
    odd = [*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\ufffe", "\uffff", "\ufdd0"]
    path = xlsx.write(pa.table({"id": [f"a{c}b" for c in odd]}), tmp_path / "u.xlsx")
    texts = [r[0] for r in _cells(path, "Users")[1:]]
    assert texts == [f"a{legible(c)}b" for c in odd]
    assert texts[0] == "a␀b"
    assert f"{len(odd) - 2} cells held" in str(_cells(path, "Read me")[0][0])


@given(st.lists(st.text(max_size=40), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_names_of_sheets_are_accepted_and_unlike_each_other(wanted: list[str]) -> None:
    """EXP-02."""
    taken: list[str] = []
    for w in wanted:
        taken.append(sheet_name(w, taken))
    assert len({t.casefold() for t in taken}) == len(taken)
    for t in taken:
        assert 1 <= len(t.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]|^'|'$|^history$", t, re.IGNORECASE)


@given(st.text(max_size=200), st.integers(20, 60))
def test_cutting_never_exceeds_the_limit_and_never_breaks_a_character(text: str, most: int) -> None:
    cut = shortened(text, most)
    assert len(cut.encode("utf-16-le")) // 2 <= most
    assert cut == text or text.startswith(cut.removesuffix(" … (cut)"))


def test_the_same_cast_gives_the_same_bytes_and_no_clock_or_name(tmp_path: Path) -> None:
    """DET-01, EXP-08."""
    cast = worlds.natural()
    one, two = (xlsx.export(cast, tmp_path / n).read_bytes() for n in ("a.xlsx", "b.xlsx"))
    assert one == two
    core = zipfile.ZipFile(tmp_path / "a.xlsx").read("docProps/core.xml").decode()
    assert "<dc:creator></dc:creator>" in core
    assert "2000-01-01T00:00:00Z" in core
    assert {i.date_time[0] for i in zipfile.ZipFile(tmp_path / "a.xlsx").infolist()} == {1980}


def test_the_read_me_comes_first_and_every_sheet_says_what_kind_of_groups_these_are(tmp_path: Path) -> None:
    path = xlsx.export(worlds.reproducible(), tmp_path / "a.xlsx")
    names = CalamineWorkbook.from_path(path).sheet_names
    assert names[:2] == ["Read me", "Personas"]
    with zipfile.ZipFile(path) as z:
        pages = [z.read(n).decode() for n in z.namelist() if n.startswith("xl/worksheets/sheet")]
    assert all("steady cuts of a continuum" in p for p in pages)


def test_no_user_is_in_a_workbook_unless_asked(tmp_path: Path) -> None:
    cast = worlds.natural()
    assert "id-of-a-user" not in _xml(xlsx.export(cast, tmp_path / "a.xlsx"))
    small = cast_builder.cast()
    assert "Users" in CalamineWorkbook.from_path(xlsx.export(small, tmp_path / "b.xlsx", users=True)).sheet_names


def test_a_run_without_personas_has_a_workbook_that_says_so(tmp_path: Path) -> None:
    path = xlsx.export(worlds.nothing(), tmp_path / "a.xlsx")
    assert "No kinds of customers were found" in str(_cells(path, "Read me")[0][0])


def test_no_share_of_fewer_than_the_floor_is_in_the_workbook(tmp_path: Path) -> None:
    """EXP-03: a share that stands for 7 users becomes a bound, and nothing beside it gives it back."""
    cast = worlds.natural()
    planted = replace(cast.facts[1], id="P1.few", statistic="share", value=7 / 3980, n=3980, measure="few", multiple=0.031719)
    path = xlsx.export(replace(cast, facts=(*cast.facts, planted)), tmp_path / "a.xlsx")
    text = _xml(path)
    assert "under" in text
    assert f"{7 / 3980:.9g}" not in text
    assert "0.031719" not in text


def test_a_table_for_readers_is_a_sheet_of_its_own(tmp_path: Path) -> None:
    made = Sheet(
        "few/rows", "A title", "How to read it.", (Heading("a"), Heading("b", "share")), (("=x", 0.5), ("y", None)), "use"
    )
    path = xlsx.sheet(made, tmp_path / "s.xlsx")
    assert _cells(path, "Few rows") == [["A title", ""], ["How to read it.", ""], ["a", "b"], ["=x", 0.5], ["y", ""]]
