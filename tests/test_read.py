"""Reading sources whole: ids, kinds, row accounting, ambiguity, sizes (ING-01 to ING-24)."""

from __future__ import annotations

import gzip
import io
import pickle
import sys
import zipfile
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from personae.audit.ids import exact_ids
from personae.errors import DataError
from personae.model.table import Kind, Level
from reading import columns, opened, refused, table, values, words, write

IDS = ["00123", "9007199254740992", "9007199254740993", "12345678901234567890", "A12", "a12 ", "00777", "0777", "777", " x"]


def ids_csv(tmp: Path) -> Path:
    return write(tmp / "ids.csv", "id,n\n" + "".join(f"{i},{n}\n" for n, i in enumerate(IDS)))


class TestIds:
    """ING-01: ids come back exactly."""

    def test_every_spelling_of_an_id_in_a_csv_is_kept_byte_for_byte(self, tmp_path: Path) -> None:
        assert values(ids_csv(tmp_path), "id") == IDS
        assert columns(ids_csv(tmp_path))["id"].distinct == len(IDS)

    def test_every_spelling_is_kept_in_parquet_json_and_frames(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"id": IDS, "n": range(len(IDS))}), tmp_path / "ids.parquet")
        lines = "".join(f'{{"id": "{i}", "n": {n}}}\n' for n, i in enumerate(IDS))
        assert values(tmp_path / "ids.parquet", "id") == IDS
        assert values(write(tmp_path / "ids.jsonl", lines), "id") == IDS
        for frame in (pd.DataFrame({"id": IDS, "n": 1}), pl.DataFrame({"id": IDS, "n": 1}), pa.table({"id": IDS, "n": IDS})):
            assert values("people", "id", frames={"people": frame}) == IDS

    def test_thirty_thousand_plain_ids_then_padded_ones_stay_text(self, tmp_path: Path) -> None:
        plain = [str(n) for n in range(100_000, 130_000)]
        path = write(tmp_path / "ids.csv", "id,n\n" + "".join(f"{i},1\n" for i in [*plain, "00777", "0777", "777"]))
        column = columns(path)["id"]
        assert column.kind is Kind.TEXT
        assert column.distinct == 30_003

    def test_json_numbers_past_two_to_the_53_keep_their_digits(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.json", '[{"id": 9007199254740993, "n": 1}, {"id": "02", "n": 2}]')
        assert values(path, "id") == ["9007199254740993", "02"]

    def test_an_id_column_of_floats_is_counted_as_no_longer_exact(self) -> None:
        """A blank among integers makes floats of them in pandas."""
        frame = pd.DataFrame({"id": [1, 2, None], "n": [1, 2, 3]})
        with opened("people", frames={"people": frame}) as (engine, (read,)):
            assert exact_ids(engine, read, read.columns[0]) == 2
            assert exact_ids(engine, read, read.columns[1]) == 0

    def test_ids_written_as_floats_in_text_are_counted(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,n\n1.0,1\n2.0,2\n9.00719925474099E+15,3\nx1,4\n")
        with opened(path) as (engine, (read,)):
            assert exact_ids(engine, read, read.columns[0]) == 3

    def test_pandas_columns_that_mix_types_become_text_without_loss(self) -> None:
        frame = pd.DataFrame({"id": [1, "02", 12345678901234567890], "n": [1, 2, 3]})
        assert values("people", "id", frames={"people": frame}) == ["1", "02", "12345678901234567890"]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20), min_size=2, max_size=30))
    def test_any_text_as_an_id_comes_back_as_it_went_in(self, tmp_path: Path, ids: list[str]) -> None:
        import csv

        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("id", "n"), *((i, str(n)) for n, i in enumerate(ids))])
        assert values(write(tmp_path / "h.csv", out.getvalue()), "id") == ids


class TestWrongValues:
    """ING-02: a wrong value after the sample."""

    def test_a_decimal_after_thirty_thousand_integers_is_kept_exactly(self, tmp_path: Path) -> None:
        rows = "".join(f"u{n},{n}\n" for n in range(30_000))
        path = write(tmp_path / "a.csv", f"id,amount\n{rows}u,12.75\n")
        assert columns(path)["amount"].kind is Kind.DECIMAL
        assert values(path, "amount", as_typed=True)[-1] == 12.75

    def test_a_word_among_numbers_is_named_with_its_line(self, tmp_path: Path) -> None:
        rows = "".join(f"u{n},{n}\n" for n in range(30_000))
        path = write(tmp_path / "a.csv", f"id,amount\n{rows}u,12.75\nv,abc\n")
        error = refused("P103", path)
        assert error.exit_code == 3
        assert '"amount"' in error.what
        assert 'line 30,003 has "abc"' in error.where
        assert "--allow-rejects 1" in error.fix

    def test_allowed_rejects_set_the_row_aside_and_count_it(self, tmp_path: Path) -> None:
        rows = "".join(f"u{n},{n}\n" for n in range(2_000))
        path = write(tmp_path / "a.csv", f"id,amount\nzero,0\nv,abc\n{rows}w,def\nlast,7\n")
        read = table(path, allow_rejects=2)
        assert (read.seen, read.used, read.set_aside) == (2_004, 2_002, 2)
        assert [(r.line, r.text) for r in read.rejects] == [(3, "v,abc"), (2_004, "w,def")]
        with opened(path, allow_rejects=2) as (engine, (again,)):
            assert engine.locate(again.relation, [0, 1, 2_001]) == [("a.csv", 2), ("a.csv", 4), ("a.csv", 2_005)]

    def test_a_time_among_dates_is_kept(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,day\n" + "u,2024-01-01\n" * 3_000 + "v,2024-01-02 10:11:12\n")
        assert columns(path)["day"].kind is Kind.TIMESTAMP
        assert str(values(path, "day", as_typed=True)[-1]) == "2024-01-02 10:11:12"

    def test_a_date_that_does_not_exist_is_named(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,day\n" + "u,25/01/2024\n" * 2_000 + "v,31/02/2024\n")
        assert 'line 2,002 has "31/02/2024"' in refused("P103", path).where

    @pytest.mark.parametrize("wrong", ["31/04/2024", "29/02/2023", "25/01/2024 10:99"])
    def test_a_date_that_does_not_exist_can_be_set_aside(self, tmp_path: Path, wrong: str) -> None:
        path = write(tmp_path / "a.csv", "id,day\n" + "u,25/01/2024\n" * 2_000 + f"v,{wrong}\nw,26/01/2024\n")
        assert f'line 2,002 has "{wrong}"' in refused("P103", path).where
        read = table(path, allow_rejects=1)
        assert (read.seen, read.used, [r.line for r in read.rejects]) == (2_002, 2_001, [2_002])
        assert read.columns[1].kind in (Kind.DATE, Kind.TIMESTAMP)
        assert columns(path, ignore=("day",))["day"].kind in (Kind.TEXT, Kind.CATEGORY)

    def test_a_few_words_among_numbers_are_said_and_not_hidden(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "who,age\n" + "".join(f"u,{n}\n" for n in range(200)) + "v,abc\n")
        read = table(path)
        assert read.columns[1].kind is Kind.TEXT
        assert "200 values are numbers, 1 are not" in words(read)
        assert 'line 202 ("abc")' in words(read)


class TestRowAccounting:
    """ING-03: seen = used + set aside."""

    def test_ragged_rows_stop_the_run_with_lines_and_flag(self, tmp_path: Path) -> None:
        error = refused("P102", write(tmp_path / "a.csv", "a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n"))
        assert error.exit_code == 3
        assert "line 3: 2 values where the header has 3" in error.where
        assert "line 4: 4 values where the header has 3" in error.where
        assert "--allow-rejects 2" in error.fix

    def test_ragged_rows_are_set_aside_when_allowed(self, tmp_path: Path) -> None:
        read = table(write(tmp_path / "a.csv", "a,b,c\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n"), allow_rejects=2)
        assert (read.seen, read.used, read.set_aside) == (4, 2, 2)
        assert [(r.source, r.line, r.text) for r in read.rejects] == [("a.csv", 3, "1,2"), ("a.csv", 4, "1,2,3,4")]

    def test_an_unclosed_quote_costs_one_line(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", 'a,b,c\n1,"2,3\n4,5,6\n7,"8,8",9\n')
        read = table(path, allow_rejects=1)
        assert (read.seen, read.used) == (3, 2)
        assert [(r.line, r.reason) for r in read.rejects] == [(2, "a quote is not closed")]
        assert values(path, "b", allow_rejects=1) == ["5", "8,8"]

    def test_mixed_line_ends_lose_nothing(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", b'a,b\r\n1,2\n3,4\r\n"5\nx",6\n7,8\r9,10')
        assert values(path, "a") == ["1", "3", "5\nx", "7", "9"]

    def test_repeated_headers_and_trailing_comments_are_set_aside(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,n\nu,1\nid,n\nv,2\n# 2 rows, exported by, tool\n")
        read = table(path, allow_rejects=2)
        assert (read.seen, read.used) == (4, 2)
        assert [(r.line, r.reason) for r in read.rejects] == [(3, "the header again"), (5, "3 values where the header has 2")]

    def test_delimiters_and_newlines_inside_quotes_are_values(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", 'id,text\r\n1,"a,b"\r\n2,"line one\nline two"\r\n3,"say ""hi"""\r\n')
        assert values(path, "text") == ["a,b", "line one\nline two", 'say "hi"']
        with opened(path) as (engine, (read,)):
            assert engine.locate(read.relation, [2]) == [("a.csv", 5)]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.lists(
            st.lists(st.sampled_from(["1", "x", "", '"', '"a', 'b"', '"q,q"', "a\rb"]), min_size=1, max_size=4), max_size=12
        )
    )
    def test_rows_seen_are_rows_used_plus_rows_set_aside(self, tmp_path: Path, rows: list[list[str]]) -> None:
        body = "".join(",".join(r) + "\n" for r in [["u", "v", "w"], *rows, ["x", "y", "z"]])
        read = table(write(tmp_path / "h.csv", "a,b,c\n" + body), allow_rejects=10_000)
        assert read.seen == read.used + len(read.rejects)
        assert read.used >= 2


class TestAmbiguity:
    """ING-05: numbers and dates that can be read in two ways."""

    @pytest.mark.parametrize(
        ("cells", "expected"),
        [
            (["1.234,56", "7"], [1234.56, 7]),
            (["1,234.56", "7"], [1234.56, 7]),
            (["1.234", "0.5"], [1.234, 0.5]),
            (["1.234", "1.234.567"], [1234, 1234567]),
            (["1.234", "12345"], [1.234, 12345]),
            (["1 234,5", "2"], [1234.5, 2]),
            (["3,5", "1,234"], [3.5, 1.234]),
        ],
    )
    def test_evidence_in_the_column_decides(self, tmp_path: Path, cells: list[str], expected: list[float]) -> None:
        path = write(tmp_path / "a.csv", "id;n\n" + "".join(f"u;{c}\n" for c in cells))
        assert values(path, "n", as_typed=True) == expected

    def test_both_ways_in_one_column_name_both_lines(self, tmp_path: Path) -> None:
        error = refused("P105", write(tmp_path / "a.csv", 'id;n\nu;"1.234,56"\nv;"1,234.56"\n'))
        assert 'line 2 has "1.234,56"' in error.where
        assert 'line 3 has "1,234.56"' in error.where

    @pytest.mark.parametrize("cell", ["1.234", "1,234"])
    def test_a_lone_thousand_or_fraction_is_asked(self, tmp_path: Path, cell: str) -> None:
        path = write(tmp_path / "a.csv", f"id;n\nu;{cell}\nv;{cell}\n")
        error = refused("P105", path)
        assert "--decimal" in error.fix
        assert values(path, "n", as_typed=True, decimal=cell[1]) == [1.234, 1.234]
        assert values(path, "n", as_typed=True, decimal={".": ",", ",": "."}[cell[1]]) == [1234, 1234]

    def test_another_column_of_the_file_is_evidence(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id;n;m\nu;1.234;2,5\nv;5.678;3,75\n")
        assert values(path, "n", as_typed=True) == [1234, 5678]

    def test_ambiguous_dates_are_asked(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,day\nu,03/04/2024\nv,05/06/2024\n")
        error = refused("P105", path)
        assert "--dates dmy" in error.fix
        assert "line 2" in error.where
        assert str(values(path, "day", as_typed=True, dates="dmy")[0]) == "2024-04-03"
        assert str(values(path, "day", as_typed=True, dates="mdy")[0]) == "2024-03-04"

    def test_one_date_at_line_ninety_thousand_decides(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,day\n" + "u,03/04/2024\n" * 89_998 + "v,25/11/2024\n")
        read = table(path)
        assert read.columns[1].format == "dmy"
        assert 'day first, as "25/11/2024" shows' in words(read)
        assert "line 90,000" in words(read)

    def test_dates_that_contradict_name_both_lines(self, tmp_path: Path) -> None:
        error = refused("P105", write(tmp_path / "a.csv", "id,day\nu,25/11/2024\nv,11/25/2024\n"))
        assert "line 2" in error.where
        assert "line 3" in error.where

    def test_two_files_of_one_table_that_disagree_are_both_named(self, tmp_path: Path) -> None:
        write(tmp_path / "d/a.csv", "id,day\nu,25/11/2024\n")
        write(tmp_path / "d/b.csv", "id,day\nv,11/25/2024\n")
        error = refused("P105", tmp_path / "d")
        assert "a.csv: line 2" in error.where
        assert "b.csv: line 2" in error.where


class TestMissing:
    """ING-07: only the empty field is missing."""

    TEXT = "id,country,n\nu,NA,1\nv,FR,N/A\nw,None,3\nx,,\ny,null,5\nz,-,6\n"

    def test_markers_are_counted_and_stay_values(self, tmp_path: Path) -> None:
        read = table(write(tmp_path / "a.csv", self.TEXT))
        country, n = read.columns[1:]
        assert country.empty == 1
        assert dict(country.markers) == {"NA": 1, "None": 1, "null": 1, "-": 1}
        assert (n.kind, n.empty) == (Kind.CATEGORY, 1)
        assert '--missing "N/A"' in words(read)

    def test_declared_markers_are_empty(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", self.TEXT)
        n = columns(path, missing=("N/A",))["n"]
        assert (n.kind, n.empty, n.low, n.high) == (Kind.INTEGER, 2, "1", "6")
        assert values(path, "n", as_typed=True, missing=("N/A",)) == [1, None, 3, None, 5, 6]

    def test_blank_cells_among_numbers_are_empty_and_said(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", 'id,n\nu,1.5\nv," "\nw,2.5\n')
        read = table(path)
        assert (read.columns[1].kind, read.columns[1].empty) == (Kind.DECIMAL, 1)
        assert '1 cells of "n" hold only blanks' in words(read)
        assert values(path, "n", as_typed=True) == [1.5, None, 2.5]


class TestTimes:
    """ING-10: epoch units and wild dates."""

    @pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1_000), ("us", 1_000_000)])
    def test_the_unit_is_found_by_magnitude_and_named(self, tmp_path: Path, unit: str, factor: int) -> None:
        path = write(tmp_path / "a.csv", f"id,timestamp\nu,{1_700_000_000 * factor}\nv,{1_600_000_000 * factor}\n")
        assert columns(path)["timestamp"].format == unit
        assert str(values(path, "timestamp", as_typed=True)[0]) == "2023-11-14 22:13:20"
        assert "since 1970" in words(table(path))

    def test_mixed_units_are_refused(self, tmp_path: Path) -> None:
        error = refused("P105", write(tmp_path / "a.csv", "id,timestamp\nu,1700000000\nv,1700000000000\n"))
        assert "seconds" in error.where
        assert "milliseconds" in error.where

    def test_zero_times_and_far_futures_are_said(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,timestamp,until\nu,0,2262-01-01\nv,1700000000,2024-01-01\n")
        assert "1 January 1970" in words(table(path))
        assert "2262-01-01" in words(table(path))

    def test_days_as_numbers_are_dates_only_when_all_are_valid(self, tmp_path: Path) -> None:
        good = write(tmp_path / "a.csv", "id,date\nu,20240131\nv,20240229\n")
        bad = write(tmp_path / "b.csv", "id,date\nu,20240131\nv,20230229\n")
        assert columns(good)["date"].kind is Kind.DATE
        assert columns(bad)["date"].kind is Kind.INTEGER

    def test_times_with_offsets_are_read_as_utc(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv", "id,at\nu,2024-01-01T00:00:00+02:00\nv,2024-01-01T00:00:00Z\n")
        assert [str(v) for v in values(path, "at", as_typed=True)] == ["2023-12-31 22:00:00", "2024-01-01 00:00:00"]

    def test_times_with_and_without_offset_in_one_column_are_refused(self, tmp_path: Path) -> None:
        refused("P105", write(tmp_path / "a.csv", "id,at\nu,2024-01-01T00:00:00+02:00\nv,2024-01-01T00:00:00\n"))


class TestSizes:
    """ING-12: a specific message for each emptiness."""

    def test_each_emptiness_has_a_message_of_its_own(self, tmp_path: Path) -> None:
        wide = ",".join(f"c{i}" for i in range(10_000))
        cases = {
            "P107 is empty: 0 bytes": b"",
            "P107 holds only blank lines": b"\n\n  \n",
            "P107 a header and no rows": b"id,n\n",
            "P111 has 1 row": b"id,n\nu,1\n",
            "P111 has one column": b"id\nu\nv\n",
            "P107 every column": b"id,n\n,\n,\n",
            "P111 is too wide": f"{wide}\n{wide.replace('c', '')}\n{wide.replace('c', '1')}\n".encode(),
        }
        seen = set()
        for expected, content in cases.items():
            code, _, said = expected.partition(" ")
            error = refused(code, write(tmp_path / "a.csv", content))
            assert said in error.what
            assert error.exit_code == 3
            seen.add(error.what)
        assert len(seen) == len(cases)

    def test_one_empty_column_among_others_is_no_reason_to_stop(self, tmp_path: Path) -> None:
        assert columns(write(tmp_path / "a.csv", "id,n,\nu,1,\nv,2,\n"))["column 3"].kind is Kind.EMPTY

    def test_one_row_can_be_read_for_scoring(self, tmp_path: Path) -> None:
        from personae.engines.duckdb import connect
        from personae.model.study import Study
        from personae.stages.read import read

        with connect() as engine:
            (one,) = read(engine, Study(sources=(str(write(tmp_path / "a.csv", "id,n\nu,1\n")),)), {}, least=1)
        assert one.used == 1


class TestNames:
    """ING-13, ING-14: header names and file names, odd ones and attacks."""

    def test_duplicate_blank_and_odd_names_load_and_keep_their_text(self, tmp_path: Path) -> None:
        header = 'id,id,,select,"a ""quoted"" one",ID,persona,😀,' + "x" * 300 + ',"x""); drop table source_1;--"'
        read = table(write(tmp_path / "a.csv", header + "\n1,2,3,4,5,6,7,8,9,10\n2,2,3,4,5,6,7,8,9,10\n"))
        names = ["id", "id (2)", "column 3", "select", 'a "quoted" one', "ID (3)", "persona", "😀", "x" * 300]
        assert [c.name for c in read.columns] == [*names, 'x"); drop table source_1;--']
        assert "columns were given names" in words(read)

    @pytest.mark.parametrize("name", ["a'b.csv", "a\nb.csv", "100%.csv", "a#b?c.csv", "[x]*.csv", "ü é.csv", '"q".csv'])
    def test_file_names_are_never_patterns_or_sql(self, tmp_path: Path, name: str) -> None:
        write(tmp_path / "decoy.csv", "id,n\nz,9\nz,8\n")
        assert values(write(tmp_path / name, "id,n\nu,1\nv,2\n"), "id") == ["u", "v"]

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), min_size=2, max_size=6))
    def test_any_header_loads_with_unique_names(self, tmp_path: Path, header: list[str]) -> None:
        import csv

        assume(not all(h.strip(" +-.,0123456789") == "" for h in header))  # a row of values is no header
        out = io.StringIO()
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([header, ["7"] * len(header), ["8"] * len(header)])
        read = table(write(tmp_path / "h.csv", out.getvalue()), allow_rejects=3)
        assert len({c.name.lower() for c in read.columns}) == len(header)


class TestPaths:
    """ING-23, ING-24: paths, and files that are not what their name says."""

    def test_a_missing_file_names_the_nearest(self, tmp_path: Path) -> None:
        write(tmp_path / "users.csv", "id,n\nu,1\nv,2\n")
        error = refused("P101", tmp_path / "user.csv")
        assert "did you mean" in error.fix
        assert "users.csv" in error.fix

    def test_folders_globs_and_symlink_loops_have_plain_answers(self, tmp_path: Path) -> None:
        write(tmp_path / "d/b.csv", "id,n\nv,2\n")
        write(tmp_path / "d/a.csv", "n,id\n1,u\n")
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        assert values(tmp_path / "d", "id") == ["u", "v"]
        assert values(tmp_path / "d" / "*.csv", "id") == ["u", "v"]
        refused("P101", tmp_path / "loop")
        refused("P101", tmp_path / "none" / "*.csv")
        refused("P101", tmp_path / ("x" * 5000))
        refused("P101", "NUL")
        refused("P101", "\\\\server\\share\\a.csv")
        assert "device or a pipe" in refused("P101", "/dev/zero").what
        assert values(write(tmp_path / ("é " * 60 + ".csv"), "id,n\nu,1\nv,2\n"), "n") == ["1", "2"]
        (tmp_path / "empty").mkdir()
        refused("P107", tmp_path / "empty")

    def test_packed_files_are_unpacked(self, tmp_path: Path) -> None:
        text = b"id,n\nu,1\nv,2\n"
        with zipfile.ZipFile(tmp_path / "really_zip.csv", "w") as archive:
            archive.writestr("__MACOSX/._a.csv", "junk")
            archive.writestr("a.csv", text)
        write(tmp_path / "a.csv.gz", gzip.compress(text))
        assert values(tmp_path / "really_zip.csv", "id") == ["u", "v"]
        assert values(tmp_path / "a.csv.gz", "id") == ["u", "v"]

    def test_wrong_kinds_say_what_they_are(self, tmp_path: Path) -> None:
        page = write(tmp_path / "page.csv", "<!DOCTYPE html><html><body>sign in</body></html>")
        assert "a web page" in refused("P108", page).what
        with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
            archive.writestr("a.csv", "id\n")
            archive.writestr("b.csv", "id\n")
        assert "holds 2 files" in refused("P108", tmp_path / "two.zip").what
        assert "not text" in refused("P108", write(tmp_path / "b.csv", b"id,n\n\x00\x01,2\n")).what

    def test_a_pickle_is_never_opened(self, tmp_path: Path) -> None:
        class Bomb:
            def __reduce__(self) -> tuple[object, tuple[str]]:
                return (exec, (f"open({str(tmp_path / 'ran')!r}, 'w')",))

        for name in ("a.pkl", "a.csv", "a.parquet"):
            assert "pickle" in refused("P108", write(tmp_path / name, pickle.dumps(Bomb()))).what
        assert not (tmp_path / "ran").exists()

    def test_standard_input_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id,n\nu,1\nv,2\n")))
        assert values("-", "id") == ["u", "v"]

    def test_a_file_that_changes_while_it_is_read_stops_the_run(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """ING-20."""
        import personae.stages.read as stage

        path = write(tmp_path / "a.csv", "id,n\nu,1\nv,2\n")
        original = stage.audit

        def slow(*given: object) -> object:
            path.write_text("id,n\nu,1\nv,2\nw,3\n")
            return original(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(stage, "audit", slow)
        assert "a.csv changed" in refused("P112", path).what


class TestBombs:
    """ING-06: nothing is inflated past its limit."""

    def test_a_gz_of_zeros_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        path = write(tmp_path / "bomb.csv.gz", gzip.compress(b"0" * (200 << 20)))
        error = refused("P110", path)
        assert f"{path.stat().st_size:,} bytes on disk" in error.where

    def test_the_limit_can_be_set(self, tmp_path: Path) -> None:
        path = write(tmp_path / "a.csv.gz", gzip.compress(b"id,n\n" + b"u,1\n" * 50_000))
        assert "--max-inflated" in refused("P110", path, max_inflated=100_000).fix

    def test_an_archive_inside_an_archive_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "outer.zip", "w") as archive:
            archive.writestr("inner.zip", b"PK\x03\x04" + b"\0" * 100)
        assert "archive inside an archive" in refused("P108", tmp_path / "outer.zip").what


class TestSchemaDrift:
    """ING-18: files of one table are matched by name, differences named."""

    def test_a_file_that_lacks_renames_or_retypes_a_column_is_named(self, tmp_path: Path) -> None:
        for n in range(12):
            write(tmp_path / f"lacks/{n:02}.csv", "id,n\nu,1\n" if n != 7 else "id\nu\n")
            write(tmp_path / f"renames/{n:02}.csv", "id,n\nu,1\n" if n != 9 else "id,number\nu,1\n")
            write(tmp_path / f"retypes/{n:02}.csv", "id,n\nu,1\nv,2\n" if n != 11 else "id,n\nu,many\nv,few\n")
        assert '07.csv has no "n"' in refused("P102", tmp_path / "lacks").where
        assert '09.csv has no "n" and has "number" instead' in refused("P102", tmp_path / "renames").where
        assert "11.csv" in refused("P103", tmp_path / "retypes").where

    def test_a_folder_of_different_tables_says_how_to_give_them(self, tmp_path: Path) -> None:
        write(tmp_path / "orders.csv", "id,n\nu,1\n")
        write(tmp_path / "people.csv", "id,age\nu,30\n")
        assert "FOLDER/*.csv" in refused("P102", tmp_path).fix
        write(tmp_path / "more.jsonl", '{"id": "u"}\n')
        assert f"{tmp_path}/*;" in refused("P102", tmp_path).fix


def test_every_table_is_told_in_one_line_with_its_rows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "users.csv", "id,n\nu,1\nv\nw,3\n")
    with caplog.at_level("INFO", logger="personae"):
        table(path, allow_rejects=1)
    assert "read users.csv  3 rows  2 used  1 set aside -> private/rejects.csv" in caplog.text


def test_an_id_column_without_any_id_has_its_own_message(tmp_path: Path) -> None:
    """ING-12."""
    from personae import flow
    from personae.model.study import Study

    path = write(tmp_path / "a.csv", "user_id,event,time\n" + ",view,2026-01-01 10:00:00\n" * 3)
    with pytest.raises(DataError, match="no row has an id") as caught:
        flow.measured(Study(sources=(str(path),), id="user_id"))
    assert caught.value.code == "P111"


def test_no_data_at_all_is_a_usage_error() -> None:
    assert refused("P001").exit_code == 2


def test_notes_have_a_level_and_a_known_code(tmp_path: Path) -> None:
    from personae.errors import CODES

    read = table(write(tmp_path / "a.csv", "id,,d\nu,N/A,25/11/2024\nv,2,03/04/2024\n"))
    assert read.notes
    assert all(n.code in CODES and n.level in Level for n in read.notes)


def test_an_error_of_reading_is_a_data_error(tmp_path: Path) -> None:
    assert isinstance(refused("P107", write(tmp_path / "a.csv", b"")), DataError)


def test_a_thousands_mark_is_not_called_a_decimal_dot(tmp_path: Path) -> None:
    path = write(tmp_path / "load.csv", "id,load\n" + "".join(f'{i},"2{i % 10}5,917"\n' for i in range(40)))
    said = words(table(path))
    assert "thousands mark" in said
    assert "decimal mark is a dot" not in said


def test_a_folder_is_read_without_hidden_folders_and_runs(tmp_path: Path) -> None:
    write(tmp_path / "data" / "a.csv", "id,x\n1,2\n2,3\n")
    write(tmp_path / "data" / ".personae" / "b.csv", "id,x\n3,2\n4,3\n")
    write(tmp_path / "data" / "mine" / "users.csv", "id,persona\n3,2\n4,3\n")
    write(tmp_path / "data" / "mine" / "private" / "rejects.csv", "id,x\n3,2\n")
    write(tmp_path / "data" / "mine" / "run.json", "{}")
    assert table(tmp_path / "data").used == 2


def test_a_missing_file_is_not_answered_with_hidden_ones(tmp_path: Path) -> None:
    write(tmp_path / ".personae" / "x", "")
    write(tmp_path / "events.csv", "id,x\n1,2\n")
    assert ".personae" not in refused("P101", tmp_path / "zzz").fix
