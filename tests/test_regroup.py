"""Personas that a person joins or splits: described anew from the data, placed by one rule, and taken back exactly."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import personae
from conftest import planted
from personae.api import Result
from personae.cli.main import main
from personae.errors import DataError, UsageError
from personae.model.persona import UNTESTED
from personae.model.tree import Tree
from personae.rule import distances, to_personas
from personae.stages.regroup import regroup
from personae.store import Record

DAY = "2026-06-01"


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
    kept.add(run.cast, None, DAY, more=lambda place, cast: None)
    return kept


def _type(*words: str) -> int:
    with pytest.raises(SystemExit) as done:
        main([*words, "--quiet"])
    return int(done.value.code or 0)


def test_joined_personas_are_one_with_a_key_of_its_own_and_everything_known_of_it(here: Record) -> None:
    before = here.load()
    sizes = {p.key: p.users for p in before.personas}
    assert _type("rename", "P3", "Window shoppers") == 0
    assert _type("merge", "P1", "P2", "--name", "Bargain hunters") == 0
    after = here.load()
    assert [p.key for p in after.personas] == ["P3", "P4"], "no key comes to mean other people"
    new = after["Bargain hunters"]
    assert new.key == "P4"
    assert new.users == sizes["P1"] + sizes["P2"]
    assert after["P3"].name == "Window shoppers"
    assert (new.origin, new.steady) == ("edited", UNTESTED)
    place, old = after.placement.persona, before.placement.persona
    assert ((place == 3) == np.isin(old, (0, 1))).all()
    assert ((place == 2) == (old == 2)).all()
    facts = {f.id: f for f in after.facts}
    event = next(i.removeprefix("P4.") for i in facts if i.startswith("P4.e") and i.endswith(".mean"))
    parts = [next(f for f in before.facts if f.id == f"{k}.{event}") for k in ("P1", "P2")]
    mean = sum(f.value * f.n for f in parts) / sum(f.n for f in parts)
    assert facts[f"P4.{event}"].value == pytest.approx(mean, rel=1e-8)  # each is told to nine digits
    assert not [c for p in after.personas for c in (*p.story, *p.traits) for i in c.facts if i not in facts]
    assert _type("export", "--out", "users.csv") == 0
    assert _type("score", "events.csv", "--out", "scored.csv") == 0
    assert Path("users.csv").read_bytes() == Path("scored.csv").read_bytes(), "new users are placed by the same rule"
    assert _type("report", "--out", "report.html") == 0
    assert "a person joined or split some of them" in Path("report.html").read_text()
    assert _type("diff", "r01", "r01") == 0
    assert _type("undo") == 0
    assert [p.users for p in here.load().personas] == [p.users for p in before.personas]
    assert _type("undo") == 0
    assert here.load().personas == before.personas


def test_a_persona_is_split_in_two_that_hold_nearly_all_of_its_users_and_a_later_edit_keeps_it(here: Record) -> None:
    before = here.load()
    assert _type("split", "P2") == 0
    after = here.load()
    assert [p.key for p in after.personas] == ["P1", "P3", "P4", "P5"]
    own = np.isin(after.placement.persona, (3, 4))
    assert (own == (before.placement.persona == 1)).mean() > 0.97
    assert _type("merge", "P4", "P1") == 0
    last = here.load()
    assert [p.key for p in last.personas] == ["P3", "P5", "P6"]
    assert [p.steady == UNTESTED for p in last.personas] == [False, True, True]
    assert last["P3"].name == before["P3"].name
    assert _type("undo", "1") == 2, "a later merge rests on it"
    assert _type("undo") == 0
    assert here.load().personas == after.personas


def test_what_cannot_be_joined_or_split_is_refused(here: Record, capsys: pytest.CaptureFixture[str]) -> None:
    assert _type("merge", "P1", "P1") == 2
    assert _type("merge", "P1", "P2", "P3") == 2
    assert _type("merge", "P1", "P2", "--name", here.load()["P3"].name) == 2
    log = Path("events.csv").read_bytes()
    Path("events.csv").unlink()
    assert _type("merge", "P1", "P2") == 3
    assert "--data events.csv" in capsys.readouterr().err
    Path("moved.csv").write_bytes(log)
    assert _type("merge", "P1", "P2", "--data", "moved.csv") == 0
    assert _type("undo") == 0
    lines = log.splitlines(keepends=True)
    Path("events.csv").write_bytes(b"".join(lines[: len(lines) // 2]))
    assert _type("merge", "P1", "P2") == 3
    assert [e.state for e in here.edits()] == ["undone"]


def test_a_persona_of_a_tree_is_split_at_its_highest_joint(project: tuple[Path, Result]) -> None:
    folder, run = project
    cast = run.cast
    rule = cast.rule
    assert rule is not None
    tree = Tree(((0, 1), (2, 3), (4, 5)), (1.0, 2.0, 3.0), (50, 50, 100, 100))
    prototypes = np.vstack((rule.prototypes[0] + 0.1, rule.prototypes[0] - 0.1, rule.prototypes[1], rule.prototypes[2]))
    grown = replace(
        rule, prototypes=prototypes, owner=np.array([0, 0, 1, 2], np.int32), radius=np.full(4, np.inf), tree=tree,
        leaf=np.arange(4, dtype=np.int32), extent=None,
    )  # fmt: skip
    _, features = personae.flow.measured(cast.study.__class__(sources=(str(folder / "events.csv"),)))
    split, evidence, made = regroup(replace(cast, rule=grown, study=replace(cast.study, floor=1)), features, "split", ("P1",))
    assert split.owner.tolist() == [3, 4, 1, 2]
    assert made == ("P4", "P5")
    assert np.isnan(evidence.steadiness[3])


def test_a_persona_without_prototypes_is_near_nobody() -> None:
    d = distances(np.zeros((2, 1)), np.array([[1.0], [2.0]]))
    assert to_personas(d, np.array([0, 2]), 3).tolist() == [[1.0, np.inf, 4.0]] * 2


def test_in_python_an_edit_gives_a_new_run_and_saving_keeps_it(project: tuple[Path, Result], tmp_path: Path) -> None:
    """EXPERIENCE 15."""
    _, run = project
    old = run["P1"].name
    card = run["P1"].rename("Window shoppers").note("check price pages")
    assert run["P1"].name == old, "nothing that was there changes"
    assert card.name == "Window shoppers"
    assert [n.text for n in card.notes] == ["check price pages"]
    card.result.report(tmp_path / "report.html")
    assert "Window shoppers" in (tmp_path / "report.html").read_text()
    saved = personae.load(card.result.save(tmp_path / "run"))
    assert saved["Window shoppers"].notes == card.notes
    assert [e.kind for e in saved.cast.edits] == ["rename", "note"]
    assert json.loads((tmp_path / "run" / "edits.json").read_text())["edits"][0]["was"] == old
    with pytest.raises(UsageError, match="shares its main word"):
        run["P1"].rename(run["P2"].name)


def test_other_data_are_not_those_of_the_run(project: tuple[Path, Result], tmp_path: Path) -> None:
    _, run = project
    planted(300, 3, seed=9).log(tmp_path / "events.csv")
    with pytest.raises(DataError, match="the data have changed") as no:
        personae.flow.regrouped(run.cast, "merge", ("P1", "P2"), (str(tmp_path / "events.csv"),))
    assert no.value.code == "P112"
