"""Bands of one measure: cuts where the data have them, and nowhere else."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import personae
from conftest import real
from personae.errors import DataError, UsageError


def _mixed(rng: np.random.Generator, parts: list[tuple[float, float, float]], n: int) -> np.ndarray:
    share = np.array([p[0] for p in parts])
    k = rng.choice(len(parts), n, p=share / share.sum())
    return rng.normal(np.array([p[1] for p in parts])[k], np.array([p[2] for p in parts])[k])


AGES = [(0.4, 22.0, 3.0), (0.4, 45.0, 5.0), (0.2, 68.0, 4.0)]


def _frame(**columns: Any) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    return pd.DataFrame({"user_id": [f"u{i}" for i in range(n)], **columns})


def _cli(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "personae", "bands", *arguments], cwd=folder, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 users: three planted ages; churn of 10, 35 and 18 % with steps at 35 and 60; amounts with zeros."""
    rng = np.random.default_rng(3)
    n = 2000
    age = np.rint(_mixed(rng, AGES, n)).astype(int)
    churned = rng.random(n) < np.where(age < 35, 0.1, np.where(age < 60, 0.35, 0.18))
    spend = np.where(rng.random(n) < 0.15, 0, rng.lognormal(np.where(rng.random(n) < 0.6, 2.5, 6.0), 0.5))
    path = tmp_path_factory.mktemp("bands") / "users.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "age", "spend", "visits", "churned"])
        for i in range(n):
            writer.writerow(
                [f"u{i}", "" if i % 50 == 0 else age[i], f"{spend[i]:.2f}", rng.poisson(5), "yes" if churned[i] else "no"]
            )
    return path


def test_planted_cuts_are_found_within_their_intervals(users: Path) -> None:
    """Requirement 36: the borders between the planted ages are near 32 and 57."""
    found = personae.bands(str(users), column="age")
    assert found.kind == "natural"
    assert [b.users for b in found.bands] == pytest.approx([800, 780, 380], rel=0.1)
    for cut, planted in zip(found.cuts, (32, 57), strict=True):
        assert cut.low - 1 <= planted <= cut.high + 1
        assert cut.low <= cut.value <= cut.high
        assert cut.value == round(cut.value)
    assert found.empty == 40
    assert sum(b.users for b in found.bands) + found.empty == 2000


LAWS = {
    "uniform": lambda r, n: r.uniform(18, 80, n),
    "whole numbers, uniform": lambda r, n: r.integers(18, 80, n).astype(float),
    "lognormal": lambda r, n: np.round(r.lognormal(4, 1, n), 2),
    "ages on fives and tens": lambda r, n: (
        lambda a, u: np.where(u < 0.3, np.rint(a / 10) * 10, np.where(u < 0.5, np.rint(a / 5) * 5, np.rint(a)))
    )(r.normal(42, 14, n), r.random(n)),
    "prices of 9.99": lambda r, n: (
        lambda a, u: np.where(u < 0.4, np.maximum(np.rint(a / 10) * 10, 10) - 0.01, np.round(a, 2))
    )(r.lognormal(4, 1, n), r.random(n)),
    "a flat fee of 99.99": lambda r, n: np.where(r.random(n) < 0.3, 99.99, np.round(r.lognormal(4, 1, n), 2)),
    "days since, geometric": lambda r, n: r.geometric(0.02, n).astype(float),
}


@pytest.mark.parametrize("law", LAWS, ids=list(LAWS))
def test_one_hump_has_no_natural_cut_however_it_is_rounded(law: str) -> None:
    """Requirements 36-38."""
    for seed in (1, 2):
        found = personae.bands(_frame(x=LAWS[law](np.random.default_rng(seed), 3000)), column="x")
        assert (found.kind, len(found.bands)) == ("none", 1), found.why


def test_heaps_hide_no_planted_cut() -> None:
    rng = np.random.default_rng(5)
    age = _mixed(rng, AGES, 4000)
    heaped = np.where(rng.random(4000) < 0.4, np.rint(age / 5) * 5, np.rint(age))
    found = personae.bands(_frame(age=heaped), column="age")
    assert [round(c.at) for c in found.cuts] == pytest.approx([32, 57], abs=3)


def test_money_is_cut_on_a_log_scale_and_who_pays_nothing_stands_apart(users: Path) -> None:
    """Requirement 38: amounts of about 12 and about 400, and 15 % zeros."""
    found = personae.bands(str(users), column="spend")
    assert found.scale == "log"
    assert [c.kind for c in found.cuts] == ["zero", "valley"]
    assert 40 <= found.cuts[1].value <= 130
    assert found.bands[0].name == "0"
    assert found.bands[0].users == pytest.approx(300, rel=0.15)


def test_refunds_lie_below_the_first_cut() -> None:
    rng = np.random.default_rng(8)
    spend = np.concatenate([-rng.lognormal(2, 1, 80), rng.lognormal(2.5, 0.4, 900), rng.lognormal(6, 0.4, 700)])
    found = personae.bands(_frame(spend=spend), column="spend")
    assert (found.bands[0].name, found.bands[0].users) == ("0 and below", 80)


def test_recency_of_a_log_is_cut_in_days(tmp_path: Path) -> None:
    """Requirement 37: half came within the last three weeks, half left some eight months ago; 30 to 180 days lie between."""
    rng = np.random.default_rng(4)
    day = np.datetime64("2026-06-30")
    with (tmp_path / "log.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer_id", "event", "time"])
        for i in range(600):
            ago = int(np.clip(rng.normal(10, 5), 0, 21)) if i % 2 else int(rng.normal(240, 12))
            for back in (ago, ago + int(rng.integers(1, 60))):
                writer.writerow([f"c{i}", "order", str(day - back)])
    found = personae.bands(tmp_path / "log.csv", column="days_since_last", buckets=(90, 180, 270), entity="customer")
    (cut,) = found.cuts
    assert found.unit == "days"
    assert cut.value in (60, 90, 180)
    assert found.contest is not None
    assert found.contest.buckets == (90, 180, 270)


def test_steps_of_an_outcome_are_found_with_their_rates(users: Path) -> None:
    """Requirement 36, against an outcome: churn steps at 35 and 60."""
    found = personae.bands(str(users), column="age", against="churned")
    assert found.kind == "telling"
    assert found.trend == "turns"
    for cut, planted in zip(found.cuts, (35, 60), strict=True):
        assert cut.low <= planted <= cut.high
        assert cut.p is not None
        assert cut.p < 0.05
    for band, rate in zip(found.bands, (0.10, 0.35, 0.18), strict=True):
        assert band.outcome_low is not None
        assert band.outcome_high is not None
        assert band.outcome_low - 0.03 <= rate <= band.outcome_high + 0.03


def test_an_outcome_that_has_nothing_to_do_with_it_is_told_apart_by_no_cut() -> None:
    wrong = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        frame = _frame(age=rng.integers(18, 80, 600), revenue=rng.lognormal(3, 1, 600))
        wrong += personae.bands(frame, column="age", against="revenue").kind != "none"
    assert wrong <= 3


def test_a_rising_outcome_is_said_to_rise() -> None:
    rng = np.random.default_rng(6)
    tenure = rng.integers(0, 1000, 4000)
    frame = _frame(tenure=tenure, paid=rng.normal(np.where(tenure < 300, 10, np.where(tenure < 700, 20, 30)), 5))
    found = personae.bands(frame, column="tenure", against="paid")
    assert found.trend == "rises"
    assert [c.value for c in found.cuts] == pytest.approx([300, 700], abs=15)


def test_bands_and_fixed_buckets_are_compared_on_users_held_out_and_either_may_win(users: Path) -> None:
    """Requirement 36."""
    own = personae.bands(str(users), column="age", buckets=(20, 22, 24)).contest
    assert own is not None
    assert own.winner == "bands"
    assert own.users == 980
    assert "held out" in own.words
    rng = np.random.default_rng(9)
    age = rng.integers(18, 80, 1200)
    fixed = _frame(age=age, paid=rng.normal(np.where(age < 50, 10, 12), 3) + 4 * (age >= 71))
    theirs = personae.bands(fixed, column="age", against="paid", most=2, buckets=(50, 71)).contest
    assert theirs is not None
    assert theirs.winner == "buckets"


def test_no_band_has_fewer_users_than_the_floor() -> None:
    rng = np.random.default_rng(1)
    frame = _frame(x=np.concatenate([rng.normal(0, 1, 400), rng.normal(50, 1, 25)]))
    assert len(personae.bands(frame, column="x").bands) == 2
    assert len(personae.bands(frame, column="x", floor=40).bands) == 1


def test_cuts_move_with_the_scale() -> None:
    """Cuts of a x + b are a times the cuts plus b, and their intervals too."""
    x = _mixed(np.random.default_rng(2), AGES, 1500)
    one = personae.bands(_frame(x=x), column="x", scale="none").cuts
    for by, start in ((0.1, 3.0), (37.0, -500.0)):
        other = personae.bands(_frame(x=x * by + start), column="x", scale="none").cuts
        for a, b in zip(one, other, strict=True):
            assert (b.at, b.low, b.high) == pytest.approx(
                (a.at * by + start, a.low * by + start, a.high * by + start), rel=1e-3, abs=by * 0.2
            )


def test_every_user_twice_gives_the_same_bands() -> None:
    x = _mixed(np.random.default_rng(2), AGES, 1500)
    one, two = (personae.bands(_frame(x=v), column="x").cuts for v in (x, np.repeat(x, 2)))
    assert [c.at for c in two] == pytest.approx([c.at for c in one], abs=1.0)


@pytest.mark.parametrize("arguments", [("--column", "age"), ("--column", "spend"), ("--column", "age", "--against", "churned")])
def test_the_sql_gives_the_same_bands_as_python_in_any_order_of_rows(
    users: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = _cli(str(users), *arguments, "--sql", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    column = arguments[1]
    rows = duckdb.sql(f"SELECT user_id, {column}, {done.stdout} AS band FROM '{users}'").fetchall()
    shuffled = tmp_path / "shuffled.csv"
    head, *lines = users.read_text().splitlines()
    shuffled.write_text("\n".join([head, *(lines[i] for i in np.random.default_rng(1).permutation(len(lines)))]) + "\n")
    found = personae.bands(str(shuffled), column=column, against=arguments[3] if len(arguments) > 2 else "")
    place = found.place([np.nan if v is None else v for _, v, _ in rows])
    assert [b for _, _, b in rows] == [None if p < 0 else found.bands[p].name for p in place]
    counted = {b.name: sum(r[2] == b.name for r in rows) for b in found.bands}
    assert counted == {b.name: b.users for b in found.bands}


def test_the_answer_no_ends_with_4_and_force_draws_bands_marked_as_such(users: Path, tmp_path: Path) -> None:
    no = _cli(str(users), "--column", "visits", folder=tmp_path)
    assert no.returncode == 4
    assert "no natural cut" in " ".join(no.stdout.split())
    yes = _cli(str(users), "--column", "visits", "--force", "--groups", "3", "--json", folder=tmp_path)
    assert yes.returncode == 0
    told = json.loads(yes.stdout)
    assert (told["kind"], len(told["bands"])) == ("use", 3)
    assert "no cut of its own" in told["why"]


def test_page_and_picture_are_written_whole_and_need_nothing_from_outside(users: Path, tmp_path: Path) -> None:
    done = _cli(str(users), "--column", "age", "--out", "bands.html", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "bands.html").read_text()
    assert "<script" not in page
    assert "src=" not in page
    assert "CASE" in page
    assert "<svg" in page
    assert _cli(str(users), "--column", "age", "--out", "bands.svg", folder=tmp_path).returncode == 0
    assert _cli(str(users), "--column", "age", "--out", "bands.html", folder=tmp_path).returncode == 2
    assert _cli(str(users), "--column", "age", "--out", "bands.txt", folder=tmp_path).returncode == 2


def test_no_bar_of_the_picture_stands_for_fewer_users_than_the_floor(users: Path) -> None:
    found = personae.bands(str(users), column="spend", floor=25)
    assert found.counts
    assert all(n == 0 or n >= 25 for n in found.counts)


def test_what_cannot_be_cut_is_refused_with_a_way_on(users: Path) -> None:
    with pytest.raises(UsageError, match="no measure") as wrong:
        personae.bands(str(users), column="agee")
    assert "age" in wrong.value.fix
    with pytest.raises(UsageError, match="holds no amounts"):
        personae.bands(_frame(x=np.arange(100), city=["a", "b"] * 50), column="city")
    with pytest.raises(UsageError, match="3 answers") as several:
        personae.bands(
            _frame(x=np.random.default_rng(0).normal(size=90), plan=["a", "b", "c"] * 30), column="x", against="plan"
        )
    assert "plan=a" in several.value.fix
    with pytest.raises(DataError, match="too few"):
        personae.bands(_frame(x=np.arange(20) ** 2), column="x")


def test_one_of_several_answers_can_be_the_outcome() -> None:
    rng = np.random.default_rng(7)
    age = rng.integers(18, 80, 1500)
    plan = np.where(rng.random(1500) < np.where(age < 40, 0.1, 0.5), "pro", rng.choice(["free", "team"], 1500))
    found = personae.bands(_frame(age=age, plan=plan), column="age", against="plan=pro")
    (cut,) = found.cuts
    assert cut.low <= 40 <= cut.high


@pytest.mark.slow
def test_real_ages_have_no_cut_of_their_own_but_some_against_an_outcome() -> None:
    """Requirements 36 and 38 on public data: the outcome of the bank campaign by age has cuts, the ages themselves none."""
    file = real("bank_marketing") / "bank.csv"
    own = personae.bands(str(file), column="age")
    against = personae.bands(str(file), column="age", against="y")
    assert own.kind == "none"
    assert against.kind == "telling"
    (cut,) = against.cuts
    assert 55 <= cut.value <= 70
    young, old = (b.outcome for b in against.bands)
    assert young is not None
    assert old is not None
    assert old > 2 * young


def test_neither_end_of_the_picture_is_one_users_value() -> None:
    """Requirement 107: the smallest and the largest value belong to somebody."""
    x = np.concatenate((np.random.default_rng(4).normal(50, 9, 198), [3.25, 412.5]))
    frame = _frame(hours=x)
    frame.loc[3:6, "hours"] = np.nan
    made = personae.bands(frame, column="hours")
    rest = np.sort(frame.hours.dropna())
    assert made.edges[0] >= rest[9] and made.edges[-1] <= rest[-10]
    assert made.empty is None
