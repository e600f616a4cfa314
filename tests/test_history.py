"""A persona over the runs in which it was known: from a few lines a run, however many runs there are."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from personae import plugins
from personae.charts.history import history as drawn
from personae.charts.picture import svg
from personae.cli import main
from personae.model.cast import Cast
from personae.model.drift import Drift, Shift
from personae.report.history import page, table
from personae.report.sheets.changes import changes
from personae.report.sheets.drift import shifts
from personae.stages.edit import rename
from personae.store import Entry, Record
from personae.store.history import history
from personae.store.index import at_once, insert
from personae.words.drifting import shifted, summed
from personae.words.happening import happened, named
from refreshed import act, placed, refreshed


def _chain(record: Record, folder: Path) -> list[Cast]:
    """Three runs: P1 has 200, 180 and 150 users of 300, the last of them with another method; r02 is of something else."""
    first = placed(["P1"] * 200 + ["P2"] * 100, run="r01")
    second = refreshed(first, placed(["P1"] * 180 + ["P2"] * 120))
    third = refreshed(replace(second, run="r03"), placed(["P1"] * 150 + ["P2"] * 150))
    third = replace(third, evidence=replace(third.evidence, chosen="ward"))
    made = [first, placed(["P3"] * 50), second, third]
    for i, cast in enumerate(made):
        record.add(cast, folder / f"out{i}", f"2026-06-0{i + 1}", more=lambda _folder, _shown: None)
    return made


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = Record(tmp_path / ".personae")
    _chain(made, tmp_path)
    return made


def _cli(record: Record, *words: str) -> int:
    with pytest.raises(SystemExit) as end:
        main.main(["show", *words, "--store", str(record.root)])
    return int(end.value.code or 0)


def test_a_history_is_the_chain_of_refreshes_and_nothing_else(record: Record) -> None:
    points = history(record, "r04")
    assert [p.run for p in points] == ["r01", "r03", "r04"]
    assert [[(s.key, s.users) for s in p.personas] for p in points] == [
        [("P1", 200), ("P2", 100)], [("P1", 180), ("P2", 120)], [("P1", 150), ("P2", 150)],
    ]  # fmt: skip
    assert [(p.moved, p.both) for p in points] == [(None, None), (20, 300), (30, 300)]
    assert [p.run for p in history(record, "r02")] == ["r02"]


def test_runs_from_before_this_was_kept_and_damaged_ones_do_not_stop_it(record: Record) -> None:
    entries = {e.id: e for e in record.entries()}
    (record.root / "runs" / entries["r01"].digest / "sizes.json").unlink()
    shutil.rmtree(record.root / "runs" / entries["r03"].digest)
    points = history(record, "r04")
    assert [(p.run, len(p.personas), p.users) for p in points] == [("r01", 2, 300), ("r04", 2, 300)]


def test_the_screen_shows_size_and_steadiness_of_one_persona_per_run(
    record: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _cli(record, "r04", "--history", "--persona", "frequent buyers") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:1] + line.split()[3:6] for line in lines[1:]] == [
        ["r01", "200", "67", "%"], ["r03", "180", "60", "%"], ["r04", "150", "50", "%"],
    ]  # fmt: skip
    assert "91" in lines[1]
    assert _cli(record, "r04", "--history", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [p["run"] for p in found["history"]] == ["r01", "r03", "r04"]


def test_the_drawing_keeps_the_colour_of_a_persona_and_marks_where_the_method_changed(record: Record) -> None:
    """EXPERIENCE 5: the same colours for ever, and breaks."""
    chart = drawn(history(record, "r04"), {"P1": 0, "P2": 1}, "user", 10)
    assert chart is not None
    assert chart.title == "Frequent buyers went from 67\u00a0% to 50\u00a0% of all users in 3 runs"
    assert "the method changed (r04)" in chart.caption
    text = svg(chart.spec, chart.alt)
    assert "#0072B2" in text
    assert "Quiet browsers" in text


def test_small_sizes_are_bounds(tmp_path: Path) -> None:
    record = Record(tmp_path / ".personae")
    first = placed(["P1"] * 100 + ["P2"] * 20, run="r01")
    cast = refreshed(first, placed(["P1"] * 116 + ["P2"] * 4))
    for i, c in enumerate((first, cast)):
        record.add(c, tmp_path / f"out{i}", "2026-06-01", more=lambda _folder, _shown: None)
    leaf = page(history(record), cast, "P2")
    assert leaf.grids[0].rows[-1][3:5] == ("< 10", "< 8.3\u00a0%")
    assert leaf.charts[0].rows[-1][3] == "fewer than 10"


def test_a_year_of_daily_refreshes_is_on_the_page_within_a_second(record: Record, tmp_path: Path) -> None:
    """REF-12: a record of 365 runs, each with a folder of its own; the page is read, drawn and written."""
    last = record.entries()[-1]
    shown = record.root / "runs" / last.digest / "sizes.json"
    with record.writing() as index, at_once(index):
        for i in range(5, 366):
            digest = f"{i:032x}"
            (record.root / "runs" / digest).mkdir()
            (record.root / "runs" / digest / "sizes.json").write_bytes(shown.read_bytes())
            insert(index, replace(last, number=i, digest=digest, rests=f"r{i - 1:02d}"))
    cast = record.load("r04")
    history(record, "r04")
    plugins.find("exporters", "html").leaf(page(history(record, "r04"), cast))  # the renderer is loaded
    start = time.process_time()
    points = history(record, "r365")
    text = plugins.find("exporters", "html").leaf(page(points, cast))
    spent = time.process_time() - start
    assert len(points) == 364
    assert text.count("<tr>") > 364
    assert spent < 1.0, spent
    assert sum(f.stat().st_size for f in (record.root / "runs").glob("*/sizes.json")) < 400 * 1024


def test_a_page_is_written_once_and_only_as_html(record: Record, tmp_path: Path) -> None:
    assert _cli(record, "r04", "--history", "--out", str(tmp_path / "h.html")) == 0
    assert "Frequent buyers went from" in (tmp_path / "h.html").read_text(encoding="utf-8")
    assert _cli(record, "r04", "--history", "--out", str(tmp_path / "h.html")) == 2
    assert _cli(record, "r04", "--history", "--out", str(tmp_path / "h.csv")) == 2


def test_the_notice_of_a_refresh_is_sentences_alone(record: Record, capsys: pytest.CaptureFixture[str]) -> None:
    """REF-11."""
    assert _cli(record, "r04", "--changes") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Both personas are still there; 30 users changed persona (10 % of those in both runs) since r03.",
        "Frequent buyers shrank from 180 to 150 (60 % to 50 % of all): nobody joined and 30 users left.",
        "Quiet browsers grew from 120 to 150 (40 % to 50 % of all): 30 users joined and nobody left.",
    ]
    assert _cli(record, "r01", "--changes") == 2


def test_entries_know_what_they_are_a_refresh_of(record: Record) -> None:
    assert [e.rests for e in record.entries() if isinstance(e, Entry)] == ["", "", "r01", "r03"]


def test_names_that_people_gave_stand_in_all_that_is_told_of_a_refresh_those_of_the_gone_too(tmp_path: Path) -> None:
    """Requirement 91: P1 and P2 were renamed before the refresh that merged P2 into P3."""
    record, day = Record(tmp_path / ".personae"), "2026-06-01"
    first = placed(["P1"] * 100 + ["P2"] * 100 + ["P3"] * 100, run="r01")
    record.add(first, None, day, more=lambda _folder, _shown: None)
    for key, name in (("P1", "Window shoppers"), ("P2", "Troubled browsers")):
        record.edit("", lambda cast, k=key, n=name: (rename(cast, k, n, day), None))  # type: ignore[misc]
    after = refreshed(first, placed(["P1"] * 50 + ["P3"] * 250), act("merged", ["P2", "P3"], ["P3"]))
    shift = Shift("persona", "P1", "Frequent buyers", "share of users", 1 / 3, 1 / 6, -0.39, "medium", 0.001)
    drift = Drift(3, (replace(shift, words=shifted(shift, "user", "r01")),), 300, 300)
    drift = replace(drift, words=summed(drift, "user"))
    assert after.change is not None
    after = replace(after, change=replace(after.change, drift=drift))
    record.add(after, None, day, more=lambda _folder, _shown: None)
    cast = record.load()
    made, sheet = named(cast), shifts(cast)
    assert made is not None and made.drift is not None and sheet is not None
    assert made == cast.change, "it is told so by whatever reads the run"
    assert "Troubled browsers and Recipe savers merged into Recipe savers." in happened(made)
    assert made.drift.words.endswith("By the rule of r01, Window shoppers halved: 33 % to 17 % of users, a medium fall.")
    assert sheet.rows[0][0] == "Window shoppers"
    told = changes(cast)
    assert told is not None and [r[0] for r in told.rows] == ["Window shoppers", "Recipe savers", "Troubled browsers"]
    columns, _ = table(history(record), cast)
    assert columns[-3:] == ("Window shoppers (P1)", "Troubled browsers (P2)", "Recipe savers (P3)")
    (waiting,) = (e for e in record.edits() if e.state == "waiting")
    assert waiting.why == "no persona of this run is P2 of r01 (Quiet browsers)"


def test_a_name_that_has_its_key_gets_it_no_second_time(record: Record) -> None:
    cast = record.load("r01")
    cast = replace(cast, personas=(replace(cast.personas[0], name="Frequent buyers (P1)"), cast.personas[1]))
    assert table(history(record, "r01"), cast)[0][-2:] == ("Frequent buyers (P1)", "Quiet browsers (P2)")
