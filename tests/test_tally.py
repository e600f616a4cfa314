"""Requirement 140: what is counted file by file equals a full recompute, to the bit."""

from __future__ import annotations

import csv
import os
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import personae
from cast_builder import cast as built
from personae import flow, tallying
from personae.cli.main import main
from personae.errors import DataError, MachineError, PersonaeError, UsageError
from personae.model.cast import Cast
from personae.model.rule import Feature
from personae.model.study import Study
from personae.stages.score import inputs
from personae.store import tally as store
from personae.store.lock import only_writer

WINDOWS = ("", "3d", "40d", "first-2d", "2026-03-28..2026-03-30", "2019-01-01..2019-01-05")
RECIPES = ("rhythm", "sessions", "activity", "spans", "weekend", "later_half", "variety", "recency", "frequency(event=buy)",
           "tenure", "event_share(event=view)", "event_count(event=late)", "per_day(event=buy)", "weekdays",
           "login_frequency(event=view)", "recency(event=buy)")  # fmt: skip
FORMS = ("", "zoned", "s", "date", "Europe/Berlin", "America/Havana")
TURN = 1_774_746_000
"""The second in which clocks in Berlin go from 2:00 to 3:00, on 29 March 2026."""
Row = tuple[str, str, int, str]
_rows = st.lists(
    st.tuples(
        st.sampled_from(["007", "7", "u1", "ünï", ""]),
        st.sampled_from(["view", "buy", "late", ""]),
        st.one_of(
            st.integers(TURN - 90_000, TURN + 90_000),
            st.integers(-40, 40).map(lambda n: TURN + 900 * n),
            st.integers(TURN - 40 * 86_400, TURN + 40 * 86_400),
        ),
        st.sampled_from(["", "1.25", "-3.1", "0.10", "1000000.07", "7"]),
    ),
    min_size=1,
    max_size=40,
)


def _written(path: Path, rows: Sequence[Row], form: str = "zoned") -> str:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("user_id", "event", "time", "price"), *((u, e, _time(t, form), p) for u, e, t, p in rows)])
    return str(path)


def _time(second: int, form: str) -> str:
    if form == "s":
        return str(second)
    said = datetime.fromtimestamp(second, ZoneInfo(form) if "/" in form else UTC)
    return said.strftime({"zoned": "%Y-%m-%dT%H:%M:%SZ", "date": "%Y-%m-%d"}.get(form, "%Y-%m-%d %H:%M:%S"))


_KNOWN: dict[tuple[str, str], Cast] = {}


def _cast(folder: Path, form: str = "zoned", zone: str = "", window: str = "") -> Cast:
    """A run whose rule reads everything that adds up, with the columns of a usual log."""
    if (form, zone) not in _KNOWN:
        draw = random.Random(1)
        rows = [
            (f"u{draw.randrange(40)}", draw.choice(["view", "buy", "late"]), TURN + draw.randrange(-(10**6), 10**6),
             f"{draw.randrange(999) / 100}")
            for _ in range(400)
        ]  # fmt: skip
        recipes = RECIPES[2 * (form == "date") :]
        path = _written(folder / "base.csv", rows, form)
        study = Study(sources=(path,), timezone=zone, value="price", features=recipes, threads=1)
        tables, features = flow.measured(study)
        names = [m.name for m in features.measures if m.role == "behaviour" and not m.levels]
        rule = _reading(*names)
        _KNOWN[form, zone] = replace(built(), study=study, tables=tables, rule=rule, measures=flow.listed(features), run="r01")
    known = _KNOWN[form, zone]
    return replace(known, study=replace(known.study, window=window))


def _reading(*names: str) -> Any:
    """A rule that reads three events and some measures."""
    made = (*(Feature(e, "event", e, ()) for e in ("buy", "late", "view")), *(Feature(n, "measure", n, ()) for n in names))
    rule = built().rule
    assert rule is not None
    return replace(rule, features=made, guards=(), needs=())


def _whole(cast: Cast, *files: str) -> Any:
    ids, *read = flow.read_by(cast, files)
    return ids.to_pylist(), *read


def _tallied(cast: Cast, files: Sequence[str], folder: Path) -> Any:
    features, _ = tallying.read(cast, files, folder)
    assert cast.rule is not None
    return features.ids.to_pylist(), *inputs(cast.rule, features)


def _equal(one: Any, other: Any) -> None:
    assert one[0] == other[0]
    assert one[1].toarray().tobytes() == other[1].toarray().tobytes()
    assert one[2].keys() == other[2].keys()
    for name in one[2]:
        np.testing.assert_array_equal(one[2][name], other[2][name], err_msg=name)
        assert one[2][name].tobytes() == other[2][name].tobytes(), name


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)
@given(
    rows=_rows, cuts=st.integers(0, 2**32), window=st.sampled_from(WINDOWS), form=st.sampled_from(FORMS), each=st.booleans(),
    zone=st.sampled_from(["Europe/Berlin", ""]),
)  # fmt: skip
def test_counting_in_pieces_is_counting_at_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], cuts: int, window: str, form: str, each: bool, zone: str
) -> None:
    """However the rows are cut into files, in whatever order, with clocks that turn: every count and habit to the bit."""
    folder, draw = tmp_path_factory.mktemp("tally"), random.Random(cuts)
    cast = _cast(folder, form, form if "/" in form else zone, window)
    parts: dict[int, list[Row]] = {}
    for row in (rows := [*rows, ("u1", "view", TURN + 5_000, "3")]):
        parts.setdefault(draw.randrange(4), []).append(row)
    pieces = [_written(folder / f"{k}.csv", part, form) for k, part in parts.items()]
    pieces.sort(key=lambda p: "u1" not in Path(p).read_text(encoding="utf-8"))  # without an id there is nobody to place
    for piece in pieces[:-1] if each else []:
        tallying.read(cast, [piece], folder / "kept")
    counted = _tallied(cast, pieces[-1:] if each else pieces, folder / "kept")
    _equal(_whole(cast, _written(folder / "whole.csv", rows, form)), counted)


def _days(folder: Path, days: int, users: int = 30, seed: int = 1) -> list[str]:
    """One file a day of a log."""
    draw = random.Random(seed)
    start = TURN - TURN % 86_400
    files = []
    for n in range(days):
        at = (start + n * 86_400 + draw.randrange(86_400) for _ in range(3 * users))
        rows = [(f"{draw.randrange(users):03}", draw.choice(["view", "buy", "late"]), t, f"{draw.randrange(99)}") for t in at]
        files.append(_written(folder / f"day{n:02}.csv", rows))
    return files


def _joined(folder: Path, files: Sequence[str]) -> str:
    """One file of all rows."""
    lines = [Path(f).read_text(encoding="utf-8").splitlines(keepends=True) for f in files]
    (folder / "joined.csv").write_text("".join([lines[0][0], *(x for part in lines for x in part[1:])]), encoding="utf-8")
    return str(folder / "joined.csv")


@pytest.mark.parametrize("window", ["2d", "first-2d"])
def test_parts_become_one_and_days_outside_the_window_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, window: str) -> None:
    monkeypatch.setattr(store, "MOST", 3)
    cast, files = _cast(tmp_path, window=window), _days(tmp_path, 6)
    for n, file in enumerate(files):
        counted = _tallied(cast, [file], tmp_path / "kept")
        if n == 5:
            _equal(_whole(cast, _joined(tmp_path, files[: n + 1])), counted)
    parts = sorted((tmp_path / "kept").glob("part-*"))
    assert len(parts) <= 3
    kept = pq.read_table(parts[0] / "done.parquet").group_by("u").aggregate([("day", "min"), ("day", "max")]).to_pylist()
    longest = max(u["day_max"] - u["day_min"] for u in kept)
    assert longest < 4, "days that nothing asks for any more are not kept"


def test_what_happened_late_counts_where_it_belongs(tmp_path: Path) -> None:
    """Events of days that were counted already, with users and events that nobody knew."""
    cast, files = _cast(tmp_path, window="3d"), _days(tmp_path, 3)
    _tallied(cast, files, tmp_path / "kept")
    late = _written(tmp_path / "late.csv", [("000", "buy", TURN + 60, "9"), ("new", "other", TURN - 90_000, "")])
    _equal(_whole(cast, _joined(tmp_path, [*files, late])), _tallied(cast, [late], tmp_path / "kept"))


def test_a_file_that_was_counted_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cast, files = _cast(tmp_path), _days(tmp_path, 2)
    first = _tallied(cast, files, tmp_path / "kept")
    shutil.copy(files[0], tmp_path / "copy.csv")
    again = _tallied(cast, [str(tmp_path / "copy.csv"), files[1]], tmp_path / "kept")
    _equal(first, again)
    assert "copy.csv was counted before: it is passed over" in caplog.text
    _equal(first, _tallied(cast, [], tmp_path / "kept"))


@pytest.mark.parametrize("stopped", ["_commit", "_drop"])
def test_a_tally_is_what_it_was_or_what_it_is_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: str) -> None:
    """Stopped before the document that makes a part count, or before the old parts were removed."""
    monkeypatch.setattr(store, "MOST", 1)
    cast, files = _cast(tmp_path), _days(tmp_path, 2)
    _tallied(cast, files[:1], tmp_path / "kept")
    calls: list[int] = []

    def stop(folder: Path, given: Any) -> None:
        calls.append(1)
        if stopped == "_commit" or given:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="space"):
        broken.setattr(store, stopped, stop)
        tallying.read(cast, files[1:], tmp_path / "kept")
    assert calls
    held = len(store._read(tmp_path / "kept" / "tally.json").files)
    assert held == (1 if stopped == "_commit" else 2)
    _equal(_whole(cast, _joined(tmp_path, files)), _tallied(cast, files, tmp_path / "kept"))
    assert len(list((tmp_path / "kept").glob("part-*"))) <= 2, "what was left half-written is gone"


@pytest.mark.skipif(os.name == "nt", reason="rights of files are other ones there")
def test_a_tally_is_for_its_owner_alone(tmp_path: Path) -> None:
    _tallied(_cast(tmp_path), _days(tmp_path, 1), tmp_path / "kept")
    held = [tmp_path / "kept", *(tmp_path / "kept").rglob("*.parquet"), tmp_path / "kept" / "tally.json"]
    assert {p.stat().st_mode & 0o077 for p in held} == {0}


@pytest.mark.parametrize("measure", ["monetary", "sessions_60min", "time_to_first_buy"])
def test_what_does_not_add_up_is_refused(tmp_path: Path, measure: str) -> None:
    """Sums of floats, other pauses, order within a user: the measure is named, and what to type."""
    known = _cast(tmp_path)
    more = tuple(replace(known.measures[0], name=measure) for _ in "1")
    recipes = ("monetary", "sessions(pause=60)", "time_to_first(event=buy)")
    cast = replace(
        known, rule=_reading(measure), measures=(*known.measures, *more), study=replace(known.study, features=recipes)
    )
    with pytest.raises(UsageError, match=measure) as no:
        tallying.read(cast, _days(tmp_path, 1), tmp_path / "kept")
    assert (no.value.code, no.value.fix) == ("P115", "score the whole log, without --tally: personae score FILES --run r01")
    assert not (tmp_path / "kept").exists()


def test_a_tally_of_other_things_is_refused(tmp_path: Path) -> None:
    cast, files = _cast(tmp_path, window="3d"), _days(tmp_path, 1)
    few = replace(cast, rule=_reading("days_since_last"))
    _tallied(few, files, tmp_path / "kept")
    with pytest.raises(UsageError, match="no sums of price"):
        tallying.read(cast, files, tmp_path / "kept")
    with pytest.raises(UsageError, match="the window 3d, and the rule reads 9d"):
        tallying.read(replace(few, study=replace(few.study, window="9d")), files, tmp_path / "kept")
    with pytest.raises(UsageError, match="holds other files"):
        tallying.read(cast, files, tmp_path)


def test_files_that_cannot_be_added_leave_the_tally_alone(tmp_path: Path) -> None:
    cast = _cast(tmp_path, "s")
    good = _written(tmp_path / "good.csv", [("1", "view", TURN, "1"), ("2", "buy", TURN + 9, "")], "s")
    _tallied(cast, [good], tmp_path / "kept")
    before = (tmp_path / "kept" / "tally.json").read_bytes()
    (tmp_path / "other.csv").write_text("user_id,time\n1,1774746000\n")
    odd = _written(tmp_path / "odd.csv", [("1", "view", TURN * 1000, "1")], "s")
    for wrong, code in (("other.csv", "P002"), ("odd.csv", "P103")):
        with pytest.raises(PersonaeError) as no:
            tallying.read(cast, [good, str(tmp_path / wrong)], tmp_path / "kept")
        assert no.value.code == code, odd
    assert (tmp_path / "kept" / "tally.json").read_bytes() == before
    folding = replace(cast, study=replace(cast.study, on_duplicate="first"))
    again = _written(tmp_path / "again.csv", [("1", "view", TURN, "1"), ("3", "buy", TURN, "")], "s")
    with pytest.raises(DataError, match=r"again.csv is of a time that good.csv is of too"):
        tallying.read(folding, [again], tmp_path / "kept")


def test_whoever_is_to_be_left_out_leaves_the_tally(tmp_path: Path) -> None:
    cast, files = _cast(tmp_path, window="2d"), _days(tmp_path, 2)
    _tallied(cast, files[:1], tmp_path / "kept")
    (tmp_path / "out.csv").write_text("user_id\n007\n011\n")
    sparing = replace(cast, study=replace(cast.study, exclude=(str(tmp_path / "out.csv"),)))
    _equal(_whole(sparing, _joined(tmp_path, files)), _tallied(sparing, files[1:], tmp_path / "kept"))
    (who,) = (tmp_path / "kept").rglob("who.parquet")
    assert not {"007", "011"} & set(pq.read_table(who)["id"].to_pylist())


@pytest.mark.parametrize("how", ["forget", "exclude"])
def test_what_one_person_alone_did_leaves_with_them(tmp_path: Path, how: str) -> None:
    """Its name too, wherever it came first; what others did stays."""
    cast, files = _cast(tmp_path), _days(tmp_path, 1)
    own = _written(
        tmp_path / "own.csv", [("own", "buy", TURN, "1"), ("own", "call of Ann", TURN, ""), ("own", "new", TURN, "")]
    )
    more = _written(tmp_path / "more.csv", [("001", "new", TURN + 9, "")])
    for file in (files[0], own, more):
        _tallied(cast, [file], tmp_path / "kept")
    if how == "forget":
        assert store.forget(tmp_path / "kept", ["own"], look=True) == store.forget(tmp_path / "kept", ["own"]) == 1
    else:
        (tmp_path / "out.csv").write_text("user_id\nown\n")
        cast = replace(cast, study=replace(cast.study, exclude=(str(tmp_path / "out.csv"),)))
    _equal(_whole(cast, _joined(tmp_path, [files[0], more])), _tallied(cast, [], tmp_path / "kept"))
    named = [e for p in (tmp_path / "kept").rglob("names.parquet") for e in pq.read_table(p)["event"].to_pylist()]
    assert sorted(named) == ["buy", "late", "new", "view"]


def test_a_damaged_part_is_named_before_anything_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a score and by forgetting, which then leaves the record alone; and so does a tally that is in use."""
    cast, files = _cast(tmp_path), _days(tmp_path, 1)
    _tallied(cast, files, tmp_path / "kept")
    forgetting = ("forget", "001", "--yes", "--store", str(tmp_path / "record"), "--tally", str(tmp_path / "kept"))
    monkeypatch.setattr(store, "only_writer", partial(only_writer, wait=0.1))
    with store.tally(tmp_path / "kept"):
        assert _ran(*forgetting) == 5
    (done,) = (tmp_path / "kept").rglob("done.parquet")
    done.write_bytes(done.read_bytes()[:-9])
    assert _ran(*forgetting) == 3
    assert not (tmp_path / "record").exists()
    with pytest.raises(DataError, match=r"done.parquet cannot be read") as no:
        _tallied(cast, [], tmp_path / "kept")
    assert no.value.code == "P202"


def test_a_record_knows_its_tallies_also_while_they_are_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Such as one on a disk that is not mounted while another one is noted, or one that is only begun."""
    cast, files = _cast(tmp_path), _days(tmp_path, 1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".personae").mkdir()
    _tallied(cast, files, tmp_path / "one")
    store.remember(tmp_path / ".personae", tmp_path / "one")
    (tmp_path / "one").rename(tmp_path / "away")
    store.remember(tmp_path / ".personae", tmp_path / "two")
    assert _ran("forget", "001") == 0
    assert f"{tmp_path / 'one'} is not there now" in capsys.readouterr().out
    (tmp_path / "away").rename(tmp_path / "one")
    assert _ran("forget", "001") == 0
    assert "one holds what 1 person did" in capsys.readouterr().out


def test_a_fuller_export_under_the_same_name_is_refused(tmp_path: Path) -> None:
    cast = _cast(tmp_path)
    _tallied(
        cast,
        [_written(tmp_path / "log.csv", rows := [("1", "view", TURN, "1"), ("2", "buy", TURN + 9, "")])],
        tmp_path / "kept",
    )
    fuller = _written(tmp_path / "log.csv", [*rows, ("3", "buy", TURN + 99, "")])
    with pytest.raises(DataError, match=r"a file called log.csv was counted before") as no:
        _tallied(cast, [fuller], tmp_path / "kept")
    assert (no.value.code, "personae score ALL_FILES --tally DIR" in no.value.fix) == ("P104", True)
    later = _written(tmp_path / "log.csv", [("1", "view", TURN + 999, "1")])
    assert len(_tallied(cast, [later], tmp_path / "kept")[0]) == 2, "a name may come again with later times"


def test_a_day_without_rows_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Once something was counted; a file that is no part of the log, or holds nothing at all, is not."""
    cast, files = _cast(tmp_path), _days(tmp_path, 2)
    (tmp_path / "quiet.csv").write_text("user_id,event,time,price\n")
    (tmp_path / "other.csv").write_text("user_id,age\n")
    (tmp_path / "nothing.csv").write_text("")
    quiet = str(tmp_path / "quiet.csv")
    with pytest.raises(DataError, match="holds a header and no rows"):
        _tallied(cast, [quiet], tmp_path / "kept")
    _equal(_whole(cast, _joined(tmp_path, files)), _tallied(cast, [files[0], quiet, files[1]], tmp_path / "kept"))
    assert "quiet.csv holds no rows: it is passed over" in caplog.text
    for name in ("other", "nothing"):
        with pytest.raises(DataError, match=f"{name}.csv") as no:
            _tallied(cast, [str(tmp_path / f"{name}.csv")], tmp_path / "kept")
        assert no.value.code == "P107"


@pytest.mark.parametrize("how", ["forget", "exclude"])
def test_days_that_are_gone_are_asked_for_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Who alone reached far ahead leaves, after days that were outside the window then were dropped."""
    monkeypatch.setattr(store, "MOST", 2)
    cast, files = _cast(tmp_path, window="2d"), _days(tmp_path, 3)
    ahead = _written(tmp_path / "ahead.csv", [("ahead", "view", TURN + 400 * 86_400, "1")])
    for file in (files[0], ahead, *files[1:]):
        _tallied(cast, [file], tmp_path / "kept")
    if how == "forget":
        assert store.forget(tmp_path / "kept", ["ahead"]) == 1
    else:
        (tmp_path / "out.csv").write_text("user_id\nahead\n")
        cast = replace(cast, study=replace(cast.study, exclude=(str(tmp_path / "out.csv"),)))
    with pytest.raises(DataError, match="days before 2027-04-29 are not kept any more") as no:
        _tallied(cast, [], tmp_path / "kept")
    assert (no.value.code, "count all files anew" in no.value.fix) == ("P202", True)
    _equal(_whole(cast, _joined(tmp_path, files)), _tallied(cast, files, tmp_path / "anew"))


def test_one_process_writes_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "only_writer", partial(only_writer, wait=0.1))
    with store.tally(tmp_path / "kept"), pytest.raises(MachineError, match="another run is writing to this tally"):
        tallying.read(_cast(tmp_path), _days(tmp_path, 1), tmp_path / "kept")


def test_more_kinds_of_events_than_are_looked_at_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which of them count would depend on who else is there; a rule of counts alone has no such limit."""
    monkeypatch.setattr(tallying, "MOST_EVENTS", 2)
    cast, files = _cast(tmp_path), _days(tmp_path, 1)
    with pytest.raises(UsageError, match="there are 3 kinds of events"):
        tallying.read(cast, files, tmp_path / "kept")
    assert not store.is_tally(tmp_path / "kept")
    counting = replace(cast, rule=_reading(), study=replace(cast.study, features=()))
    _equal(_whole(counting, *files), _tallied(counting, files, tmp_path / "kept"))


# ---------------------------------------------------------------- through the public surface


def _ran(*words: str) -> int:
    """The exit code of a command."""
    with pytest.raises(SystemExit) as end:
        main([*words])
    return int(str(end.value.code or 0))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight days of a shop and its users, a run on the first five days, and a copy of the log as it grows."""
    folder, draw = tmp_path_factory.mktemp("shop"), random.Random(3)
    kinds = ["view view view save save share", "buy buy buy view return", "share share comment comment view"]
    for n in range(8):
        with (folder / f"day{n}.csv").open("w", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(("user_id", "event", "time"))
            for i in range(180):
                for _ in range(draw.randrange(6)):
                    at = datetime(2026, 3, 1) + timedelta(days=n, seconds=draw.randrange(86_400))
                    rows.writerow((f"{i:04}", draw.choice(kinds[i % 3].split()), at))
    with (folder / "users.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("user_id", "age"), *((f"{i:04}", draw.randrange(18, 80)) for i in range(20, 190))])
    (folder / "log").mkdir()
    for n in range(5):
        shutil.copy(folder / f"day{n}.csv", folder / "log")
    there = Path.cwd()
    os.chdir(folder)
    try:
        assert (
            _ran("run", "log", "users.csv", "--worlds", "none", "--groups", "3", "--window", "4d", "--out", "found", "--quiet")
            == 0
        )
    finally:
        os.chdir(there)
    return folder


@pytest.mark.slow
def test_three_days_with_a_tally_give_the_bytes_of_all_days(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And so after somebody was forgotten, who is nowhere in the tally then."""
    monkeypatch.chdir(shop)
    assert _ran("score", "log", "users.csv", "--tally", "counted", "--out", "first.csv") == 0
    for n in (5, 6, 7):
        assert _ran("score", f"day{n}.csv", "users.csv", "--tally", "counted", "--out", "today.csv", "--overwrite") == 0
        shutil.copy(shop / f"day{n}.csv", shop / "log")
    assert "1 file added; it holds 8 files" in capsys.readouterr().err
    assert _ran("score", "users.csv", "log", "--out", "whole.csv") == 0
    assert (shop / "today.csv").read_bytes() == (shop / "whole.csv").read_bytes()
    table = personae.score("found", "users.csv", tally="counted")
    assert len(personae.score("found", "log", tally="mine")) == 180, "this one Python alone made"
    assert table["id"].to_pylist() == [r["id"] for r in csv.DictReader((shop / "whole.csv").open())]
    assert _ran("score", "day7.csv", "--tally", "counted", "--inputs", "x") == 2

    assert _ran("forget", "0007") == 0
    assert "holds what 1 person did" in capsys.readouterr().out
    assert _ran("forget", "0007", "--yes") == 0
    held = [pq.read_table(p) for folder in ("counted", "mine") for p in (shop / folder).rglob("*.parquet")]
    assert not any("0007" in t["id"].to_pylist() for t in held if "id" in t.column_names)
    assert _ran("score", "users.csv", "--tally", "counted", "--out", "today.csv", "--overwrite") == 0
    assert _ran("score", "users.csv", "log", "--out", "whole.csv", "--overwrite") == 0
    assert b"0007," not in (shop / "today.csv").read_bytes()
    assert (shop / "today.csv").read_bytes() == (shop / "whole.csv").read_bytes()
