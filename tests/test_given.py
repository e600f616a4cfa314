"""A key that was given once is never given again, whatever became of the run or the edit that had it. REF-01."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import refreshed
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.model.features import Features, Measure
from personae.model.rule import Feature
from personae.model.study import Role
from personae.model.table import Kind
from personae.stages.regroup import regroup
from personae.store import Entry, Record
from personae.store.keeping import prune, rollback
from test_old_stores import OLD

IDS = [f"u{i}" for i in range(100)]


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A record whose first run has P1 and P2."""
    record = Record(tmp_path / ".personae")
    add(record, cast({"P1": 50, "P2": 50}, given=2))
    return record


def cast(people: dict[str, int], given: int) -> Cast:
    """A cast with so many people under these keys."""
    made = refreshed.placed([k for k, n in people.items() for _ in range(n)], IDS)
    return replace(made, evidence=replace(made.evidence, keys=tuple(sorted(people)), given=given))


def add(record: Record, made: Cast) -> Entry:
    """Record a run that becomes current."""
    return record.add(made, None, "2026-05-30", more=lambda place, shown: None, current=True)


def again(record: Record, people: dict[str, int], given: int) -> Entry:
    """Record a refresh of the current run."""
    return add(record, refreshed.refreshed(record.load(), cast(people, given)))


def by_hand(record: Record, run: str, made: Sequence[str]) -> None:
    """Record a merge by hand whose personas have these keys."""
    anew = cast({"P2": 50, made[0]: 50}, given=int(made[0][1:]))
    record.edit(run, lambda _: (Edit(0, "2026-05-30", "merge", "", "", made=tuple(made)), anew))


def test_a_run_knows_the_keys_of_its_refreshes_and_of_theirs(record: Record) -> None:
    again(record, {"P1": 50, "P2": 30, "P3": 20}, 3)
    again(record, {"P1": 50, "P2": 30, "P4": 20}, 4)
    assert [record.given(r) for r in ("r01", "r02", "r03")] == [4, 4, 4]
    assert [record.bare(r).given for r in ("r01", "r02", "r03")] == [4, 4, 4]


def test_what_is_split_by_hand_gets_no_key_that_a_refresh_gave(record: Record) -> None:
    again(record, {"P1": 50, "P2": 30, "P3": 20}, 3)
    before = record.bare("r01")
    assert before.rule is not None
    read = Feature("visits", "measure", "visits", ())
    centres = np.array([[0.0], [9.0]])
    rule = replace(
        before.rule, features=(read,), projection=np.eye(1), prototypes=centres, radius=np.full(2, np.inf), guards=()
    )
    visits = np.array([*range(50), *range(50)], float)
    features = Features(before.ids, None, (Measure("visits", "visits", Role.BEHAVIOUR, Kind.DECIMAL, visits, forms=True),))
    known = replace(before, rule=rule, study=replace(before.study, floor=1))
    _, evidence, made = regroup(known, features, "split", ("P1",))
    assert (made, evidence.given) == (("P4", "P5"), 5)


def test_a_key_of_a_run_that_was_pruned_is_not_given_again(record: Record) -> None:
    again(record, {"P1": 50, "P2": 30, "P3": 20}, 3)
    rollback(record, "r01", "2026-06-01")
    prune(record, 1)
    again(record, {"P1": 60, "P2": 40}, 2)
    rollback(record, "r01", "2026-06-02")
    prune(record, 1)
    assert [e.id for e in record.entries()] == ["r01", "r03"]
    assert (record.given("r01"), record.bare("r03").given) == (3, 3)


def test_a_key_of_an_edit_that_was_undone_or_pruned_is_not_given_again(record: Record) -> None:
    by_hand(record, "r01", ["P3"])
    record.undo("r01")
    assert record.given("r01") == 3
    again(record, {"P1": 60, "P2": 40}, 2)
    by_hand(record, "r02", ["P4"])
    assert record.given("r01") == 4
    rollback(record, "r01", "2026-06-01")
    add(record, cast({"P1": 10, "P2": 90}, 2))
    rollback(record, "r01", "2026-06-01")
    prune(record, 1)
    assert [e.id for e in record.entries()] == ["r01", "r03"]
    assert (record.given("r01"), record.given("r03")) == (4, 2)


def test_an_equal_result_counts_with_the_first_as_it_has_its_edits(record: Record) -> None:
    add(record, cast({"P1": 50, "P2": 50}, given=2))
    again(record, {"P1": 50, "P2": 30, "P3": 20}, 3)
    assert (record.given("r01"), record.given("r02")) == (3, 3)


def test_a_record_of_before_tells_from_what_is_still_there(record: Record) -> None:
    """PER-04."""
    again(record, {"P1": 50, "P2": 30, "P3": 20}, 3)
    by_hand(record, "r01", ["P4"])
    with closing(sqlite3.connect(record.root / "index.db")) as index:
        index.execute("drop table given")
        index.execute("pragma user_version=2")
    assert record.given("r02") == 4
    with record.writing() as index:
        assert index.execute("select * from given").fetchall() == [(1, 1, 4), (2, 1, 3)]
    assert record.given("r01") == 4


def test_a_record_of_the_first_version_does_too(tmp_path: Path) -> None:
    """PER-04."""
    shutil.copytree(OLD, tmp_path / ".personae")
    old = Record(tmp_path / ".personae")
    assert old.given("r01") == old.load("r01").given > 0
