"""The documents of a run say what happened, and nothing about the machine it happened on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
from personae.exporters import json as exporter


def _export(folder: Path, sources: tuple[str, ...] = ("users.csv",)) -> dict[str, object]:
    folder.mkdir()
    cast = cast_builder.cast()
    path = exporter.export(replace(cast, study=replace(cast.study, sources=sources)), folder)
    return dict(json.loads(path.read_text()))


def test_run_json_holds_the_hash_of_every_document(tmp_path: Path) -> None:
    run = _export(tmp_path / "run")
    files = run["files"]
    assert isinstance(files, dict)
    assert "facts.json" in files
    assert all(hashlib.sha256((tmp_path / "run" / n).read_bytes()).hexdigest() == h for n, h in files.items())


def test_settings_of_the_machine_are_no_part_of_a_result(tmp_path: Path) -> None:
    """DET-01."""
    study = _export(tmp_path / "run")["study"]
    assert isinstance(study, dict)
    assert not {"memory", "threads"} & study.keys()


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("data/users.csv", "data/users.csv"),
        ("/home/anna/users.csv", "users.csv"),
        ("~/users.csv", "users.csv"),
        ("postgres://anna:secret@host/shop::orders", "postgres://host/shop::orders"),
    ],
)
def test_no_absolute_path_and_no_password_is_kept(tmp_path: Path, source: str, kept: str) -> None:
    """DET-03."""
    study = _export(tmp_path / "run", (source,))["study"]
    assert isinstance(study, dict)
    assert study["sources"] == [kept]


def test_rows_are_accounted_for(tmp_path: Path) -> None:
    tables = _export(tmp_path / "run")["tables"]
    assert isinstance(tables, list)
    assert [(t["seen"], t["used"], t["set_aside"]) for t in tables] == [(11, 10, 1), (500, 500, 0)]


def test_personas_carry_the_verdict_and_their_facts(tmp_path: Path) -> None:
    _export(tmp_path / "run")
    document = json.loads((tmp_path / "run" / "personas.json").read_text())
    assert [(p["key"], p["verdict"]) for p in document["personas"]] == [("P1", "natural"), ("P2", "natural")]
    assert document["personas"][0]["tagline"]["facts"] == ["P1.orders"]
