"""Growth, lifetime value and attrition of groups, against SQL over the raw log and the places of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import personae
from personae.facts.growth import growth


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, tuple[float, ...]]]:
    """A run on two kinds of buyers, and by SQL per persona: growth, lifetime value, attrition."""
    folder: Path = tmp_path_factory.mktemp("worth")
    rng = np.random.default_rng(5)
    rows = ["customer_id,date,amount"]
    for i in range(240):
        often, latest = (14, 90 - 30 * (i % 3 == 1)) if i % 2 else (3, 90 - 30 * (i % 3 == 0))
        for _ in range(often + rng.integers(3)):
            day, amount = int(rng.integers(0, latest)), round(float(rng.normal(60 if i % 2 else 15, 4)), 2)
            rows.append(f"c{i},{np.datetime64('2026-01-01') + day},{-5.5 if rng.random() < 0.05 else amount}")
    rows.append("c1,2026-03-31,60.00")
    path = folder / "orders.csv"
    path.write_text("\n".join(rows) + "\n")
    asked = ("growth", "lifetime_value(margin=0.3)", "attrition(days=20)")
    result = personae.run(str(path), entity="customer", features=asked, groups=2, force=True)
    con = duckdb.connect()
    con.register("users", result.users)
    con.execute(f"CREATE TABLE orders AS SELECT * FROM read_csv('{path}')")
    con.execute("""CREATE TABLE per_user AS SELECT customer_id,
        coalesce(sum(amount) FILTER (WHERE date > DATE '2026-03-31' - 30), 0) AS now,
        coalesce(sum(amount) FILTER (WHERE date <= DATE '2026-03-31' - 30 AND date > DATE '2026-03-31' - 60), 0) AS before,
        0.3 * sum(amount) AS worth, max(date) <= DATE '2026-03-31' - 20 AS gone FROM orders GROUP BY 1""")
    sql = """SELECT persona, sum(now) / sum(before) - 1, avg(worth), avg(CAST(gone AS INT)) FROM per_user
        JOIN users ON id = customer_id WHERE persona <> '' GROUP BY 1"""
    return result, {p: numbers for p, *numbers in con.execute(sql).fetchall()}  # type: ignore[misc]


@pytest.mark.parametrize(("place", "ids"), [(0, ".growth.amount_last_month"), (1, "lifetime_value"), (2, "attrition")])
def test_worth_of_a_group_equals_sql_over_the_raw_log(found: Any, place: int, ids: str) -> None:
    """Requirement 18."""
    result, by_sql = found
    assert len(by_sql) == 2
    for key, numbers in by_sql.items():
        (fact,) = (
            f for f in result.facts
            if f["subject"] == key and f["statistic"] != "median" and (f["id"].endswith(ids) or f["measure"] == ids)
        )  # fmt: skip
        assert fact["value"] == pytest.approx(numbers[place], rel=1e-9, abs=1e-12)
        assert fact["query"]


def test_growth_is_told_with_its_interval_and_the_rest(found: Any) -> None:
    """Requirement 18: a reader sees what grew, how much, and against whom; nothing was left out by the checker."""
    result, _ = found
    for persona in result.personas:
        told = [c.text for c in persona.outcomes if c.text.startswith("Growth of amount in the last 30 days: ")]
        assert len(told) == 1
        assert " for the rest." in told[0]
        assert "of them" not in told[0]


def test_outcomes_form_no_groups(found: Any) -> None:
    result, _ = found
    forming = {m.name for m in result.cast.measures if m.forms}
    assert forming
    assert not forming & {"attrition", "amount_last_month", "amount_month_before", "days_since_last"}


def test_growth_of_few_is_not_told() -> None:
    """No number for fewer users than the floor."""
    now, before = np.r_[np.full(9, 2.0), np.zeros(20)], np.r_[np.full(9, 1.0), np.zeros(20)]
    assert growth(now, before, np.ones(29, bool), 10) is None
    told = growth(now, before, np.ones(29, bool), 9)
    assert told is not None
    assert (told.value, told.n) == (1.0, 29)


def test_the_interval_of_growth_holds_the_truth_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        before = rng.gamma(2.0, 10.0, 120)
        told = growth(before * rng.gamma(4.0, 1.1 / 4, 120), before, np.ones(120, bool), 10)
        assert told is not None
        hits += told.low <= 0.1 <= told.high
    assert 0.92 <= hits / 400 <= 0.98
