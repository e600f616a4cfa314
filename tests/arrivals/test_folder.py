"""A watched folder: every whole file is scored once, and what is wrong with one stops nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from arriving import Always, Heard, Shop, listening, log, strangers, until
from personae.arrivals import folder
from personae.cli import main
from personae.errors import UsageError


@pytest.fixture(autouse=True)
def _settles_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SETTLE", 0.2)


def _boxes(tmp_path: Path) -> tuple[Path, Path]:
    inbox, out = tmp_path / "inbox", tmp_path / "placed"
    inbox.mkdir()
    return inbox, out


def _once(inbox: Path, out: Path, current: Any) -> Heard:
    import threading

    heard = Heard()
    folder.listen([str(inbox)], str(out), current, heard.tell, threading.Event(), once=True)
    return heard


def test_a_file_that_appears_is_scored_as_personae_score_does_it(
    shop: Shop, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Requirement 40: by file watch, equal to batch."""
    inbox, out = _boxes(tmp_path)
    log(tmp_path / "later.csv", shop.later)
    with listening(folder.listen, [str(inbox)], str(out), Always(shop.placer())) as heard:
        shutil.move(tmp_path / "later.csv", inbox / "later.csv")
        until(lambda: (out / "later.csv").exists())
    with pytest.raises(SystemExit):
        main.main(["score", str(inbox / "later.csv"), "--store", str(shop.record.root), "--out", str(tmp_path / "batch.csv")])
    assert (out / "later.csv").read_bytes() == (tmp_path / "batch.csv").read_bytes()
    assert heard.placed == 40


def test_half_a_file_is_never_scored(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SETTLE", 1.5)
    inbox, out = _boxes(tmp_path)
    looked = []
    place = folder.flow.place
    monkeypatch.setattr(
        folder.flow, "place", lambda cast, sources: looked.append(Path(sources[0]).stat().st_size) or place(cast, sources)
    )
    whole = log(tmp_path / "later.csv", shop.later).read_bytes()
    with listening(folder.listen, [str(inbox)], str(out), Always(shop.placer())) as heard:
        with (inbox / "slow.csv").open("wb") as file:
            for a in range(0, len(whole), len(whole) // 8 + 1):
                file.write(whole[a : a + len(whole) // 8 + 1])
                file.flush()
                time.sleep(0.1)
        until(lambda: heard.placed)
    assert looked == [len(whole)]


def test_a_file_that_was_written_under_another_name_is_whole_at_once(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "SETTLE", 30.0)
    pytest.importorskip("watchfiles")
    inbox, out = _boxes(tmp_path)
    with listening(folder.listen, [str(inbox)], str(out), Always(shop.placer())) as heard:
        for i in range(40):  # until the system is asked to tell
            log(inbox / f"{i}.csv.tmp", shop.later).rename(inbox / f"{i}.csv")
            time.sleep(0.5)
            if heard.placed:
                break
    assert heard.placed


def test_a_restart_repeats_nothing_and_what_changed_is_done_again(shop: Shop, tmp_path: Path) -> None:
    inbox, out = _boxes(tmp_path)
    log(inbox / "a.csv", shop.later[:200])
    log(inbox / "b.csv", shop.later[200:])
    first = _once(inbox, out, Always(shop.placer()))
    os.utime(inbox / "a.csv")  # known by its hash, whatever its time
    assert first.placed
    assert not _once(inbox, out, Always(shop.placer())).placed
    log(inbox / "b.csv", shop.later[:100])
    again = _once(inbox, out, Always(shop.placer()))
    assert again.placed == len(shop.batch(shop.later[:100]))


def test_a_broken_file_is_listed_with_its_error_and_the_rest_goes_on(shop: Shop, tmp_path: Path) -> None:
    inbox, out = _boxes(tmp_path)
    (inbox / "broken.csv").write_text("user_id,event,time\n", encoding="utf-8")
    (inbox / "other.csv").write_text("colour,shape\nred,round\nblue,square\n", encoding="utf-8")
    log(inbox / "good.csv", shop.later)
    heard = _once(inbox, out, Always(shop.placer()))
    notes = {p.name: json.loads(p.read_text())["code"] for p in (out / "failed").iterdir()}
    assert (heard.placed, heard.aside, notes) == (40, 2, {"broken.csv.json": "P107", "other.csv.json": "P002"})
    assert not _once(inbox, out, Always(shop.placer())).aside  # known already
    log(inbox / "broken.csv", shop.later)
    assert _once(inbox, out, Always(shop.placer())).placed == 40
    assert not (out / "failed" / "broken.csv.json").exists()


def test_a_listener_killed_before_it_could_list_a_file_does_it_again_to_the_same_bytes(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is half done is redone."""
    inbox, out = _boxes(tmp_path)
    log(inbox / "a.csv", shop.later)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(folder.Inbox, "keep", killed)
        with pytest.raises(KeyboardInterrupt):
            _once(inbox, out, Always(shop.placer()))
    before = (out / "a.csv").read_bytes()
    assert _once(inbox, out, Always(shop.placer())).placed == 40
    assert (out / "a.csv").read_bytes() == before


def test_users_of_a_group_nobody_has_seen_are_marked_as_outside(shop: Shop, tmp_path: Path) -> None:
    """At least 80 of 100 users of an unseen group are in no group."""
    inbox, out = _boxes(tmp_path)
    log(inbox / "new.csv", strangers("event_03"))
    heard = _once(inbox, out, Always(shop.placer()))
    table = [line.split(",") for line in (out / "new.csv").read_text().splitlines()[1:]]
    marked = [row for row in table if row[-2] == "outside" and not row[1] and not row[2]]
    assert len(marked) == sum(c.outside for c in heard.came) >= 0.8 * len(table)


def test_the_folder_of_answers_is_another_one(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="taken from"):
        _once(tmp_path, tmp_path, Always(shop.placer()))


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_listener_that_is_asked_to_end_ends_cleanly(shop: Shop, tmp_path: Path, asked: signal.Signals, code: int) -> None:
    """§5.12: what was done stays; nothing is half there."""
    inbox, out = _boxes(tmp_path)
    log(inbox / "a.csv", shop.later)
    command = [sys.executable, "-m", "personae", "listen", inbox, "--to", out, "--store", shop.record.root]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        done = out / folder.DONE
        until(lambda: done.exists() and "a.csv" in done.read_text(encoding="utf-8"), 60)
        time.sleep(1.0)  # until it has counted what it listed
        process.send_signal(asked)
        _, said = process.communicate(timeout=30)
    assert process.returncode == code, said
    assert "40 answers by run r01" in said
    assert not [user for user, *_ in shop.later if user in said]  # counts, and never who
    assert sorted(p.name for p in out.iterdir()) == [".personae-done.jsonl", "a.csv"]
