"""The record of runs and the files of a cast: what goes in comes out, and nothing is ever half there."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cast_builder
from personae import store
from personae.errors import DataError, PersonaeError, UsageError
from personae.model.cast import Cast
from personae.model.plain import plain
from personae.model.rule import Extent
from personae.store import Record
from personae.store.lock import only_writer


def _add(record: Record, cast: Cast, folder: Path | None = None) -> store.Entry:
    return record.add(cast, folder, "2026-05-30", more=lambda place, _: None)


def _same(left: Cast, right: Cast) -> None:
    for field in dataclasses.fields(Cast):
        if field.name not in ("study", "run"):
            assert plain(getattr(left, field.name)) == plain(getattr(right, field.name)), field.name
    assert left.ids.equals(right.ids)


def test_a_cast_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    cast = cast_builder.cast()
    _same(cast, store.load(store.save(cast, tmp_path / "run")))


def test_a_cast_without_personas_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    cast = cast_builder.nothing()
    back = store.load(store.save(cast, tmp_path / "run"))
    _same(cast, back)
    assert back.rule is None


def test_the_arrays_of_a_rule_come_back_bit_for_bit(tmp_path: Path) -> None:
    rule, back = cast_builder.cast().rule, store.load(store.save(cast_builder.cast(), tmp_path / "run")).rule
    assert rule is not None
    assert back is not None
    for name in ("projection", "prototypes", "owner", "radius"):
        left, right = getattr(rule, name), getattr(back, name)
        assert left.dtype == right.dtype
        assert left.shape == right.shape
        assert left.tobytes() == right.tobytes(), name
    assert (back.spread, back.guards[0].limits.tolist()) == (rule.spread, rule.guards[0].limits.tolist())
    assert back.guards[0].most == rule.guards[0].most
    assert back.features == rule.features


@pytest.mark.parametrize("columns", [0, 2])
def test_how_far_the_groups_of_a_rule_go_comes_back_bit_for_bit(tmp_path: Path, columns: int) -> None:
    cast = cast_builder.cast()
    assert cast.rule is not None
    assert cast.rule.extent is None
    basis = np.full((cast.rule.projection.shape[1], columns), 1 / 7)
    extent = Extent(
        np.array([0.5]), np.full(len(cast.rule.owner), 1 / 3), np.array([np.inf, 1.1]), basis, np.array([np.inf, 9.7])
    )
    path = store.save(dataclasses.replace(cast, rule=dataclasses.replace(cast.rule, extent=extent)), tmp_path / "run")
    back = store.load(path).rule
    assert back is not None
    assert back.extent is not None
    for name in ("edges", "unit", "near", "basis", "apart"):
        left, right = getattr(extent, name), getattr(back.extent, name)
        assert (left.shape, left.tobytes()) == (right.shape, right.tobytes()), name


def test_a_rule_with_one_radius_for_each_persona_still_opens(tmp_path: Path) -> None:
    """Runs written before a radius belonged to a prototype: it holds for all prototypes of the persona."""
    cast = cast_builder.cast()
    assert cast.rule is not None
    owner = np.array([0, 0, 1], np.int32)
    old = dataclasses.replace(cast.rule, prototypes=np.zeros((3, 3)), owner=owner)
    back = store.load(store.save(dataclasses.replace(cast, rule=old), tmp_path / "run")).rule
    assert back is not None
    assert back.radius.tolist() == [1 / 3, 1 / 3, np.inf]
    assert back.size == 2


def test_placements_keep_their_types_and_their_order(tmp_path: Path) -> None:
    before, after = cast_builder.cast().placement, store.load(store.save(cast_builder.cast(), tmp_path / "run")).placement
    for field in dataclasses.fields(before):
        left, right = getattr(before, field.name), getattr(after, field.name)
        assert left.dtype == right.dtype
        np.testing.assert_array_equal(left, right)


def test_the_same_cast_is_written_as_the_same_bytes(tmp_path: Path) -> None:
    """DET-01, DET-03."""
    one, two = (store.save(cast_builder.cast(), tmp_path / n) for n in "ab")
    files = [p.relative_to(one) for p in sorted(one.rglob("*")) if p.is_file()]
    assert files
    assert all((one / f).read_bytes() == (two / f).read_bytes() for f in files)
    assert not [f for f in files if str(tmp_path).encode() in (one / f).read_bytes()]


def test_documents_are_sorted_rounded_and_end_in_a_line_feed(tmp_path: Path) -> None:
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    text = (folder / "facts.json").read_text()
    data = json.loads(text)
    assert text == json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert data["schema_version"] == 1
    assert data["facts"][0]["value"] == 0.333333333


def test_what_is_about_single_users_stays_in_the_private_folder(tmp_path: Path) -> None:
    """EXP-08: reject texts, examples and members leave no trace in what is shared."""
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    public = "".join(p.read_text() for p in folder.glob("*.json"))
    assert not [word for word in ("a;b;=c", "00123", "calc") if word in public]
    assert "a;b;=c" in (folder / "private" / "rejects.csv").read_text()
    assert ((folder / "private").stat().st_mode & 0o777, (folder / "private" / "rejects.csv").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_run_opens_without_its_private_folder(tmp_path: Path) -> None:
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    shutil.rmtree(folder / "private")
    back = store.load(folder)
    assert (back.members, back.tables[0].rejects, back.tables[0].used) == ((), (), 10)


@pytest.mark.parametrize("name", ["personas.json", "facts.json", "evidence.json", "rule.json", "users.parquet"])
def test_a_changed_or_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """PER-09."""
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(DataError, match=f"{name} has changed"):
        store.load(folder)
    (folder / name).unlink()
    with pytest.raises(DataError, match=f"{name} is missing"):
        store.load(folder)


def test_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    """PER-04."""
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    run = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**run, "schema_version": 2}))
    before = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    with pytest.raises(DataError, match="newer personae") as refusal:
        store.load(folder)
    assert refusal.value.code == "P202"
    assert before == {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_pickle_in_the_place_of_a_document_is_never_run(tmp_path: Path) -> None:
    """PER-05."""
    canary = tmp_path / "canary"

    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(canary),)

    folder = store.save(cast_builder.cast(), tmp_path / "run")
    for name in ("run.json", "rule.json", "users.parquet"):
        (folder / name).write_bytes(pickle.dumps(Hostile()))
    with pytest.raises(DataError):
        store.load(folder)
    assert not canary.exists()


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path) -> None:
    """PER-17."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.docx").write_text("years of work")
    for overwrite in (False, True):
        with pytest.raises(UsageError):
            store.save(cast_builder.cast(), folder, overwrite=overwrite)
    assert [p.name for p in tmp_path.rglob("*")] == ["mine", "thesis.docx"]


def test_the_folder_of_a_run_is_replaced_only_when_asked(tmp_path: Path) -> None:
    """PER-17."""
    folder = store.save(cast_builder.cast(), tmp_path / "run")
    with pytest.raises(UsageError, match="already holds files"):
        store.save(cast_builder.cast(seed=8), folder)
    assert store.load(store.save(cast_builder.cast(seed=8), folder, overwrite=True)).study.seed == 8
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_runs_are_numbered_listed_and_found(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    entries = [_add(record, cast_builder.cast(seed=s)) for s in (1, 2)]
    assert [e.id for e in entries] == ["r01", "r02"]
    assert record.entries() == entries
    assert (record.load().study.seed, record.load("r01").study.seed, record.load("r1").run) == (2, 1, "r01")
    assert record.load(str(tmp_path / "reports" / "2026-05-30_r02")).study.seed == 2
    with pytest.raises(UsageError, match="no run r09"):
        record.load("r09")


def test_equal_results_share_one_folder_and_the_record_is_for_its_owner(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    one, two = (_add(record, cast_builder.cast()) for _ in range(2))
    assert one.digest == two.digest
    assert len(list((tmp_path / ".personae" / "runs").iterdir())) == 1
    assert ((tmp_path / ".personae").stat().st_mode & 0o777, (tmp_path / ".personae/index.db").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )


def test_a_project_can_be_moved(tmp_path: Path) -> None:
    """PER-16."""
    _add(Record(tmp_path / "here" / ".personae"), cast_builder.cast())
    (tmp_path / "here").rename(tmp_path / "there")
    record = Record(tmp_path / "there" / ".personae")
    assert record.load().run == "r01"
    assert record.place(record.entry()).is_dir()


def test_a_record_of_a_newer_version_is_refused_unchanged(tmp_path: Path) -> None:
    """PER-04."""
    import sqlite3

    record = Record(tmp_path / ".personae")
    _add(record, cast_builder.cast())
    index = sqlite3.connect(record.root / "index.db")
    index.execute("pragma user_version=99")
    index.close()
    before = (record.root / "index.db").read_bytes()
    for act in (record.entries, lambda: _add(record, cast_builder.cast())):
        with pytest.raises(DataError, match="newer personae"):
            act()
    assert (record.root / "index.db").read_bytes() == before


def test_a_damaged_run_is_named_and_the_others_open(tmp_path: Path) -> None:
    """PER-09."""
    record = Record(tmp_path / ".personae")
    bad, good = (_add(record, cast_builder.cast(seed=s)) for s in (1, 2))
    path = record.root / "runs" / bad.digest / "rule.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    assert "rule.json has changed" in record.damage(bad, whole=True)
    assert record.damage(good, whole=True) == ""
    assert record.load("r02").study.seed == 2


def test_a_damaged_index_is_said_to_be_damaged(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    _add(record, cast_builder.cast())
    (record.root / "index.db").write_bytes(b"not a database, but long enough to look at" * 50)
    with pytest.raises(DataError, match="damaged"):
        record.entries()


def test_a_second_writer_is_told_who_holds_the_record(tmp_path: Path) -> None:
    """PER-03."""
    (tmp_path / "s").mkdir()
    with only_writer(tmp_path / "s" / "lock"):
        code = (
            "from pathlib import Path; from personae.store.lock import only_writer\n"
            f"with only_writer(Path({str(tmp_path / 's' / 'lock')!r}), wait=0.2): pass"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"process {os.getpid()} on " in done.stderr
    with only_writer(tmp_path / "s" / "lock", wait=0):
        pass  # free again


def test_two_writers_finish_in_turn(tmp_path: Path) -> None:
    """PER-03."""
    workers = [subprocess.Popen(_writer(tmp_path, 3)) for _ in range(2)]
    assert [w.wait(60) for w in workers] == [0, 0]
    record = Record(tmp_path / ".personae")
    assert [e.id for e in record.entries()] == [f"r{i:02d}" for i in range(1, 7)]
    assert not [e for e in record.entries() if record.damage(e, whole=True)]


def _writer(folder: Path, times: int) -> list[str]:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import os; from pathlib import Path; import cast_builder; from personae.store import Record\n"
        f"for i in range({times}):\n"
        f"    cast = cast_builder.cast(seed=os.getpid() * 1000 + i)\n"
        f"    Record(Path({str(folder)!r}) / '.personae').add(cast, None, '2026-05-30', more=lambda p, r: None)\n"
    )
    return [sys.executable, "-c", code]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_killed_writer_leaves_nothing_that_is_listed_or_stays(tmp_path: Path) -> None:
    """PER-01, PER-15, EXP-12: killed at many moments; earlier runs are untouched, leftovers go at the next start."""
    record = Record(tmp_path / ".personae")
    first = _add(record, cast_builder.cast())
    for i in range(8):
        worker = subprocess.Popen(_writer(tmp_path, 10_000))
        seen = len(record.entries())
        while len(record.entries()) == seen and worker.poll() is None:
            time.sleep(0.005)
        time.sleep(0.003 * i)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        entries = record.entries()
        assert not [e.id for e in entries if record.damage(e, whole=True)]
        assert all(record.place(e).is_dir() for e in entries)
    last = _add(record, cast_builder.cast())
    assert last.digest == first.digest
    assert {p.name for p in (record.root / "runs").iterdir()} == {e.digest for e in record.entries()}
    assert not list(tmp_path.rglob("*.personae-tmp-*"))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX rights")
def test_a_read_only_record_can_be_read_and_says_so_when_written() -> None:
    """PER-07, run as a user without rights where the tests run as root, in a folder that every account may look into."""
    with tempfile.TemporaryDirectory(prefix="personae-") as folder:
        Path(folder).chmod(0o755)
        _read_only(Record(Path(folder) / ".personae"))


def _read_only(record: Record) -> None:
    _add(record, cast_builder.cast())
    code = (
        f"import os, sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path; import cast_builder; from personae.store import Record\n"
        "from personae.errors import PersonaeError\n"
        f"record = Record(Path({str(record.root)!r}))\n"
        "record.load(); cast = cast_builder.cast(seed=2)\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "print(record.load().run)\n"
        "try: record.add(cast, None, '2026-05-30', more=lambda p, r: None)\n"
        "except PersonaeError as e: print(e.code, e.exit_code, '--store' in e.fix)\n"
    )
    _rights(record.root, 0o555, 0o444)
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    finally:
        _rights(record.root, 0o755, 0o644)
    assert done.stdout.split("\n")[:2] == ["r01", "P501 5 True"], done.stderr


def _rights(root: Path, folders: int, files: int) -> None:
    for path in (root, *root.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def test_there_is_nothing_to_show_where_nothing_was_recorded(tmp_path: Path) -> None:
    assert Record(tmp_path / "none").entries() == []
    with pytest.raises(PersonaeError, match="no run is recorded"):
        Record(tmp_path / "none").load()
    assert not (tmp_path / "none").exists()
