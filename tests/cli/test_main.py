"""The command line as a stranger meets it: help, typing errors, exit codes, pipes, interruptions."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

import cast_builder
from personae import errors, flow
from personae.cli import main as cli
from personae.cli.screen import Screen, clean, cut, percent, table, width
from personae.cli.settings import HELP
from personae.errors import DataError, MachineError, PersonaeError, UsageError
from personae.model.cast import Cast
from personae.model.study import Study


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    return tmp_path


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Study]:
    """`run` finds a cast made by hand; returns the studies it was asked for."""
    asked: list[Study] = []

    def found(study: Study, frames: Any = None) -> Cast:
        asked.append(study)
        return cast_builder.cast()

    monkeypatch.setattr(flow, "run", found)
    return asked


def _main(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    return int(end.value.code or 0)


def _raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(study: Study, frames: Any = None) -> Cast:
        raise error

    monkeypatch.setattr(flow, "run", fail)


def test_alone_it_says_four_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert _main() == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_help_and_version_load_nothing_heavy() -> None:
    """SPEED: --help under 0.3 s."""
    code = (
        "import sys; from personae.cli.main import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'duckdb', 'pyarrow', 'scipy', 'sklearn', 'ibis', 'vl_convert', 'rich', 'pandas'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert out.endswith("LOADED []\n")
    assert "--group-by COLS" in out


def test_every_setting_is_a_flag_with_a_help_text() -> None:
    assert [*HELP] == [f.name for f in fields(Study) if f.name != "sources"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (["rnu"], "did you mean run?"),
        (["run", "x.csv", "--grups", "4"], "did you mean --groups?"),
        (["shwo"], "did you mean show?"),
    ],
)
def test_a_typing_error_gets_the_closest_word(capsys: pytest.CaptureFixture[str], typed: list[str], meant: str) -> None:
    """CLI-04."""
    assert _main(*typed) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error[P001]: ")
    assert meant in err


@pytest.mark.parametrize(
    "typed",
    [
        ["--groups", "many"],
        ["--groups", "1"],
        ["--groups", "7-3"],
        ["--seed", "x"],
        ["--seed", "-1"],
        ["--window", "3 months"],
        ["--decimal", ";"],
        ["--dates", "ymdd"],
        ["--on-duplicate", "newest"],
        ["--method", "kmean"],
        ["--timezone", "Europe/Pariss"],
        ["--encoding", "utf-99"],
        ["--memory", "lots"],
        ["--floor", "0"],
    ],
)
def test_a_value_that_cannot_be_is_refused_before_anything_is_read(
    capsys: pytest.CaptureFixture[str], given: list[Study], typed: list[str]
) -> None:
    assert _main("run", "no_such_file.csv", *typed) == 2
    err = capsys.readouterr().err
    assert "error[P001]" in err
    assert typed[0] in err
    assert "  fix     " in err
    assert not given


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("P003", "which one"), 2),
        (DataError("P104", "twice"), 3),
        (MachineError("P501", "full"), 5),
        (PermissionError(13, "Permission denied", "users.csv"), 5),
        (MemoryError(), 5),
        (KeyboardInterrupt(), 130),
        (ValueError("C-00417"), 1),
    ],
)
def test_every_end_has_its_exit_code_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path, error: BaseException, code: int
) -> None:
    """CLI-01, CLI-02: the table holds, also with --json, and stdout is one JSON document or nothing."""
    _raising(monkeypatch, error)
    assert _main("run", "users.csv") == code
    assert capsys.readouterr().out == ""
    assert _main("run", "users.csv", "--json") == code
    out = capsys.readouterr().out
    assert code == 130 or set(json.loads(out)["error"]) == {"code", "what", "where", "did", "fix", "exit"}
    assert not (folder / "reports").exists()


def test_a_fault_of_ours_is_reported_without_data(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(monkeypatch, ValueError("could not convert 'anna@example.org'"))
    assert _main("run", "secret_customers.csv", "--id", "mail") == 1
    err = capsys.readouterr().err
    report = Path(re.findall(r"send us (\S+);", err)[0])
    text = err + report.read_text()
    report.unlink()
    assert "error[P900]" in err
    assert "flags: --id" in text
    assert not [word for word in ("anna", "secret_customers", "Traceback") if word in text]


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(monkeypatch, ValueError("x"))
    assert _main("run", "users.csv", "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("kind", [PersonaeError, UsageError, DataError, MachineError])
def test_every_error_is_shown_in_four_parts(capsys: pytest.CaptureFixture[str], kind: type[PersonaeError]) -> None:
    """CLI-05."""
    from personae.cli import failures

    failures.tell(kind("P104", "3 ids appear twice", where="users.csv", fix="--on-duplicate last"), Screen())
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == ["error[P104]:", "where", "did", "fix"]


def test_every_error_code_has_a_page_with_its_parts() -> None:
    """CLI-05."""
    pages = Path(__file__).parents[2] / "docs" / "reference" / "errors"
    assert {p.stem for p in pages.glob("P*.md")} == set(errors.CODES)
    for page in pages.glob("P*.md"):
        text = page.read_text()
        assert text.lower().startswith(f"# {page.stem.lower()}: {errors.CODES[page.stem].lower()}")
        assert all(f"\n## {part}\n" in text for part in ("Why it stops", "What to do", "Example"))


def test_a_reader_that_closes_the_pipe_is_no_error(folder: Path) -> None:
    """CLI-03."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m personae run --help | head -1"], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_coloured_or_moved_where_nobody_looks(capsys: pytest.CaptureFixture[str], given: list[Study]) -> None:
    """CLI-03."""
    assert _main("run", "users.csv") == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "\r" not in err


@pytest.mark.skipif(os.name == "nt", reason="signals work otherwise there")
def test_ctrl_c_ends_within_two_seconds_even_when_the_work_does_not_listen(folder: Path) -> None:
    """EXPERIENCE 11: nothing half-written, exit code 130."""
    code = (
        "import time, personae.flow as flow\n"
        "def work(study, frames=None):\n"
        "    print('working', flush=True)\n"
        "    while True:\n"
        "        try: time.sleep(60)\n"
        "        except KeyboardInterrupt: pass\n"
        "flow.run = work\n"
        "from personae.cli.main import main; main(['run', 'users.csv'])"
    )
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    worker.stdout.readline()
    start = time.monotonic()
    worker.send_signal(signal.SIGINT)
    _, err = worker.communicate(timeout=10)
    assert worker.returncode == 130
    assert time.monotonic() - start < 3
    assert err.startswith("stopped; nothing was half-written")
    assert not (folder / "reports").exists()


def test_text_from_data_cannot_steer_a_terminal() -> None:
    assert clean("a\x1b[2Jb\x07\x9b") == "a�[2Jb��"
    assert clean(Screen().strong("x")) == "x"


def test_tables_line_up_whatever_the_script() -> None:
    lines = table([["name", "n"], ["週末", "12"], ["ab", "3"]], right=(1,), indent=0)
    assert [width(line) for line in lines] == [8, 8, 8]
    assert cut("a long name of a group", 10) == "a long..."
    assert [percent(x) for x in (0, 0.004, 0.18, 0.999, 1)] == ["0 %", "<1 %", "18 %", ">99 %", "100 %"]
