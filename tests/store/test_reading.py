"""Whoever may only read a record sees what its owner sees, or is told why not; never an older run as the current one."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import cast_builder
from personae.store import Record

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX rights")
CODE = """
import os, sys
from pathlib import Path
from personae.errors import PersonaeError
from personae.store import Record
record = Record(Path(sys.argv[1]))
if os.geteuid() == 0: os.setuid(65534)
try: print([e.id for e in record.entries()], record.entry().id)
except PersonaeError as no: print(no.code, no.what)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account may look into."""
    folder = Path(tempfile.mkdtemp(prefix="personae-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def _held(record: Record) -> Iterator[None]:
    """Somebody looks the whole time, so that what is written stays in the file beside the index."""
    with closing(sqlite3.connect(record.root / "index.db")) as reader:
        reader.execute("begin")
        reader.execute("select * from runs").fetchall()
        yield


def _add(record: Record, seed: int) -> None:
    record.add(cast_builder.cast(seed=seed), None, "2026-05-30", more=lambda folder, _: None)


def _as_reader(root: Path) -> str:
    """What an account sees that may write nothing there."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run([sys.executable, "-c", CODE, str(root)], capture_output=True, text=True, check=False)
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_reader_sees_the_run_that_was_just_written(place: Path) -> None:
    record = Record(place / ".personae")
    _add(record, 1)
    with _held(record):
        _add(record, 2)
        assert _as_reader(record.root) == "['r01', 'r02'] r02"
    assert _as_reader(record.root) == "['r01', 'r02'] r02"


def test_a_copy_with_changes_beside_it_that_cannot_be_read_says_so(place: Path) -> None:
    """A snapshot of a record in use, on a disk that nothing can be written to; without the file of changes it is whole."""
    record = Record(place / "own" / ".personae")
    _add(record, 1)
    copy = place / "copy" / ".personae"
    with _held(record):
        _add(record, 2)
        shutil.copytree(record.root, copy, ignore=shutil.ignore_patterns("*-shm"))
    assert _as_reader(copy).startswith("P501 the record of runs cannot be read: its last changes lie in index.db-wal")
    assert [e.id for e in Record(copy).entries()] == ["r01", "r02"]
