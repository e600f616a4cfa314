"""Some users against the rest: who is meant, what is told of them, and what is not."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import personae
from personae.errors import UsageError
from personae.model.condition import Compare, Every, Not, Some
from personae.report import leaf
from personae.words.conditions import parse


def _frame(n: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Buyers are older, from DE twice as often, on pro more often; gender and colour say nothing."""
    rng = np.random.default_rng(seed)
    bought = rng.random(n) < 0.3
    return pd.DataFrame(
        {
            "user_id": [f"u{i}" for i in range(n)],
            "age": np.rint(np.where(bought, rng.normal(50, 8, n), rng.normal(35, 8, n))).astype(int),
            "country": np.where(rng.random(n) < np.where(bought, 0.6, 0.3), "DE", rng.choice(["FR", "PL"], n)),
            "gender": rng.choice(["f", "m"], n),
            "plan": np.where(rng.random(n) < np.where(bought, 0.5, 0.2), "pro", "free"),
            "visits": rng.poisson(np.where(bought, 12, 6)),
            "bought": np.where(bought, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def buyers() -> personae.Portrait:
    return personae.describe(_frame(), who="bought = yes")


def test_the_demographics_of_the_best_customers_come_in_one_call(buyers: personae.Portrait) -> None:
    """Requirement 32: shares, intervals and lift against the rest, as counted by hand."""
    frame = _frame()
    own, rest = frame[frame.bought == "yes"], frame[frame.bought == "no"]
    assert (buyers.users, buyers.rest, buyers.unknown) == (len(own), len(rest), 0)
    found = next(d for d in buyers.differences if d.measure == "country=DE")
    share, other = (own.country == "DE").mean(), (rest.country == "DE").mean()
    assert (found.part, found.sure) == ("who", True)
    assert (found.value, found.rest, found.lift) == pytest.approx((share, other, share / other))
    error = np.sqrt((1 - share) / (len(own) * share) + (1 - other) / (len(rest) * other))
    assert found.lift_low == pytest.approx(share / other * np.exp(-1.959964 * error))
    assert found.low is not None
    assert found.high is not None
    assert found.low < share < found.high


def test_the_surest_differences_come_first_and_what_says_nothing_is_like_everyone(buyers: personae.Portrait) -> None:
    who = [d for d in buyers.differences if d.part == "who"]
    assert who[0].measure == "age"
    strengths = [abs(d.strength) for d in who]
    assert strengths == sorted(strengths, reverse=True)
    assert buyers.alike == ("gender",)
    assert not [d for d in buyers.differences if d.measure.startswith("bought")]
    assert "No sure difference in: gender." in buyers.words


def test_differences_without_any_are_rarely_called_sure() -> None:
    wrong = 0
    for seed in range(25):
        rng = np.random.default_rng(seed)
        columns = {f"q{j}": rng.normal(size=400) for j in range(12)} | {"country": rng.choice(["DE", "FR", "PL"], 400)}
        frame = pd.DataFrame({"user_id": [f"u{i}" for i in range(400)], "churned": rng.choice(["yes", "no"], 400), **columns})
        wrong += any(d.sure for d in personae.describe(frame, who="churned = yes").differences)
    assert wrong <= 4


@pytest.mark.parametrize(
    ("who", "pick"),
    [
        ("age >= 40 and plan = pro", lambda f: (f.age >= 40) & (f.plan == "pro")),
        ("age < 30 or (country in (DE, 'FR') and not plan = free)",
         lambda f: (f.age < 30) | (f.country.isin(["DE", "FR"]) & (f.plan != "free"))),
        ('"visits" > 8 and country != DE', lambda f: (f.visits > 8) & (f.country != "DE")),
        ("country not in (DE, PL)", lambda f: f.country == "FR"),
        ("age in (40, 41, 42, 43, 44)", lambda f: f.age.isin(range(40, 45))),
    ],
)  # fmt: skip
def test_a_condition_means_what_it_says(who: str, pick: Any) -> None:
    frame = _frame()
    assert personae.describe(frame, who=who).users == pick(frame).sum()


def test_and_binds_closer_than_or() -> None:
    one, two, three = (Compare(n, "=", ("1",)) for n in "abc")
    assert parse("a=1 or b=1 and c=1") == Some((one, Every((two, three))))
    assert parse("(a=1 or b=1) and not c=1") == Every((Some((one, two)), Not(three)))
    assert parse('"first visit" >= 30') == Compare("first visit", ">=", ("30",))
    assert parse("a in ('x, y', \"it''s\")") == Compare("a", "in", ("x, y", "it''s"))


@pytest.mark.parametrize(
    "who",
    ["", "age", "age >", "age > > 3", "(age > 3", "age > 3)", "first visit > 3", "age = 'x", "and", "age in 3", "a = 1; drop"],
)
def test_what_cannot_be_read_says_where_it_stops(who: str) -> None:
    with pytest.raises(UsageError) as wrong:
        parse(who)
    assert wrong.value.code == "P001"
    assert "write name = value" in wrong.value.fix


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except UsageError as wrong:
        assert wrong.code == "P001"


@pytest.mark.parametrize(
    ("who", "fix"),
    [
        ("agee > 3", "did you mean age"),
        ("country = DEE", 'country = "DE"'),
        ("country > DE", "use =, != or in"),
        ("age > old", "write a number"),
        ("bought = perhaps", "bought = yes"),
        ("user_id = u1", "there is"),
    ],
)
def test_an_error_says_what_to_type(who: str, fix: str) -> None:
    with pytest.raises(UsageError) as wrong:
        personae.describe(_frame(), who=who)
    assert fix in wrong.value.fix


def test_few_users_and_all_but_few_are_refused_without_their_number() -> None:
    frame = _frame()
    age = int(np.sort(frame.age)[-4])
    for who in (f"age >= {age}", f"age < {age}", "age > 200"):
        with pytest.raises(UsageError, match="fewer than 10") as wrong:
            personae.describe(frame, who=who)
        assert " 4" not in wrong.value.what


def test_no_number_stands_for_fewer_users_than_the_floor() -> None:
    frame = _frame()
    frame["city"] = "Berlin"
    frame.loc[frame.index[:6], "city"] = "Ulm"
    frame.loc[frame.index[6:60], "city"] = "Jena"
    told = personae.describe(frame, who="bought = yes")
    assert told.hidden
    for d in told.differences:
        for value, n in ((d.value, d.n), (d.rest, d.rest_n)):
            inside = round(value * n)
            assert d.statistic == "mean" or inside == 0 or inside >= 10, d.label


def test_empty_values_are_neither_in_nor_out() -> None:
    frame = _frame()
    frame["age"] = frame["age"].astype(float)
    frame.loc[frame.index[:50], "age"] = np.nan
    told = personae.describe(frame, who="age >= 40")
    assert (told.unknown, told.users + told.rest) == (50, 950)
    either = personae.describe(frame, who="age >= 40 or visits >= 6")
    assert either.unknown == (frame.age.isna() & (frame.visits < 6)).sum()


def test_fewer_unknown_users_than_the_floor_are_not_counted() -> None:
    frame = _frame()
    frame["age"] = frame["age"].astype(float)
    frame.loc[frame.index[:3], "age"] = np.nan
    told = personae.describe(frame, who="age >= 40")
    assert told.unknown is None
    assert told.words[1].startswith("Of a few it is not known")


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 users; those who purchase search a lot in the same session."""
    rng = np.random.default_rng(5)
    path = tmp_path_factory.mktemp("log") / "events.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "event", "time"])
        for i in range(400):
            for visit in range(4):
                start = np.datetime64("2026-03-01T10:00:00") + np.timedelta64(int(rng.integers(0, 60)) * 24 + visit, "h")
                buys = i % 2 == 0 and rng.random() < 0.5
                events = [
                    "open",
                    *["search"] * (3 if buys else int(rng.random() < 0.2)),
                    *(["purchase"] if buys else []),
                    "close",
                ]
                for step, event in enumerate(events):
                    writer.writerow([f"u{i}", event, f"{start + np.timedelta64(60 * step, 's')}Z"])
    return path


def test_users_are_chosen_by_what_they_did(log: Path) -> None:
    """Requirement 33."""
    buyers = personae.describe(str(log), who="event = purchase")
    often = personae.describe(str(log), who="purchase >= 3")
    assert 150 < buyers.users <= 200
    assert often.users < buyers.users
    search = next(d for d in buyers.differences if d.measure == "search")
    assert search.sure
    assert search.lift is not None
    assert search.lift > 1.5
    assert leaf.portrait(buyers).grids[0].columns[0] == "%: of all that each does"
    with pytest.raises(UsageError) as wrong:
        personae.describe(str(log), who="event = purchas")
    assert "purchase" in wrong.value.fix


def test_terminal_json_page_and_csv_say_the_same(tmp_path: Path) -> None:
    _frame().to_csv(tmp_path / "users.csv", index=False)

    def say(*more: str) -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "personae",
            "describe",
            "users.csv",
            "--who",
            "bought = yes",
            "--entity",
            "customer",
            *more,
        ]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    shown, told = say(), json.loads(say("--json").stdout)
    assert shown.returncode == 0, shown.stderr
    assert f"{told['users']} customers" in shown.stdout
    assert "other customers" in shown.stdout
    assert "user" not in shown.stdout
    assert say("--out", "best.html").returncode == 0
    assert say("--out", "best.csv").returncode == 0
    page = (tmp_path / "best.html").read_text()
    assert "<script" not in page
    assert "Who they are" in page
    rows = list(csv.DictReader((tmp_path / "best.csv").open()))
    assert [r["id"] for r in rows] == [d["id"] for d in told["differences"]]
    assert say("--out", "best.csv").returncode == 2
    assert say("--who", "").returncode == 2
