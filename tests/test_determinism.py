"""DET-01: the same data, settings and seed give the same bytes, whatever the machine, the order of rows or the environment."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import World

pytestmark = pytest.mark.slow

HASH = re.compile(rb"\b[0-9a-f]{64}\b")
"""The hash of a file that was read; shuffled rows are another file."""


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "timings.json"
    }


TWO = {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
"""Threads of linear algebra where a test says nothing else; `make test` gives one to its own processes."""


def _run(world: World, folder: Path, shuffled: int = 0, threads: int = 2, **env: str) -> dict[str, bytes]:
    folder.mkdir()
    world.log(folder / "events.csv", shuffled)
    world.users(folder / "users.csv", shuffled)
    command = [
        sys.executable,
        "-m",
        "personae",
        "run",
        "users.csv",
        "events.csv",
        "--out",
        "out",
        "--threads",
        str(threads),
        "--json",
    ]
    done = subprocess.run(command, cwd=folder, env={**os.environ, **TWO, **env}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return _files(folder / "out")


@pytest.fixture(scope="module")
def world() -> World:
    from conftest import planted

    return planted(users=900, groups=4, events=14, seed=5)


@pytest.fixture(scope="module")
def first(world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _run(world, tmp_path_factory.mktemp("det") / "first")


def _same(first: dict[str, bytes], again: dict[str, bytes]) -> list[str]:
    assert sorted(first) == sorted(again)
    return [name for name in first if first[name] != again[name]]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"threads": 1, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        {"PYTHONHASHSEED": "99", "TZ": "Asia/Kolkata", "LC_ALL": "C"},
    ],
    ids=["twice", "one thread", "another place"],
)
def test_the_same_run_gives_the_same_bytes(
    change: dict[str, Any], world: World, first: dict[str, bytes], tmp_path: Path
) -> None:
    """DET-01."""
    assert not _same(first, _run(world, tmp_path / "again", **change))


def test_the_order_of_rows_changes_nothing_but_the_hash_of_the_file(
    world: World, first: dict[str, bytes], tmp_path: Path
) -> None:
    """DET-01."""
    again = _run(world, tmp_path / "again", shuffled=3)
    plain = {name: HASH.sub(b"", body) for name, body in first.items()}
    assert not _same(plain, {name: HASH.sub(b"", body) for name, body in again.items()})
    assert {n for n in first if first[n] != again[n]} <= {"report.html", "run.json", "private/details.json"}
