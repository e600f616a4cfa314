"""What people expect of a run is checked, line by line, with exit codes that a build can act on."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from personae.cli import main, settings
from personae.exporters.lock import export
from personae.model.cast import Cast
from personae.model.change import Change
from personae.model.drift import Drift, Shift
from personae.model.study import Study
from personae.stages.expect import expect
from personae.store import Record
from personae.words.expecting import EXAMPLE, expectations
from refreshed import act, placed, refreshed

BEFORE = placed(["P1"] * 200 + ["P2"] * 100 + ["P3"] * 60, run="r01")
AFTER = refreshed(BEFORE, placed(["P1"] * 180 + ["P2"] * 120, run="r02"), act("gone", ["P3"], []))


def _state(text: str, cast: Cast = AFTER) -> list[str]:
    wanted = expectations(tomllib.loads(text)["expect"], text, "personae.toml")
    return [o.state for o in expect(cast, wanted, "personae.toml")]


def _one(line: str, cast: Cast = AFTER) -> str:
    return _state(f"[[expect]]\n{line}", cast)[0]


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ('persona = "P1"\nshare = "58-62 %"', "held"),
        ('persona = "frequent BUYERS"\nshare = "12-18 %"', "failed"),
        ('persona = "P1"\nshare = ">= 60 %"', "held"),
        ('persona = "P1"\nshare = 0.61', "failed"),
        ('persona = "P2"\nusers = "100-120"', "held"),
        ('persona = "P2"\nusers = ">= 1_000"', "failed"),
        ('persona = "P2"\nsteadiness = 0.9', "held"),
        ('persona = "P1"\nkept = ">= 95 %"', "failed"),
        ('persona = "P3"\nshare = "1-99 %"', "failed"),
        ("smallest = 120", "held"),
        ("smallest = 121", "failed"),
        ("groups = 2", "held"),
        ('groups = "3-5"', "failed"),
        ('outside = "<= 1 %"', "held"),
        ('moved = "<= 10 %"', "held"),
        ('moved = "<= 5 %"', "failed"),
        ('verdict = ["natural", "reproducible"]', "held"),
        ('verdict = "constructive"', "failed"),
        ('personas = ["P1", "Quiet browsers"]', "held"),
        ('personas = ["P1", "Recipe savers"]', "failed"),
        ('drift = "clear"', "not checked"),
    ],
)
def test_expectations_are_held_against_the_run(line: str, state: str) -> None:
    """60 % of 300 users are in P1, 40 % in P2; P3 of the run before is gone; 20 of 300 moved to P2."""
    assert _one(line) == state


@pytest.mark.parametrize(
    ("accepted", "state"), [("clear", "failed"), ("small", "failed"), ("medium", "held"), ("large", "held")]
)
def test_drift_is_accepted_up_to_a_size(accepted: str, state: str) -> None:
    shift = Shift("measure", "orders", "orders", "times", 2.0, 3.0, 0.5, "medium", 0.001, "orders rose")
    assert isinstance(AFTER.change, Change)
    cast = replace(AFTER, change=replace(AFTER.change, drift=Drift(40, (shift,), 360, 300)))
    assert _one(f'drift = "{accepted}"', cast) == state


@pytest.mark.parametrize(
    ("text", "line", "fix"),
    [
        ('[[expect]]\nsmallest = 200\n\n[[expect]]\npersona = "P1"\nshore = "12-18 %"', 6, "did you mean share?"),
        ('[[expect]]\npersona = "P1"\nshare = "a lot"', 3, 'share = "12-18 %"'),
        ('[[expect]]\npersona = "P1"\nshare = 18', 3, "12-18 %"),
        ('[[expect]]\nverdict = "naturel"', 2, "did you mean natural?"),
        ('[[expect]]\ndrift = "claer"', 2, "did you mean clear?"),
        ('[[expect]]\ngroups = "6-4"', 2, "smaller number first"),
        ('[[expect]]\npersona = "P1"\nsmallest = 20', 3, "one of: share, users"),
        ('[[expect]]\npersona = "Frequent buyer"\nshare = "1-2 %"', 3, "did you mean 'Frequent buyers'?"),
        ("[[expect]]\n", 1, "say what is expected"),
        ('[[expect]]\nshare = "12-18 %"', 2, 'persona = "P1"'),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(
    tmp_path: Path, text: str, line: int, fix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _cli(tmp_path, text) == 2
    said = capsys.readouterr().err
    assert f"line {line}" in said
    assert fix in said


def _cli(folder: Path, text: str, *words: str, cast: Cast = AFTER) -> int:
    (folder / "personae.toml").write_text(text, encoding="utf-8")
    record = Record(folder / ".personae")
    if not record.entries():
        record.add(cast, folder / "out", "2026-06-01", more=lambda _folder, _shown: None)
    with pytest.raises(SystemExit) as end:
        main.main(["test", "--expect", str(folder / "personae.toml"), "--store", str(record.root), *words])
    return int(end.value.code or 0)


def test_a_build_gets_exit_codes_json_and_junit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = (
        "[[expect]]\nsmallest = 100\n",
        '[[expect]]\nsmallest = 100\ndrift = "clear"\n[[expect]]\npersona = "P1"\nusers = 900\n',
    )
    assert _cli(tmp_path, good) == 0
    assert "1 of 1 expectations hold in r01" in capsys.readouterr().out
    assert _cli(tmp_path, bad, "--junit", str(tmp_path / "junit.xml")) == 4
    assert "FAILED" in capsys.readouterr().out
    suite = ElementTree.parse(tmp_path / "junit.xml").getroot()  # noqa: S314
    assert {k: suite.get(k) for k in ("tests", "failures", "skipped")} == {"tests": "3", "failures": "1", "skipped": "1"}
    assert _cli(tmp_path, bad, "--json") == 4
    found = json.loads(capsys.readouterr().out)
    assert [(e["what"], e["state"], e["line"]) for e in found["expectations"]] == [
        ("smallest", "held", 2), ("drift", "not checked", 3), ("users", "failed", 6),
    ]  # fmt: skip


def test_without_expectations_one_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _cli(tmp_path, "groups = 3\n") == 2
    assert "[[expect]]" in capsys.readouterr().err
    assert expectations(tomllib.loads(EXAMPLE)["expect"], EXAMPLE, "")[0].line == 3


def test_settings_that_are_saved_leave_expectations_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "personae.toml").write_text(f"seed = 3\n\n# why\n{EXAMPLE}\n", encoding="utf-8")
    settings.write(tmp_path, Study(sources=("users.csv",), seed=9), {}, "")
    kept = settings.keep(tmp_path)
    assert kept["seed"] == 9
    assert kept["expect"] == tomllib.loads(EXAMPLE)["expect"]


def test_the_lock_is_toml_that_changes_only_where_the_personas_do(tmp_path: Path) -> None:
    one = export(AFTER, tmp_path / "a.lock").read_text(encoding="utf-8")
    assert export(AFTER, tmp_path / "b.lock").read_text(encoding="utf-8") == one
    found = tomllib.loads(one)
    assert [(p["key"], p["name"], p["users"], p["share"]) for p in found["persona"]] == [
        ("P1", "Frequent buyers", 180, "60 %"), ("P2", "Quiet browsers", 120, "40 %"),
    ]  # fmt: skip
    assert found["run"]["rule"].startswith("sha256:")
    renamed = replace(AFTER, personas=(replace(AFTER.personas[0], name='Say "hi" \x7f \\'), AFTER.personas[1]))
    other = export(renamed, tmp_path / "c.lock").read_text(encoding="utf-8")
    assert sum(a != b for a, b in zip(one.splitlines(), other.splitlines(), strict=True)) == 1
    assert tomllib.loads(other)["persona"][0]["name"].startswith('Say "hi" ')


def test_the_lock_tells_of_no_few(tmp_path: Path) -> None:
    cast = placed(["P1"] * 100 + ["P2"] * 4 + [""] * 3)
    text = export(cast, tmp_path / "few.lock").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    assert (found["persona"][1]["users"], found["run"]["outside"]) == ("fewer than 10", "fewer than 10")
    assert found["persona"][1]["share"] == "under 9.3 %"


@pytest.mark.parametrize("way", ["flag", "environment", "file"])
def test_the_record_is_found_by_flag_environment_and_file_alike(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """EXPERIENCE 14: the same names in all three, the flag weighing most."""
    Record(tmp_path / "kept").add(AFTER, tmp_path / "out", "2026-06-01", more=lambda _folder, _shown: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "personae.toml").write_text(
        f'store = "{"kept" if way == "file" else "elsewhere"}"\n{EXAMPLE}', encoding="utf-8"
    )
    if way != "file":
        monkeypatch.setenv("PERSONAE_STORE", "kept" if way == "environment" else "elsewhere")
    with pytest.raises(SystemExit) as end:
        main.main(["show", "--changes", *(["--store", "kept"] if way == "flag" else [])])
    assert end.value.code == 0, capsys.readouterr().err
    assert "since r01" in capsys.readouterr().out
