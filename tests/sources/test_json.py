"""JSON arrays and JSON lines (ING-15)."""

from __future__ import annotations

from pathlib import Path

import pytest

from personae.model.table import Kind
from reading import columns, opened, refused, table, values, write


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
