"""New data in the personas that are known: keys, names and edits stay with the people they are of. REF-01, REF-07, R112."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import personae
from conftest import planted
from personae import flow, store
from personae.api import Result
from personae.cli.main import main
from personae.errors import GateError, MachineError, UsageError
from personae.stages.stay import stay
from personae.store import Record

DAY = "2026-06-01"
SAME = ("personas.json", "facts.json", "rule.json", "users.parquet", "dossier.json")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A folder with an event log of 300 users in three groups, and its run."""
    folder = tmp_path_factory.mktemp("project")
    planted(300, 3).log(folder / "events.csv")
    return folder, personae.run(folder / "events.csv", groups=3, worlds="none")


@pytest.fixture
def here(project: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    """The record of that run, in the working folder, with the log beside it."""
    folder, run = project
    monkeypatch.chdir(tmp_path)
    Path("events.csv").write_bytes((folder / "events.csv").read_bytes())
    kept = Record(Path(".personae"))
    kept.add(
        replace(run.cast, study=replace(run.cast.study, sources=("events.csv",))), None, DAY, more=lambda place, cast: None
    )
    return kept


def _type(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        main([*words, "--quiet"])
    return int(done.value.code or 0)


def _bytes(result: Result, folder: Path) -> list[bytes]:
    store.save(result.cast, folder)
    return [(folder / name).read_bytes() for name in SAME]


def _kept(result: Result) -> Any:
    change = result.cast.change
    assert change is not None
    assert {d.kind for d in change.descents} == {"same"}
    assert change.moved == 0
    assert change.drift is not None
    assert change.drift.clear
    return change


def test_the_same_bytes_give_the_same_bytes_and_nobody_moves(project: tuple[Path, Result], tmp_path: Path) -> None:
    folder, run = project
    with pytest.raises(GateError, match="gate unchanged says no"):
        personae.refresh(run, folder / "events.csv")
    again = personae.refresh(run, folder / "events.csv", allow="unchanged")
    assert "is still there" in repr(again) or "are still there" in repr(again)
    assert _bytes(again, tmp_path / "again") == _bytes(run, tmp_path / "run")
    _kept(again)


def test_rows_in_another_order_and_another_seed_change_nothing(project: tuple[Path, Result], tmp_path: Path) -> None:
    _, run = project
    planted(300, 3).log(tmp_path / "events.csv", shuffled=8)
    again = personae.refresh(run, tmp_path / "events.csv")
    assert _bytes(again, tmp_path / "again") == _bytes(run, tmp_path / "run")
    _kept(again)
    study = replace(run.cast.study, sources=(str(tmp_path / "events.csv"),), seed=99)
    reseeded = flow.refresh(run.cast, study, allow=("unchanged",))
    _kept(Result(reseeded))
    assert (reseeded.placement.persona == run.cast.placement.persona).all()
    assert [p.name for p in reseeded.personas] == [p.name for p in run.cast.personas]


def test_a_run_is_named_by_its_id_in_python(here: Record) -> None:
    assert personae.load("r01").cast.run == "r01"
    assert personae.refresh("r01", "events.csv", allow="unchanged").change is not None


def test_of_two_refreshes_at_once_one_is_recorded(here: Record, capsys: pytest.CaptureFixture[str]) -> None:
    """REF-07: what was begun with a run that is no longer the current one is not recorded."""
    before = here.bare()
    twins = [replace(stay(before), run="", warnings=(f"feed {i}",)) for i in (1, 2)]
    here.add(twins[0], None, DAY, more=lambda place, cast: None, since="r01")
    with pytest.raises(MachineError, match="somebody else made r02 the current run meanwhile") as no:
        here.add(twins[1], None, DAY, more=lambda place, cast: None, since="r01")
    assert (no.value.did, no.value.exit_code) == ("nothing was recorded", 5)
    assert [e.id for e in here.entries()] == ["r01", "r02"]
    assert len(list((here.root / "runs").iterdir())) == 2


def test_other_people_of_the_same_groups_have_their_keys_and_names(project: tuple[Path, Result], tmp_path: Path) -> None:
    _, run = project
    world = planted(300, 3, seed=1)
    strangers = replace(world, ids=tuple(f"new-{i}" for i in world.ids), seed=4)
    log = strangers.log(tmp_path / "events.csv")
    with pytest.raises(GateError, match="users"):
        personae.refresh(run, log)
    after = personae.refresh(run, log, allow="users")
    assert {p.key: p.name for p in after.cast.personas} == {p.key: p.name for p in run.cast.personas}
    before = dict(zip(run.cast.ids.to_pylist(), run.cast.placement.persona.tolist(), strict=True))
    index = {p.index: run.cast[p.key].index for p in after.cast.personas} | {-1: -1}
    same = [
        index[j] == before[i.removeprefix("new-")] for i, j in zip(after.cast.ids.to_pylist(), after.cast.placement.persona)
    ]
    assert np.mean(same) > 0.95
    assert after.cast.change is not None
    assert all(d.people is None and (d.profile or 0) > 0.9 for d in after.cast.change.descents)


def test_names_notes_and_personas_made_by_hand_go_on_and_their_keys_are_never_given_again(here: Record) -> None:
    assert _type("rename", "P3", "Window shoppers") == 0
    assert _type("note", "P3", "They read the sale page first.") == 0
    assert _type("merge", "P1", "P2", "--name", "Bargain hunters") == 0
    assert _type("refresh") == 4, "every byte is the same: nothing to do"
    assert [e.id for e in here.entries()] == ["r01"]
    before = here.load()
    planted(300, 3).log(Path("events.csv"), shuffled=5)
    assert _type("refresh") == 0
    after = here.load()
    assert (after.run, here.entry("r02").rests) == ("r02", "r01")
    assert {p.key: p.name for p in after.personas} == {"P3": "Window shoppers", "P4": "Bargain hunters"}
    assert [n.text for n in after["P3"].notes] == ["They read the sale page first."]
    assert after["P4"].steady == "not tested"
    places = [dict(zip(c.ids.to_pylist(), _keys(c), strict=True)) for c in (before, after)]
    assert places[0] == places[1]
    assert _type("split", "P4") == 0
    assert {p.key for p in here.load().personas} == {"P3", "P5", "P6"}
    assert _type("undo") == 0
    assert {p.key for p in here.load().personas} == {"P3", "P4"}


def _keys(cast: Any) -> list[str]:
    names = {p.index: p.key for p in cast.personas}
    return [names.get(i, "") for i in cast.placement.persona.tolist()]


def test_data_without_groups_leave_the_last_good_run_in_use(here: Record, capsys: pytest.CaptureFixture[str]) -> None:
    world = planted(300, 0)
    world.log(Path("later.csv"))
    assert _type("refresh", "later.csv") == 4
    assert "stays" in capsys.readouterr().err
    assert [e.id for e in here.entries()] == ["r01"]
    assert here.load().run == "r01"
    assert not [p for p in Path(".personae/runs").iterdir() if p.name.startswith("new-")]


def test_a_search_that_cuts_a_group_in_two_without_a_gap_splits_nobody(project: tuple[Path, Result]) -> None:
    folder, run = project
    study = replace(run.cast.study, sources=(str(folder / "events.csv"),), groups="4")
    after = flow.refresh(run.cast, study, allow=("unchanged",))
    assert [p.key for p in after.personas] == [p.key for p in run.cast.personas]
    assert after.change is not None
    assert (after.change.moved, {d.kind for d in after.change.descents}) == (0, {"same"})
    verdict = after.evidence.verdict
    assert (verdict.groups, verdict.own) == (3, 4)
    assert verdict.why.startswith("A new search alone says 4 groups; the 3 that are known stay")
    assert "Tested anew, 3 of the 3 borders between them show a valley" in verdict.why
    assert verdict.kind == "natural", "the three that are known stand, whatever the search made of them"
    assert [(b.first, b.second) for b in after.evidence.borders] == [(0, 1), (0, 2), (1, 2)]
    assert min(after.evidence.steadiness) > 0.9


def test_what_became_of_the_personas_is_kept_with_the_run(here: Record) -> None:
    planted(300, 3).log(Path("events.csv"), shuffled=5)
    assert _type("refresh") == 0
    change = here.load().change
    assert change is not None
    assert [d.before == d.after for d in change.descents] == [True] * 3
    place = here.place(here.entry("r02"))
    assert json.loads((place / "change.json").read_text())["before"]["run"] == "r01"


def test_a_run_without_groups_cannot_be_refreshed(project: tuple[Path, Result]) -> None:
    folder, run = project
    with pytest.raises(UsageError, match="nothing to refresh"):
        flow.refresh(replace(run.cast, rule=None, personas=()), replace(run.cast.study, sources=(str(folder / "events.csv"),)))


CENTRES = {"a": (0, 0, 0), "b": (6, 0, 0), "c": (0, 6, 0), "d": (0, 0, 6), "e": (6, 6, 6), "f": (6, 0, 6)}


def _table(sizes: Mapping[str, int], seed: int, turned: Mapping[str, str] | None = None) -> tuple[pa.Table, dict[str, str]]:
    """People a0, a1, ... about the centres; `turned` says to which centre every second one of a group went instead."""
    rng = np.random.default_rng(seed)
    ids = [f"{g}{i}" for g, n in sizes.items() for i in range(n)]
    at = {i: (turned or {}).get(i[0], i[0]) if int(i[1:]) % 2 else i[0] for i in ids}
    values = np.array([CENTRES[at[i]] for i in ids]) * 10 + rng.normal(0, 10, (len(ids), 3))
    columns = {f"measure {n}": np.round(values[:, j] + 200, 3) for j, n in enumerate("xyz")}
    return pa.table({"user_id": ids, **columns}), at


def _meaning(result: Result, at: Mapping[str, str]) -> dict[str, str]:
    """The centre that most users of each persona are at."""
    cast = result.cast
    found: dict[str, list[str]] = {}
    for i, k in zip(cast.ids.to_pylist(), _keys(cast), strict=True):
        found.setdefault(k, []).append(at[i])
    return {k: max(sorted(set(v)), key=v.count) for k, v in found.items() if k}


@pytest.mark.slow
def test_a_split_a_merger_a_death_a_birth_and_a_return_are_told_and_keys_stay_with_their_people() -> None:
    """REF-01. Five weeks: c gives half of its people to d, then takes them back; b leaves; f comes; b comes back."""
    usual = {"a": 70, "b": 70, "c": 90, "e": 80}
    table, at = _table(usual, 1)
    run = personae.run(table, id="user_id", worlds="none")
    first = _meaning(run, at)
    key = {g: k for k, g in first.items()}
    assert sorted(first.values()) == ["a", "b", "c", "e"]

    def week(before: Result, sizes: Mapping[str, int], seed: int, turned: Mapping[str, str] | None = None) -> Any:
        table, at = _table(sizes, seed, turned)
        after = personae.refresh(before, table)
        assert after.cast.change is not None
        return after, _meaning(after, at), {d.kind: d for d in after.cast.change.descents if d.kind != "same"}

    run, now, told = week(run, usual, 2)
    assert (now, told) == (first, {}), "other draws of the same people are nothing new"
    run, now, told = week(run, usual, 3, {"c": "d"})
    assert set(told) == {"split"}
    assert told["split"].before == (key["c"],)
    assert {now[k] for k in told["split"].after} == {"c", "d"}
    assert {k: now[k] for k in first} == first, "those who do as c did are still c"
    assert now["P5"] == "d"
    run, now, told = week(run, usual, 4)
    assert (set(told), set(told["merged"].before)) == ({"merged"}, {key["c"], "P5"})
    assert now == first
    left = {g: n for g, n in usual.items() if g != "b"}
    run, now, told = week(run, left, 5)
    assert (set(told), told["gone"].before) == ({"gone"}, (key["b"],))
    run, now, told = week(run, {**left, "f": 70}, 6)
    assert set(told) == {"new"}
    assert (now["P6"], told["new"].after) == ("f", ("P6",)), "P5 is not given again"
    run, now, told = week(run, {**left, "f": 70, "b": 70}, 7)
    assert (set(told), told["new"].after) == ({"new"}, ("P7",)), "three measures are too few to know who comes back"
    assert now["P7"] == "b"


def test_a_feed_that_is_cut_off_is_refused(project: tuple[Path, Result], tmp_path: Path) -> None:
    folder, run = project
    with (folder / "events.csv").open(newline="") as source:
        rows = list(csv.reader(source))
    with (tmp_path / "events.csv").open("w", newline="") as target:
        csv.writer(target).writerows(rows[:200])
    with pytest.raises(GateError, match="rows"):
        personae.refresh(run, tmp_path / "events.csv")
