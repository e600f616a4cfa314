"""SEC-01, SEC-02: the password of a database appears nowhere, whatever goes wrong."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from conftest import planted
from personae.cli import main
from personae.redaction import hide, redacted
from servers import PASSWORD, Server

CANARY = "canary-pass/w@rd:7%"
FORMS = (PASSWORD, quote(PASSWORD, safe=""), CANARY, quote(CANARY, safe=""), "canary-pass")


def _clean(folder: Path, *said: str) -> None:
    """Neither what was said nor any file holds a password in any form."""
    written = [p.read_bytes().decode("utf-8", "replace") for p in folder.rglob("*") if p.is_file()]
    for text in (*said, *written):
        assert not [f for f in FORMS if f in text], text[:2000]


def _said(capsys: pytest.CaptureFixture[str], code: int | tuple[int, ...], *arguments: str) -> tuple[str, str]:
    """stdout and stderr of a command that ends with one of these codes."""
    with pytest.raises(SystemExit) as end:
        main.main(list(arguments))
    out, err = capsys.readouterr()
    assert end.value.code in (code if isinstance(code, tuple) else (code,)), (arguments, out, err)
    return out, err


@pytest.fixture(scope="module")
def filled(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A log of three groups."""
    import pyarrow as pa
    import pyarrow.csv

    world = planted(users=240, groups=3, events=8, seed=3)
    postgres.run("DROP TABLE IF EXISTS log", "CREATE TABLE log (user_id text, event text, time timestamptz)")
    data = pyarrow.csv.read_csv(world.log(tmp_path_factory.mktemp("log") / "log.csv"))
    postgres.insert("log", data.set_column(2, "time", data["time"].cast(pa.timestamp("us", "UTC"))))
    return postgres


@pytest.mark.slow
def test_a_run_its_record_and_a_score_hold_the_reference_and_no_password(
    filled: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DB_URL", filled.url())
    source = "env:DB_URL::log"
    run = _said(capsys, 0, "run", source, "--groups", "3", "--out", "found", "--debug", "--save")
    assert "log (PostgreSQL)" in run[0]
    assert source in (tmp_path / "found" / "run.json").read_text(encoding="utf-8")
    assert source in (tmp_path / "personae.toml").read_text(encoding="utf-8")
    checked = _said(capsys, 0, "check", source, "--json")
    scored = _said(capsys, 0, "score", "env:DB_URL::select * from log where user_id < 'u3-000100'")
    assert len(scored[0].splitlines()) == 101
    _clean(tmp_path, *run, *checked, *scored)


@pytest.mark.parametrize("arguments", [("--json",), ("--debug",)])
def test_no_failure_says_the_password(
    filled: Server,
    tmp_path: Path,
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    urls = {
        filled.url(): ("log_", "select 1/0 as id, 2 as n from log", "select * from pg_authid"),
        filled.url(password=CANARY): ("log",),
        filled.url(password=CANARY).replace(str(filled.port), "1"): ("log",),
        f"postgresql://anna:{CANARY}@127.0.0.1:{filled.port}/shop": ("log",),
        f"postgresql://anna:{CANARY}@:99999999/shop": ("log",),
        f"postgresql:anna:{CANARY}": ("log",),
        f"mysql://anna:{CANARY}@127.0.0.1:1/shop": ("log",),
    }
    for url, tables in urls.items():
        for wanted in tables:
            monkeypatch.setenv("DB_URL", url)
            said = _said(capsys, (2, 3, 5), "run", f"env:DB_URL::{wanted}", *arguments)
            _clean(tmp_path, *said)
            assert "Traceback" not in said[1]


def test_a_fault_inside_the_reading_says_it_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from personae.sources import database

    parted = database.parted

    def broken(location: str) -> None:
        parted(location)
        raise RuntimeError(f"cannot reach postgresql://anna:{quote(CANARY, safe='')}@db/shop, {CANARY}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("DB_URL", f"postgresql://anna:{quote(CANARY, safe='')}@db/shop")
    monkeypatch.setattr(database, "parted", broken)
    said = _said(capsys, 1, "run", "env:DB_URL::log", "--debug")
    assert "cannot reach" in said[1]
    _clean(tmp_path, *said)


@pytest.mark.parametrize(
    "source",
    [
        f"postgresql://anna:{quote(CANARY, safe='')}@db/shop::log",
        f"postgresql://anna:{CANARY}@db/shop::log",
        f"mysql://db/shop?password={CANARY}::log",
        f"postgressql://anna:{CANARY}@db/shop::log",
        f"postgresql+psycopg2://anna:{CANARY}@db/shop",
        f"env:postgresql://anna:{CANARY}@db/shop::log",
        f"anna:{CANARY}@db/shop::log",
        f"jdbc:postgresql://anna:{CANARY}@db/shop",
        f"postgresql:anna:{CANARY}@db/shop",
        f"postgresql//anna:{CANARY}@db/shop",
        f"host=db.example user=anna password={CANARY}",
    ],
)
def test_a_password_that_was_typed_is_refused_and_not_repeated(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-02."""
    monkeypatch.chdir(tmp_path)
    said = _said(capsys, 2, "run", source)
    assert "env:DB_URL::" in said[1]
    _clean(tmp_path, *said)


def test_a_file_whose_name_looks_like_an_account_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shop:may@home.csv"
    path.write_text("user_id,visits\n" + "".join(f"u{i},{i % 7}\n" for i in range(40)))
    assert "shop:may@home.csv" in _said(capsys, 0, "check", str(path))[0]


def test_a_short_secret_is_hidden_only_where_it_stands_alone() -> None:
    hide("ab")
    assert redacted("user ab cannot grab it") == "user *** cannot grab it"
