"""JSON arrays and JSON lines (ING-15)."""

from __future__ import annotations

import gzip
import io
import json
import random
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personae.engines.duckdb import connect
from personae.errors import PersonaeError
from personae.model.study import Study
from personae.model.table import Kind
from personae.sources import json as json_source
from reading import columns, opened, refused, table, values, words, write


def test_numbers_and_strings_keep_their_characters_and_get_no_quotes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": 1, "v": 1.10}\n{"id": "02", "v": 12345678901234567890}\n')
    assert values(path, "id") == ["1", "02"]
    assert values(path, "v") == ["1.10", "12345678901234567890"]


def test_a_number_of_json_is_never_ambiguous(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '[{"id": "u", "n": 1.234}, {"id": "v", "n": 5.678}]')
    assert values(path, "n", as_typed=True) == [1.234, 5.678]


def test_objects_are_flattened_two_levels_and_deeper_ones_stay_json(tmp_path: Path) -> None:
    text = '{"id": 1, "p": {"plan": "pro", "more": {"x": {"y": [1, 2.50]}}}, "tags": ["a", "b"]}\n{"id": 2, "new": true}\n'
    path = write(tmp_path / "a.jsonl", text)
    assert list(columns(path)) == ["id", "p.plan", "p.more.x", "tags", "new"]
    assert values(path, "p.more.x")[0] == '{"y":[1,2.50]}'
    assert values(path, "tags") == ['["a","b"]', None]
    assert columns(path)["new"].kind is Kind.BOOLEAN


def test_a_list_of_keys_with_values_becomes_columns_with_the_digits_as_written(tmp_path: Path) -> None:
    one = (
        '{"id": 1, "with": [{"key": "page", "value": {"string_value": "/a", "int_value": null}}, {"key": "n", "value": 1.50}]}'
    )
    two = '{"id": 2, "with": [{"key": "n", "value": {"int_value": 12345678901234567890}}, {"key": "none", "value": {}}]}'
    path = write(tmp_path / "a.jsonl", f"{one}\n{two}\n")
    assert list(columns(path)) == ["id", "with.page", "with.n", "with.none"]
    assert values(path, "with.page") == ["/a", None]
    assert values(path, "with.n") == ["1.50", "12345678901234567890"]


def test_a_list_of_other_objects_stays_json(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", '{"id": 1, "l": [{"key": "a", "value": 1, "more": 2}]}\n{"id": 2, "l": []}\n')
    assert values(path, "l") == ['[{"key":"a","value":1,"more":2}]', "[]"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"id": 2,}', "not JSON"),
        ('{"id": 3, "id": 4}', 'the key "id" appears twice'),
        ("[1, 2]", "not an object"),
        ('{"id": "\\ud800"}', "half a character"),
        ('{"id": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested too deeply"),
        ('{"id": 5', "not JSON"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_or_set_aside(tmp_path: Path, line: str, reason: str) -> None:
    path = write(tmp_path / "a.jsonl", f'{{"id": 1, "n": 1}}\n{line}\n{{"id": 9, "n": 2}}\n')
    error = refused("P102", path)
    assert f"line 2: {reason}" in error.where
    read = table(path, allow_rejects=1)
    assert (read.seen, read.used, read.rejects[0].line) == (3, 2, 2)
    with opened(path, allow_rejects=1) as (engine, (again,)):
        assert engine.locate(again.relation, [1]) == [("a.jsonl", 3)]


def test_an_array_with_a_fault_names_the_line(tmp_path: Path) -> None:
    error = refused("P102", write(tmp_path / "a.json", '[\n {"id": 1},\n {"id": 2},\n]'))
    assert "line 4" in error.where


def test_an_object_around_the_table_is_looked_into(tmp_path: Path) -> None:
    assert values(write(tmp_path / "a.json", '{"data": [{"id": 1, "n": 2}, {"id": 2, "n": 3}]}'), "id") == ["1", "2"]


def test_what_holds_no_objects_is_refused(tmp_path: Path) -> None:
    refused("P107", write(tmp_path / "a.json", "[]"))
    refused("P108", write(tmp_path / "b.json", "3"))


_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,3})\.[0-9]{1,20}", fullmatch=True),
    st.from_regex(r"-?[1-9][0-9]?[eE][+-]?[0-9]{1,3}", fullmatch=True),
    st.sampled_from(["-0", "0", "0.0", "NaN", "-0.50"]),
    st.text(max_size=12).map(lambda t: json.dumps(t, ensure_ascii=len(t) % 2 == 0)),
    st.lists(st.sampled_from(['"a"', '"b, c"', "1", "2.50", '"\\u00e9"']), max_size=3).map(lambda x: f"[{', '.join(x)}]"),
)
_FLAT = st.dictionaries(st.sampled_from(["id", "Id", "a b", "x", "é", "k.k", "x+", "t"]), _SCALARS, min_size=1, max_size=5)


@given(st.lists(_FLAT, min_size=2, max_size=6), st.booleans())
@settings(max_examples=60, deadline=None)
def test_flat_lines_give_the_same_at_once_and_object_by_object(rows: list[dict[str, Any]], ended: bool) -> None:
    """ING-01, ING-15. An object inside an object makes the reader go object by object; the lines before it stay the same."""
    words = {None: "null", True: "true", False: "false"}
    lines = ["{" + ", ".join(f"{json.dumps(k)}: {words.get(v, v)}" for k, v in r.items()) + "}" for r in rows]
    with TemporaryDirectory() as folder:
        flat = write(Path(folder) / "flat.jsonl", "\n".join(lines) + "\n" * ended)
        nested = write(Path(folder) / "nested.jsonl", "\n".join((*lines, '{"deep": {"er": 1}}')))
        at_once, one_by_one = _content(flat), _content(nested)
    assert [n for n in one_by_one if n != "deep.er"] == list(at_once)
    assert {n: one_by_one[n][:-1] for n in at_once} == at_once


def _content(path: Path) -> dict[str, list[str | None]]:
    """Every column as it was read, before any type is decided."""
    with connect(memory="1GB", threads=1) as engine:
        (read,) = json_source.read(engine, path, Study(sources=(str(path),)), "held")
        names = [c.name for c in read.columns]
        found = engine.rows(f"SELECT {', '.join(map(engine.quote, names))} FROM held")
        return {n: [row[i] for row in found] for i, n in enumerate(names)}


def test_a_file_without_a_key_that_the_others_have_is_named(tmp_path: Path) -> None:
    """ING-18: nothing is filled silently."""
    for n in range(4):
        write(tmp_path / f"{n}.jsonl", f'{{"id": "u{n}", "{"m" if n == 2 else "n"}": 1}}\n' * 2)
        write(tmp_path / "deep" / f"{n}.jsonl", f'{{"id": {{"of": "u{n}"}}, "{"m" if n == 2 else "n"}": 1}}\n' * 2)
    assert '2.jsonl has no "n", which most files have' in words(table(tmp_path / "*.jsonl"))
    assert '2.jsonl has no "n", which most files have' in words(table(tmp_path / "deep"))


@pytest.mark.slow
def test_cut_and_flipped_lines_give_a_typed_error(tmp_path: Path) -> None:
    """ING-16: text, gzipped and zipped; each in a moment."""
    plain = "".join(f'{{"id": "u{i}", "n": {i}, "p": {{"x": "é{i}"}}}}\n' for i in range(60)).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", plain)
    for name, whole in (("a.jsonl", plain), ("a.jsonl.gz", gzip.compress(plain)), ("a.zip", out.getvalue())):
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
