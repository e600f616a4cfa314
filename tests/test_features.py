"""Recipes asked for with --features, and the window, from a file to the features of a run and of scoring."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import personae
from conftest import planted
from personae import plugins
from personae.errors import PersonaeError
from personae.model.features import Features
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages.prepare import prepare
from personae.stages.read import read
from personae.stages.understand import understand

LOG = """user_id,event,time,amount,genre,song
ann,play,2026-01-01 09:00:00,,rock,s1
ann,play,2026-01-01 09:10:00,,rock,s1
ann,buy,2026-01-03 10:00:00,10,,
ann,skip,2026-02-20 11:00:00,,jazz,s2
bob,buy,2026-01-10 12:00:00,40,,
bob,play,2026-01-10 12:10:00,,rock,s3
bob,buy,2026-03-01 23:30:00,60,,
cyd,play,2026-01-05 10:00:00,,folk,s4
cyd,play,2026-01-06 10:00:00,,jazz,s2
dan,skip,2026-02-28 08:00:00,,jazz,s2
"""
DATED = "user_id,event,day\nann,a,2026-01-01\nann,b,2026-01-02\nbob,a,2026-01-03\nbob,a,2026-01-09\n"
SALES = "id,date,amount\n" + "".join(
    f"u{i},2026-01-{1 + (i * 7 + j) % 28:02},{i + j}\n" for i in range(9) for j in range(i + 1)
)


@pytest.fixture
def prepared(tmp_path: Path) -> Callable[..., Features]:
    """`prepared(text, features=(...))`: the features of a CSV text."""

    def run(text: str, *more: str, **flags: Any) -> Features:
        paths = []
        for i, content in enumerate((text, *more)):
            paths.append(str(tmp_path / f"table{i}.csv"))
            Path(paths[-1]).write_text(content, encoding="utf-8")
        study = Study(sources=tuple(paths), threads=2, **flags)
        with plugins.find("engines", "duckdb").connect(memory="500MB", threads=2) as engine:
            return prepare(engine, understand(engine, read(engine, study, {}), study), study)

    return run


def of(features: Features, name: str) -> dict[str, float]:
    pairs = zip(features.ids.to_pylist(), features.measure(name).values.tolist(), strict=True)
    return {user: value for user, value in pairs if value == value}


Prepared = Callable[..., Features]


def test_recipes_that_are_asked_for_are_measured(prepared: Prepared) -> None:
    """R49, R56."""
    asked = ("skip_rate(event=skip, of=play)", "avg_purchase_value", "login_frequency(event=buy)", "discovery(song)")
    found = prepared(LOG, features=asked)
    assert of(found, "skip_rate") == {"ann": 0.5, "bob": 0.0, "cyd": 0.0}
    assert of(found, "avg_purchase_value") == {"ann": 10.0, "bob": 50.0}
    assert of(found, "login_frequency") == {"ann": 0.5, "bob": 1.0, "cyd": 0.0, "dan": 0.0}
    assert of(found, "discovery_of_song") == {"ann": 2 / 3, "bob": 1.0, "cyd": 1.0, "dan": 1.0}


def test_in_a_log_with_events_recipes_describe(prepared: Prepared) -> None:
    found = prepared(LOG, features=("diversity(of=genre)", "recency"))
    assert not found.forming()
    assert found.counts is not None


def test_in_a_log_without_events_recipes_form_groups_beside_the_usual_three(prepared: Prepared) -> None:
    found = prepared(SALES, features=("login_frequency", "rfm", "attrition(days=9)"))
    forming = {m.name for m in found.forming()}
    assert {"login_frequency", "events", "amount_total"} <= forming
    assert not forming & {"recency_score", "frequency_score", "monetary_score", "attrition"}


def test_one_recipe_asked_twice_with_other_options_makes_two_measures_that_say_which(prepared: Prepared) -> None:
    """Two rates of one name would be one line under another in a report; the names are the same whoever is measured."""
    asked = ("skip_rate(event=skip, of=play)", "skip_rate(event=skip, of=buy)", "skip_rate(skip, of=play)")
    found = [m for m in prepared(LOG, features=asked).measures if m.name.startswith("skip_rate")]
    assert [m.name for m in found] == ["skip_rate", "skip_rate_buy"]
    assert [m.label for m in found] == ["skip rate", "skip rate (of buy)"]
    days = prepared(SALES, features=("attrition(days=9)", "attrition(9)", "attrition(days=1)")).measures
    assert [m.label for m in days if m.name.startswith("attrition")] == [f"no event in the last {n} days" for n in (9, 1)]
    one_of_each = "".join(
        f"u{u},{e},2026-01-0{1 + u % 5} 10:0{i}\n" for u in range(9) for i, e in enumerate(("play", "buy", "skip"))
    )
    same = prepared("user_id,event,time\n" + one_of_each, features=asked)
    assert {"skip_rate", "skip_rate_buy"} <= {x.name for x in (*same.measures, *same.left_out)}


def test_a_value_of_fewer_people_than_the_floor_names_no_measure(prepared: Prepared) -> None:
    """Requirement 107: "share of events with genre X" of one person would tell of that person."""
    rows = [
        f"u{u},play,2026-03-0{d} 10:00,{'lost' if u == 7 else 'rock' if u % 2 else 'jazz'}"
        for u in range(40)
        for d in (1, 2, 3)
    ]
    text = "\n".join(["user_id,event,time,genre", *rows])
    names = {m.name for m in prepared(text, features=("shares(of=genre)",)).measures}
    assert {"share_of_genre_rock", "share_of_genre_jazz"} <= names and "share_of_genre_lost" not in names
    pairs = prepared(text, features=("counts(by=genre)",), event="event").counts
    assert pairs is not None and pairs.events == ("play: jazz", "play: rock")


def test_no_group_is_formed_by_what_attrition_is_made_of(prepared: Prepared) -> None:
    """Requirement 18: groups formed by days since the last event would be compared on what formed them."""
    assert "days_since_last" in {m.name for m in prepared(SALES).forming()}
    found = prepared(SALES, features=("attrition(days=9)", "recency"))
    assert not {"days_since_last", "recency"} & {m.name for m in found.forming()}
    assert found.measure("attrition").kind is Kind.BOOLEAN


@pytest.mark.parametrize("name", ["recency", "diversity(of=genre)", "diversity", "diversity_of_genre"])
def test_recipes_form_groups_when_they_are_named(prepared: Prepared, name: str) -> None:
    found = prepared(LOG, features=("diversity(of=genre)", "recency"), group_by=(name,))
    assert {m.name for m in found.forming()} == {"recency" if name == "recency" else "diversity_of_genre"}
    assert found.counts is None


@pytest.mark.parametrize(
    ("name", "says"),
    [("rfm", "recency,frequency,monetary"), ("recency_score", "depends on who else"), ("attrition", "outcome")],
)
def test_what_no_rule_can_rest_on_forms_no_groups(prepared: Prepared, name: str, says: str) -> None:
    with pytest.raises(PersonaeError) as no:
        prepared(LOG, features=("rfm", "attrition"), group_by=(name,))
    assert no.value.code == "P001"
    assert says in no.value.what + no.value.fix


def test_a_property_splits_the_counts(prepared: Prepared) -> None:
    """Counts of event x property value; other recipes still know the plain events."""
    found = prepared(LOG, features=("counts(by=genre)", "event_count(event=play)"), floor=1)
    assert found.counts is not None
    assert found.counts.events == ("buy", "play: folk", "play: jazz", "play: rock", "skip: jazz")
    assert of(found, "event_count_play") == {"ann": 2, "bob": 1, "cyd": 2, "dan": 0}
    row = found.ids.to_pylist().index("ann")
    assert found.counts.matrix[row].toarray()[0].tolist() == [1, 0, 0, 2, 1]


def test_one_measure_of_a_recipe_can_be_asked_for(prepared: Prepared) -> None:
    names = {m.name for m in prepared(LOG, features=("recency_score", "monday_share")).measures}
    assert {"recency_score", "monday_share"} <= names
    assert not {"frequency_score", "friday_share"} & names


def test_an_asked_measure_stays_where_it_copies_a_usual_one(prepared: Prepared) -> None:
    found = prepared(LOG, features=("recency", "monetary", "lifetime_value"))
    assert {"recency", "monetary", "lifetime_value"} <= {m.name for m in found.measures}
    assert {(x.name, x.reason) for x in found.left_out} >= {
        ("days_since_last", "copy of recency"),
        ("amount_total", "copy of monetary"),
    }


def test_users_without_events_have_no_measure_and_not_zero(prepared: Prepared) -> None:
    """FEA-02."""
    people = "user_id,age\nann,30\nbob,40\neve,50\nfay,60\n"
    found = prepared(LOG, people, features=("event_count(event=skip)", "monetary"))
    assert of(found, "event_count_skip") == {"ann": 1, "bob": 0, "cyd": 0, "dan": 1}
    assert of(found, "monetary") == {"ann": 10, "bob": 100}
    assert {"eve", "fay"} <= set(found.ids.to_pylist())


@pytest.mark.parametrize(
    ("recipe", "code", "says"),
    [
        ("diverity(of=genre)", "P001", "did you mean diversity?"),
        ("diversity(off=genre)", "P001", "did you mean of=?"),
        ("diversity", "P001", "diversity(of=COLUMN)"),
        ("attrition(days=soon)", "P001", "days=30"),
        ("rfm(", "P001", "close the bracket"),
        ("diversity(of=gnre)", "P115", "diversity(of=genre)"),
        ("time_to_first(event=bui)", "P115", "time_to_first(event=buy)"),
        ("mean_of(of=genre)", "P115", "of=amount"),
        ("event_count(event=play, where=genre, value=rok)", "P115", "value=rock"),
    ],
)
def test_a_recipe_that_cannot_be_made_says_what_to_type(prepared: Prepared, recipe: str, code: str, says: str) -> None:
    with pytest.raises(PersonaeError) as no:
        prepared(LOG, features=(recipe,))
    assert no.value.code == code
    assert says in no.value.fix


@pytest.mark.parametrize(
    ("text", "recipe", "says"),
    [
        ("user_id,event\nann,a\nann,b\nbob,a\nbob,a\n", "recency", "--time COL"),
        (
            "user_id,event,day\nann,a,2026-01-01\nann,b,2026-01-02\nbob,a,2026-01-03\nbob,a,2026-01-09\n",
            "session_length",
            "hours",
        ),
        (DATED, "rfm", "--value COL"),
        ("user_id,age,visits\nann,1,2\nbob,3,4\ncyd,5,6\n", "recency", "bring the events"),
    ],
)
def test_a_recipe_whose_columns_are_missing_names_the_flag(prepared: Prepared, text: str, recipe: str, says: str) -> None:
    with pytest.raises(PersonaeError) as no:
        prepared(text, features=(recipe,))
    assert no.value.code == "P115"
    assert says in no.value.fix


def test_no_group_is_formed_by_who_users_are_by_way_of_a_recipe(prepared: Prepared) -> None:
    """Requirement 48: a mean age describes; to form groups by it, or to split events by gender, needs a written reason."""
    text = "user_id,date,amount,age,gender\n" + "".join(
        f"u{i},2026-01-{1 + (i * 7 + j) % 28:02},{i + j},{20 + i},{'fm'[i % 2]}\n" for i in range(9) for j in range(i + 1)
    )
    found = prepared(text, features=("mean_of(of=age)",))
    assert not found.measure("mean_age").forms
    assert found.measure("mean_age").role is Role.DEMOGRAPHIC
    for features, group_by in ((("mean_of(of=age)",), ("mean_of",)), (("counts(by=gender)",), ())):
        events = text.replace("user_id,date", "user_id,event,date").replace(",2026", ",buy,2026").replace("u1,buy", "u1,ask")
        with pytest.raises(PersonaeError) as no:
            prepared(events, features=features, group_by=group_by)
        assert no.value.code == "P001"
        assert "--override" in no.value.fix
        prepared(events, features=features, group_by=group_by, override="asked by the owner")


def test_a_column_that_a_recipe_reads_is_not_left_out(prepared: Prepared) -> None:
    text = "user_id,event,time,song\n" + "".join(f"u{i % 9},play,2026-01-01 10:{i % 60:02}:00,s{i}\n" for i in range(120))
    assert "song" in {x.name for x in prepared(text).left_out}
    assert "song" not in {x.name for x in prepared(text, features=("discovery(of=song)",)).left_out}


# ---------------------------------------------------------------- the window


def logged(path: Path, days: int = 0, users: int = 30) -> Path:
    """A log of minutes on 40 days, moved by whole days."""
    rng = np.random.default_rng(2)
    start = datetime(2026, 3, 2) + timedelta(days=days)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "event", "time", "amount"])
        for _ in range(600):
            at = start + timedelta(minutes=int(rng.integers(0, 40 * 24 * 60)))
            writer.writerow([f"u{rng.integers(users)}", rng.choice(["a", "b"]), at.isoformat(), int(rng.integers(1, 99))])
        writer.writerow(["u1", "a", (start + timedelta(days=39, hours=23, minutes=30)).isoformat(), 5])
    return path


RECIPES = ("trend", "recency", "login_frequency", "growth(days=10)", "attrition(days=9)", "features_used_per_month", "weekdays")


@pytest.mark.parametrize("window", ["", "28d", "first-5d"])
def test_moving_all_times_by_a_week_changes_no_feature(prepared: Prepared, tmp_path: Path, window: str) -> None:
    """FEA-08."""
    one, other = (prepared(logged(tmp_path / f"{d}.csv", d).read_text(), window=window, features=RECIPES) for d in (0, 7))
    assert [m.name for m in one.measures] == [m.name for m in other.measures]
    for a, b in zip(one.measures, other.measures, strict=True):
        np.testing.assert_array_equal(a.values, b.values)


EDGES = """user_id,event,time
ann,a,2026-02-28 23:59:59
ann,b,2026-03-01 00:00:00
ann,b,2026-03-31 23:59:59
ann,c,2026-04-01 00:00:00
bob,b,2026-03-10 12:00:00
bob,c,2026-04-02 23:30:00
"""


@pytest.mark.parametrize(
    ("window", "events"),
    [
        ("2026-03-01..2026-03-31", {"b": 3}),
        ("2026-04-01..2026-04-01", {"c": 1}),
        ("33d", {"b": 3, "c": 2}),
        ("2d", {"c": 2}),
        ("first-1d", {"a": 1, "b": 1}),
        ("first-2d", {"a": 1, "b": 2}),
        ("", {"a": 1, "b": 3, "c": 2}),
    ],
)
def test_an_event_at_the_edge_of_the_window_counts_once(prepared: Prepared, window: str, events: dict[str, int]) -> None:
    """FEA-08: both ends of a window are inside, to the second."""
    found = prepared(EDGES, window=window)
    assert found.counts is not None
    totals = np.asarray(found.counts.matrix.sum(axis=0)).ravel()
    assert dict(zip(found.counts.events, totals.tolist(), strict=True)) == events


def test_a_last_day_that_is_not_over_does_not_count_in_the_last_days(prepared: Prepared) -> None:
    partial = EDGES.replace("2026-04-02 23:30:00", "2026-04-02 12:00:00")
    found = prepared(partial, window="2d")
    assert found.window is not None
    assert (found.window.start, found.window.end) == ("2026-03-31", "2026-04-02")


def test_first_days_are_those_of_each_user_in_local_time(prepared: Prepared) -> None:
    """Users are judged on their first day only: 23:30 in UTC is the next day in Paris, 00:30."""
    text = """user_id,event,time
ann,a,2026-03-01T22:30:00Z
ann,b,2026-03-01T23:30:00Z
bob,a,2026-05-01T21:00:00Z
bob,b,2026-05-01T21:59:00Z
bob,c,2026-05-01T22:01:00Z
"""
    found = prepared(text, window="first-1d", timezone="Europe/Paris")
    assert found.counts is not None
    assert found.counts.events == ("a", "b")
    by_user = dict(zip(found.ids.to_pylist(), found.counts.matrix.toarray().tolist(), strict=True))
    assert by_user == {"ann": [1, 0], "bob": [1, 1]}


def test_days_of_a_user_are_counted_from_the_users_own_first(prepared: Prepared) -> None:
    text = "".join(f"{u},x,{d} 12:00:00\n{u},y,{e} 12:00:00\n{u},z,2026-09-01 23:30:00\n" for u, d, e in
                   (("ann", "2026-03-01", "2026-03-03"), ("bob", "2026-06-01", "2026-06-05")))  # fmt: skip
    found = prepared("user_id,event,time\n" + text, window="first-7d", features=("recency", "later_half"))
    assert of(found, "recency") == {"ann": 4, "bob": 2}
    assert of(found, "later_half_share") == {"ann": 0.0, "bob": 0.5}
    assert found.window is not None
    assert found.window.first_days == 7


@pytest.mark.parametrize("window", ["2026-03-31..2026-03-01", "2026-02-30..2026-03-01", "first-0d", "soon"])
def test_a_window_that_is_none_is_refused(prepared: Prepared, window: str) -> None:
    with pytest.raises(PersonaeError) as no:
        prepared(EDGES, window=window)
    assert no.value.code == "P001"


def test_a_window_without_events_says_how_far_the_log_reaches(prepared: Prepared) -> None:
    with pytest.raises(PersonaeError) as no:
        prepared(EDGES, window="2027-01-01..2027-02-01")
    assert (no.value.code, no.value.fix) == ("P111", "--window 2026-02-28..2026-04-02, or none")


# ---------------------------------------------------------------- run and score


@pytest.mark.parametrize("window", ["", "first-20d"])
def test_scoring_the_same_log_measures_the_same_to_the_bit(tmp_path: Path, window: str) -> None:
    """FEA-13: features that form groups, made by recipes, are recomputed for new data as they were in the run."""
    path = planted(users=240, groups=2, events=6, seed=3, activity=60).log(tmp_path / "log.csv")
    asked = ("event_share(event=event_00)", "event_share(event=event_01)", "trend", "recency(event=event_02)", "rfm")[:4]
    result = personae.run(str(path), features=asked, group_by=asked, window=window, groups=2, force=True)
    assert result.cast.rule is not None
    scored = personae.score(result, str(path))
    assert scored.equals(result.users)


def test_one_new_user_is_scored_although_most_events_are_missing(tmp_path: Path) -> None:
    """FEA-14: an event that nobody did counts as none; nothing is refused."""
    world = planted(users=240, groups=2, events=6, seed=3, activity=60)
    path = world.log(tmp_path / "log.csv")
    asked = ("event_share(event=event_00)", "event_share(event=event_01)", "event_count(event=event_02)")
    result = personae.run(str(path), features=asked, group_by=asked, groups=2, force=True)
    user = world.ids[5]
    lines = path.read_text().splitlines()
    mine = [line for line in lines if line.startswith(user + ",")]
    few = tmp_path / "one.csv"
    few.write_text("\n".join([lines[0], *mine]) + "\n")
    alone, before = personae.score(result, str(few)).to_pylist(), result.users.to_pylist()
    assert alone == [row for row in before if row["id"] == user]


def test_new_users_of_another_month_are_placed_by_as_many_days(tmp_path: Path) -> None:
    """A run between two dates places users whose events all lie later by the last days of theirs, and says so."""
    run = logged(tmp_path / "march.csv")
    window = "2026-03-03..2026-04-08"
    asked = ("event_share(event=a)", "per_day(event=a)", "recency(event=b)")
    settings = {"features": asked, "group_by": asked, "window": window, "groups": 2, "force": True, "floor": 1}
    result = personae.run(str(run), **settings)
    assert result.cast.window is not None
    assert (result.cast.window.start, result.cast.window.days) == ("2026-03-03", 37)
    later = logged(tmp_path / "may.csv", days=70)
    placed, before = personae.score(result, str(later)).to_pylist(), personae.score(result, str(run)).to_pylist()
    assert len(placed) == len(before) == 30
    assert sum(a["persona"] == b["persona"] for a, b in zip(placed, before, strict=True)) >= 25


# ---------------------------------------------------------------- real data


@pytest.mark.slow
def test_recipes_on_real_baskets_equal_sql_over_the_raw_file(real: Callable[[str], Path]) -> None:
    """Requirement 44."""
    import duckdb

    path = real("groceries_members") / "Groceries_dataset.csv"
    asked = ("recency", "frequency", "discovery(of=itemDescription)", "loyalty(of=itemDescription)", "login_frequency")
    study = Study(sources=(str(path),), id="Member_number", time="Date", event="itemDescription", features=asked, threads=2)
    with plugins.find("engines", "duckdb").connect(memory="500MB", threads=2) as engine:
        found = prepare(engine, understand(engine, read(engine, study, {}), study), study)
    sql = f"""WITH log AS (SELECT Member_number AS id, strptime(Date, '%d-%m-%Y') AS day, itemDescription AS item
            FROM read_csv('{path}', all_varchar = true)),
        items AS (SELECT id, item, count(*) AS n FROM log GROUP BY 1, 2),
        per AS (SELECT id, count(*) / sum(n) AS discovery, sum(n * n) / (sum(n) * sum(n)) AS loyalty FROM items GROUP BY 1)
        SELECT id, date_diff('day', max(day), (SELECT max(day) FROM log)), count(*), any_value(discovery), any_value(loyalty),
            30 * count(DISTINCT day) / (SELECT date_diff('day', min(day), max(day)) + 1 FROM log)
        FROM log JOIN per USING (id) GROUP BY id"""
    rows = {id: numbers for id, *numbers in duckdb.sql(sql).fetchall()}
    assert len(found) == len(rows) == 3898
    names = ("recency", "frequency", "discovery_of_itemDescription", "loyalty_to_itemDescription", "login_frequency")
    for place, name in enumerate(names):
        assert of(found, name) == pytest.approx({id: numbers[place] for id, numbers in rows.items()}, rel=1e-12)
