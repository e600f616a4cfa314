"""The workflow of GitHub Actions, its steps run by bash over a repository as GitHub has it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from personae.model.schedule import Schedule
from personae.schedules import github

pytestmark = pytest.mark.skipif(not (shutil.which("git") and shutil.which("bash")), reason="needs git and bash")
STORE = "the record"
WANTED = Schedule("week", command=("refresh", "a.csv", "--store", STORE), folder="/srv")
PERSONAE = """#!/bin/sh
echo "$@" >> ../said
echo more >> "the record/index.db"
rm -f "the record/gone"
exit 4
"""


def _bash(script: str, at: Path) -> subprocess.CompletedProcess[str]:
    """As GitHub runs a step: stop at the first command that fails."""
    home = {"PATH": f"{at.parent}:/usr/bin:/bin:/usr/local/bin", "HOME": str(at.parent), "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(["bash", "-e", "-c", script], cwd=at, env=home, capture_output=True, text=True, check=False)


def _clone(root: Path, name: str) -> Path:
    assert _bash(f"git clone -q origin.git {name}", root / "here").returncode == 0
    return root / "here" / name


def _steps() -> dict[str, str]:
    """The steps of a job by their name, each as what bash gets."""
    steps = yaml.safe_load(github.write(WANTED)["personae.yml"])["jobs"]["refresh"]["steps"]
    return {s["name"].split(" (")[0].split(",")[0]: s["run"] for s in steps if "run" in s and "name" in s}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository on a server with one file, and a stand-in for personae that a gate always stops."""
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "personae").write_text(PERSONAE, encoding="utf-8")
    (tmp_path / "here" / "personae").chmod(0o755)
    make = """git init -q --bare origin.git && git clone -q origin.git first && cd first && echo 1 > a.csv && git add a.csv &&
git -c user.name=a -c user.email=a@localhost commit -qm "Data" && git push -q origin HEAD"""
    made = _bash(make, tmp_path / "here")
    assert made.returncode == 0, made.stderr
    return tmp_path


def test_without_a_record_nothing_is_run_and_the_job_says_what_to_do(root: Path) -> None:
    """New keys would be given to everybody: a refresh never becomes a first run by itself."""
    told = _bash(_steps()["The record of runs"], _clone(root, "job"))
    assert told.returncode == 1 and "put it there first" in told.stdout
    text = github.write(WANTED)["personae.yml"]
    assert not re.search(r"^ +personae run", text, re.MULTILINE) and "actions/cache" not in text


def test_the_record_is_put_there_by_hand_and_kept_though_a_gate_said_no(root: Path) -> None:
    first = root / "here" / "first"
    (first / STORE).mkdir()
    for name in ("index.db", "gone"):
        (first / STORE / name).write_text("a run\n", encoding="utf-8")
    (first / STORE / ".gitignore").write_text("*\n", encoding="utf-8")
    head = [x[4:] for x in github.write(WANTED)["personae.yml"].splitlines() if x.startswith("#   ")]
    by_hand = "git config user.name a; git config user.email a@localhost\n" + "\n".join(head)
    put = _bash(by_hand, first)
    assert put.returncode == 0, put.stderr
    assert _bash("git status --porcelain --untracked-files=no", first).stdout == ""

    steps = _steps()
    for n in (1, 2):
        job = _clone(root, f"job{n}")
        there = _bash(steps["The record of runs"], job)
        assert there.returncode == 0, there.stdout + there.stderr
        assert (job / STORE / "index.db").read_text(encoding="utf-8") == "a run\n" + "more\n" * (n - 1)
        assert (job / STORE / "gone").exists() == (n == 1)
        assert _bash(steps["Refresh"], job).returncode == 4
        kept = _bash(steps["Keep the record of runs"], job)
        assert kept.returncode == 0, kept.stderr
    log = _bash("git log --format=%s personae-record", root / "here" / "origin.git").stdout.split("\n")
    assert log == ["The record of runs", ""]  # one commit, without those before it


def test_a_record_that_cannot_be_kept_leaves_the_last_one(root: Path) -> None:
    """Not even the branch is lost when a step before the push fails."""
    job = _clone(root, "job")
    assert _bash("git push -q origin HEAD:personae-record", job).returncode == 0
    (job / STORE).mkdir()
    (job / STORE / "index.db").write_text("a run\n", encoding="utf-8")
    shutil.rmtree(job / ".git" / "objects")
    assert _bash(_steps()["Keep the record of runs"], job).returncode != 0
    assert "personae-record" in _bash("git branch", root / "here" / "origin.git").stdout


def test_no_name_is_an_expression_of_github() -> None:
    """It would be worked out before the shell sees it, secrets included; written so, it stands for itself."""
    odd = "${{ secrets.X }}.csv"
    text = github.write(Schedule("week", command=("refresh", odd, "--store", odd), folder="/srv"))["personae.yml"]
    steps = yaml.safe_load(text)["jobs"]["refresh"]["steps"]
    found = [e for s in steps for e in re.findall(r"\$\{\{(.*?)\}\}", s.get("run", ""))]
    assert found and {e.strip() for e in found} == {"'${{'"}
    assert "'${{ secrets.X }}.csv'" in next(s["run"] for s in steps if "refresh" in s.get("run", "")).replace(
        "${{ '${{' }}", "${{"
    )
