"""The record of runs as its owner sees it: which run is current, which are kept, what pruning removes."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
from personae.cli.main import main
from personae.errors import DataError, UsageError
from personae.model.cast import Cast
from personae.model.edit import Edit
from personae.model.features import Window
from personae.store import Entry, Record
from personae.store.keeping import pin, prune, rollback, unpin
from personae.store.switches import switches


def cast(end: str = "2026-05-30", seed: int = 7, ids: Sequence[str] = cast_builder.IDS) -> Cast:
    """A small cast of data that end on a day."""
    return replace(cast_builder.cast(tuple(ids), seed), window=Window("2026-03-01", end, "UTC", 90))


def add(record: Record, made: Cast, current: bool | None = None) -> Entry:
    """Record a run whose only readable files are those that load needs."""
    return record.add(made, None, "2026-05-30", more=lambda place, shown: None, current=current)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record(tmp_path / ".personae")


def filled(record: Record, runs: int) -> list[Entry]:
    """Runs that differ, one after the other."""
    return [add(record, cast(f"2026-05-{i + 1:02d}", seed=i)) for i in range(runs)]


def test_the_newest_run_is_the_current_one(record: Record) -> None:
    filled(record, 3)
    assert (record.entry().id, record.load().run, record.bare().run) == ("r03", "r03", "r03")


def test_a_window_that_was_filled_in_later_does_not_become_current(record: Record) -> None:
    """REF-09."""
    add(record, cast("2026-05-30"))
    assert add(record, cast("2026-04-30", seed=2)).ended == "2026-04-30"
    assert record.load().run == "r01"
    add(record, cast("2026-04-30", seed=3), current=True)  # asked for
    assert record.load().run == "r03"
    add(record, cast("2026-05-30", seed=4))
    add(record, cast("2026-06-30", seed=5), current=False)
    assert record.load().run == "r04"


def test_older_data_about_other_people_are_another_matter_and_become_current(record: Record) -> None:
    add(record, cast("2026-05-30"))
    add(record, cast("2020-05-30", ids=[f"other{i}" for i in range(10)]))
    assert record.load().run == "r02"


def test_data_without_a_time_become_current(record: Record) -> None:
    add(record, cast("2026-05-30"))
    add(record, replace(cast(seed=2), window=None))
    assert record.load().run == "r02"


def test_going_back_is_recorded_and_a_later_run_becomes_current_again(record: Record) -> None:
    """REF-08."""
    filled(record, 3)
    start = time.perf_counter()
    was, now = rollback(record, "r01", "2026-06-01")
    assert record.load().run == "r01"
    assert time.perf_counter() - start < 1
    assert (was.id, now.id) == ("r03", "r01")
    with record.reading() as index:
        assert [(s.run, s.why) for s in switches(index)][-2:] == [("r03", "run"), ("r01", "rollback")]
        assert switches(index)[-1].date == "2026-06-01"
    assert [e.id for e in record.entries()] == ["r01", "r02", "r03"]
    add(record, cast("2026-05-20", seed=9))
    assert record.load().run == "r04"


def test_without_a_name_the_run_that_was_current_before_comes_back(record: Record) -> None:
    filled(record, 2)
    assert [e.id for e in rollback(record, "", "2026-06-01")] == ["r02", "r01"]
    assert [e.id for e in rollback(record, "", "2026-06-01")] == ["r01", "r02"]


def test_nobody_goes_back_to_a_run_that_is_damaged_or_not_there(record: Record) -> None:
    first, _ = filled(record, 2)
    path = record.root / "runs" / first.digest / "rule.json"
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(DataError, match=r"rule\.json has changed"):
        rollback(record, "r01", "2026-06-01")
    with pytest.raises(UsageError, match="no run r09"):
        rollback(record, "r09", "2026-06-01")
    assert record.entry().id == "r02"


def test_pruning_keeps_the_newest_the_current_and_the_pinned(record: Record) -> None:
    """PER-14."""
    entries = filled(record, 7)
    pin(record, "r02", "2026-06-01")
    rollback(record, "r03", "2026-06-01")
    before = {p.name for p in (record.root / "runs").iterdir()}
    dry = prune(record, 2, dry=True)
    assert {p.name for p in (record.root / "runs").iterdir()} == before
    assert prune(record, 2) == dry
    assert [e.id for e in dry.runs] == ["r01", "r04", "r05"]
    assert [(e.id, why) for e, why in dry.kept] == [
        ("r02", "pinned"), ("r03", "current"), ("r06", "newest"), ("r07", "newest"),
    ]  # fmt: skip
    assert [e.id for e in record.entries()] == ["r02", "r03", "r06", "r07"]
    assert {p.name for p in (record.root / "runs").iterdir()} == {entries[i].digest for i in (1, 2, 5, 6)}
    assert dry.bytes > 0
    assert [record.load(e.id).run for e in record.entries()] == ["r02", "r03", "r06", "r07"]
    assert add(record, cast("2026-06-30", seed=99)).id == "r08"
    unpin(record, "r02")
    assert "r02" in [e.id for e in prune(record, 2, dry=True).runs]


def test_a_result_that_a_kept_run_shares_stays(record: Record) -> None:
    add(record, cast())
    add(record, cast(seed=2))
    add(record, cast())
    assert [e.id for e in prune(record, 1).runs] == ["r01", "r02"]
    assert record.load().run == "r03"


def test_edits_of_a_run_go_with_it_and_those_of_others_stay(record: Record) -> None:
    filled(record, 2)
    for run in ("r01", "r02"):
        record.edit(run, lambda _: (Edit(0, "2026-06-01", "rename", "P1", "Anna"), None))
    plan = prune(record, 1)
    assert plan.edits == 1
    assert [e.text for e in record.edits("r02")] == ["Anna"]


def test_reports_stay_unless_they_are_to_go_and_hold_nothing_else(record: Record) -> None:
    first, second, _ = filled(record, 3)
    (record.place(second) / "notes.docx").write_text("mine")
    assert prune(record, 1, dry=True).folders == (record.place(first),)
    prune(record, 1, reports=True)
    assert not record.place(first).exists()
    assert (record.place(second) / "notes.docx").read_text() == "mine"


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_the_commands_say_what_is_current_and_what_was_done(
    record: Record, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(record.root.parent)
    filled(record, 3)
    assert _run(capsys, "runs", "rollback", "r01")[1].startswith("current  r01 of 2026-05-30; it was r03")
    assert _run(capsys, "runs", "pin", "r02")[0] == 0
    code, out, _ = _run(capsys, "runs")
    states = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert (code, "current" in states["r01"], "pinned" in states["r02"], "current" in states["r03"]) == (0, True, True, False)
    found = json.loads(_run(capsys, "runs", "list", "--json")[1])
    assert (found["current"], [r["current"] for r in found["runs"]]) == ("r01", [True, False, False])
    code, out, _ = _run(capsys, "runs", "prune", "--keep", "1")
    assert (code, "nothing to remove" in out, len(record.entries())) == (0, True, 3)
    _run(capsys, "runs", "unpin", "r02")
    out = _run(capsys, "runs", "prune", "--keep", "1")[1]
    assert "would go" in out
    assert out.endswith("next     personae runs prune --keep 1 --yes\n")
    assert "MB freed" in _run(capsys, "runs", "prune", "--keep", "1", "--yes")[1]
    assert _run(capsys, "runs", "verify")[0] == 0
    assert [e.id for e in record.entries()] == ["r01", "r03"]


@pytest.mark.parametrize(
    ("typed", "fix"),
    [
        (["prunn", "--keep", "3"], "personae runs prune --keep 3"),
        (["--quiet", "pin", "r01"], "personae runs pin r01, with the options behind it"),
        (["forget"], "use one of: list, pin, unpin, rollback, verify, prune"),
    ],
)
def test_what_cannot_be_done_with_runs_is_said_with_what_can(
    capsys: pytest.CaptureFixture[str], typed: list[str], fix: str
) -> None:
    code, _, err = _run(capsys, "runs", *typed)
    assert code == 2
    assert fix in err


def test_the_help_of_runs_lists_its_commands(capsys: pytest.CaptureFixture[str]) -> None:
    out = _run(capsys, "runs", "--help")[1]
    assert all(f"runs {name}" in out for name in ("pin", "unpin", "rollback", "verify", "prune"))
    assert "--keep" in _run(capsys, "runs", "prune", "--help")[1]
