"""The run in use is followed while it is used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import cast_builder
from personae.errors import UsageError
from personae.model.cast import Cast
from personae.stages.edit import rename
from personae.store import Record
from personae.store.current import Current


def _recorded(root: Path, seed: int) -> tuple[Record, Cast]:
    record, cast = Record(root / ".personae"), cast_builder.cast(seed=seed)
    record.add(cast, None, "2026-05-30", more=lambda place, _: None)
    return record, cast


@pytest.fixture(autouse=True)
def _looks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("personae.store.current.LOOK", 0.0)


def test_a_run_that_becomes_current_is_taken_and_until_then_nothing_is_made_anew(tmp_path: Path) -> None:
    """Requirement 40: the model swaps while it serves."""
    record, _ = _recorded(tmp_path, 1)
    made: list[str] = []
    current = Current(record, "", lambda cast: made.append(cast.run) or cast.run)
    assert [current.get(), current.get()] == ["r01", "r01"]
    _recorded(tmp_path, 2)
    assert [current.get(), current.get(), made] == ["r02", "r02", ["r01", "r02"]]


def test_a_run_that_is_named_stays_and_its_new_names_are_seen(tmp_path: Path) -> None:
    record, _ = _recorded(tmp_path, 1)
    current = Current(record, "r01", lambda cast: (cast.run, cast.personas[0].name))
    _recorded(tmp_path, 2)
    record.edit("r01", lambda cast: (rename(cast, "P1", "Early birds", "2026-06-01"), None))
    assert current.get() == ("r01", "Early birds")


def test_the_last_good_run_stays_in_use_when_the_record_breaks(tmp_path: Path) -> None:
    """REF-07: what is there keeps answering."""
    record, _ = _recorded(tmp_path, 1)
    current = Current(record, "", lambda cast: cast.run)
    shutil.rmtree(record.root)
    assert [current.get(), current.get()] == ["r01", "r01"]
    with pytest.raises(UsageError):
        Current(record, "", lambda cast: cast.run)
