"""Every recipe against values worked out by hand on one small log.

The window is 1 January to 1 March 2026, 60 days; 1 January is a Thursday. Ann has two sessions on 1 January, one on 24
February; Bob one on 10 January (Saturday) and one on 1 March (Sunday); Cyd a single play on 5 January.

| user | time | event | amount | order | genre | song | year | energy |
|---|---|---|--:|---|---|---|--:|--:|
| ann | 1 Jan 09:00 | login | | | | | | |
| ann | 1 Jan 09:10 | play | | | rock | s1 | 1975 | 0.5 |
| ann | 1 Jan 09:20 | play | | | rock | s1 | 1975 | 0.5 |
| ann | 1 Jan 21:00 | play | | | jazz | s2 | 1983 | 0.2 |
| ann | 1 Jan 21:05 | skip | | | | | | |
| ann | 24 Feb 08:00 | login | | | | | | |
| ann | 24 Feb 08:10 | purchase | 10 | o1 | | | | |
| ann | 24 Feb 08:10 | purchase | 20 | o1 | | | | |
| ann | 24 Feb 08:20 | play | | | rock | s1 | 1975 | 0.5 |
| ann | 24 Feb 08:25 | return | -5 | | | | | |
| bob | 10 Jan 12:00 | purchase | 40 | o2 | | | | |
| bob | 10 Jan 12:05 | play | | | rock | s3 | 2019 | 0.8 |
| bob | 1 Mar 23:00 | purchase | 60 | o3 | | | | |
| bob | 1 Mar 23:20 | login | | | | | | |
| cyd | 5 Jan 10:00 | play | | | folk | s4 | 1979 | 0.1 |
"""

from __future__ import annotations

from datetime import datetime
from math import log2
from typing import Any

import pytest

from personae import plugins
from small_log import SmallLog, backend, in_numpy, in_sql

ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")] for line in (__doc__ or "").splitlines() if line[:5] in
    ("| ann", "| bob", "| cyd")
]  # fmt: skip
FIRST = datetime(2026, 1, 1)
"""Day 20454 of the epoch. These logs count days from 0, so times are moved there by whole weeks: 20454 = 7 * 2922."""


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _second(text: str) -> int:
    gone = datetime.strptime(f"{text} 2026", "%d %b %H:%M %Y") - FIRST
    return gone.days * 86_400 + gone.seconds


SMALL = SmallLog(
    {
        "user": [r[0] for r in ROWS],
        "t": [_second(r[1]) for r in ROWS],
        "event": [r[2] for r in ROWS],
        "value": [_number(r[3]) for r in ROWS],
        "order": [r[4] for r in ROWS],
        "genre": [r[5] for r in ROWS],
        "item": [r[6] for r in ROWS],
        "feature": [r[2] for r in ROWS],
        "year": [_number(r[7]) for r in ROWS],
        "energy": [_number(r[8]) for r in ROWS],
    },
    60,
)
BY_HAND: tuple[tuple[str, dict[str, Any], dict[str, dict[str, float]]], ...] = (
    ("activity", {}, {"events": {"ann": 10, "bob": 4, "cyd": 1}, "active_days": {"ann": 2, "bob": 2, "cyd": 1},
                      "events_per_active_day": {"ann": 5, "bob": 2, "cyd": 1}}),
    ("spans", {}, {"days_since_last": {"ann": 5, "bob": 0, "cyd": 55}, "days_since_first": {"ann": 59, "bob": 50, "cyd": 55},
                   "days_first_to_last": {"ann": 54, "bob": 50, "cyd": 0}}),
    ("rhythm", {}, {"night_share": {"ann": 0, "bob": 0, "cyd": 0}, "morning_share": {"ann": 0.8, "bob": 0, "cyd": 1},
                    "afternoon_share": {"ann": 0, "bob": 0.5, "cyd": 0}, "evening_share": {"ann": 0.2, "bob": 0.5, "cyd": 0}}),
    ("weekend", {}, {"weekend_share": {"ann": 0, "bob": 1, "cyd": 0}}),
    ("later_half", {}, {"later_half_share": {"ann": 0.5, "bob": 0.5, "cyd": 0}}),
    ("sessions", {}, {"sessions": {"ann": 3, "bob": 2, "cyd": 1}, "events_per_session": {"ann": 10 / 3, "bob": 2, "cyd": 1}}),
    ("sessions", {"pause": 8}, {"sessions_8min": {"ann": 7, "bob": 3, "cyd": 1},
                                "events_per_session_8min": {"ann": 10 / 7, "bob": 4 / 3, "cyd": 1}}),
    ("variety", {}, {"event_types": {"ann": 5, "bob": 3, "cyd": 1}, "top_event_share": {"ann": 0.4, "bob": 0.5, "cyd": 1},
                     "variety": {"ann": -(0.4 * log2(0.4) + 2 * 0.2 * log2(0.2) + 2 * 0.1 * log2(0.1)), "bob": 1.5, "cyd": 0}}),
    ("event_count", {"event": "play"}, {"event_count_play": {"ann": 4, "bob": 1, "cyd": 1}}),
    ("event_count", {"event": "play", "where": "genre", "value": "rock"},
     {"event_count_play_genre_rock": {"ann": 3, "bob": 1, "cyd": 0}}),
    ("event_share", {"event": "purchase"}, {"event_share_purchase": {"ann": 0.2, "bob": 0.5, "cyd": 0}}),
    ("counts", {"by": "genre"}, {"play: rock": {"ann": 3, "bob": 1, "cyd": 0}, "play: jazz": {"ann": 1, "bob": 0, "cyd": 0},
                                 "play: folk": {"ann": 0, "bob": 0, "cyd": 1}, "login": {"ann": 2, "bob": 1, "cyd": 0},
                                 "purchase": {"ann": 2, "bob": 2, "cyd": 0}, "skip": {"ann": 1, "bob": 0, "cyd": 0},
                                 "return": {"ann": 1, "bob": 0, "cyd": 0}}),
    ("session_length", {}, {"session_length": {"ann": (20 + 5 + 25) / 3, "bob": (5 + 20) / 2, "cyd": 0}}),
    ("bounce_rate", {}, {"bounce_rate": {"ann": 0, "bob": 0, "cyd": 1}}),
    ("bounce_rate", {"pause": 8}, {"bounce_rate_8min": {"ann": 4 / 7, "bob": 2 / 3, "cyd": 1}}),
    ("recency", {}, {"recency": {"ann": 5, "bob": 0, "cyd": 55}}),
    ("recency", {"event": "play"}, {"recency_play": {"ann": 5, "bob": 50, "cyd": 55}}),
    ("frequency", {"event": "purchase"}, {"frequency_purchase": {"ann": 2, "bob": 2, "cyd": 0}}),
    ("monetary", {}, {"monetary": {"ann": 25, "bob": 100}}),
    ("monetary", {"event": "purchase"}, {"monetary_purchase": {"ann": 30, "bob": 100}}),
    ("avg_purchase_value", {"event": "purchase"}, {"avg_purchase_value": {"ann": 15, "bob": 50}}),
    ("basket", {"order": "order"}, {"basket_items": {"ann": 2, "bob": 1}, "basket_value": {"ann": 30, "bob": 50}}),
    ("returns", {}, {"return_share": {"ann": 1 / 3, "bob": 0}, "returned_amount": {"ann": 5, "bob": 0}}),
    ("returns", {"event": "return"}, {"return_share": {"ann": 1 / 3, "bob": 0}, "returned_amount": {"ann": 5, "bob": 0}}),
    ("tenure", {}, {"tenure": {"ann": 59, "bob": 50, "cyd": 55}}),
    # Weeks back from 1 March: 0 (23 Feb to 1 Mar) holds 5 of ann's events and 2 of bob's, 7 (5 to 11 Jan) 2 of bob's and 1 of
    # cyd's; ann's five of 1 January lie before the eight whole weeks. Over weeks 0 to 7 the squares about 3.5 sum to 42.
    ("trend", {}, {"trend": {"ann": 5 * 3.5 / 42, "bob": (2 * 3.5 - 2 * 3.5) / 42, "cyd": -3.5 / 42}}),
    ("weekdays", {}, {"monday_share": {"ann": 0, "bob": 0, "cyd": 1}, "tuesday_share": {"ann": 0.5, "bob": 0, "cyd": 0},
                      "wednesday_share": {"ann": 0, "bob": 0, "cyd": 0}, "thursday_share": {"ann": 0.5, "bob": 0, "cyd": 0},
                      "friday_share": {"ann": 0, "bob": 0, "cyd": 0}, "saturday_share": {"ann": 0, "bob": 0.5, "cyd": 0},
                      "sunday_share": {"ann": 0, "bob": 0.5, "cyd": 0}}),
    ("hours", {"width": 12}, {"hours_00_12_share": {"ann": 0.8, "bob": 0, "cyd": 1},
                              "hours_12_24_share": {"ann": 0.2, "bob": 1, "cyd": 0}}),
    # Months back from 1 March: 31 January to 1 March, 1 to 30 January. Ann: login, purchase, play, return; login, play, skip.
    ("features_used_per_month", {}, {"features_used_per_month": {"ann": (4 + 3) / 2, "bob": 2, "cyd": 1}}),
    ("features_used_per_month", {"of": "genre"}, {"features_used_per_month": {"ann": (1 + 2) / 2, "bob": 0.5, "cyd": 1}}),
    ("login_frequency", {"event": "login"}, {"login_frequency": {"ann": 1, "bob": 0.5, "cyd": 0}}),
    ("time_to_first", {"event": "purchase"}, {"time_to_first_purchase": {"ann": 54 - 50 / 1440, "bob": 0}}),
    ("diversity", {"of": "genre"},
     {"diversity_of_genre": {"ann": -(0.75 * log2(0.75) + 0.25 * log2(0.25)), "bob": 0, "cyd": 0}}),
    ("loyalty", {"of": "genre"}, {"loyalty_to_genre": {"ann": 0.75**2 + 0.25**2, "bob": 1, "cyd": 1}}),
    ("shares", {"of": "genre"}, {"share_of_genre_rock": {"ann": 0.75, "bob": 1, "cyd": 0},
                                 "share_of_genre_jazz": {"ann": 0.25, "bob": 0, "cyd": 0},
                                 "share_of_genre_folk": {"ann": 0, "bob": 0, "cyd": 1}}),
    ("shares", {"of": "genre", "most": 1}, {"share_of_genre_rock": {"ann": 0.75, "bob": 1, "cyd": 0},
                                            "share_of_genre_other": {"ann": 0.25, "bob": 0, "cyd": 1}}),
    ("decades", {"of": "year"}, {"share_of_year_1970s": {"ann": 0.75, "bob": 0, "cyd": 1},
                                 "share_of_year_1980s": {"ann": 0.25, "bob": 0, "cyd": 0},
                                 "share_of_year_2010s": {"ann": 0, "bob": 1, "cyd": 0}}),
    ("discovery", {"of": "item", "event": "play"}, {"discovery_of_item_play": {"ann": 0.5, "bob": 1, "cyd": 1}}),
    ("skip_rate", {"event": "skip", "of": "play"}, {"skip_rate": {"ann": 0.25, "bob": 0, "cyd": 0}}),
    ("per_day", {"event": "play"}, {"play_per_day": {"ann": 4 / 60, "bob": 1 / 60, "cyd": 1 / 60}}),
    ("mean_of", {"of": "energy"}, {"mean_energy": {"ann": 1.7 / 4, "bob": 0.8, "cyd": 0.1}}),
    # Of three users the scores are 1 + floor(5 * worse / 3): 1, 2 and 4. Ann and cyd spent 25 and nothing.
    ("rfm", {}, {"recency_score": {"ann": 2, "bob": 4, "cyd": 1}, "frequency_score": {"ann": 4, "bob": 2, "cyd": 1},
                 "monetary_score": {"ann": 2, "bob": 4, "cyd": 1}}),
    ("growth", {}, {"amount_last_month": {"ann": 25, "bob": 60, "cyd": 0},
                    "amount_month_before": {"ann": 0, "bob": 40, "cyd": 0}}),
    ("lifetime_value", {"margin": 0.3}, {"lifetime_value": {"ann": 7.5, "bob": 30}}),
    ("attrition", {"days": 30}, {"attrition": {"ann": 0, "bob": 0, "cyd": 1}}),
    ("within_sessions", {"event": "purchase"},
     {"in_purchase_sessions_login": {"ann": 1, "bob": 0.5}, "in_purchase_sessions_purchase": {"ann": 2, "bob": 1},
      "in_purchase_sessions_play": {"ann": 1, "bob": 0.5}, "in_purchase_sessions_return": {"ann": 1, "bob": 0}}),
)  # fmt: skip
IDS = [f"{name}({', '.join(f'{k}={v}' for k, v in options.items())})" for name, options, _ in BY_HAND]


def flat(expected: dict[str, dict[str, float]]) -> dict[tuple[str, str], float]:
    return {(user, name): value for name, users in expected.items() for user, value in users.items()}


@pytest.mark.parametrize(("name", "options", "expected"), BY_HAND, ids=IDS)
def test_a_recipe_equals_a_calculation_by_hand(name: str, options: Any, expected: dict[str, dict[str, float]]) -> None:
    """R18, R33, R44, R45, R49, R56, R57."""
    assert in_numpy(plugins.find("recipes", name), SMALL, **options) == pytest.approx(flat(expected), rel=1e-12, abs=1e-12)


@pytest.fixture(scope="module")
def duck() -> Any:
    return backend("duckdb")


@pytest.mark.parametrize(("name", "options", "expected"), BY_HAND, ids=IDS)
def test_the_sql_of_a_recipe_equals_it_too(duck: Any, name: str, options: Any, expected: dict[str, dict[str, float]]) -> None:
    found = in_sql(plugins.find("recipes", name), SMALL.events(duck), duck, **options)
    assert {k: v for k, v in found.items() if v} == pytest.approx(
        {k: v for k, v in flat(expected).items() if v}, rel=1e-12, abs=1e-12
    )


def test_every_recipe_has_its_values_worked_out_by_hand() -> None:
    assert {name for name, *_ in BY_HAND} == set(plugins.names("recipes"))
