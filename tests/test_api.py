"""What `import personae` offers, from frames and files to the same kind of frame back."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pytest

import personae
from conftest import World, planted
from personae.errors import UsageError
from personae.model.plain import plain

KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "pandas": lambda t: t.to_pandas(),
    "polars": pl.from_arrow,
    "lazy polars": lambda t: pl.from_arrow(t).lazy(),
    "pyarrow": lambda t: t,
    "duckdb": duckdb.from_arrow,
}
COLUMNS = ["id", "persona", "persona_name", "membership", "second", "margin", "kind", "reason"]


class Stream:
    """An object with an Arrow stream and nothing else."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def _table(path: Path) -> pa.Table:
    names = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
    return pyarrow.csv.read_csv(
        path, convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    )


def _rows(frame: Any) -> list[dict[str, Any]]:
    known = nw.from_native(frame)
    return (known.collect("pyarrow") if isinstance(known, nw.LazyFrame) else known).to_arrow().to_pylist()


@pytest.fixture(scope="module")
def world() -> World:
    return planted(users=500, groups=3, events=10, seed=8)


@pytest.fixture(scope="module")
def log(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return world.log(tmp_path_factory.mktemp("api") / "events.csv")


@pytest.fixture(scope="module")
def run(log: Path) -> personae.Result:
    return personae.run(str(log))


def test_planted_groups_become_personas_and_every_user_has_a_place(run: personae.Result, world: World) -> None:
    """Requirement 25."""
    users = run.users
    assert run.verdict.kind == "natural"
    assert len(run.personas) == 3
    assert users.column_names == COLUMNS
    assert sorted(users["id"].to_pylist()) == sorted(world.ids)
    placed = sum(p is not None for p in users["persona"].to_pylist())
    assert sum(p.users for p in run.personas) == placed


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_goes_in_and_its_kind_comes_out(kind: str, log: Path, run: personae.Result) -> None:
    """Requirement 88."""
    frame = KINDS[kind](_table(log))
    again = personae.run(frame)
    expected = type(frame) if kind != "lazy polars" else pl.DataFrame
    assert isinstance(again.users, expected)
    assert isinstance(again.score(frame), expected)
    assert _rows(again.users) == _rows(run.users)


def test_anything_with_an_arrow_stream_is_a_frame(log: Path, run: personae.Result) -> None:
    assert run.score(Stream(_table(log))).sort_by("id").equals(run.users.sort_by("id"))
    assert run.score(_table(log).to_reader()).num_rows == 500


def test_scoring_the_same_data_gives_the_places_of_the_run(run: personae.Result, log: Path) -> None:
    """MOD-03: fit = score = batch = single."""
    assert run.score(log).equals(run.users)
    table = _table(log)
    few = run.users["id"].to_pylist()[:4]
    for id, place in zip(few, _rows(run.users)[:4], strict=True):
        assert _rows(run.score(table.filter(pa.compute.equal(table["user_id"], id)))) == [place]


def test_users_come_back_in_the_order_in_which_the_frame_names_them(run: personae.Result, log: Path) -> None:
    frame = _table(log).to_pandas().sort_values("user_id", ascending=False, kind="stable")
    assert list(run.score(frame)["id"]) == list(frame["user_id"].drop_duplicates())


def test_a_users_table_joins_its_events(world: World, log: Path, tmp_path: Path) -> None:
    people = world.users(tmp_path / "users.csv")
    both = personae.run({"people": pd.read_csv(people, dtype=str), "events": pd.read_csv(log, dtype=str)}, outcome="plan")
    assert {t.source for t in both.cast.tables} == {"people", "events"}
    assert both.cast.matches[0].both == 500
    assert isinstance(both.users, pd.DataFrame)


def test_what_is_saved_is_what_is_loaded(run: personae.Result, tmp_path: Path) -> None:
    """PER: the folder is the run."""
    folder = run.save(tmp_path / "run")
    again = personae.load(folder)
    assert again.users.equals(run.users)
    assert plain(again.cast.facts) == plain(run.cast.facts)
    assert [repr(p) for p in again.personas] == [repr(p) for p in run.personas]
    assert {"report.html", "users.csv", "users.parquet", "run.json"} <= {p.name for p in folder.iterdir()}
    with pytest.raises(personae.PersonaeError):
        run.save(tmp_path / "run")
    assert run.save(tmp_path / "run", overwrite=True) == folder


def test_the_command_line_writes_the_same_files(run: personae.Result, log: Path, tmp_path: Path) -> None:
    """The same run from the command line and from Python gives the same files."""
    from personae.cli.main import main

    with pytest.raises(SystemExit) as left:
        main(["run", str(log), "--out", str(tmp_path / "cli"), "--store", str(tmp_path / "store"), "--quiet"])
    assert left.value.code == 0
    folder = run.save(tmp_path / "api")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "cli" / path.relative_to(folder)).read_bytes(), path.name


def test_a_report_is_one_file_and_an_unknown_ending_is_refused(run: personae.Result, tmp_path: Path) -> None:
    assert run.report(tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(personae.PersonaeError, match=r"no exporter writes \.docx") as error:
        personae.export(run, tmp_path / "page.docx")
    assert ".html" in error.value.fix


def test_personas_are_found_by_name_key_and_position(run: personae.Result) -> None:
    first = run.personas[0]
    assert run[first.name] == run[first.key] == run[0] == first
    with pytest.raises(KeyError, match="did you mean"):
        run[first.name[:-1]]


def test_a_fixed_number_is_honoured(log: Path) -> None:
    """Requirement 39."""
    two = personae.run(log, groups=2)
    assert (len(two.personas), two.verdict.asked, two.verdict.own) == (2, 2, 3)


def test_faces_show_no_id(run: personae.Result, log: Path, world: World) -> None:
    """EXPERIENCE of notebooks: text is short, HTML needs no script, and neither names a user."""
    check = personae.read(log).check()
    faces = [repr(run), repr(run.personas[0]), repr(run.why_groups()), repr(check), repr(personae.read(log))]
    pages = [run._repr_html_(), run.personas[0]._repr_html_(), run.why_groups()._repr_html_(), check._repr_html_()]
    assert len(repr(run).splitlines()) <= 20
    for text in (*faces, *pages):
        assert not re.search(r"u8-\d{6}", text)
    for page in pages:
        assert "<script" not in page
        assert len(page) < 300_000


def test_the_column_table_says_what_each_column_is_for(log: Path) -> None:
    """Requirement 47."""
    said = repr(personae.read(log, id="user_id").check())
    assert re.search(r"user_id\s+\S+\s+id\s+you said so", said)
    assert re.search(r"event\s+category\s+event", said)
    assert re.search(r"rows, .* used, 0 set aside", said)


def test_data_show_only_what_was_changed() -> None:
    assert repr(personae.read("a.csv", "b.csv", id="x", groups=(3, 5))) == "Data('a.csv', 'b.csv', id='x', groups='3-5')"


@pytest.mark.parametrize(
    ("settings", "fix"),
    [({"goups": 3}, "groups"), ({"seed": "7"}, "seed=7"), ({"force": 1}, "force=False"), ({"groups": "many"}, "3-7")],
)
def test_a_wrong_setting_is_refused_with_a_way_out(settings: dict[str, Any], fix: str) -> None:
    with pytest.raises(personae.PersonaeError) as error:
        personae.read("a.csv", **settings)
    assert error.value.code == "P001"
    assert fix in error.value.fix


@pytest.mark.parametrize("source", [3, None, {"events": 3}])
def test_what_is_no_frame_is_refused(source: Any) -> None:
    with pytest.raises(personae.PersonaeError, match="neither a path nor a data frame"):
        personae.read(source)


def test_nothing_to_read_is_refused() -> None:
    with pytest.raises(personae.PersonaeError, match="no sources"):
        personae.run()


def test_data_without_the_id_of_the_run_cannot_be_placed(run: personae.Result) -> None:
    with pytest.raises(personae.PersonaeError, match="no id column 'user_id'") as error:
        run.score(
            pd.DataFrame({"customer": ["a", "b"], "event": ["event_01", "event_02"], "time": ["2026-01-01", "2026-01-02"]})
        )
    assert error.value.code == "P002"


def test_where_there_is_nothing_there_are_no_personas_and_still_every_user(tmp_path: Path) -> None:
    noise = planted(users=300, groups=0, events=10, seed=3)
    run = personae.run(noise.log(tmp_path / "noise.csv"))
    assert run.verdict.kind == "nothing"
    assert run.personas == ()
    assert run.users.num_rows == 300
    assert set(run.users["persona"].to_pylist()) == {None}
    assert "nothing" in repr(run)
    assert run._repr_html_()


def test_facts_are_plain_data(run: personae.Result) -> None:
    assert json.loads(json.dumps(run.facts)) == run.facts
    assert {"id", "subject", "measure", "value", "unit", "n"} <= run.facts[0].keys()


def test_values_cannot_be_changed(run: personae.Result) -> None:
    with pytest.raises(AttributeError):
        run.cast = None  # type: ignore[misc]
    with pytest.raises(AttributeError):
        run.personas[0].name = "Somebody"  # type: ignore[misc]


def test_every_public_name_is_there_and_an_unknown_one_is_not() -> None:
    for name in dir(personae):
        assert getattr(personae, name) is not None
    with pytest.raises(AttributeError):
        getattr(personae, "nothing_of_the_kind")  # noqa: B009 - the lookup is what is tested


def test_data_without_what_the_rule_reads_cannot_be_placed(run: personae.Result, world: World, tmp_path: Path) -> None:
    """A table of users brings no events: an error that names what is missing, not a column of empty personas."""
    people = world.users(tmp_path / "users.csv")
    with pytest.raises(UsageError) as caught:
        run.score(pd.read_csv(people, dtype=str))
    assert caught.value.code == "P002"
    assert "event" in caught.value.what
    assert "bring" in caught.value.fix


def test_columns_the_rule_misses_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(5)
    group = rng.integers(0, 3, 400)
    held = {f"m{j}": (rng.normal(size=400) + 6 * (group == j % 3)).round(3) for j in range(6)}
    frame = pa.table({"user_id": [f"u{i}" for i in range(400)], **held})
    made = personae.run(frame, id="user_id", groups=3, force=True)
    assert made.score(frame).num_rows == 400
    assert "missing" not in caplog.text
    made.score(frame.drop_columns(["m1"]))
    assert "1 of 6 columns that the rule reads are missing and are taken as empty: m1" in caplog.text
    with pytest.raises(UsageError, match="none of it"):
        made.score(pa.table({"user_id": ["u1", "u2"], "colour": ["red", "blue"]}))


def test_the_column_table_says_uses_in_the_words_of_the_command(log: Path) -> None:
    said = repr(personae.read(pa.table({"user_id": ["a", "b", "c"], "age": [20, 30, 40], "visits": [1, 2, 3]})).check())
    assert re.search(r"visits\s+integer\s+forms groups", said)
    assert re.search(r"age\s+integer\s+describes", said)


def test_a_check_holds_its_findings_and_writes_its_page(tmp_path: Path) -> None:
    import pyarrow as pa

    left = [i % 3 == 0 for i in range(300)]
    table = {"user_id": [f"u{i}" for i in range(300)], "visits": [i * 7 % 10 for i in range(300)], "churned": left}
    check = personae.read(pa.table({**table, "mark": [7 if x else 2 for x in left]})).check()
    (stop,) = check.stops
    assert (stop.kind, stop.columns) == ("leak", ("mark",))
    assert check.findings[0] == stop
    assert {c["name"]: c["used_as"] for c in check.columns}["mark"] == "forms groups"
    assert "stop: " in repr(check).splitlines()[-1]
    page = check.report(tmp_path / "data.html").read_text(encoding="utf-8")
    assert "1 finding stops a run" in page


def test_a_traceback_says_where_and_what_to_do() -> None:
    with pytest.raises(UsageError) as no:
        personae.run("events.csv", grups=3)
    shown = "".join(traceback.format_exception(no.value))
    assert "there is no setting 'grups'" in shown
    assert "fix: " in shown and "groups" in shown.split("fix: ")[1]
