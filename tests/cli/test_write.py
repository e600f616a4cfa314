"""personae write: a recorded run in a model's words, what would be sent, and all that can be wrong before anything is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
from described import shop
from personae import plugins
from personae.cli import settings
from personae.cli.ai import wanted
from personae.cli.main import main
from personae.errors import UsageError
from personae.model.cast import Cast
from personae.report.binder import sheets
from personae.store import Record, load
from personae.words.worded import marked
from scripted import Server, served, well

pytest.importorskip("openai")
WORLD = shop(users=1500, seed=0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a record of one run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    for name in settings.OF_MODELS:
        monkeypatch.delenv(name, raising=False)
    cast = replace(cast_builder.cast(), facts=WORLD.facts, personas=WORLD.personas, profiles=WORLD.profiles)
    Record(tmp_path / ".personae").add(cast, None, "2026-05-01", more=lambda *_: None)
    return tmp_path


@pytest.fixture
def server() -> Iterator[Server]:
    """A model that words well."""
    with served(well) as found:
        yield found


def ended(*arguments: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    return int(done.value.code or 0)


def worded(server: Server, capsys: pytest.CaptureFixture[str], *more: str) -> dict[str, object]:
    """What --json says of a run that was worded."""
    assert ended("write", "r01", "--ai", "local:tiny", "--ai-url", server.url, "--json", *more) == 0
    made: dict[str, object] = json.loads(capsys.readouterr().out)
    return made


def test_a_run_is_worded_and_recorded_beside_the_first(
    folder: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """Requirement: text marked with model and date; the first run stays as it was."""
    assert ended("write", "--ai", "local:tiny", "--ai-url", server.url) == 0
    said = capsys.readouterr().out
    assert "r02, r01 in other words" in said
    assert "Text worded by local:tiny on 2026-05-28 from the facts" in said
    first, second = (Record(folder / ".personae").load(name) for name in ("r01", "r02"))
    assert first.worded is None and second.worded is not None
    assert {c.grade for p in second.personas for c in (p.tagline, *p.story)} == {"A", "M"}
    assert [f.id for f in first.facts] == [f.id for f in second.facts]
    assert {oct(p.stat().st_mode & 0o777) for p in (folder / ".personae" / "ai").iterdir()} == {"0o600"}


def test_the_second_time_nobody_is_called_and_every_file_is_the_same(
    folder: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """LLM-09: byte for byte, on a later day."""
    worded(server, capsys, "--out", "one")
    calls = len(server.bodies)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1880000000")
    worded(server, capsys, "--out", "two")
    assert len(server.bodies) == calls == 4
    names = sorted(p.name for p in (folder / "one").iterdir() if p.is_file())
    assert "report.html" in names and "personas.json" in names
    for name in names:
        if name != "timings.json":
            assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes(), name


def test_the_mark_is_in_every_format(folder: Path, server: Server, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """LLM-12: page, Markdown, workbook, JSON, sheets and terminal say model and date; a run without a model says so, too."""
    worded(server, capsys, "--out", "made")
    made: Cast = load(folder / "made")
    assert made.worded is not None
    mark, plain = marked(made.worded), Record(folder / ".personae").load("r01")
    page = (folder / "made" / "report.html").read_text(encoding="utf-8")
    assert page.count(mark) >= 3 and "no language model was asked" not in page
    assert json.loads((folder / "made" / "personas.json").read_text())["worded"]["model"] == "local:tiny"
    assert mark in next(s for s in sheets(made) if s.id == "personas").about
    for name in set(plugins.names("exporters")) & {"markdown", "pptx"}:
        plugins.find("exporters", name).export(made, tmp_path / f"x.{name}")
        assert b"local:tiny" in _text(tmp_path / f"x.{name}"), name
    plugins.find("exporters", "html").export(plain, tmp_path / "plain.html")
    assert "no language model was asked" in (tmp_path / "plain.html").read_text(encoding="utf-8")
    assert ended("show", "r02", "--persona", "P1") == 0
    assert "Text worded by local:tiny" in " ".join(capsys.readouterr().out.split())


def _text(path: Path) -> bytes:
    """What a file holds, of an archive the parts one after the other."""
    import zipfile

    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return b"".join(parts.read(n) for n in parts.namelist())


def test_preview_prints_what_would_be_sent_and_records_nothing(
    folder: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    """LLM-04."""
    assert ended("write", "--ai", "preview:local:tiny", "--ai-url", server.url) == 0
    shown = capsys.readouterr()
    assert "nothing was sent" in shown.err
    assert server.bodies == [] and not (folder / ".personae" / "ai").exists()
    assert len(Record(folder / ".personae").entries()) == 1
    worded(server, capsys)
    assert json.loads(shown.out)["requests"] == server.bodies


def test_preview_needs_no_model_no_key_and_no_package(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a socket was opened"))
    monkeypatch.setattr("personae.endpoint.client.find_spec", lambda _: None)
    assert ended("write", "--ai", "preview") == 0
    shown = json.loads(capsys.readouterr().out)
    assert len(shown["requests"]) == 4
    assert shown["tokens_at_most"] > 4 * 600


def test_off_means_off(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """LLM-03: without a model that is named nothing is asked, and the command says so."""
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a socket was opened"))
    assert ended("write") == 2
    assert "no language model is named" in capsys.readouterr().err
    monkeypatch.setenv("PERSONAE_AI", "local:tiny")
    assert ended("write", "--ai", "off") == 2
    assert ended("show") == 0


def test_flags_weigh_more_than_the_file_and_the_file_more_than_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PERSONAE_AI", "local:environment")
    monkeypatch.setenv("PERSONAE_AI_URL", "http://localhost:1/v1")
    monkeypatch.setenv("PERSONAE_AI_BUDGET", "5_000")
    kept = {"ai": "local:file", "ai_budget": 70}
    flag, file, environment = wanted(kept, {"ai": "local:flag"}), wanted(kept, {}), wanted({}, {})
    assert flag and file and environment
    assert (flag.model, file.model, environment.model) == ("local:flag", "local:file", "local:environment")
    assert (file.url, file.budget, environment.budget) == ("http://localhost:1/v1", 70, 5_000)
    assert wanted({}, {"ai": "off"}) is None
    slow = wanted({}, {"ai": "local:m", "ai_seconds": 90})
    assert slow and (slow.seconds, slow.total) == (90, 1800)


def test_what_is_wrong_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match="needs a number"):
        wanted({"ai": "local:m", "ai_budget": "much"}, {})
    monkeypatch.setenv("PERSONAE_AI_BUGDET", "5")
    with pytest.raises(UsageError, match="PERSONAE_AI_BUGDET"):
        settings.study(["a.csv"], {}, {})
    monkeypatch.delenv("PERSONAE_AI_BUGDET")
    (folder / "a.csv").write_text("id,x\n1,2\n")
    for model, says in (("preview", "before a run"), ("gpt-x", "names no model"), ("local:m", "needs an address")):
        assert ended("run", "a.csv", "--ai", model) == 2
        assert says in capsys.readouterr().err


def test_a_key_is_never_printed_or_kept(
    folder: Path, server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """RELIABILITY 5.10: not in what is said, not in a file of the run, not among the answers."""
    monkeypatch.setenv("PERSONAE_AI_KEY", "sk-canary-0987654321")
    assert ended("write", "--ai", "local:tiny", "--ai-url", server.url, "--out", "made", "--debug") == 0
    said = capsys.readouterr()
    held = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    assert server.headers[0]["authorization"] == "Bearer sk-canary-0987654321"
    assert b"sk-canary" not in held and "sk-canary" not in said.out + said.err
