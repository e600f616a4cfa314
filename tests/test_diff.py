"""Two runs against each other: settings, data, personas, and who moved."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import cast_builder
import personae
from conftest import planted
from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.persona import Persona
from personae.stages.diff import diff, moves

WORLD = planted(users=500, groups=3, events=10, seed=3)


def _cast(labels: list[int], ids: list[str] | None = None) -> Cast:
    """A cast with these groups, -1 for none."""
    made = cast_builder.cast()
    n, k = len(labels), max(labels) + 1
    where = np.array(labels, np.int32)
    p = made.placement
    zero = np.zeros(n)
    place = replace(p, persona=where, second=where, membership=zero, margin=zero, kind=zero.astype(np.int8), reason=where)
    people = tuple(_persona(made.personas[0], i, int((where == i).sum())) for i in range(k))
    names = [f"u{i:04d}" for i in range(n)] if ids is None else ids
    return replace(made, ids=pa.array(names, pa.string()), placement=place, personas=people)


def _persona(like: Persona, index: int, users: int) -> Persona:
    return replace(like, index=index, key=f"P{index + 1}", name=f"Group {index + 1}", users=users)


def test_the_same_groups_under_other_numbers_move_nobody() -> None:
    """Requirement 30."""
    found = diff(_cast([0] * 40 + [1] * 60), _cast([1] * 40 + [0] * 60))
    assert (found.agreement, found.moved, found.stayed) == (pytest.approx(1.0), 0, 100)
    assert [(p.before, p.after, p.kind) for p in found.pairs] == [("P1", "P2", "same"), ("P2", "P1", "same")]


def test_who_moves_is_counted_by_hand() -> None:
    """Requirement 97: of 100, 20 go from the first group to the second."""
    found = diff(_cast([0] * 50 + [1] * 50), _cast([0] * 30 + [1] * 70))
    assert (found.moved, found.stayed, found.rounded) == (20, 80, False)
    assert {(m.before, m.after): m.users for m in found.moves} == {("P1", "P1"): 30, ("P1", "P2"): 20, ("P2", "P2"): 50}
    assert [round(p.jaccard, 4) for p in found.pairs] == [round(30 / 50, 4), round(50 / 70, 4)]
    assert {p.kind for p in found.pairs} == {"alike"}


def test_few_movers_are_not_told_and_do_not_follow_from_the_rest() -> None:
    """EXP-03."""
    found = diff(_cast([0] * 53 + [1] * 50), _cast([0] * 50 + [1] * 53))
    cells = {(m.before, m.after): m.users for m in found.moves}
    assert cells == {("P1", "P1"): 50, ("P2", "P2"): 50}
    assert found.rounded
    assert (found.moved, found.stayed) == (None, 100)


def test_a_group_that_falls_apart_has_no_counterpart() -> None:
    found = diff(_cast([0] * 60 + [1] * 40), _cast([0] * 30 + [2] * 30 + [1] * 40))
    kinds = {(p.before, p.after): p.kind for p in found.pairs}
    assert kinds == {("P1", ""): "gone", ("P2", "P2"): "same", ("", "P1"): "new", ("", "P3"): "new"}


def test_a_run_against_one_without_groups_says_that_they_cannot_be_compared() -> None:
    one, none = _cast([0] * 50 + [1] * 50), _cast([-1] * 100)
    found = diff(one, replace(none, personas=()))
    assert found.agreement is None
    assert "cannot be compared" in found.words[0]


def test_users_of_one_run_alone_are_listed_byte_for_byte() -> None:
    before = _cast([0, 0, 1], ["007", "=a", "7"])
    after = _cast([1, 0, -1], ["=a", "7", "ü, x"])
    table = moves(before, after).to_pydict()
    assert table["id"] == ["007", "=a", "7", "ü, x"]
    assert table["before"] == ["P1", "P1", "P2", None]
    assert table["after"] == [None, "P2", "P1", "none"]


@pytest.fixture(scope="module")
def runs() -> tuple[personae.Result, personae.Result]:
    frame = pd.DataFrame(WORLD.counts, columns=WORLD.events)
    frame.insert(0, "user_id", WORLD.ids)
    return personae.run(frame, groups=3, worlds="none"), personae.run(frame[:450], groups=2, seed=8, worlds="none")


def test_settings_and_data_that_differ_are_named(runs: tuple[personae.Result, personae.Result]) -> None:
    found = personae.diff(*runs)
    assert isinstance(found, Change)
    named = {s.name: (s.before, s.after) for s in found.settings}
    assert named == {"groups": ("3", "2"), "seed": ("7", "8")}
    assert found.rounded and (found.both, found.only_before, found.only_after) == (450, 50, None)
    assert [(s.rows_before, s.rows_after, s.same) for s in found.sources] == [(500, 450, False)]


def test_a_run_against_itself_differs_in_nothing(runs: tuple[personae.Result, personae.Result]) -> None:
    found = personae.diff(runs[0], runs[0])
    assert (found.settings, found.moved, found.agreement) == ((), 0, pytest.approx(1.0))


def _cli(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "personae", *words], cwd=folder, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_the_command_line_compares_two_runs_and_writes_who_moved(tmp_path: Path) -> None:
    WORLD.wide(tmp_path / "users.csv")
    for groups in ("3", "2"):
        assert _cli(tmp_path, "run", "users.csv", "--groups", groups, "--worlds", "none").returncode == 0
    said = _cli(tmp_path, "diff", "r01", "r02", "--out", "moves.csv")
    assert said.returncode == 0, said.stderr
    for words in ("adjusted Rand index", "Who is where", "the same bytes", "Settings that differ"):
        assert words in said.stdout
    assert stat.S_IMODE((tmp_path / "moves.csv").stat().st_mode) == 0o600
    lines = (tmp_path / "moves.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "id,before,after"
    assert sorted(x.split(",")[0] for x in lines[1:]) == sorted(WORLD.ids)
    document = json.loads(_cli(tmp_path, "diff", "r01", "--json").stdout)
    assert (document["before"]["run"], document["after"]["run"]) == ("r01", "r02")
    assert _cli(tmp_path, "diff", "r01", "r09").returncode == 2
    assert _cli(tmp_path, "diff").returncode == 2
