"""The command line of listeners: what it asks for, what it says, and that it goes over to a run that becomes current."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from arriving import Shop, listening, log, until
from personae.arrivals import folder
from personae.cli import main
from personae.cli.listen import Minutes
from personae.cli.screen import Screen
from personae.model.arrival import Came
from personae.stages.arrive import placer
from personae.store import Record
from personae.store.current import Current


def _ends(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main.main(["listen", *arguments])
    return int(end.value.code or 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to listen to was named"),
        (("nowhere.txt",), "nobody can be listened for in nowhere.txt"),
        ((".",), "--to FOLDER"),
        ((".", "--to", "out", "--install"), "only a table of PostgreSQL"),
        ((".", "--to", "out", "--everyone"), "a part of --install"),
        (("mysql://anna@127.0.0.1/shop::users",), "nobody can be listened for"),
        (("env:NO_SUCH_URL::users",), "NO_SUCH_URL is not set"),
    ],
)
def test_what_is_missing_is_asked_for(arguments: tuple[str, ...], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    """CLI-08: exit 2, and what to type next."""
    assert _ends(*arguments) == 2
    assert said in capfd.readouterr().err


def test_how_many_came_is_the_one_document_on_stdout(
    shop: Shop,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """CLI-02."""
    (tmp_path / "inbox").mkdir()
    log(tmp_path / "inbox" / "new.csv", shop.later)
    arguments = [str(tmp_path / "inbox"), "--to", str(tmp_path / "out"), "--store", str(shop.record.root)]
    assert _ends(*arguments, "--once", "--json") == 0
    said = capfd.readouterr()
    found = json.loads(said.out)
    assert (found["run"], found["placed"], found["set_aside"]) == ("r01", 40, 0)
    assert not [user for user, *_ in shop.later if user in said.out + said.err]


def test_a_line_counts_what_came_and_how_long_it_took(capfd: pytest.CaptureFixture[str]) -> None:
    minutes = Minutes(Screen())
    minutes.say()
    for i in range(100):
        minutes.tell(Came(placed=1, aside=i % 2, outside=i % 4 == 0, seconds=(0.001 * i,), run="r07"))
    minutes.say()
    minutes.say()
    (line,) = capfd.readouterr().err.splitlines()
    assert line.endswith("100 answers by run r07, 25 in no group, 50 set aside, 95 of 100 within 94 ms")
    assert minutes.total() == {"run": "r07", "placed": 100, "outside": 25, "set_aside": 50}


def test_a_run_that_becomes_current_places_whoever_comes_next(
    shop: Shop,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Requirement 144; REF-07: the one before answers until then."""
    monkeypatch.setattr("personae.store.current.LOOK", 0.0)
    monkeypatch.setattr(folder, "SETTLE", 0.1)
    shutil.copytree(shop.record.root, tmp_path / ".personae")
    record, inbox = Record(tmp_path / ".personae"), tmp_path / "inbox"
    inbox.mkdir()
    current = Current(record, "", lambda cast: placer(cast, strict=False))
    with listening(folder.listen, [str(inbox)], str(tmp_path / "out"), current) as heard:
        log(inbox / "a.csv", shop.later)
        until(lambda: heard.placed == 40)
        record.add(shop.cast, tmp_path / "again", "2026-06-02", more=lambda place, _: None)
        log(inbox / "b.csv", shop.later)
        until(lambda: heard.placed == 80)
    assert [c.run for c in heard.came if c.placed] == ["r01", "r02"]
