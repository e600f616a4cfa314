"""Schedules are texts that their programs read, and our own scheduler does each slot once, whatever happens (REF-06)."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import cast_builder
from personae import plugins
from personae.cli import clock, main
from personae.cli.screen import Screen
from personae.errors import MachineError, UsageError
from personae.model.schedule import Schedule
from personae.schedules import airflow, cron, dagster, github, systemd
from personae.stages.slots import Turn, due, ended, following, latest
from personae.store import Record
from personae.store.lock import only_writer
from personae.words.scheduling import schedule

WEEKLY = Schedule("week", 0, 1, 5, 0, "Europe/Paris", ("refresh", "events/*.csv", "100% of it.csv"), "/srv/it's here")
KINDS = {
    "hour": schedule("hour", ":15", "", ("refresh",), "/srv"),
    "day": schedule("day", "05:30", "UTC", ("refresh",), "/srv"),
    "week": WEEKLY,
    "month": schedule("month", "28 23:59", "Asia/Tokyo", ("refresh",), "/srv"),
}


@pytest.mark.parametrize(
    ("every", "at", "crontab"),
    [
        ("week", "Mon 05:00", "0 5 * * 1"), ("week", "sunday 7:05", "5 7 * * 0"), ("week", "", "0 5 * * 1"),
        ("day", "23:59", "59 23 * * *"), ("hour", ":15", "15 * * * *"), ("month", "1 05:00", "0 5 1 * *"),
    ],
)  # fmt: skip
def test_what_people_write_is_what_cron_reads(every: str, at: str, crontab: str) -> None:
    """The days of cron begin with Sunday."""
    assert schedule(every, at, "", ("refresh",), ".").crontab == crontab


@pytest.mark.parametrize(
    ("every", "at", "zone", "fix"),
    [
        ("wek", "", "", "did you mean --every week?"), ("week", "Mno 05:00", "", "did you mean Mon?"),
        ("week", "05:00", "", '--at "Mon 05:00"'), ("day", "25:00", "", '--at "05:00"'), ("day", "Mon 05:00", "", '"05:00"'),
        ("month", "31 05:00", "", "from 1 to 28"), ("day", "05:00", "Europe/Pariss", "did you mean Europe/Paris?"),
        ("hour", "05:15", "", '--at ":15"'), ("day", "05:61", "", '"05:00"'),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_write(every: str, at: str, zone: str, fix: str) -> None:
    with pytest.raises(UsageError) as wrong:
        schedule(every, at, zone, ("refresh",), ".")
    assert fix in wrong.value.fix


# ---------------------------------------------------------------- texts for other programs


def _fields(line: str, now: datetime) -> bool:
    """Whether five fields of cron hold at a time: an own reading, of numbers and stars."""
    values = (now.minute, now.hour, now.day, now.month, (now.weekday() + 1) % 7)
    return all(f in ("*", str(v)) for f, v in zip(line.split()[:5], values, strict=True))


@pytest.mark.parametrize("every", KINDS)
def test_the_line_for_cron_fires_at_the_slots_and_never_else(every: str) -> None:
    wanted = replace(KINDS[every], timezone="")
    line = cron.write(wanted)["crontab"].splitlines()[-1]
    start = datetime(2026, 2, 1)
    fired = [t for i in range(60 * 24 * 60 // 5) if _fields(line, t := start + timedelta(minutes=5 * i + wanted.minute % 5))]
    assert fired
    assert all(latest(wanted, t) == t for t in fired)
    assert len(fired) == {"hour": 1440, "day": 60, "week": 9, "month": 2}[every]


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in for the clock is GNU date")
@pytest.mark.parametrize(
    ("every", "right"),
    [
        ("hour", "2026-07-06T14:15+02:00"), ("day", "2026-07-06T05:30+02:00"), ("week", "2026-07-06T05:00+02:00"),
        ("week", "2026-01-05T05:00+01:00"), ("month", "2026-01-28T23:59+01:00"),
    ],
)  # fmt: skip
def test_a_line_in_another_time_zone_goes_on_at_its_time_alone_with_any_cron(every: str, right: str, tmp_path: Path) -> None:
    """Debian's cron takes no notice of CRON_TZ: the fields fire each quarter of an hour, and the shell looks at the clock."""
    wanted = replace(KINDS[every], timezone="Europe/Paris", folder=str(tmp_path), program=str(tmp_path / "personae"))
    text = cron.write(wanted)["crontab"]
    line = text.splitlines()[-1]
    command, at, done = line.split(" ", 5)[5].replace(r"\%", "%"), datetime.fromisoformat(right), tmp_path / "done"
    assert not re.search("^CRON_TZ", text, re.MULTILINE)
    assert "personae schedule systemd" in text
    assert line.startswith(f"{at.minute % 15}-59/15 * * * * ")
    (tmp_path / ".personae").mkdir()
    _program(tmp_path / "personae", "echo > done")
    for moved in (-60, -15, 0, 15, 60, 24 * 60):
        _program(tmp_path / "date", f'exec /bin/date -d @{int(at.timestamp()) + 60 * moved} "$@"')
        done.unlink(missing_ok=True)
        env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TZ": "Asia/Tokyo"}
        said = subprocess.run(["sh", "-c", command], env=env, capture_output=True, text=True, check=False)
        assert (said.returncode, said.stdout) == (0, "")
        again = {"hour": moved % 60 == 0, "day": moved in (0, 24 * 60)}.get(every, moved == 0)
        assert done.exists() == again, moved


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
    path.chmod(0o755)


def test_clocks_of_the_machine_call_the_program_by_its_full_path() -> None:
    """cron and systemd look for programs in few places; where the path is not known, the line says what to do."""
    known = replace(WEEKLY, program="/usr/local/my venv/bin/personae")
    assert "'/usr/local/my venv/bin/personae' refresh" in cron.write(known)["crontab"]
    assert 'ExecStart="/usr/local/my venv/bin/personae" refresh' in systemd.write(known)["personae.service"]
    assert "write the full path" in cron.write(WEEKLY)["crontab"]
    assert "write the full path" not in cron.write(known)["crontab"]


def test_the_command_of_cron_is_what_was_meant_and_says_why_it_ended(tmp_path: Path) -> None:
    """A stand-in for personae, run by the shell as cron would: silent when all is well, a line for the mail when it is not."""
    wanted = schedule("day", "05:00", "", ("refresh", "a b.csv", "50%.csv"), str(tmp_path / "it's here"))
    line = cron.write(wanted)["crontab"].splitlines()[-1]
    assert re.search(r"(?<!\\)%", line) is None
    command = line.split(" ", 5)[5].replace(r"\%", "%")
    (tmp_path / "it's here" / ".personae").mkdir(parents=True)
    for code in (0, 4):
        (tmp_path / "personae").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > said\nexit {code}\n', encoding="utf-8")
        (tmp_path / "personae").chmod(0o755)
        done = subprocess.run(
            ["sh", "-c", command], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False
        )
        assert done.returncode == code
        assert ("ended with 4" in done.stdout) == bool(code)
        said = (tmp_path / "it's here" / "said").read_text(encoding="utf-8").splitlines()
        assert said == ["refresh", "a b.csv", "50%.csv", "--plain", "--quiet"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
@pytest.mark.parametrize("every", KINDS)
def test_systemd_reads_its_units_and_its_calendar(every: str, tmp_path: Path) -> None:
    for name, text in systemd.write(KINDS[every]).items():
        (tmp_path / name).write_text(text.replace("/srv/it's here", "/").replace("/srv", "/"), encoding="utf-8")
    paths = [str(tmp_path / n) for n in ("personae.service", "personae.timer")]
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    assert "personae" not in done.stderr, done.stderr
    asked = subprocess.run(
        ["systemd-analyze", "calendar", systemd.calendar(KINDS[every])], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert 'events/*.csv "100%% of it.csv"' in systemd.write(WEEKLY)["personae.service"]


def test_the_workflow_is_yaml_with_a_schedule_in_utc() -> None:
    found = yaml.safe_load(github.write(WEEKLY)["personae.yml"])
    assert found[True]["schedule"] == [{"cron": "0 4 * * 1"}]  # YAML reads the key "on" as true
    assert found["concurrency"]["cancel-in-progress"] is False
    steps = found["jobs"]["refresh"]["steps"]
    shell = next(s["run"] for s in steps if "refresh" in s.get("run", ""))
    words = [shlex.split(line) for line in shell.splitlines() if "personae re" in line]
    assert words == [["personae", "refresh", "events/*.csv", "100% of it.csv", "--plain"]]
    late = yaml.safe_load(github.write(Schedule("week", 0, 1, 3, 0, "Asia/Tokyo"))["personae.yml"])
    assert late[True]["schedule"] == [{"cron": "0 18 * * 0"}]


@pytest.mark.parametrize("name", ["a\nb.csv", "a\rb.csv", "a\x00b", "a\u2028b", "a\x85b"])
def test_a_name_that_would_break_a_line_is_refused(name: str) -> None:
    """In a unit or a crontab the rest of it would be a line of its own."""
    for command, folder in ((("refresh", name), "/srv"), (("refresh",), f"/srv/{name}")):
        with pytest.raises(UsageError, match="line break or a control character"):
            schedule("day", "05:00", "", command, folder)


@pytest.mark.parametrize("every", KINDS)
def test_the_files_for_airflow_and_dagster_are_python_that_calls_the_command(every: str) -> None:
    for plug, name in ((airflow, "personae_dag.py"), (dagster, "personae_dagster.py")):
        tree = ast.parse(plug.write(KINDS[every])[name])
        given = {n.targets[0].id: ast.literal_eval(n.value) for n in tree.body
                 if isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Name) and n.targets[0].id.isupper()}  # fmt: skip
        assert given["COMMAND"] == ["personae", *KINDS[every].command, "--json"]
        assert given["FOLDER"] == KINDS[every].folder
        assert set(given["FINAL"]) == {2, 3, 4}
        assert json.dumps(KINDS[every].crontab) in plug.write(KINDS[every])[name]


def test_every_kind_is_printed_or_written_to_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for kind in plugins.names("schedules"):
        with pytest.raises(SystemExit) as end:
            main.main(["schedule", kind, "--at", "Mon 05:00", "--out", str(tmp_path)])
        assert end.value.code == 0
    assert {p.name for p in tmp_path.iterdir()} == {
        "crontab", "personae.service", "personae.timer", "personae.yml", "personae_dag.py", "personae_dagster.py",
    }  # fmt: skip
    with pytest.raises(SystemExit) as end:
        main.main(["schedule", "crom"])
    assert end.value.code == 2
    assert "did you mean personae schedule cron?" in capsys.readouterr().err


# ---------------------------------------------------------------- our own scheduler


DAILY = schedule("day", "02:30", "Europe/Paris", ("refresh",), "/srv")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_the_latest_slot_is_the_last_minute_at_which_cron_would_have_fired(every: str, now: datetime) -> None:
    slot = latest(KINDS[every], now)
    assert slot <= now
    assert _fields(KINDS[every].crontab, slot)
    longest = {"hour": 60, "day": 1440, "week": 10080, "month": 31 * 1440}[every]
    assert now - slot < timedelta(minutes=longest + 1)


class _Days:
    """A scheduler whose clock is set by hand and whose command is a list of exit codes."""

    def __init__(self, folder: Path, codes: list[int]) -> None:
        self.record, self.codes, self.done = Record(folder / ".personae"), codes, list[str]()
        self.record.prepare()

    def at(self, text: str) -> int | None:
        now = datetime.fromisoformat(text)

        def do(_: Schedule) -> int:
            self.done.append(text)
            code = self.codes.pop(0) if self.codes else 0
            if code < 0:
                raise KeyboardInterrupt
            return code

        return clock.tick(DAILY, self.record, Screen(quiet=True), now, do)


def test_a_slot_is_done_once_and_a_first_start_has_missed_nothing(tmp_path: Path) -> None:
    days = _Days(tmp_path, [])
    for at in ("2026-06-01 12:00", "2026-06-02 02:29", "2026-06-02 02:30", "2026-06-02 02:31", "2026-06-02 23:00"):
        days.at(at)
    assert days.done == ["2026-06-02 02:30"]


def test_of_slots_that_were_missed_the_last_is_made_up_for_once(tmp_path: Path) -> None:
    """REF-06: the machine was off from Monday to Thursday."""
    days = _Days(tmp_path, [])
    for at in ("2026-06-01 02:30", "2026-06-04 09:00", "2026-06-04 09:10", "2026-06-05 02:30"):
        days.at(at)
    assert days.done == ["2026-06-04 09:00", "2026-06-05 02:30"]


def test_a_clock_change_neither_repeats_nor_leaves_out_a_slot(tmp_path: Path) -> None:
    """REF-06: 02:30 comes twice on 25 October 2026 in Paris, and not at all on 29 March."""
    zone = ZoneInfo("Europe/Paris")
    for start, slots in ((datetime(2026, 10, 24, 1, tzinfo=zone), 3), (datetime(2026, 3, 28, 1, tzinfo=zone), 3)):
        folder = tmp_path / str(start.month)
        days, at = _Days(folder, []), start.timestamp()
        for quarter in range(4 * 71):
            local = datetime.fromtimestamp(at + quarter * 900, zone).replace(tzinfo=None)
            days.at(local.isoformat(sep=" "))
        assert len(days.done) == slots
        assert len({d[:10] for d in days.done}) == slots


def test_a_clock_that_is_set_back_does_nothing_twice(tmp_path: Path) -> None:
    days = _Days(tmp_path, [])
    for at in ("2026-06-01 12:00", "2026-06-03 02:30", "2026-06-02 02:30", "2026-06-02 23:00", "2026-06-03 02:31"):
        days.at(at)
    assert days.done == ["2026-06-03 02:30"]


def test_what_the_machine_refused_is_tried_three_times_and_a_gate_once(tmp_path: Path) -> None:
    days = _Days(tmp_path / "machine", [5, 5, 5, 5])
    for at in ("2026-06-01 12:00", *(f"2026-06-02 02:{m}" for m in (30, 40, 50, 55, 59))):
        days.at(at)
    assert len(days.done) == 3
    for code in (0, 2, 3, 4):
        days = _Days(tmp_path / str(code), [code])
        assert [days.at(t) for t in ("2026-06-01 12:00", "2026-06-02 02:30", "2026-06-02 02:40")] == [None, code, None]


def test_a_scheduler_that_died_within_a_slot_takes_it_up_again_unless_a_run_came_of_it(tmp_path: Path) -> None:
    """REF-06: a retry after a crash is idempotent."""
    days = _Days(tmp_path, [-1, 0, -1])
    days.at("2026-06-01 12:00")
    with pytest.raises(KeyboardInterrupt):
        days.at("2026-06-02 02:30")
    assert days.at("2026-06-02 02:40") == 0
    with pytest.raises(KeyboardInterrupt):
        days.at("2026-06-03 02:30")
    days.record.add(cast_builder.cast(), tmp_path / "out", "2026-06-03", more=lambda folder, shown: None)
    assert days.at("2026-06-03 02:40") is None
    assert len(days.done) == 3


def test_a_state_that_cannot_be_read_is_taken_as_a_first_start(tmp_path: Path) -> None:
    days = _Days(tmp_path, [])
    (days.record.root / clock.STATE).write_text('{"slot": 3, "what"', encoding="utf-8")
    assert days.at("2026-06-02 12:00") is None
    assert days.at("2026-06-03 02:30") == 0


def test_two_schedulers_never_share_a_record(tmp_path: Path) -> None:
    """REF-06: no overlap; the line for cron takes the same lock."""
    record = Record(tmp_path / ".personae")
    record.prepare()
    with only_writer(record.root / clock.LOCK), pytest.raises(MachineError) as taken:
        clock.keep(DAILY, record, Screen(quiet=True), once=True)
    assert "another scheduler" in taken.value.what
    flock = shutil.which("flock")
    if flock:
        with only_writer(record.root / clock.LOCK):
            assert subprocess.run([flock, "-n", "-E", "7", record.root / clock.LOCK, "true"], check=False).returncode == 7
    assert clock.keep(DAILY, record, Screen(quiet=True), once=True) == 0


def test_the_library_calls_again_and_again_and_never_twice_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """REF-06, with a clock that ticks every 50 ms and a command that takes 120: looks overlap, commands do not."""
    interval = pytest.importorskip("apscheduler.triggers.interval")
    blocking = pytest.importorskip("apscheduler.schedulers.blocking")
    running, most, calls, held = 0, 0, 0, list[Any]()
    lock, enough = threading.Lock(), threading.Event()

    def tick(*_: object) -> int:
        nonlocal running, most, calls
        with lock:
            running, calls = running + 1, calls + 1
            most = max(most, running)
        threading.Event().wait(0.12)
        with lock:
            running -= 1
        if calls >= 4:
            enough.set()
        return 0

    start = blocking.BlockingScheduler.start
    monkeypatch.setattr(clock, "tick", tick)
    monkeypatch.setattr(blocking.BlockingScheduler, "start", lambda self: (held.append(self), start(self)))
    monkeypatch.setattr(clock, "LOOK", 3600)
    end = lambda: (enough.wait(10), held[0].shutdown(wait=False))  # noqa: E731
    stop = threading.Thread(target=end, daemon=True)
    stop.start()
    every = interval.IntervalTrigger(seconds=0.05)
    clock.keep(DAILY, Record(tmp_path / ".personae"), Screen(quiet=True), once=False, trigger=every)
    assert calls >= 4
    assert most == 1


def test_the_trigger_of_the_library_fires_on_the_day_that_was_named() -> None:
    """Its numbers of weekdays begin with Monday, those of cron with Sunday."""
    pytest.importorskip("apscheduler")
    now = datetime(2026, 6, 3, 12, tzinfo=ZoneInfo("Europe/Paris"))
    assert clock.cron(WEEKLY).get_next_fire_time(None, now).isoformat() == "2026-06-08T05:00:00+02:00"


def test_due_and_ended_are_plain() -> None:
    turn = due(DAILY, datetime(2026, 6, 2, 3), Turn("2026-06-01T02:30"), "r04")
    assert turn == Turn("2026-06-02T02:30", "running", "r04", tries=1)
    assert ended(turn, 5, "r04").state == "again"
    assert ended(turn, 4, "r04").state == "done"


def test_what_was_done_is_recorded_and_what_was_not_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """REF-06: at a first start no slot is done, and a turn that made a run names that run."""
    record = Record(tmp_path / ".personae")
    assert clock.keep(DAILY, record, Screen(), once=True) == 0
    state = json.loads((record.root / clock.STATE).read_text(encoding="utf-8"))
    assert state["state"] == "waiting"
    then = following(DAILY, clock.now(DAILY))
    assert f"nothing is due; next {then.day} {then:%b} 02:30 (Europe/Paris)" in capsys.readouterr().err

    def do(_: Schedule) -> int:
        record.add(cast_builder.cast(), tmp_path / "out", "2026-06-03", more=lambda folder, shown: None)
        return 0

    clock.tick(DAILY, record, Screen(quiet=True), then, do)
    state = json.loads((record.root / clock.STATE).read_text(encoding="utf-8"))
    assert (state["state"], state["run"]) == ("done", "r01")


@pytest.mark.parametrize("every", KINDS)
def test_the_slot_that_follows_is_the_next_that_is_the_latest(every: str) -> None:
    for at in (datetime(2026, 6, 1, 5), datetime(2026, 12, 31, 23, 59), datetime(2028, 2, 28, 23, 59)):
        then = following(KINDS[every], at)
        assert then > at
        assert latest(KINDS[every], then) == then
        assert latest(KINDS[every], then - timedelta(minutes=1)) == latest(KINDS[every], at)


@pytest.mark.slow
def test_what_is_due_is_done_from_the_command_line(tmp_path: Path) -> None:
    """`schedule run --once` begins the missed slot; without a run to refresh it ends as personae refresh does, with 2."""
    (tmp_path / ".personae").mkdir()
    (tmp_path / ".personae" / clock.STATE).write_text(json.dumps({"slot": "2020-01-01T05:00"}), encoding="utf-8")
    words = [sys.executable, "-m", "personae", "schedule", "run", "--every", "day", "--at", "05:00", "--once"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "ended with 2" in done.stderr
    state = json.loads((tmp_path / ".personae" / clock.STATE).read_text(encoding="utf-8"))
    assert (state["state"], state["code"]) == ("done", 2)
