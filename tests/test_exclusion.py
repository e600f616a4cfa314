"""People on an exclusion list are as if their rows had never been there (RELIABILITY 5.9, SEC-05)."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cast_builder import cast
from conftest import planted
from personae import flow
from personae.cli.main import main
from personae.errors import DataError, PersonaeError, UsageError
from personae.files.excluded import written
from personae.model.exclusion import digest
from personae.model.study import Study
from personae.model.table import Table
from personae.stages.intake import LEFT_OUT, Scorer
from personae.stages.spared import _before
from personae.store import exclude

Rows = Sequence[Sequence[str]]
GONE = ("u003", "u017", "=1+1", "007", "never seen")


def _csv(path: Path, header: Sequence[str], rows: Rows, *, gone: Callable[[Sequence[str]], bool] = lambda _: False) -> str:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([header, *(r for r in rows if not gone(r))])
    return str(path)


def _people(n: int = 40) -> list[str]:
    return [f"u{i:03}" for i in range(n)] + ["=1+1", "007", "7"]


def _log(rng: np.random.Generator) -> Rows:
    """Events; those of two people who go bring words, days and amounts that nobody else has."""
    rows = []
    for who in _people():
        for k in range(int(rng.integers(4, 12))):
            event = "secret" if who == "u003" and k < 2 else str(rng.choice(["view", "buy", "save"]))
            day = "2027-01-31" if who == "u017" else f"2026-03-{rng.integers(1, 28):02}"
            rows.append(
                (who, event, f"{day}T10:{rng.integers(0, 60):02}:00", "1e9" if who == "007" else f"{rng.integers(1, 90)}")
            )
    rng.shuffle(rows)
    return rows


def _same(one: Any, other: Any) -> None:
    """Two readings gave the same features and the same tables, but for what they were read from."""
    (tables, features), (others, without) = one, other
    assert features.ids.to_pylist() == without.ids.to_pylist()
    assert [m.name for m in features.measures] == [m.name for m in without.measures]
    for a, b in zip(features.measures, without.measures, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        assert (a.levels, a.label, a.forms) == (b.levels, b.label, b.forms)
    if features.counts is not None:
        assert features.counts.events == without.counts.events
        np.testing.assert_array_equal(features.counts.matrix.toarray(), without.counts.matrix.toarray())
    assert (features.window, features.left_out, features.matches) == (without.window, without.left_out, without.matches)
    assert [_bare(t) for t in tables] == [_bare(t) for t in others]


def _bare(table: Table) -> Table:
    """A table without the account of its rows and the hashes of its files."""
    return replace(table, seen=0, excluded=0, rolls=(), files=(), ids="", relation="")


@pytest.fixture
def listed(tmp_path: Path) -> str:
    path = tmp_path / "objectors.csv"
    path.write_text("user_id\n" + "\n".join(GONE) + "\n", encoding="utf-8")
    return str(path)


def test_a_log_is_measured_as_if_they_had_never_been_in_it(tmp_path: Path, listed: str) -> None:
    """Words, window, quantiles and kinds of columns are learnt from the others alone."""
    rows, header = _log(np.random.default_rng(1)), ("user_id", "event", "time", "amount")
    whole = _csv(tmp_path / "a" / "log.csv", header, rows)
    less = _csv(tmp_path / "b" / "log.csv", header, rows, gone=lambda r: r[0] in GONE)
    left, right = flow.measured(Study(sources=(whole,), exclude=(listed,))), flow.measured(Study(sources=(less,)))
    _same(left, right)
    table = left[0][0]
    assert table.excluded == sum(r[0] in GONE for r in rows) and table.seen == len(rows)
    assert [(r.name, r.people) for r in table.rolls] == [("objectors.csv", len(GONE))]
    assert "7" in left[1].ids.to_pylist()  # 007 is somebody else


def test_rows_of_other_files_go_with_the_person_they_lead_to(tmp_path: Path, listed: str) -> None:
    """Lines of an order name an order, the order names the customer."""
    rng, people = np.random.default_rng(2), _people()
    customers = [(p, str(rng.choice(["FR", "DE"])), str(rng.integers(18, 80))) for p in people]
    orders = [(f"o{i:04}", str(rng.choice(people)), f"2026-03-{rng.integers(1, 28):02}") for i in range(300)]
    lines = [
        (f"o{rng.integers(0, 300):04}", str(rng.choice(["tea", "milk", "rye"])), str(rng.integers(1, 40))) for _ in range(700)
    ]
    whose = {o: who for o, who, _ in orders}
    heads = (("user_id", "country", "age"), ("order_id", "user_id", "ordered_at"), ("order_id", "item", "price"))
    gone = (lambda r: r[0] in GONE, lambda r: r[1] in GONE, lambda r: whose[r[0]] in GONE)
    names = ("customers.csv", "orders.csv", "lines.csv")
    parts = list(zip(names, heads, (customers, orders, lines), gone, strict=True))
    whole = tuple(_csv(tmp_path / "a" / n, h, r) for n, h, r, _ in parts)
    less = tuple(_csv(tmp_path / "b" / n, h, r, gone=g) for n, h, r, g in parts)
    left, right = flow.measured(Study(sources=whole, exclude=(listed,))), flow.measured(Study(sources=less))
    _same(left, right)
    assert [t.excluded for t in left[0]] == [sum(map(g, r)) for _, _, r, g in parts]
    assert all(t.excluded for t in left[0])


def test_a_device_that_belongs_to_somebody_on_the_list_is_not_taken_for_somebody_else(tmp_path: Path) -> None:
    """An export of a tool tells people by several columns: rows without a user id belong to the user of the device."""
    rng = np.random.default_rng(3)
    rows = [
        (
            f"u{i % 30}" if k % 3 else "",
            f"d{i % 30}",
            str(rng.choice(["open", "buy"])),
            f"2026-03-{1 + k:02} 10:00:00",
            f"{i}-{k}",
        )
        for i in range(30)
        for k in range(9)
    ]
    header = ("user_id", "device_id", "event_type", "event_time", "$insert_id")
    whole = _csv(tmp_path / "a" / "log.csv", header, rows)
    less = _csv(tmp_path / "b" / "log.csv", header, rows, gone=lambda r: r[1] == "d4")
    (tmp_path / "never.txt").write_text("u4\n", encoding="utf-8")
    left = flow.measured(Study(sources=(whole,), exclude=(str(tmp_path / "never.txt"),), tool="amplitude"))
    _same(left, flow.measured(Study(sources=(less,), tool="amplitude")))
    assert left[0][0].excluded == 9


def test_parquet_frames_and_numbers_as_ids(tmp_path: Path) -> None:
    """An id is compared as the text that it is in the results."""
    table = pa.table(
        {
            "user_id": pa.array(range(60), pa.int64()),
            "visits": [i % 7 for i in range(60)],
            "spent": [i * 1.5 for i in range(60)],
        }
    )
    pq.write_table(table, tmp_path / "whole.parquet")
    (tmp_path / "never.csv").write_text("user_id\n3\n007\n59\n", encoding="utf-8")
    less = table.filter(pa.array([i not in (3, 59) for i in range(60)]))
    pq.write_table(less, tmp_path / "less.parquet")
    never = (str(tmp_path / "never.csv"),)
    left = flow.measured(Study(sources=(str(tmp_path / "whole.parquet"),), exclude=never))
    right = flow.measured(Study(sources=(str(tmp_path / "less.parquet"),)))
    assert left[1].ids.to_pylist() == right[1].ids.to_pylist() and left[0][0].excluded == 2
    _same(
        flow.measured(Study(sources=("frame",), exclude=never), {"frame": table}),
        flow.measured(Study(sources=("frame",)), {"frame": less}),
    )


def test_a_thousand_objectors_are_left_out_and_counted(tmp_path: Path) -> None:
    """SEC-05. Those of them who are not in the data are on the list all the same."""
    ids = [f"{i:05}" for i in range(3000)]
    table = pa.table({"user_id": ids, "visits": [i % 11 for i in range(3000)], "spent": [i % 97 * 1.5 for i in range(3000)]})
    pq.write_table(table, tmp_path / "users.parquet", row_group_size=500)
    never = ids[1::3] + [f"x{i}" for i in range(7)]
    (tmp_path / "never.csv").write_text("user_id\n" + "\n".join(never) + "\n", encoding="utf-8")
    study = Study(sources=(str(tmp_path / "users.parquet"),), exclude=(str(tmp_path / "never.csv"),))
    ((read,), features) = flow.measured(study)
    assert (read.seen, read.used, read.excluded, read.rolls[0].people) == (3000, 2000, 1000, 1007)
    assert sorted(features.ids.to_pylist()) == sorted(set(ids) - set(never))
    spent = dict(zip(features.ids.to_pylist(), next(m for m in features.measures if m.name == "spent").values, strict=True))
    assert all(spent[i] == int(i) % 97 * 1.5 for i in spent)


def test_digests_of_ids_leave_out_the_same_people(tmp_path: Path, listed: str) -> None:
    """A record of runs keeps no ids of those whom it leaves out."""
    rows, header = _log(np.random.default_rng(4)), ("user_id", "event", "time", "amount")
    whole = _csv(tmp_path / "a" / "log.csv", header, rows)
    kept = tmp_path / "excluded"
    kept.write_text(written(b"s" * 32, [digest(i, b"s" * 32) for i in GONE]), encoding="utf-8")
    assert not any(i in kept.read_text() for i in GONE)
    by_list = flow.measured(Study(sources=(whole,), exclude=(listed,)))
    _same(by_list, flow.measured(Study(sources=(whole,), exclude=(str(kept),))))


def test_a_column_of_yes_and_no_is_a_list_too(tmp_path: Path) -> None:
    """One yes is enough: who objected once has objected."""
    rows, header = _log(np.random.default_rng(5)), ("user_id", "event", "time", "amount")
    whole = _csv(tmp_path / "a" / "log.csv", header, rows)
    answers = [("u001", "no"), ("u002", "yes"), ("u002", "no"), ("u004", "")]
    people = _csv(tmp_path / "crm.csv", ("user_id", "opted_out"), answers)
    _, features = flow.measured(Study(sources=(whole,), exclude=(f"{people}::opted_out",)))
    there = features.ids.to_pylist()
    assert "u002" not in there and {"u001", "u004"} <= set(there)


def test_a_row_that_did_not_fit_is_not_kept_when_it_names_somebody_on_the_list(tmp_path: Path, listed: str) -> None:
    """private/rejects.csv repeats rows as they stood."""
    rows, header = _log(np.random.default_rng(6)), ("user_id", "event", "time", "amount")
    whole = Path(_csv(tmp_path / "a" / "log.csv", header, rows))
    whole.write_text(whole.read_text() + "u003,torn\nu005,torn\n", encoding="utf-8")
    tables, _ = flow.measured(Study(sources=(str(whole),), exclude=(listed,), allow_rejects=5))
    assert [r.text for r in tables[0].rejects] == ["u005,torn"] and tables[0].set_aside == 1


@pytest.mark.parametrize(
    ("text", "error", "code"),
    [(None, UsageError, "P101"), ("a,b\n1,2\n", UsageError, "P002"), ("\n".join(_people()), DataError, "P107")],
)
def test_what_cannot_be_left_out_stops_the_run(tmp_path: Path, text: str | None, error: type[PersonaeError], code: str) -> None:
    """A list that is missing, that does not say where its ids are, or that names everybody."""
    whole = _csv(tmp_path / "a" / "log.csv", ("user_id", "event", "time", "amount"), _log(np.random.default_rng(7)))
    never = tmp_path / "never.csv"
    if text is not None:
        never.write_text(text, encoding="utf-8")
    with pytest.raises(error) as stopped:
        flow.measured(Study(sources=(whole,), exclude=(str(never),)))
    assert stopped.value.code == code


def test_an_empty_list_leaves_nobody_out_and_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Lists are made by machines, and some days nobody objects."""
    whole = _csv(tmp_path / "a" / "log.csv", ("user_id", "event", "time", "amount"), _log(np.random.default_rng(8)))
    (tmp_path / "never.csv").write_text("user_id\n", encoding="utf-8")
    tables, features = flow.measured(Study(sources=(whole,), exclude=(str(tmp_path / "never.csv"),)))
    assert len(features) == len(_people()) and tables[0].excluded == 0
    assert any("names nobody" in r.message for r in caplog.records)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(1, 40)), st.integers(0, 60))
def test_lines_of_the_file_are_still_found(gone: set[int], position: int) -> None:
    """The row that stands at a position now stood where so many rows before it are gone."""
    left = [n for n in range(1, 200) if n not in gone]
    assert _before(position, np.array(sorted(gone), np.int64)) == left[position] - 1


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A project with a run that left seven people out, a run of files without them beside it, and the seven."""
    root = tmp_path_factory.mktemp("project")
    world = planted(users=300, groups=3)
    log = world.log(root / "log.csv")
    gone = list(world.ids[:7])
    (root / "never.csv").write_text("user_id\n" + "\n".join(gone) + "\n", encoding="utf-8")
    rows = list(csv.reader(log.open()))
    less = _csv(root / "b" / "log.csv", rows[0], rows[1:], gone=lambda r: r[0] in gone)
    quick = ["--groups", "3", "--worlds", "none"]
    with contextlib.chdir(root):
        assert _typed("run", "log.csv", "--exclude", "never.csv", "--purpose", "a mailing", *quick, "--out", "one") == 0
        assert _typed("run", less, "--purpose", "a mailing", *quick, "--store", "elsewhere", "--out", "other") == 0
    return root, gone


def _typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(str(ended.value.code))


@pytest.mark.slow
def test_every_file_of_a_run_is_the_same_byte_for_byte(ran: tuple[Path, list[str]]) -> None:
    """But for the account of the rows, the setting itself and the hashes of the files that were read. The list itself is in
    none of them."""
    root, gone = ran
    files = sorted(p.relative_to(root / "one") for p in (root / "one").rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(root / "other") for p in (root / "other").rglob("*") if p.is_file())
    differ = {str(f) for f in files if (root / "one" / f).read_bytes() != (root / "other" / f).read_bytes()}
    assert differ == {"run.json", "report.html", "card.json", "private/details.json", "timings.json"}
    assert _accounts(root / "one") == _accounts(root / "other")
    for file in files:
        text = (root / "one" / file).read_bytes()
        assert not any(i.encode() in text for i in gone)


@pytest.mark.slow
def test_the_record_of_a_run_says_how_many_were_left_out_and_by_which_list(ran: tuple[Path, list[str]]) -> None:
    """A hash and a count; the report says it in words, and what it was all for."""
    root, gone = ran
    run = json.loads((root / "one" / "run.json").read_text())
    (table,) = run["tables"]
    assert table["seen"] == table["used"] + table["excluded"] and table["excluded"] > 0 and table["set_aside"] == 0
    sha = hashlib.sha256((root / "never.csv").read_bytes()).hexdigest()
    assert table["rolls"] == [{"name": "never.csv", "sha256": sha, "people": len(gone)}]
    assert (run["study"]["exclude"], run["study"]["purpose"]) == (["never.csv"], "a mailing")
    report = (root / "one" / "report.html").read_text()
    assert "of people on the exclusion list" in report and "a mailing" in report


@pytest.mark.slow
def test_scoring_leaves_the_same_people_out(ran: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the list of the run, by one of the command, and by that of the record; nobody else is placed elsewhere for it."""
    root, gone = ran
    monkeypatch.chdir(root)
    assert _typed("score", "log.csv", "--out", "scored.csv") == 0
    users = [r["id"] for r in csv.DictReader((root / "one" / "users.csv").open())]
    scored = list(csv.DictReader((root / "scored.csv").open()))
    assert [r["id"] for r in scored] == users
    (root / "another.txt").write_text(users[0] + "\n", encoding="utf-8")
    assert _typed("score", "log.csv", "--exclude", "another.txt", "--out", "with_them.csv") == 0
    assert {r["id"] for r in csv.DictReader((root / "with_them.csv").open())} == {*gone, *users[1:]}


@pytest.mark.slow
def test_the_list_of_a_record_is_asked_by_everything_made_in_it(
    ran: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds no id; what is listed, placed or asked for an interview has nobody who is on it."""
    root, _ = ran
    monkeypatch.chdir(root)
    shutil.copytree(root / ".personae", root / "copy", dirs_exist_ok=True)
    who = next(csv.DictReader((root / "one" / "users.csv").open()))["id"]
    assert (exclude(root / "copy", [who, "never seen"]), exclude(root / "copy", [who])) == (2, 0)
    kept = root / "copy" / "excluded"
    assert who not in kept.read_text() and kept.stat().st_mode & 0o777 == 0o600
    for command in (("export", "--out", "list.csv"), ("score", "log.csv", "--out", "placed.csv")):
        assert _typed(*command, "--store", "copy", "--overwrite") == 0
        ids = {r["id"] for r in csv.DictReader((root / command[-1]).open())}
        assert who not in ids and len(ids) == 292
    everybody = ("export", "--interviews", "300", "--store", "copy", "--out", "ask.csv", "--overwrite")
    assert _typed(*everybody) == 0
    assert who not in (root / "ask.csv").read_text()


def test_somebody_on_a_list_is_answered_as_such_and_not_placed(tmp_path: Path) -> None:
    """Over HTTP and on arrival, where every record gets an answer."""
    (tmp_path / "never.csv").write_text("user_id\nb\n00123\n", encoding="utf-8")
    known = cast()
    made = replace(known, study=replace(known.study, exclude=(str(tmp_path / "never.csv"),)), rule=None)
    answers = Scorer(made).place([{"id": i} for i in ("a", "b", "c")], explain=True)
    assert [a.reason == LEFT_OUT for a in answers] == [False, True, False]
    assert (answers[1].persona, answers[1].kind, answers[1].membership, answers[1].why) == ("", "outside", 0.0, ())
    with pytest.raises(KeyError):
        Scorer(made).stored("00123")


@pytest.mark.slow
def test_a_run_whose_list_is_not_here_places_nobody(
    ran: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the list people who objected would be placed, so the user is asked for it."""
    root, _ = ran
    monkeypatch.chdir(tmp_path)
    assert _typed("score", str(root / "log.csv"), "--store", str(root / ".personae"), "--out", "x.csv") == 2
    assert "or name it again: --exclude FILE" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_after_somebody_was_forgotten_is_as_if_they_had_never_been(
    ran: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PER-13: of the same files, in the same record, and no list is named."""
    root, gone = ran
    monkeypatch.chdir(root)
    quick = ["--purpose", "a mailing", "--groups", "3", "--worlds", "none", "--store", "kept", "--quiet"]
    assert _typed("run", "log.csv", *quick, "--out", "first") == 0
    assert any(i.encode() in (root / "first" / "users.csv").read_bytes() for i in gone)
    assert _typed("forget", "--file", "never.csv", "--store", "kept", "--yes", "--quiet") == 0
    assert _typed("run", "log.csv", *quick, "--out", "again") == 0
    for file in (p.relative_to(root / "other") for p in (root / "other").rglob("*") if p.is_file()):
        ours, theirs = (root / "again" / file).read_bytes(), (root / "other" / file).read_bytes()
        assert ours == theirs or file.name in ("run.json", "report.html", "card.json", "details.json", "timings.json")
        assert not any(i.encode() in ours for i in gone)
    assert _accounts(root / "again") == _accounts(root / "other")
    table = json.loads((root / "again" / "run.json").read_text())["tables"][0]
    assert [r["name"] for r in table["rolls"]] == ["the record's list (excluded)"] and table["excluded"] > 0
    assert json.loads((root / "again" / "run.json").read_text())["study"]["exclude"] == []


@pytest.mark.slow
def test_a_refresh_after_somebody_was_forgotten_is_one_of_files_without_them(
    ran: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PER-13: the same files are other data then, so that the gate for unchanged data is open."""
    monkeypatch.chdir(ran[0])
    shutil.copytree("elsewhere", "mine", dirs_exist_ok=True)
    who = Path("other/users.csv").read_text().splitlines()[1].split(",")[0]
    header, *rows = (line.split(",") for line in Path("b/log.csv").read_text().splitlines())
    less = _csv(Path("c/log.csv"), header, rows, gone=lambda r: r[0] == who)
    assert _typed("forget", who, "--store", "mine", "--yes", "--quiet") == 0
    shutil.copytree("mine", "theirs", dirs_exist_ok=True)
    assert _typed("refresh", "b/log.csv", "--store", "mine", "--out", "mine_out", "--quiet") == 0
    assert _typed("refresh", less, "--store", "theirs", "--out", "their_out", "--quiet") == 0
    for file in ("users.csv", "users.parquet", "personas.json", "facts.json", "evidence.json", "rule.json"):
        ours, theirs = (Path(f) / file for f in ("mine_out", "their_out"))
        assert ours.read_bytes() == theirs.read_bytes() and who.encode() not in ours.read_bytes(), file
    became, would = (json.loads((Path(f) / "change.json").read_text()) for f in ("mine_out", "their_out"))
    for part in ("descents", "moves", "turnover", "drift", "agreement"):
        assert became[part] == would[part], part


def _accounts(folder: Path) -> Any:
    """run.json without what says how many rows were left out, and of which files."""
    run = json.loads((folder / "run.json").read_text())
    for table in run["tables"]:
        for name in ("seen", "excluded", "rolls", "files"):
            table.pop(name)
    run["study"].pop("exclude")
    run["study"].pop("sources")
    run["files"].pop("private/details.json")
    return run
