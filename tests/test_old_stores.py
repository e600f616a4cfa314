"""Records of earlier and of later versions, records with a bit that flipped, and records that lost a part."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

import cast_builder
from personae.errors import DataError, PersonaeError, UsageError
from personae.store import Record
from personae.store.keeping import pin, rollback

OLD = Path(__file__).parent / "store_v1"
"""A record of two runs, an edit and an interview list, as version 1 of the index wrote it (commit 06dce25)."""


@pytest.fixture
def old(tmp_path: Path) -> Record:
    shutil.copytree(OLD, tmp_path / ".personae")
    return Record(tmp_path / ".personae")


def _opens(record: Record) -> None:
    """Everything of the old record is there, and its rules place users as they did."""
    assert [(e.id, e.date, record.damage(e, whole=True)) for e in record.entries()] == [
        ("r01", "2026-05-30", ""), ("r02", "2026-05-30", ""),
    ]  # fmt: skip
    assert (record.entry().id, record.asked(), record.load("r01").personas[0].name) == ("r02", {"ünï"}, "Anna")
    for run, seed in (("r01", 1), ("r02", 2)):
        cast, made = record.load(run), cast_builder.cast(seed=seed)
        assert cast.rule is not None
        assert made.rule is not None
        assert cast.ids.equals(made.ids)
        np.testing.assert_array_equal(cast.placement.persona, made.placement.persona)
        np.testing.assert_array_equal(cast.rule.prototypes, made.rule.prototypes)
        np.testing.assert_array_equal(cast.rule.projection, made.rule.projection)
        assert cast.rule.extent is None, "an old rule says of nobody that the groups do not extend to them"


def test_an_old_record_opens_without_a_byte_changed(old: Record) -> None:
    """PER-04."""
    before = (old.root / "index.db").read_bytes()
    _opens(old)
    assert (old.root / "index.db").read_bytes() == before
    assert not (old.root / "index-v1.db").exists()


def test_the_first_writer_moves_an_old_record_and_keeps_a_copy_of_its_index(old: Record) -> None:
    """PER-04."""
    pin(old, "r01", "2026-06-01")
    _opens(old)
    assert [(e.ended, bool(e.pinned), e.whole) for e in old.entries()] == [
        ("2026-05-30T00:00:00", True, True), ("2026-05-30T00:00:00", False, True),
    ]  # fmt: skip
    with closing(sqlite3.connect(old.root / "index-v1.db")) as copy:
        assert copy.execute("pragma user_version").fetchone() == (1,)
        assert copy.execute("select count(*) from runs").fetchone() == (2,)
    rollback(old, "", "2026-06-02")
    assert old.entry().id == "r01"


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_move_that_is_killed_half_way_leaves_the_old_record(old: Record) -> None:
    """PER-04: killed in the middle of the transaction."""
    code = (
        "import sys, time; from pathlib import Path; from personae.store import switches, Record\n"
        "def stop(*_): print('here', flush=True); time.sleep(60)\n"
        "switches.switch = stop\n"
        f"with Record(Path({str(old.root)!r})).writing(): pass"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert worker.stdout is not None
    assert worker.stdout.readline() == b"here\n"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    worker.stdout.close()
    with closing(sqlite3.connect(old.root / "index.db")) as index:
        assert index.execute("pragma user_version").fetchone() == (1,)
    _opens(old)
    pin(old, "r01", "2026-06-01")  # the next one does it
    _opens(old)


def test_a_bit_that_flips_in_the_index_is_seen(tmp_path: Path) -> None:
    """PER-09: whatever bit it is, what is shown as sound is what was written, and nothing ends in a fault of ours."""
    record = Record(tmp_path / ".personae")
    for seed in (1, 2):
        record.add(cast_builder.cast(seed=seed), None, "2026-05-30", more=lambda place, cast: None)
    with closing(sqlite3.connect(record.root / "index.db")) as index:
        index.execute("pragma wal_checkpoint(truncate)")
    path, entries = record.root / "index.db", record.entries()
    sound, draw, named, refused = path.read_bytes(), random.Random(3), 0, 0
    text = sound.find(entries[0].digest.encode())
    for at in (*(draw.randrange(len(sound)) for _ in range(150)), *range(text - 20, text + 130, 3)):
        damaged = bytearray(sound)
        damaged[at] ^= 1 << draw.randrange(8)
        path.write_bytes(bytes(damaged))
        try:
            found = record.entries()
            wrong = [e.id for e in found if record.damage(e, whole=False)]
            assert all(e in entries for e in found if e.id not in wrong)
            named += bool(wrong)
            if wrong:
                with pytest.raises(PersonaeError):
                    record.load(wrong[0])
        except PersonaeError as no:
            assert no.code in ("P202", "P501")
            refused += 1
    assert named > 20
    assert refused > 0


def test_a_bit_that_flips_in_any_file_of_a_run_names_that_run(tmp_path: Path) -> None:
    """PER-09: run.json itself included; the other run opens."""
    record = Record(tmp_path / ".personae")
    bad, good = (record.add(cast_builder.cast(seed=s), None, "2026-05-30", more=lambda place, cast: None) for s in (1, 2))
    hashed = [
        p for p in (record.root / "runs" / bad.digest).rglob("*") if p.suffix in (".json", ".parquet") and p.name != "card.json"
    ]
    assert len(hashed) > 6
    for path in hashed:
        sound = path.read_bytes()
        damaged = bytearray(sound)
        damaged[len(sound) // 3] ^= 4
        path.write_bytes(bytes(damaged))
        assert record.damage(bad, whole=True), path.name
        with pytest.raises(DataError):
            record.load("r01")
        assert record.damage(good, whole=True) == ""
        path.write_bytes(sound)
    assert record.load("r01").run == "r01"


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_record_without_its_index_is_never_taken_for_a_new_one(tmp_path: Path, how: str) -> None:
    """PER-04: the results would be cleared away."""
    record = Record(tmp_path / ".personae")
    entry = record.add(cast_builder.cast(), None, "2026-05-30", more=lambda place, cast: None)
    for file in record.root.glob("index.db*"):
        file.unlink()
    if how == "empty":
        (record.root / "index.db").touch()
    with pytest.raises(DataError, match=f"is {how}, though results lie beside it"):
        record.add(cast_builder.cast(seed=2), None, "2026-05-30", more=lambda place, cast: None)
    assert (record.root / "runs" / entry.digest / "run.json").is_file()


def test_a_result_that_is_damaged_is_made_whole_by_the_same_run(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    entry = record.add(cast_builder.cast(), None, "2026-05-30", more=lambda place, cast: None)
    (record.root / "runs" / entry.digest / "facts.json").write_text("{}")
    again = record.add(cast_builder.cast(), None, "2026-05-31", more=lambda place, cast: None)
    assert [record.damage(e, whole=True) for e in (entry, again)] == ["", ""]


def test_history_is_in_the_order_of_commits_though_the_clock_goes_back(tmp_path: Path) -> None:
    """PER-11."""
    record = Record(tmp_path / ".personae")
    for date in ("2026-05-30", "2026-05-29", "2026-05-30"):
        record.add(cast_builder.cast(seed=int(date[-2:])), None, date, more=lambda place, cast: None)
    assert [(e.id, e.date) for e in record.entries()] == [("r01", "2026-05-30"), ("r02", "2026-05-29"), ("r03", "2026-05-30")]
    assert record.entry().id == "r03"


@pytest.mark.parametrize("name", ["../../x", "CON", "x" * 300, "\U0001f600", "a\nb", "r01 "])
def test_a_hostile_name_of_a_run_names_none(tmp_path: Path, name: str) -> None:
    """PER-12: names of runs are looked up and never become part of a path."""
    record = Record(tmp_path / ".personae")
    record.add(cast_builder.cast(), None, "2026-05-30", more=lambda place, cast: None)
    with pytest.raises(UsageError, match="there is no run"):
        record.load(name)


def _mounted(folder: Path) -> bool:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True)
    return done.returncode == 0


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_disk_of_three_megabytes_fills_up_and_serves_again_when_there_is_room(tmp_path: Path) -> None:
    """PER-02."""
    disk = tmp_path / "disk"
    if not _mounted(disk):
        pytest.skip("no small disk can be mounted here")
    try:
        record = Record(disk / ".personae")
        record.add(cast_builder.cast(), None, "2026-05-30", more=lambda place, cast: None)
        (disk / "filler").write_bytes(b"x" * (shutil.disk_usage(disk).free - 100_000))
        with pytest.raises(PersonaeError) as full:
            for seed in range(50):
                record.add(cast_builder.cast(seed=seed), None, "2026-05-30", more=lambda place, cast: None)
        assert (full.value.exit_code, full.value.code) == (5, "P501")
        listed = record.entries()
        assert not [e for e in listed if record.damage(e, whole=True)]
        assert {p.name for p in (disk / "reports").iterdir() if not p.name.startswith(".")} == {
            Path(e.folder).name for e in listed
        }
        assert record.load().run == listed[-1].id
        (disk / "filler").unlink()
        record.add(cast_builder.cast(seed=99), None, "2026-05-30", more=lambda place, cast: None)
        assert record.load().study.seed == 99
    finally:
        for _ in range(20):
            if not subprocess.run(["umount", str(disk)], capture_output=True).returncode:
                break
            time.sleep(0.1)
