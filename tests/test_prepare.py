"""One row per user: ids, counts, habits, columns of tables, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import md5
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import planted
from personae import plugins
from personae.errors import UsageError
from personae.model.features import Features
from personae.model.study import Role, Study
from personae.model.table import Kind
from personae.stages import log
from personae.stages.prepare import prepare
from personae.stages.read import read
from personae.stages.understand import understand

Prepared = Callable[..., Features]


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Prepared]:
    """`prepared("id,x\\n1,2\\n", flag=...)`: the features of one or more CSV texts or paths."""

    def run(*sources: str | Path, threads: int = 2, **flags: Any) -> Features:
        paths = []
        for i, source in enumerate(sources):
            path = source if isinstance(source, Path) else tmp_path / f"table{i}.csv"
            if isinstance(source, str):
                path.write_text(source, encoding="utf-8")
            paths.append(str(path))
        study = Study(sources=tuple(paths), threads=threads, **flags)
        with plugins.find("engines", "duckdb").connect(memory="1GB", threads=threads) as engine:
            return prepare(engine, understand(engine, read(engine, study, {}), study), study)

    yield run


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def per_user(features: Features, name: str) -> dict[str, float]:
    return dict(zip(features.ids.to_pylist(), features.measure(name).values.tolist(), strict=True))


def counted(features: Features, user: str) -> dict[str, float]:
    assert features.counts is not None
    row = features.counts.matrix[features.ids.to_pylist().index(user)].toarray()[0]
    return {e: n for e, n in zip(features.counts.events, row.tolist(), strict=True) if n}


LOG = rows(
    "user_id,event,time,amount",
    "ann,view,2026-03-02 09:00:00,1.10",
    "ann,view,2026-03-02 09:20:00,2.20",
    "ann,buy,2026-03-02 10:30:00,3.30",
    "ann,view,2026-03-07 23:00:00,0.00",
    "bob,buy,2026-03-15 03:00:00,10.00",
    "bob,buy,2026-03-15 03:00:00,10.00",
    "cyd,view,2026-03-08 12:00:00,5.00",
    "cyd,view,2026-03-16 12:00:00,5.00",
)


def test_ids_come_once_in_the_order_of_their_md5(prepared: Prepared) -> None:
    ids = prepared(LOG).ids.to_pylist()
    assert ids == sorted({"ann", "bob", "cyd"}, key=lambda u: md5(u.encode()).hexdigest())  # noqa: S324


def test_events_are_counted_per_user_in_the_order_of_names(prepared: Prepared) -> None:
    features = prepared(LOG)
    assert features.counts is not None
    assert features.counts.events == ("buy", "view")
    assert counted(features, "ann") == {"view": 3, "buy": 1}
    assert counted(features, "bob") == {"buy": 2}
    assert features.counts.matrix.dtype == np.float64
    assert features.counts.matrix.has_canonical_format


@pytest.mark.parametrize(
    ("measure", "ann", "bob", "cyd"),
    [
        ("events", 4, 2, 2),
        ("active_days", 2, 1, 2),
        ("sessions", 3, 1, 2),
        ("events_per_active_day", 2, 2, 1),
        ("days_since_last", 9, 1, 0),
        ("days_since_first", 14, 1, 8),
        ("days_first_to_last", 5, 0, 8),
        ("weekend_share", 0.25, 1, 0.5),
        ("night_share", 0, 1, 0),
        ("morning_share", 0.75, 0, 0),
        ("evening_share", 0.25, 0, 0),
        ("later_half_share", 0, 1, 0.5),
        ("event_types", 2, 1, 1),
        ("top_event_share", 0.75, 1, 1),
        ("amount_total", 6.6, 20, 10),
        ("amount_mean", 1.65, 10, 5),
        ("amount_largest", 3.3, 10, 5),
    ],
)
def test_habits_equal_a_calculation_by_hand(prepared: Prepared, measure: str, ann: float, bob: float, cyd: float) -> None:
    """R45, R56: window 2 to 16 March, both included; 2 March 2026 is a Monday; 30 minutes end a session."""
    assert per_user(prepared(LOG), measure) == pytest.approx({"ann": ann, "bob": bob, "cyd": cyd})


def test_variety_is_the_entropy_in_bits(prepared: Prepared) -> None:
    """R57."""
    expected = -(0.75 * np.log2(0.75) + 0.25 * np.log2(0.25))
    assert per_user(prepared(LOG), "variety") == pytest.approx({"ann": expected, "bob": 0.0, "cyd": 0.0})


def test_beside_counts_habits_only_describe(prepared: Prepared) -> None:
    features = prepared(LOG)
    assert features.forming() == ()
    assert features.measure("sessions").role is Role.BEHAVIOUR


def test_a_log_that_does_not_say_what_happened_forms_groups_by_recency_frequency_and_amount(prepared: Prepared) -> None:
    text = rows("customer,date,amount", *(f"k{i % 30},2026-01-{1 + (i * i) % 28:02d},{i % 17}.5" for i in range(200)))
    features = prepared(text)
    assert features.counts is None
    assert {"events", "days_since_last", "amount_total", "amount_mean"} <= {m.name for m in features.forming()}
    assert "weekend_share" not in {m.name for m in features.forming()}


def test_days_without_a_time_of_day_have_no_sessions(prepared: Prepared) -> None:
    text = rows("user_id,event,date", *(f"u{i % 9},e{i % 4},2026-01-{1 + (i * i) % 28:02d}" for i in range(80)))
    names = {m.name for m in prepared(text).measures}
    assert "active_days" in names
    assert not names & {"sessions", "night_share"}


def test_the_window_ends_with_the_last_complete_day(prepared: Prepared) -> None:
    """FEA-08: a day that is not over does not count; every event of the window counts once."""
    features = prepared(LOG, window="8d")
    assert features.window is not None
    assert (features.window.start, features.window.end, features.window.days) == ("2026-03-08", "2026-03-16", 8)
    assert counted(features, "ann") == {}
    assert counted(features, "cyd") == {"view": 1}
    assert per_user(features, "amount_total") == pytest.approx({"ann": np.nan, "bob": 20, "cyd": 5}, nan_ok=True)


def test_events_at_the_edges_of_the_window_count_once(prepared: Prepared) -> None:
    """FEA-08: midnight belongs to the day it begins."""
    text = rows(
        "user_id,event,time",
        "a,x,2026-01-01 23:59:59",
        "a,x,2026-01-02 00:00:00",
        "b,y,2026-01-03 23:59:59",
        "b,x,2026-01-03 00:00:00",
    )
    features = prepared(text, window="2d")
    assert (counted(features, "a"), counted(features, "b")) == ({"x": 1}, {"x": 1, "y": 1})


@pytest.mark.parametrize("days", ["soon", "0d", "-3d"])
def test_a_window_that_is_none_is_refused(prepared: Prepared, days: str) -> None:
    with pytest.raises(UsageError, match="is no window"):
        prepared(LOG, window=days)


def test_shifting_all_times_by_a_week_changes_no_habit(prepared: Prepared) -> None:
    """FEA-08."""
    shifted = LOG
    for day in range(16, 1, -1):
        shifted = shifted.replace(f"-03-{day:02d} ", f"-03-{day + 7:02d} ")
    before, after = prepared(LOG), prepared(shifted)
    for measure in before.measures:
        assert measure.values.tobytes() == after.measure(measure.name).values.tobytes()


@pytest.mark.parametrize(
    ("zone", "utc", "days"),
    [
        ("Europe/Paris", ["2026-03-28T23:30:00Z", "2026-03-29T00:30:00Z", "2026-03-29T21:30:00Z", "2026-03-29T22:30:00Z"], 2),
        ("Africa/Cairo", ["2026-04-23T21:30:00Z", "2026-04-23T22:30:00Z", "2026-04-24T20:30:00Z", "2026-04-24T21:30:00Z"], 3),
        ("Asia/Kathmandu", ["2026-03-01T18:14:00Z", "2026-03-01T18:16:00Z", "2026-03-02T18:14:00Z"], 2),
        (
            "Australia/Lord_Howe",
            ["2026-04-04T12:59:00Z", "2026-04-04T13:01:00Z", "2026-04-05T13:29:00Z", "2026-04-05T13:31:00Z"],
            3,
        ),
    ],
)
def test_days_are_the_days_of_the_zone(prepared: Prepared, zone: str, utc: list[str], days: int) -> None:
    """ING-09: counted by hand around the days on which clocks change; no phantom and no missing day."""
    text = rows("user_id,event,time", *(f"u,e{i},{t}" for i, t in enumerate(utc)), *(f"v,e0,{t}" for t in utc[:1] * 2))
    features = prepared(text, timezone=zone)
    assert per_user(features, "active_days") == {"u": days, "v": 1}
    assert features.window is not None
    assert features.window.timezone == zone


def test_times_without_a_zone_stay_on_their_day_in_any_zone(prepared: Prepared) -> None:
    """ING-09: naive times are read in the declared zone, those of skipped and repeated hours included."""
    times = ["2026-03-29 02:30:00", "2026-10-25 02:30:00", "2026-10-25 02:30:00", "2026-10-25 23:59:00"]
    text = rows("user_id,event,time", *(f"u,e{i},{t}" for i, t in enumerate(times)), "v,e1,2026-03-29 00:10:00")
    assert per_user(prepared(text, timezone="Europe/Paris"), "active_days") == {"u": 2, "v": 1}


def test_a_zone_that_does_not_exist_is_refused(prepared: Prepared) -> None:
    with pytest.raises(UsageError, match="no time zone"):
        prepared(LOG, timezone="Mars/Olympus")


def test_a_zone_turns_the_hours_of_the_day(prepared: Prepared) -> None:
    text = rows("user_id,event,time", *(f"u{i},e{i % 2},2026-07-0{1 + i % 5}T22:{i:02d}:00Z" for i in range(20)))
    features = prepared(text + "w,e1,2026-07-01T12:00:00Z\n", timezone="Europe/Athens")
    assert per_user(features, "night_share")["u1"] == 1


USERS = rows("user_id,age,plan,lists", "ann,30,free,3", "bob,40,pro,1", "dan,50,free,7", "eve,60,free,0")


def test_users_of_all_tables_are_there_once(prepared: Prepared) -> None:
    """R42: matched, only left, only right."""
    features = prepared(USERS, LOG)
    assert sorted(features.ids.to_pylist()) == ["ann", "bob", "cyd", "dan", "eve"]
    (match,) = features.matches
    assert (match.both, match.only_left, match.only_right) == (2, 2, 1)


def test_no_events_and_nothing_known_are_not_zero(prepared: Prepared) -> None:
    """FEA-02."""
    features = prepared(USERS, LOG)
    assert np.isnan(per_user(features, "events")["dan"])
    assert np.isnan(per_user(features, "lists")["cyd"])
    assert per_user(features, "lists")["eve"] == 0
    assert counted(features, "dan") == {}


def test_columns_of_a_table_form_groups_together_with_events(prepared: Prepared) -> None:
    features = prepared(USERS, LOG)
    assert {m.name for m in features.forming()} == {"plan", "lists"}
    assert features.counts is not None


def test_only_named_columns_form_groups_when_some_are_named(prepared: Prepared) -> None:
    features = prepared(USERS, LOG, group_by=("lists",))
    assert {m.name for m in features.forming()} == {"lists"}
    assert features.counts is None
    assert any("events" in x.name for x in features.left_out)


def test_events_that_are_named_to_form_groups_are_counted(prepared: Prepared) -> None:
    features = prepared(USERS, LOG, group_by=("event", "lists"))
    assert features.counts is not None
    assert {m.name for m in features.forming()} == {"lists"}


def test_a_number_of_a_log_that_is_named_forms_groups(prepared: Prepared) -> None:
    features = prepared(LOG, group_by=("amount",))
    assert features.counts is None
    assert {m.name for m in features.forming()} == {"amount_total", "amount_mean"}


def test_a_demographic_forms_groups_with_a_written_reason(prepared: Prepared) -> None:
    """R48."""
    features = prepared(USERS, group_by=("age",), override="tariffs follow age")
    assert [(m.name, m.role) for m in features.forming()] == [("age", Role.DEMOGRAPHIC)]


def test_ids_are_the_same_texts_that_came_in(prepared: Prepared) -> None:
    """ING-01."""
    ids = ["00123", "0777", "777", "00777", "9007199254740993", "9007199254740992", "12345678901234567890", "A12", "a12 "]
    features = prepared(rows("user_id,visits,orders", *(f"{u},{i},{i % 3}" for i, u in enumerate(ids))))
    assert sorted(features.ids.to_pylist()) == sorted(ids)
    assert per_user(features, "visits") == {u: float(i) for i, u in enumerate(ids)}


def test_integer_ids_of_parquet_meet_the_same_ids_as_text(prepared: Prepared, tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, ids in (("near", [7, 8, 9, 7]), ("far", [7, -8845298781299428018, 9, 7])):
        path = tmp_path / f"{name}.parquet"
        times = pa.array([1_767_225_600_000 + i for i in range(4)], pa.timestamp("ms"))
        pq.write_table(pa.table({"user_id": pa.array(ids, pa.int64()), "event": ["a", "b", "a", "b"], "time": times}), path)
        features = prepared(path, rows("user_id,visits", *(f"{i},{n}" for n, i in enumerate(dict.fromkeys(ids))), "007,5"))
        assert sorted(features.ids.to_pylist()) == sorted({*map(str, ids), "007"})
        assert counted(features, "7") == {"a": 1, "b": 1}
        assert counted(features, "007") == {}


def test_events_without_a_user_are_set_aside_and_said(prepared: Prepared) -> None:
    features = prepared(LOG + ",view,2026-03-03 09:00:00,1.00\n")
    assert any("without an id" in x.reason and x.name.startswith("1 ") for x in features.left_out)
    assert features.counts is not None
    assert features.counts.matrix.sum() == 8


def test_only_the_events_most_users_do_are_counted_and_the_rest_is_said(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """FEA-07."""
    monkeypatch.setattr(log, "MOST_EVENTS", 3)
    lines = [f"u{i},{e},2026-01-01 10:00:{i:02d}" for i in range(9) for e in ("a", "b", "c")]
    features = prepared(rows("user_id,event,time", *lines, *(f"u1,z{i},2026-01-01 11:00:00" for i in range(4))))
    assert features.counts is not None
    assert features.counts.events == ("a", "b", "c")
    assert any(x.name == "4 rarer values of event" for x in features.left_out)


def test_a_log_that_was_added_up_is_counted_by_its_counts(prepared: Prepared) -> None:
    features = prepared(
        rows("user,event,count", "a,x,3", "a,y,2", "b,x,1", "b,y,10", "c,x,4", "a,x,1", *(f"d{i},x,1" for i in range(20)))
    )
    assert counted(features, "a") == {"x": 4, "y": 2}
    assert features.counts is not None
    assert "count" in features.counts.why


def test_properties_of_events_describe_users_by_the_most_frequent(prepared: Prepared) -> None:
    lines = [f"u{i % 5},e{i % 2},2026-01-01 10:{i:02d}:00,{'DE' if i % 3 else 'FR'}" for i in range(60)]
    measure = prepared(rows("user_id,event,time,country", *lines), outcome=()).left_out
    assert any("country" in x.name for x in measure)  # everyone's most frequent country is DE: it tells nobody apart


# ---------------------------------------------------------------- tables


def test_columns_that_tell_nobody_apart_are_left_out_with_reasons(prepared: Prepared) -> None:
    """FEA-03."""
    lines = (f"u{i},{i % 7},same,{i % 7},,ref-{i * 7919},{'a' if i else 'b'},{i % 5}" for i in range(20_000))
    features = prepared(rows("user_id,visits,site,copied,nothing,ref,rare,orders", *lines))
    reasons = {x.name: x.reason for x in features.left_out}
    assert set(reasons) == {"site", "copied", "nothing", "ref", "rare"}
    assert reasons["copied"] == "copy of visits"
    assert reasons["nothing"] == "empty"
    assert reasons["ref"].startswith("looks like an id")
    assert {m.name for m in features.measures} == {"visits", "orders"}


def test_categories_are_codes_of_sorted_levels_and_empty_is_minus_one(prepared: Prepared) -> None:
    features = prepared(
        rows("id,plan,visits", "a,pro,1", "b,free,2", "c,,3", "d,free,4", *(f"x{i},team,{i}" for i in range(30)))
    )
    plan = features.measure("plan")
    assert (plan.kind, plan.levels) == (Kind.CATEGORY, ("free", "pro", "team"))
    assert per_user(features, "plan") | {} == {"a": 1, "b": 0, "c": -1, "d": 0, **{f"x{i}": 2 for i in range(30)}}


def test_a_category_of_many_levels_keeps_the_frequent_ones_and_does_not_form_groups(prepared: Prepared) -> None:
    """FEA-07."""
    lines = (f"u{i},{'top' if i % 2 else f'town {i % 160}'},{i % 9}" for i in range(2000))
    shop = prepared(rows("id,shop,visits", *lines)).measure("shop")
    assert (len(shop.levels), shop.levels[-1], shop.forms) == (51, "other", False)


def test_yes_and_no_become_one_and_zero(prepared: Prepared) -> None:
    features = prepared(rows("id,paperless,visits", *(f"u{i},{'Yes' if i % 3 else 'No'},{i % 5}" for i in range(30))))
    measure = features.measure("paperless")
    assert (measure.kind, measure.label) == (Kind.BOOLEAN, "paperless = Yes")
    assert (per_user(features, "paperless")["u0"], per_user(features, "paperless")["u1"]) == (0.0, 1.0)


def test_an_outcome_of_two_levels_says_which_one_is_counted(prepared: Prepared) -> None:
    features = prepared(
        rows("id,converted,visits", *(f"u{i},{'bought' if i % 9 == 0 else 'left alone'},{i % 5}" for i in range(60)))
    )
    measure = features.measure("converted")
    assert (measure.label, measure.role, measure.forms) == ("converted = bought", Role.OUTCOME, False)
    assert measure.values.sum() == 7


def test_dates_describe_as_days_before_the_newest(prepared: Prepared) -> None:
    features = prepared(rows("id,signup_date,visits", *(f"u{i},2026-01-{1 + i % 28:02d},{i % 5}" for i in range(60))))
    measure = features.measure("signup_date")
    assert (measure.unit, measure.forms) == ("days", False)
    assert per_user(features, "signup_date")["u0"] == 27


def test_a_wide_table_of_counts_is_taken_as_events_and_says_so(prepared: Prepared, tmp_path: Path) -> None:
    world = planted(users=200, groups=3, events=20, activity=12.0)
    features = prepared(world.wide(tmp_path / "wide.csv"))
    assert features.counts is not None
    assert features.ids.to_pylist() == list(world.ids)
    assert np.array_equal(features.counts.matrix.toarray(), world.counts)
    assert "20 columns" in features.counts.why


@pytest.mark.parametrize("low", [0, 1])
def test_answers_on_a_scale_are_no_counts(prepared: Prepared, low: int) -> None:
    rng = np.random.default_rng(1)
    answers = rng.choice(
        np.arange(low, 5),
        (300, 12),
        p=np.array([0.5, 0.3, 0.1, 0.05, 0.05][: 5 - low]) / sum([0.5, 0.3, 0.1, 0.05, 0.05][: 5 - low]),
    )
    header = ",".join(["id", *(f"q{i}" for i in range(12))])
    features = prepared(rows(header, *(f"u{i}," + ",".join(map(str, a)) for i, a in enumerate(answers))))
    assert features.counts is None
    assert len(features.forming()) == 12


def test_ticked_boxes_are_no_counts(prepared: Prepared) -> None:
    ticks = (np.random.default_rng(1).random((300, 12)) < 0.2).astype(int)
    header = ",".join(["id", *(f"uses thing {chr(97 + i)}" for i in range(12))])
    features = prepared(rows(header, *(f"u{i}," + ",".join(map(str, a)) for i, a in enumerate(ticks))))
    assert features.counts is None
    assert all(m.kind is Kind.BOOLEAN for m in features.forming())


# ---------------------------------------------------------------- rules that always hold


def fingerprint(features: Features) -> tuple[Any, ...]:
    """Everything in features as bytes."""
    counts = features.counts
    parts = (
        (counts.matrix.indptr.tobytes(), counts.matrix.indices.tobytes(), counts.matrix.data.tobytes(), counts.events)
        if counts
        else ()
    )
    return (features.ids.to_pylist(), parts, [(m.name, m.forms, m.levels, m.values.tobytes()) for m in features.measures])


def test_threads_and_the_order_of_rows_change_nothing(prepared: Prepared, tmp_path: Path) -> None:
    """DET-01."""
    world = planted(users=300, groups=3, events=10)
    first = prepared(world.users(tmp_path / "a.csv"), world.log(tmp_path / "b.csv"), threads=1)
    again = prepared(world.users(tmp_path / "a.csv", shuffled=3), world.log(tmp_path / "b.csv", shuffled=4), threads=2)
    assert fingerprint(first) == fingerprint(again)


def test_a_log_counts_what_the_planted_users_did(prepared: Prepared, tmp_path: Path) -> None:
    world = planted(users=200, groups=3, events=10)
    features = prepared(world.log(tmp_path / "log.csv"))
    assert features.counts is not None
    assert features.ids.to_pylist() == list(world.ids)
    assert np.array_equal(features.counts.matrix.toarray(), world.counts)
    assert np.array_equal(features.measure("events").values, world.counts.sum(axis=1))


def test_amounts_are_summed_exactly(prepared: Prepared) -> None:
    """A tenth added ten thousand times is a thousand, in any order."""
    lines = [f"u{i % 2},e{i % 3},2026-01-01 10:00:00,{'0.1' if i % 2 else '0.3'}" for i in range(20_000)]
    features = prepared(rows("user_id,event,time,amount", *lines))
    assert per_user(features, "amount_total") == {"u0": 3000.0, "u1": 1000.0}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 40 * 86_400 - 1)), min_size=12, max_size=60))
def test_habits_equal_plain_python_for_any_log(events: list[tuple[int, int, int]]) -> None:
    """R45: counts, active days, sessions, spans as loops would find them."""
    from personae import habits

    u, e, t = (np.array(x) for x in zip(*events, strict=True))
    counts = habits.tally(u.astype(np.int32), e.astype(np.int16), 5, 4).toarray()
    clock = habits.clock("UTC", 0, 1)
    found = {h.name: h.values for h in habits.rhythm(u.astype(np.int32), t.astype(np.uint32), 0, 5, clock, (0, 39), True)}
    for user in range(5):
        mine = sorted(s for who, _, s in events if who == user)
        assert counts[user].tolist() == [sum(1 for who, what, _ in events if (who, what) == (user, k)) for k in range(4)]
        if not mine:
            assert np.isnan(found["events"][user])
            continue
        assert found["active_days"][user] == len({s // 86_400 for s in mine})
        assert found["sessions"][user] == 1 + sum(b - a > 1800 for a, b in pairwise(mine))
        assert found["days_since_last"][user] == 39 - mine[-1] // 86_400
        assert found["days_first_to_last"][user] == mine[-1] // 86_400 - mine[0] // 86_400


# ---------------------------------------------------------------- real data


@pytest.mark.slow
def test_deskdrop_keeps_its_ids_and_counts(prepared: Prepared, real: Callable[[str], Path]) -> None:
    """ING-01: signed numbers of 19 digits."""
    features = prepared(real("deskdrop") / "users_interactions.csv.zip")
    assert features.counts is not None
    assert (len(features), features.counts.matrix.sum()) == (1895, 72_312)
    totals = dict(zip(features.counts.events, np.asarray(features.counts.matrix.sum(axis=0)).ravel().tolist(), strict=True))
    assert totals == {"VIEW": 61_086, "LIKE": 5_745, "BOOKMARK": 2_463, "COMMENT CREATED": 1_611, "FOLLOW": 1_407}
    assert "-8845298781299428018" in features.ids.to_pylist()
    assert np.nanmedian(features.measure("events").values) == 10


@pytest.mark.slow
def test_cdnow_gives_recency_frequency_and_amount(prepared: Prepared, real: Callable[[str], Path]) -> None:
    features = prepared(real("cdnow") / "CDNOW_master.txt")
    assert len(features) == 23_570
    assert features.measure("events").values.sum() == 69_659
    assert "00001" in features.ids.to_pylist()
    assert {"events", "days_since_last", "dollar_value_total", "dollar_value_mean"} <= {m.name for m in features.forming()}


def test_telco_keeps_churn_and_demographics_out_of_the_distance(prepared: Prepared, real: Callable[[str], Path]) -> None:
    features = prepared(real("telco_churn") / "WA_Fn-UseC_-Telco-Customer-Churn.csv")
    churn = features.measure("Churn")
    assert (churn.forms, churn.role, churn.label) == (False, Role.OUTCOME, "Churn = Yes")
    assert churn.values.mean() == pytest.approx(0.2654, abs=1e-4)
    assert not {"gender", "SeniorCitizen", "Partner", "Dependents", "Churn"} & {m.name for m in features.forming()}
    assert np.isnan(features.measure("TotalCharges").values).sum() == 11


def test_winekmc_is_a_hundred_customers_and_thirty_two_offers(prepared: Prepared, real: Callable[[str], Path]) -> None:
    features = prepared(real("winekmc") / "WineKMC.xlsx", sheet="Transactions")
    assert features.counts is not None
    assert features.counts.matrix.shape == (100, 32)
    assert features.counts.matrix.sum() == 324
