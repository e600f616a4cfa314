"""Broken feeds are not drift: each stops at its gate before anything is fitted, and one bad column among many stops nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cast_builder
from described import number
from personae import flow, plugins
from personae.errors import GateError, UsageError
from personae.model.cast import Cast
from personae.model.drift import Gate
from personae.model.study import Study
from personae.stages.baseline import baseline, spread
from personae.stages.broken import broken, factor, spared
from personae.stages.gates import GATES, gates, hold, without
from personae.stages.read import read
from personae.words.gating import FIXES

Break = Callable[[pl.DataFrame], pl.DataFrame]
N = 300


def people(seed: int = 1) -> pl.DataFrame:
    """A table of customers; the same people measured at another time under another seed."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "customer_id": [f"C-{i:05d}" for i in range(N)],
            "basket": rng.gamma(4, 10, N).round(2),
            "visits": rng.poisson(8, N),
            "minutes": rng.lognormal(3, 0.6, N).round(1),
            "searches": rng.poisson(5, N),
            "returns": rng.poisson(4, N),
            "plan": rng.choice(["free", "plus", "pro"], N),
            "signup_date": np.datetime64("2024-01-01") + np.random.default_rng(9).integers(0, 700, N),
        }
    )


def log(seed: int = 1, days: int = 30, first: str = "2026-03-01", ids: str = "C-{}", n: int = 3000) -> pl.DataFrame:
    """A log of three kinds of events."""
    rng = np.random.default_rng(seed)
    at = np.datetime64(first, "s") + rng.integers(0, days * 86_400, n)
    at[:2] = np.datetime64(first, "s"), np.datetime64(first, "s") + days * 86_400 - 1
    who = [ids.format(i) for i in rng.integers(0, 200, n)]
    what = rng.choice(["open app", "place order", "rate order"], n, p=[0.6, 0.25, 0.15])
    return pl.DataFrame({"customer_id": who, "time": [str(t) for t in at], "event": what})


def cast(path: Path, frame: pl.DataFrame) -> Cast:
    """What a run on this file would know of its data; nothing is grouped."""
    frame.write_csv(path)
    study = Study(sources=(str(path),))
    tables, features = flow.measured(study)
    made = replace(cast_builder.cast(), study=study, tables=tables, ids=features.ids, window=features.window, run="r01")
    return replace(made, baseline=baseline(features, study))


def passed(before: Cast, path: Path, frame: pl.DataFrame) -> tuple[Gate, ...]:
    """What the gates let through of a later file; raises what they raise."""
    frame.write_csv(path)
    study = replace(before.study, sources=(str(path),))
    with plugins.find("engines", "duckdb").connect() as engine:
        seen = hold(gates(before, read(engine, study, {}), study, engine), (), before.run)
    _, features = flow.measured(without(study, seen))
    return (*seen, *hold(broken(before, features), (), before.run))


def refreshed(before: Cast, path: Path, frame: pl.DataFrame) -> Cast:
    """The whole refresh on a later file."""
    frame.write_csv(path)
    return flow.refresh(before, replace(before.study, sources=(str(path),)))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return cast(tmp_path_factory.mktemp("table") / "customers.csv", people())


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return cast(tmp_path_factory.mktemp("log") / "events.csv", log())


def times(column: str, by: float) -> Break:
    """A column in another unit."""
    return lambda f: f.with_columns(pl.col(column) * by)


BROKEN: dict[str, tuple[str, Break]] = {
    "3 % of the rows": ("rows", lambda f: f.head(9)),
    "a tenth of the rows": ("rows", lambda f: f.head(30)),
    "column gone": ("columns", lambda f: f.drop("visits")),
    "id column gone": ("columns", lambda f: f.drop("customer_id")),
    "texts in a column of numbers": ("columns", lambda f: f.with_columns(visits=pl.format("about {}", "visits"))),
    "no ids": ("columns", lambda f: f.with_columns(customer_id=pl.lit(None).cast(pl.String))),
    "seconds for minutes": ("units", times("minutes", 60)),
    "cents for euros": ("units", times("basket", 100)),
    "milliseconds": ("units", times("minutes", 1000)),
    "thousands": ("units", times("basket", 0.001)),
    "all zeros": ("zeros", lambda f: f.with_columns(visits=pl.lit(0))),
    "loaded twice": ("duplicates", lambda f: pl.concat([people(), people()])),
    "other ids": ("users", lambda f: f.with_columns(customer_id=pl.col("customer_id").str.slice(2))),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_stops_at_its_gate(name: str, table: Cast, tmp_path: Path) -> None:
    """REF-04, REF-11: with its name, what to type, and nobody's id."""
    gate, change = BROKEN[name]
    with pytest.raises(GateError) as no:
        refreshed(table, tmp_path / "customers.csv", change(people(2)))
    assert no.value.what.startswith(f"gate {gate} says no: ") and no.value.exit_code == 4 and no.value.code == "P401"
    assert f"--allow {gate}" in no.value.fix and no.value.did == "nothing was fitted; r01 stays the current run"
    assert "C-0" not in "".join(no.value.as_dict().values())


LOGS: dict[str, tuple[str, pl.DataFrame]] = {
    "an event gone silent": ("silent", log(2).filter(pl.col("event") != "rate order")),
    "an older time": ("time", log(2, first="2026-01-01")),
    "nobody known in the same time": ("users", log(2, ids="C-9{}999")),
    "a small part": ("rows", log(2).head(90)),
    "no times": ("columns", log(2).drop("time")),
    "no events": ("columns", log(2).drop("event")),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_broken_log_stops_at_its_gate(name: str, events: Cast, tmp_path: Path) -> None:
    """REF-04."""
    gate, frame = LOGS[name]
    with pytest.raises(GateError, match=f"gate {gate} says no"):
        refreshed(events, tmp_path / "events.csv", frame)


def test_times_in_milliseconds_stop_where_they_were_in_seconds(tmp_path: Path) -> None:
    """REF-04."""
    seconds = log().with_columns(time=pl.col("time").str.to_datetime().dt.epoch("s"))
    before = cast(tmp_path / "before.csv", seconds)
    with pytest.raises(GateError, match=r'gate units says no: the times in "time" .* were in seconds and are in milliseconds'):
        passed(before, tmp_path / "after.csv", seconds.with_columns(pl.col("time") * 1000))


def test_yesterdays_file_is_told_from_todays(table: Cast, tmp_path: Path) -> None:
    """REF-04: every byte is the same, whatever the file is called."""
    with pytest.raises(GateError, match="gate unchanged says no: every byte is the same"):
        passed(table, tmp_path / "today.csv", people())
    assert passed(table, tmp_path / "today.csv", people(2)) == ()


def test_yesterdays_frame_is_told_from_todays() -> None:
    study = Study(sources=("customers",))
    tables, features = flow.measured(study, {"customers": people()})
    before = replace(cast_builder.cast(), study=study, tables=tables, ids=features.ids, window=features.window)
    before = replace(before, baseline=baseline(features, study))
    assert [g.name for g in broken(before, flow.measured(study, {"customers": people()})[1])] == ["unchanged"]
    assert broken(before, flow.measured(study, {"customers": people(2)})[1]) == ()


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """A run on customers, their events and a survey, in this order."""
    folder = tmp_path_factory.mktemp("three")
    survey = pl.DataFrame({"customer_id": [f"C-{i}" for i in range(100)], "recommend": [i % 11 for i in range(100)]})
    ids = people().with_columns(customer_id=pl.Series([f"C-{i}" for i in range(N)]))
    for name, frame in (("customers", ids), ("events", log()), ("survey", survey)):
        frame.write_csv(folder / f"{name}.csv")
    study = Study(sources=tuple(str(folder / f"{n}.csv") for n in ("customers", "events", "survey")))
    tables, features = flow.measured(study)
    return replace(cast_builder.cast(), study=study, tables=tables, ids=features.ids, window=features.window)


@pytest.mark.parametrize("others", [(), ("survey",)])
@pytest.mark.parametrize("name", ["events_later.csv", "new/events.csv"])
def test_a_log_alone_is_told_from_the_tables_that_were_not_brought(
    name: str, others: tuple[str, ...], three: Cast, tmp_path: Path
) -> None:
    """REF-04: by its columns, whatever came first; the gate says what is lost without the others, and the whole command."""
    old = [t.source for t in three.tables]
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    log(2, first="2026-04-01").write_csv(path)
    given = [str(path), *(s for s in three.study.sources if Path(s).stem in others)]
    study = replace(three.study, sources=tuple(given))
    with plugins.find("engines", "duckdb").connect() as engine:
        (found,) = gates(three, read(engine, study, {}), study, engine)
    missing = [s for s in old if Path(s).stem in {"customers", "survey"} - set(others)]
    assert found.name == "sources" and found.words.startswith(f"nothing was given that resembles {', '.join(missing)}; without")
    assert '"basket"' in found.words and "customer_id" not in found.words
    assert found.fix.endswith(f": personae refresh {three.study.sources[0]} {path} {three.study.sources[2]}")


def test_a_log_of_the_next_time_passes(events: Cast, tmp_path: Path) -> None:
    assert passed(events, tmp_path / "events.csv", log(2, first="2026-04-01")) == ()


def test_a_week_as_busy_as_the_weeks_of_the_month_before_passes(events: Cast, tmp_path: Path) -> None:
    """A fifth of the rows in a fifth of the days is a shorter time and no broken feed; a twentieth is too little of either."""
    assert passed(events, tmp_path / "events.csv", log(2, days=6, first="2026-04-01", n=600)) == ()
    with pytest.raises(GateError, match="gate rows says no"):
        passed(events, tmp_path / "events.csv", log(2, days=6, first="2026-04-01", n=150))


ONE: dict[str, tuple[str, str, Break]] = {
    "empty": ("plan", "is empty", lambda f: f.with_columns(plan=pl.lit(None).cast(pl.String))),
    "dates empty": ("signup_date", "is empty", lambda f: f.with_columns(signup_date=pl.lit(None).cast(pl.String))),
    "constant": ("plan", "has the same value", lambda f: f.with_columns(plan=pl.lit("free"))),
    "answers all new": ("plan", "has none of the answers", lambda f: f.with_columns(pl.col("plan").str.to_uppercase())),
}


@pytest.mark.parametrize("name", ONE)
def test_one_bad_column_is_told_and_the_rest_is_done(name: str, table: Cast, tmp_path: Path) -> None:
    """REF-05."""
    column, words, change = ONE[name]
    (found,) = passed(table, tmp_path / "customers.csv", change(people(2)))
    assert found.passed and found.words.startswith(f'"{column}" {words}') and found.columns == (column,)


def test_a_column_with_new_answers_forms_no_groups(table: Cast, tmp_path: Path) -> None:
    """REF-05: left out of the search, kept for the description."""
    path = tmp_path / "customers.csv"
    (found,) = passed(table, path, ONE["answers all new"][2](people(2)))
    features = flow.measured(replace(table.study, sources=(str(path),)))[1]
    left = spared(features, (found,))
    assert features.measure("plan").forms and not left.measure("plan").forms
    assert [x.name for x in left.left_out[len(features.left_out) :]] == ["plan"]


def test_many_bad_columns_are_a_broken_feed(table: Cast, tmp_path: Path) -> None:
    nothing = [pl.lit(None).cast(pl.Int64).alias(c) for c in ("visits", "searches", "returns")]
    with pytest.raises(GateError, match="gate columns says no: 3 of 6 columns that formed groups say nothing any more"):
        passed(table, tmp_path / "customers.csv", people(2).with_columns(nothing))


def test_a_gate_that_is_allowed_passes_and_says_so() -> None:
    shut = Gate("units", False, "in cents", "look")
    assert hold([shut], ("units",)) == (Gate("units", True, "in cents: allowed"),)
    with pytest.raises(GateError, match="gate rows says no") as no:
        hold([Gate("rows", False, "few", "look"), shut], ("units",), "r07")
    assert no.value.where == "" and "--allow units,rows" in no.value.fix
    with pytest.raises(UsageError, match='no gate "unit"'):
        hold([], ("unit",))


def test_every_gate_says_what_to_look_at_and_stands_in_the_page_of_its_error(root: Path) -> None:
    page = (root / "docs/reference/errors/P401.md").read_text(encoding="utf-8")
    assert set(GATES) == set(FIXES) and all(f"| `{g}` |" in page for g in GATES)


def _spread(values: Any) -> Any:
    return spread(number("x", values), len(values), 10)


@given(st.floats(6, 1e6), st.integers(1, 10_000), st.booleans())
@settings(deadline=None, max_examples=30)
def test_any_large_factor_is_seen_in_other_people_of_the_same_kind(by: float, seed: int, down: bool) -> None:
    rng = np.random.default_rng(seed)
    law = partial(rng.lognormal, 3, 0.7, 1000)
    k = 1 / by if down else by
    assert factor(_spread(law()), _spread(law() * k)) == pytest.approx(k, rel=0.3)


@given(st.floats(0.3, 3), st.integers(1, 10_000))
@settings(deadline=None, max_examples=30)
def test_a_real_rise_is_never_taken_for_another_unit(by: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert 0.2 < factor(_spread(rng.gamma(2, 5, 1000)), _spread(rng.gamma(2, 5, 1000) * by)) < 5


@pytest.mark.slow
def test_a_refresh_does_the_rest_beside_a_bad_column_and_tells_what_shifted(tmp_path: Path) -> None:
    """REF-03, REF-05: one run, and one refresh in which a column is empty and baskets are half as large again."""
    kind = np.arange(N) % 3

    def grouped(seed: int) -> pl.DataFrame:
        rng = np.random.default_rng(seed)
        more = {n: rng.poisson(np.array(m)[kind]) for n, m in (("visits", (3, 10, 25)), ("searches", (20, 2, 9)))}
        return people(seed).with_columns(**{n: pl.Series(v) for n, v in more.items()})

    path = tmp_path / "customers.csv"
    grouped(1).write_csv(path)
    study = Study(sources=(str(path),), groups="3", worlds="none", method="kmeans")
    before = replace(flow.run(study), run="r01")
    later = grouped(2).with_columns(pl.col("basket") * 1.5, plan=pl.lit(None).cast(pl.String))
    after = refreshed(before, tmp_path / "later.csv", later)
    assert after.change is not None and after.change.drift is not None and after.baseline is not None
    assert [(g.name, g.columns) for g in after.change.gates] == [("columns", ("plan",))]
    assert [s.name for s in after.change.drift.shifts] == ["basket"]
    assert [p.key for p in after.personas] == [p.key for p in before.personas]
