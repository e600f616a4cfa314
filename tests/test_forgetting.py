"""People are taken out of the record: out of every file, every list, every edit, and the free pages of the index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cast_builder
from personae import plugins, store
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.model.rule import Placement
from personae.model.table import Reject
from personae.store import Record
from personae.store.forgetting import Forgotten, forget

WHO = "00123"


def _cast(seed: int = 7, ids: Sequence[str] = cast_builder.IDS) -> Cast:
    """A cast whose data, notes and warnings name a person wherever that can be."""
    made = cast_builder.cast(tuple(ids), seed)
    first, *more = made.tables
    rejects = (*first.rejects, Reject("users.csv", 9, "3 fields where 2 are expected", f"{WHO};12;3"))
    note = replace(first.notes[0], words=f"2 rows of {WHO} disagree")
    warnings = (*made.warnings, f"{WHO} appears twice")
    return replace(made, tables=(replace(first, rejects=rejects, notes=(note,)), *more), warnings=warnings)


def _of_others(made: Cast) -> Cast:
    """The cast without anybody whom it names."""
    return replace(made, tables=(), members=(), warnings=())


def _filled(tmp_path: Path) -> Record:
    """Two runs with the person, one without, a list to interview, a note, and a kept answer of a model."""
    record = Record(tmp_path / ".personae")
    export = plugins.find("exporters", "csv").export
    for made in (_cast(1), _cast(2), _of_others(_cast(3, [f"other-{i}" for i in range(10)]))):
        record.add(made, None, "2026-05-30", more=lambda place, cast: export(cast, place / "users.csv") and None)
    record.ask("r01", "2026-06-01", [WHO, "ünï"])
    record.edit("r02", lambda _: (Edit(0, "2026-06-01", "note", "P1", f"we met {WHO}.", source="talk"), None))
    (record.root / "ai").mkdir()
    (record.root / "ai" / "a.json").write_text(f'{{"text": "{WHO} said so"}}')
    (record.root / "ai" / "b.json").write_text('{"text": "nobody in particular"}')
    return record


def _holding(root: Path, who: str) -> list[str]:
    """Files below a folder in whose bytes, or in whose compressed cells, the id stands."""
    found = []
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        cells = pq.read_table(path)["id"].to_pylist() if path.name == "users.parquet" else []
        if who.encode() in raw or who in cells:
            found.append(path.name)
    return found


def test_a_person_is_in_no_byte_of_the_record_afterwards(tmp_path: Path) -> None:
    """PER-13."""
    record = _filled(tmp_path)
    assert {"users.parquet", "details.json", "rejects.csv", "members.csv", "users.csv", "run.json"} <= set(
        _holding(tmp_path, WHO)
    )
    done = forget(record, [WHO])
    assert _holding(tmp_path, WHO) == []
    assert (done.runs, done.lists, done.edits, done.answers, done.left) == (("r01", "r02"), 1, 1, 1, ())
    assert [p.name for p in done.reports] == ["2026-05-30_r01", "2026-05-30_r02"]
    assert [p.name for p in (record.root / "ai").iterdir()] == ["b.json"]


def test_every_run_is_whole_afterwards_and_lists_everybody_else_as_before(tmp_path: Path) -> None:
    record = _filled(tmp_path)
    before = {e.id: record.load(e.id) for e in record.entries()}
    third = record.entry("r03")
    forget(record, [WHO])
    assert [record.damage(e, whole=True) for e in record.entries()] == ["", "", ""]
    assert record.entry("r03") == third
    for run in ("r01", "r02"):
        old, new = before[run], record.load(run)
        assert new.ids.to_pylist() == [i for i in old.ids.to_pylist() if i != WHO]
        stay = pa.compute.not_equal(old.ids, WHO).to_numpy(zero_copy_only=False)
        places = {n: getattr(old.placement, n)[stay].tolist() for n in Placement.__annotations__}
        assert str({n: getattr(new.placement, n).tolist() for n in Placement.__annotations__}) == str(places)
        assert (new.facts, new.personas[0].name, new.evidence) == (old.facts, old.personas[0].name, old.evidence)
    assert record.asked() == {"ünï"}
    assert [e.text for e in record.edits("r02")] == ["we met (forgotten)."]
    assert store.load(record.place(record.entry("r01"))).users == 9
    assert {p.name for p in (record.root / "runs").iterdir()} == {e.digest for e in record.entries()}


def test_what_is_kept_is_what_would_have_been_written_without_the_person(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    made = cast_builder.cast()
    record.add(made, None, "2026-05-30", more=lambda place, cast: None)
    forget(record, [WHO])
    stay = [i for i, id in enumerate(made.ids.to_pylist()) if id != WHO]
    placement = Placement(*(getattr(made.placement, n)[stay] for n in Placement.__annotations__))
    members = tuple(m for m in made.members if m.id != WHO)
    store.save(replace(made, ids=made.ids.take(pa.array(stay)), placement=placement, members=members), tmp_path / "without")
    kept = record.root / "runs" / record.entry().digest
    for name in ("users.parquet", "private/members.csv", "private/nobody.csv", "facts.json", "rule.json"):
        assert (kept / name).read_bytes() == (tmp_path / "without" / name).read_bytes(), name


@pytest.mark.parametrize("who", [i for i in cast_builder.IDS if i != WHO])
def test_any_id_can_be_forgotten(tmp_path: Path, who: str) -> None:
    """Hostile ones, numbers of one digit, and ids that are written with quotes or with a guard against formulas."""
    record = _filled(tmp_path)
    done = forget(record, [who])
    assert (done.runs, done.left) == (("r01", "r02"), ())
    for run in ("r01", "r02"):
        cast = record.load(run)
        assert (cast.users, who in cast.ids.to_pylist(), who in [m.id for m in cast.members]) == (9, False, False)
        texts = [(record.place(record.entry(run)) / n).read_text() for n in ("users.csv", "private/nobody.csv")]
        assert len(texts[0].splitlines()) == 10
    assert len(who) < 3 or not _holding(record.root, who)


@pytest.mark.parametrize("who", ["1000", "ab"])
def test_a_short_id_goes_from_words_and_numbers_of_groups_stay(tmp_path: Path, who: str) -> None:
    """PER-13: an id that could be a number of something."""
    record, made = Record(tmp_path / ".personae"), cast_builder.cast((who, *cast_builder.IDS[1:]))
    first, *more = made.tables
    reject = Reject("users.csv", 9, "3 fields where 2 are expected", f"Spoke with {who} at length;12;3")
    tables = (replace(first, rejects=(reject,), notes=(replace(first.notes[0], words=f"2 rows of {who} disagree"),)), *more)
    record.add(
        replace(made, tables=tables, warnings=(f"{who} appears twice",)), None, "2026-05-30", more=lambda place, cast: None
    )
    record.edit("r01", lambda _: (Edit(0, "2026-06-01", "note", "P1", f"Spoke with customer {who} at length"), None))
    facts = record.load("r01").facts
    done = forget(record, [who])
    assert (done.runs, done.edits, done.left) == (("r01",), 1, ())
    assert [e.text for e in record.edits("r01")] == ["Spoke with customer (forgotten) at length"]
    cast = record.load("r01")
    assert cast.warnings == ("(forgotten) appears twice",) and cast.tables[0].notes[0].words == "2 rows of (forgotten) disagree"
    assert cast.facts == facts and cast.tables[0].rejects[0].text == "(forgotten)"
    assert not any(
        f"{word} {who}".encode() in p.read_bytes() for p in record.root.rglob("*.*") for word in ("with", "customer")
    )


def test_a_line_of_the_record_that_is_damaged_stays_damaged(tmp_path: Path) -> None:
    record = _filled(tmp_path)
    with sqlite3.connect(record.root / "index.db") as index:
        index.execute("update runs set users = 999999 where number = 1")
    index.close()
    assert not record.entry("r01").whole
    assert forget(record, [WHO]).runs == ("r01", "r02")
    assert (record.entry("r01").whole, record.entry("r02").whole) == (False, True)


def test_forgetting_twice_or_nobody_changes_nothing(tmp_path: Path) -> None:
    record = _filled(tmp_path)
    forget(record, [WHO])
    before = {p: p.read_bytes() for p in record.root.rglob("*") if p.is_file() and not p.name.startswith("index.db")}
    assert forget(record, [WHO, "nobody-at-all"]) == Forgotten((), 0, 0, 0, (), ())
    assert before == {p: p.read_bytes() for p in record.root.rglob("*") if p.is_file() and not p.name.startswith("index.db")}
    assert forget(Record(tmp_path / "none"), [WHO]) == Forgotten((), 0, 0, 0, (), ())
    assert not (tmp_path / "none").exists()


def test_what_is_not_ours_to_change_is_named(tmp_path: Path) -> None:
    """PER-13: a report among other files, and a file that somebody put into the record."""
    record = _filled(tmp_path)
    place = record.place(record.entry("r01"))
    (place / "mine.docx").write_text("my notes")
    (record.root / "list.txt").write_text(f"{WHO}\n")
    done = forget(record, [WHO])
    assert set(done.left) == {place, record.root / "list.txt"}
    assert [p.name for p in done.reports] == ["2026-05-30_r02"]


def test_a_copy_of_an_older_index_goes_too(tmp_path: Path) -> None:
    record = _filled(tmp_path)
    copy = record.root / "index-v1.db"
    with sqlite3.connect(copy) as index:
        index.execute("create table asked (id text)")
        index.execute("insert into asked values (?)", (WHO,))
    index.close()
    forget(record, [WHO])
    assert not copy.exists()


def test_a_run_that_is_damaged_is_left_as_it_is_and_said(tmp_path: Path) -> None:
    record = _filled(tmp_path)
    entry = record.entry("r01")
    path = record.root / "runs" / entry.digest / "run.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    done = forget(record, [WHO])
    assert done.runs == ("r02",)
    assert record.root / "runs" / entry.digest in done.left
