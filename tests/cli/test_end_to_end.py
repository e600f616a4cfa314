"""The commands on the sample company and on broken files, nothing replaced."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from personae import sample

FLAGS = ["--outcome", "renewed", "--allow-rejects", str(sample.DIRTY)]


def _personae(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "personae", *arguments], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = _personae(folder, "demo", "--no-open")
    assert done.returncode == 0, done.stderr
    assert "The same by hand" in done.stdout
    return folder / "personae-demo"


@pytest.mark.slow
def test_the_demo_finds_the_planted_kinds_and_calls_them_natural(demo: Path) -> None:
    personas = json.loads((demo / "report" / "personas.json").read_text())
    assert personas["verdict"]["kind"] == "natural"
    shares = sorted(p["share"] for p in personas["personas"])
    assert shares == pytest.approx(sorted(k.share for k in sample.KINDS), abs=0.03)


@pytest.mark.slow
def test_the_demo_gives_pages_and_for_every_user_the_second_best_persona(demo: Path) -> None:
    """Requirements 15 and 110: one command, no language model; near-ties are on the page."""
    with (demo / "report" / "users.csv").open(encoding="utf-8") as file:
        users = list(csv.DictReader(file))
    inside = [u for u in users if u["persona"]]
    assert len(inside) > 0.9 * len(users)
    assert all(u["second"] and u["second"] != u["persona"] and 0 <= float(u["margin"]) <= 1 for u in inside)
    page = (demo / "report" / "report.html").read_text(encoding="utf-8")
    assert "near the border with a" in page
    assert not json.loads((demo / "report" / "personas.json").read_text(encoding="utf-8")).get("worded")


@pytest.mark.slow
def test_the_commands_the_demo_prints_give_the_same_bytes(demo: Path) -> None:
    """DET-01: by hand, in one more process, the same result."""
    done = _personae(demo, "run", "users.csv", "events.csv", "survey.csv", *FLAGS, "--out", "again")
    assert done.returncode == 0, done.stderr
    names = [p.name for p in (demo / "report").iterdir() if p.is_file() and p.name not in ("timings.json", "run.json")]
    assert {"card.json", "dossier.json", "report.html", "users.csv"} <= set(names) and len(names) == 10
    assert all((demo / "again" / n).read_bytes() == (demo / "report" / n).read_bytes() for n in names)


@pytest.mark.slow
def test_scoring_the_same_files_repeats_the_run(demo: Path) -> None:
    """MOD-03: fit = score."""
    done = _personae(
        demo, "score", "users.csv", "events.csv", "survey.csv", "--run", "report", "--out", "scored.csv", "--overwrite"
    )
    assert done.returncode == 0, done.stderr
    assert (demo / "scored.csv").read_bytes() == (demo / "report" / "users.csv").read_bytes()


@pytest.mark.slow
def test_a_later_delivery_is_scored_to_stdout(demo: Path) -> None:
    done = _personae(demo, "score", "events_later.csv", "--run", "report")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert len(rows) == len({r["id"] for r in rows}) > 2000
    assert sum(r["persona"] != "" for r in rows) / len(rows) > 0.95


@pytest.mark.slow
def test_check_shows_the_dirty_rows_and_writes_nothing(demo: Path) -> None:
    """CLI-06."""
    before = sorted(demo.rglob("*"))
    done = _personae(demo, "check", "users.csv", "events.csv", "survey.csv")
    assert done.returncode == 0, done.stderr
    assert "yesterday evening" in done.stdout
    assert f"--allow-rejects {sample.DIRTY}" in done.stdout
    dry = _personae(demo, "run", "users.csv", "events.csv", "--dry-run", *FLAGS)
    assert (dry.returncode, "would write" in dry.stdout) == (0, True)
    assert sorted(demo.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "data", "arguments", "code", "error"),
    [
        ("gone.csv", None, ["run"], 3, "P101"),
        ("empty.csv", b"", ["check"], 3, "P107"),
        ("model.csv", b"\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94.", ["check"], 3, "P108"),
        ("users.csv", b"user_id,x\n" + b"".join(b"u%d,%d\n" % (i, i) for i in range(99)), ["run", "--id", "userid"], 2, "P002"),
    ],
)
def test_a_broken_file_ends_in_four_parts_and_leaves_nothing(
    tmp_path: Path, name: str, data: bytes | None, arguments: list[str], code: int, error: str
) -> None:
    """CLI-01, CLI-05, CLI-08."""
    if data is not None:
        (tmp_path / name).write_bytes(data)
    done = _personae(tmp_path, arguments[0], name, *arguments[1:])
    assert (done.returncode, done.stdout) == (code, "")
    parts = [line.split()[0] for line in done.stderr.splitlines() if line[:1].isalpha() or line[2:3].isalpha()]
    assert parts[0] == f"error[{error}]:"
    assert parts[1:] == ["where", "did", "fix"]
    assert not (tmp_path / "reports").exists()
