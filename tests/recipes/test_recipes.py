"""Every recipe says the same in numpy and in SQL, on any log, in any order of rows, and compiles for every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personae import plugins
from personae.model.recipe import Asked
from personae.sql.events import DIALECTS, events
from personae.stages.asked import makes
from small_log import NUMBERS, TEXTS, SmallLog, backend, in_numpy, in_sql, some_log

_ANY_OR_ONE: tuple[dict[str, Any], ...] = ({}, {"event": "purchase"})
ASKED: Mapping[str, tuple[dict[str, Any], ...]] = {
    "attrition": ({"days": 10}, {"days": 20, "event": "purchase"}),
    "avg_purchase_value": _ANY_OR_ONE,
    "basket": ({"order": "order"},),
    "bounce_rate": ({}, {"pause": 300}),
    "counts": ({"by": "genre"},),
    "decades": ({"of": "year"}, {"of": "year", "event": "play"}),
    "discovery": ({"of": "item"}, {"of": "item", "event": "play"}),
    "diversity": ({"of": "genre"}, {"of": "item", "event": "play"}),
    "event_count": ({"event": "purchase"}, {"event": "play", "where": "genre", "value": "rock"}),
    "event_share": ({"event": "purchase"}, {"where": "genre", "value": "rock"}),
    "features_used_per_month": ({}, {"of": "feature"}),
    "frequency": _ANY_OR_ONE,
    "growth": ({"days": 14}, {"days": 30, "event": "purchase"}),
    "hours": ({}, {"width": 5}),
    "lifetime_value": ({}, {"margin": 0.25, "event": "purchase"}),
    "login_frequency": ({}, {"event": "login"}),
    "loyalty": ({"of": "item"}, {"of": "genre", "event": "play"}),
    "mean_of": ({"of": "energy"}, {"of": "year", "event": "play"}),
    "monetary": _ANY_OR_ONE,
    "per_day": ({}, {"event": "play"}),
    "recency": _ANY_OR_ONE,
    "returns": ({}, {"event": "return"}),
    "rfm": _ANY_OR_ONE,
    "session_length": ({}, {"pause": 600}),
    "sessions": ({}, {"pause": 5}),
    "shares": ({"of": "genre"}, {"of": "item", "event": "play", "most": 2}),
    "skip_rate": ({"event": "skip", "of": "play"},),
    "time_to_first": ({"event": "purchase"},),
    "trend": ({}, {"event": "play"}),
    "within_sessions": ({"event": "purchase"}, {"event": "purchase", "pause": 600}),
}
"""The options each recipe is tried with."""
CASES = [(name, options) for name in plugins.names("recipes") for options in ASKED.get(name, ({},))]
IDS = [f"{name}({', '.join(f'{k}={v}' for k, v in options.items())})" for name, options in CASES]


@pytest.fixture(scope="module")
def duck() -> Any:
    return backend("duckdb")


def agree(one: Mapping[Any, float], other: Mapping[Any, float]) -> None:
    """The same values to the last digits; of rows of user, name and value, what is missing is 0."""
    assert {k for k, v in one.items() if v} - other.keys() == set()
    assert {k for k, v in other.items() if v} - one.keys() == set()
    for key, value in one.items():
        assert other.get(key, 0.0) == pytest.approx(value, rel=1e-12, abs=1e-12), key


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 60), first=st.sampled_from((0, 0, 7, 1)))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_a_recipe_says_the_same_in_numpy_and_in_sql(
    duck: Any, name: str, options: dict[str, Any], seed: int, rows: int, first: int
) -> None:
    """R44, R45, R56, R57: derived columns equal SQL."""
    plug, small = plugins.find("recipes", name), some_log(seed, rows)
    agree(in_numpy(plug, small, first, **options), in_sql(plug, small.events(duck, first), duck, **options))


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_a_recipe_does_not_see_the_order_of_rows(name: str, options: dict[str, Any]) -> None:
    plug, small = plugins.find("recipes", name), some_log(3, 200)
    order = np.random.default_rng(1).permutation(200)
    mixed = SmallLog({k: [v[i] for i in order] for k, v in small.columns.items()}, small.days)
    one, other = in_numpy(plug, small, **options), in_numpy(plug, mixed, **options)
    assert one
    assert one == other


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_sqlite_gives_what_duckdb_gives(duck: Any, name: str, options: dict[str, Any]) -> None:
    plug, small, lite = plugins.find("recipes", name), some_log(4, 80), backend("sqlite")
    agree(in_sql(plug, small.events(lite), lite, **options), in_sql(plug, small.events(duck), duck, **options))


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_a_recipe_compiles_for_every_dialect(name: str, options: dict[str, Any], duck: Any) -> None:
    asked = plugins.find("recipes", name).query(some_log(5, 10).events(duck), **options)
    for dialect in DIALECTS:
        assert "SELECT" in str(ibis.to_sql(asked, dialect=dialect)), dialect


@pytest.mark.parametrize("name", plugins.names("recipes"))
def test_a_recipe_says_what_it_is(name: str) -> None:
    recipe = plugins.find("recipes", name).RECIPE
    assert recipe.title and recipe.unit and recipe.formula
    assert recipe.example.partition("(")[0] == name
    assert set(recipe.needs) <= {"time", "clock", "event", "value"}


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_without_a_given_window_the_sql_takes_that_of_the_data(duck: Any, name: str, options: dict[str, Any]) -> None:
    """What `personae features NAME --sql` prints: first and last day are asked of the log itself."""
    small = some_log(6, 120)
    days = [int(t) // 86_400 for t in small.columns["t"]]
    moved = SmallLog({**small.columns, "t": [t - min(days) * 86_400 for t in small.columns["t"]]}, max(days) - min(days) + 1)
    given = moved.events(duck)
    there = [c for c in given.table.columns if c in (*TEXTS, *NUMBERS)]
    open_ = events(duck.table("log"), user="user", t="t", event="event", value="value", columns=there)
    plug = plugins.find("recipes", name)
    agree(in_sql(plug, open_, duck, **options), in_sql(plug, given, duck, **options))


@pytest.mark.parametrize(("name", "options"), CASES, ids=IDS)
def test_the_names_of_what_a_recipe_makes_are_known_without_data(name: str, options: dict[str, Any]) -> None:
    """What --group-by may name is known before anything is read, except where there is a measure for each value."""
    made = makes(Asked(name, options, name))
    found = {measure for _, measure in in_numpy(plugins.find("recipes", name), some_log(7, 200), **options)}
    assert set(made) == (set() if name in ("counts", "decades", "shares", "within_sessions") else found)
