"""Dialects and encodings of delimited text (ING-08, ING-17)."""

from __future__ import annotations

import bz2
import gzip
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from personae.errors import PersonaeError
from personae.model.table import Kind
from reading import columns, opened, refused, table, values, write

NAMES = "id,name,city\n1,José Müller,Köln\n2,Zoë Ångström,Århus\n3,François Œuvré,Besançon\n"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", NAMES),
        ("utf-8-sig", NAMES),
        ("cp1252", NAMES),
        ("utf-16", NAMES),
        ("utf-16-le", NAMES),
        ("utf-16-be", NAMES),
        ("mac_roman", NAMES),
        ("shift_jis", "id,名前,都市\n1,田中太郎,東京\n2,鈴木花子,大阪\n3,ｱｲｳ,札幌\n"),
    ],
)
def test_every_encoding_is_recognised_and_no_mark_gets_into_the_header(tmp_path: Path, encoding: str, text: str) -> None:
    read = table(write(tmp_path / "a.csv", text.encode(encoding)))
    header, *rows = (line.split(",") for line in text.splitlines())
    assert [c.name for c in read.columns] == header
    assert values(tmp_path / "a.csv", header[1]) == [r[1] for r in rows]


def test_one_bad_byte_at_line_500_000_is_refused_with_offset_line_and_flag(tmp_path: Path) -> None:
    lines = [b"u,1\n"] * 499_998
    content = b"id,n\n" + b"".join(lines) + b"\xffu,2\n" + b"u,3\n"
    error = refused("P106", write(tmp_path / "a.csv", content))
    assert "byte 0xFF at offset 1,999,997, line 500,000" in error.where
    assert "--encoding" in error.fix


def test_a_bad_byte_among_good_umlauts_is_refused(tmp_path: Path) -> None:
    refused("P106", write(tmp_path / "a.csv", "id,n\n1,é\n2,ü\n".encode() + b"3,\xe9\n"))


def test_an_encoding_that_is_named_is_used_and_held_to(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,n\n1,é\n2,ü\n".encode("cp1250"))
    assert values(path, "n", encoding="cp1250") == ["é", "ü"]
    assert "line 2" in refused("P106", path, encoding="utf-8").where
    refused("P001", path, encoding="no-such-code")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = [["id", "amount", "note"], ["u", "1.5", "a b"], ["v", "2", ""], ["w", "3", "x"]]
    path = write(tmp_path / "a.csv", "".join(delimiter.join(r) + "\r\n" for r in rows))
    assert values(path, "note") == ["a b", None, "x"]


def test_a_semicolon_wins_over_decimal_commas(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id;x;y\nu;1,5;2,5\nv;3,5;4,5\n")
    assert values(path, "y", as_typed=True) == [2.5, 4.5]


def test_runs_of_blanks_separate_columns_too(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.txt", "id date amount\n 00001  19970101   29.33\n 00001  19970118  29.73\n 00002  19970101   14.96\n"
    )
    assert values(path, "id") == ["00001", "00001", "00002"]
    assert columns(path)["date"].kind is Kind.DATE


def test_single_quotes_and_backslashes_are_understood(tmp_path: Path) -> None:
    single = write(tmp_path / "s.csv", "'id','n'\n'u','a,b'\n'v','c'\n")
    escaped = write(tmp_path / "e.csv", 'id,n\n"u","say \\"hi, you\\" now"\n"v","x"\n')
    assert values(single, "n") == ["a,b", "c"]
    assert values(escaped, "n") == ['say "hi, you" now', "x"]


def test_a_delimiter_that_is_named_is_used(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id:n\nu:1\nv:2\n")
    assert values(path, "n", delimiter=":") == ["1", "2"]
    refused("P001", path, delimiter="::")


def test_an_unnamed_first_column_and_a_trailing_delimiter_are_columns(tmp_path: Path) -> None:
    read = table(write(tmp_path / "a.csv", ",id,n,\n0,u,1,\n1,v,2,\n"))
    assert [c.name for c in read.columns] == ["column 1", "id", "n", "column 4"]
    assert read.columns[3].kind is Kind.EMPTY


def test_odd_characters_load_unchanged(tmp_path: Path) -> None:
    """ING-17: right-to-left override, zero-width, control characters, a 10 MB cell."""
    odd = ["\u202eabc", "a\u200bb", "bell\x07", "x" * 10_000_000]
    path = write(tmp_path / "a.csv", "id,t\n" + "".join(f'{i},"{t}"\n' for i, t in enumerate(odd)))
    assert values(path, "t") == odd


def test_lines_are_those_an_editor_shows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", '\nid,t\n\nu,"a\nb"\n\nv,c\n')
    with opened(path) as (engine, (read,)):
        assert engine.locate(read.relation, [0, 1]) == [("a.csv", 4), ("a.csv", 7)]


REAL = {
    "absenteeism/Absenteeism_at_work.csv": (740, 22),
    "bank_marketing/bank.csv": (4_521, 17),
    "cdnow/CDNOW_master.txt": (69_659, 4),
    "deskdrop/users_interactions.csv.zip": (72_312, 8),
    "fitbit/sleepDay_merged.csv": (413, 9),
    "food_world_cup/food-world-cup-data.csv": (1_373, 48),
    "groceries_members/Groceries_dataset.csv": (38_765, 3),
    "mall_customers/mall_customers.csv": (200, 5),
    "masculinity_survey/raw-responses.csv": (1_615, 98),
    "olist_orders/olist_order_reviews_dataset.csv": (2_993, 7),
    "servicos_br/CadastroClientes.csv": (320, 4),
    "servicos_br/CadastroFuncionarios.csv": (114, 10),
    "spi_personality/spi.csv": (4_000, 146),
    "telco_churn/WA_Fn-UseC_-Telco-Customer-Churn.csv": (7_043, 21),
    "wholesale_customers/wholesale.csv": (440, 8),
    "young_people_survey/responses.csv": (1_010, 150),
}


@pytest.mark.parametrize("name", REAL)
def test_public_data_sets_are_read_whole(real, name: str) -> None:  # type: ignore[no-untyped-def]
    folder, _, file = name.partition("/")
    read = table(real(folder) / file)
    assert (read.seen, len(read.columns)) == REAL[name]
    assert (read.used, read.rejects) == (read.seen, ())
    assert not any("\ufffd" in c.name or "\ufeff" in c.name for c in read.columns)


def test_traps_of_the_public_data_sets_are_seen(real) -> None:  # type: ignore[no-untyped-def]
    telco = columns(real("telco_churn") / "WA_Fn-UseC_-Telco-Customer-Churn.csv")["TotalCharges"]
    assert (telco.kind, telco.empty) == (Kind.DECIMAL, 11)
    load = columns(real("absenteeism") / "Absenteeism_at_work.csv")["Work load Average/day "]
    assert (load.kind, load.high) == (Kind.INTEGER, "378884")
    desk = columns(real("deskdrop") / "users_interactions.csv.zip")
    assert (desk["personId"].kind, desk["personId"].distinct, desk["timestamp"].format) == (Kind.CATEGORY, 1_895, "s")
    assert columns(real("fitbit") / "sleepDay_merged.csv")["SleepDay"].format == "mdy"
    assert columns(real("groceries_members") / "Groceries_dataset.csv")["Date"].format == "dmy"
    food = columns(real("food_world_cup") / "food-world-cup-data.csv", missing=("N/A",))
    assert sum(c.kind is Kind.INTEGER for c in food.values()) >= 40
    assert columns(real("servicos_br") / "CadastroFuncionarios.csv")["VR"].format == "comma"


def test_a_file_that_is_no_table_is_refused_in_plain_words(real) -> None:  # type: ignore[no-untyped-def]
    assert "one column" in refused("P111", real("msnbc_web") / "msnbc990928.zip").what


NO_NAMES = " 00004 0001 19970101  2   29.33\n 00004 0001 19970118  2   29.73\n 00021 0002 19970101  3   63.34\n"


def test_a_first_row_of_values_is_refused_with_the_flag_that_names_the_columns(tmp_path: Path) -> None:
    """Hard formats: fixed width without names is read right or refused clearly."""
    error = refused("P102", write(tmp_path / "a.txt", NO_NAMES))
    assert "line 1: 00004, 0001, 19970101, 2, 29.33" in error.where
    assert "--header name1,name2,name3,name4,name5" in error.fix


def test_names_that_were_given_lose_no_row(tmp_path: Path) -> None:
    path, names = write(tmp_path / "a.txt", NO_NAMES), ("customer_id", "sample_id", "date", "cds", "dollars")
    read = table(path, header=names)
    assert ([c.name for c in read.columns], read.seen, read.used) == (list(names), 3, 3)
    assert values(path, "customer_id", header=names) == ["00004", "00004", "00021"]
    with opened(path, header=names) as (engine, (again,)):
        assert engine.locate(again.relation, [2]) == [("a.txt", 3)]


def test_names_must_be_as_many_as_columns_and_may_be_the_first_row_already(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,day,n\nu1,2026-01-01,3\nu2,2026-01-02,4\n")
    assert "names 2 columns, and a.csv has 3" in refused("P001", path, header=("id", "day")).what
    assert table(path, header=("id", "day", "n")).used == 2


@pytest.mark.parametrize("header", ["0,1,2", "2019,2020,2021", "id,2019-01-01,2019-02-01"])
def test_numbers_in_steps_can_be_names(tmp_path: Path, header: str) -> None:
    assert table(write(tmp_path / "a.csv", f"{header}\n3,4,5\n6,7,9\n")).used == 2


def test_the_repeat_purchases_of_a_shop_are_read_right(real: Callable[[str], Path]) -> None:
    """255 identical rows are real orders, 80 orders cost nothing, dates are whole numbers."""
    folder = real("cdnow")
    master = table(folder / "CDNOW_master.txt")
    kinds = {c.name: c.kind for c in master.columns}
    assert (master.used, kinds["date"], kinds["dollar_value"]) == (69_659, Kind.DATE, Kind.DECIMAL)
    sample = table(folder / "CDNOW_sample.txt", header=("customer_id", "sample_id", "date", "cds", "dollars"))
    assert (sample.used, next(c.distinct for c in sample.columns if c.name == "customer_id")) == (6_919, 2_357)
    assert values(folder / "CDNOW_master.txt", "dollar_value").count("0.00") == 80


def test_the_line_in_which_a_spreadsheet_names_the_separator_is_no_header(tmp_path: Path) -> None:
    """ING-11."""
    path = write(tmp_path / "a.csv", b"\xef\xbb\xbfsep=;\r\nid;n;x\r\nu;1;2\r\n\r\nv;3;4\r\n")
    assert list(columns(path)) == ["id", "n", "x"]
    assert values(path, "n") == ["1", "3"]
    with opened(path) as (engine, (read,)):
        assert engine.locate(read.relation, [1]) == [("a.csv", 5)]


@pytest.mark.slow
def test_cut_and_flipped_text_gives_a_typed_error(tmp_path: Path) -> None:
    """ING-16: in plain and packed files, each in a moment."""
    plain = ("id,name,n\n" + "".join(f'u{i},"Zoë, {i}",{i / 4}\n' for i in range(120))).encode()
    for name, whole in (("a.csv", plain), ("a.csv.gz", gzip.compress(plain)), ("a.csv.bz2", bz2.compress(plain))):
        rng = random.Random(name)
        for _ in range(40):
            bad = bytearray(whole[: rng.randrange(20, len(whole))] if rng.random() < 0.3 else whole)
            for _ in range(rng.randrange(1, 4)):
                bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
            start = time.process_time()
            try:
                table(write(tmp_path / name, bytes(bad)))
            except PersonaeError as error:
                assert error.exit_code in (2, 3), error.where
            assert time.process_time() - start < 10


def test_rows_that_do_not_fit_are_found_alike_in_a_file_with_quotes_and_one_without(tmp_path: Path) -> None:
    """Without quotes the engine reads what is left; with one of them every record is looked at."""
    rows = ["id,n", *(f"u{i},{i}" for i in range(50))]
    rows[7], rows[20], rows[33] = "u6", "id,n", "u32,32,32"
    rows.insert(11, "")
    plain = table(write(tmp_path / "a.csv", "\n".join(rows)), allow_rejects=9)
    quoted = table(write(tmp_path / "b.csv", "\n".join([*rows[:2], '"u1",1', *rows[3:]])), allow_rejects=9)
    assert [(r.line, r.reason, r.text) for r in plain.rejects] == [(r.line, r.reason, r.text) for r in quoted.rejects]
    assert [r.line for r in plain.rejects] == [8, 22, 35]
    assert values(tmp_path / "a.csv", "n", allow_rejects=9) == values(tmp_path / "b.csv", "n", allow_rejects=9)
