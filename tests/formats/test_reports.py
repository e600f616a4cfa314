"""Reports of Google Analytics and Adobe Analytics (requirement 43), with values that can be checked by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from personae import flow
from personae.model.features import Features
from personae.model.study import Study
from personae.model.table import Table
from reading import write

UNIVERSAL = """\
# ----------------------------------------
# All Web Site Data
# Pages
# 20260301-20260331
# ----------------------------------------

Page,Pageviews,Unique Pageviews,Avg. Time on Page,Entrances,Bounce Rate,% Exit,Page Value
/,"12,345","10,000",00:01:05,"9,000",45.23%,33.10%,$0.00
/pricing,"1,200",900,00:02:30,300,20.00%,12.50%,"$1,234.50"
/blog/a,340,300,01:00:01,200,80.00%,70.00%,$0.10
/blog/b,17,16,<00:00:01,16,0.00%,6.25%,$0.00
,"13,902","11,216",00:01:11,"9,516",44.00%,32.00%,$0.33

Day Index,Pageviews
3/1/26,"6,000"
3/2/26,"7,902"
"""
GA4 = """\
# ----------------------------------------
# Pages and screens: Page path and screen class
# Account: Example
# Property: Example - GA4
# ----------------------------------------
#
# All Users
# Start date: 20260301
# End date: 20260331
Page path and screen class,Views,Active users,Views per active user,Average engagement time per active user,Bounce rate
/,12345,6000,2.0575,65.5,0.4523
/pricing,1200,700,1.7142857,150.25,0.2
/blog/a,340,200,1.7,3601,0.8
"""
USERS = """\
Client Id,Sessions,Avg. Session Duration,Bounce Rate,Revenue,Transactions,Goal Conversion Rate
1000.200,5,00:10:00,20.00%,$100.00,2,40.00%
1001.201,1,00:00:00,100.00%,$0.00,0,0.00%
1002.202,12,00:03:20,8.33%,"$2,500.10",7,58.33%
"""
ADOBE = """\
#=================================================================
# Pages
# Report suite: Example
"# Date: Mar 1, 2026 - Mar 31, 2026"
#=================================================================

##############################################
# Freeform table
##############################################
,Page Views,Visits,Bounce Rate,Average Time Spent on Site (seconds)
Page,13902,7000,0.44,71
/,12345,6000,0.4523,65
/pricing,1200,700,0.2,150
/blog/a,340,200,0.8,3601

##############################################
# Freeform table (2)
##############################################
,Visits
Day,7000
2026-03-01,3000
"""
WAREHOUSE = """\
Visitor_ID,Page Views,Visits,Time Spent per Visit (seconds),Bounces
v1,10,2,120.5,0
v2,1,1,0,1
v3,44,9,300,2
"""


def _read(path: Path, text: str) -> tuple[Table, Features]:
    (table,), features = flow.measured(Study(sources=(str(write(path, text)),)))
    return table, features


def _values(features: Features, name: str) -> dict[str, float]:
    (measure,) = (m for m in features.measures if m.name == name)
    return dict(zip(features.ids.to_pylist(), np.round(measure.values, 6).tolist(), strict=True))


@pytest.mark.parametrize(
    ("text", "tool", "entity", "expected"),
    [
        (UNIVERSAL, "google_analytics", "page", {
            "pages_viewed": {"/": 12345, "/pricing": 1200, "/blog/a": 340, "/blog/b": 17},
            "time_on_site_seconds": {"/": 65, "/pricing": 150, "/blog/a": 3601, "/blog/b": 1},
            "bounce_rate_percent": {"/": 45.23, "/pricing": 20, "/blog/a": 80, "/blog/b": 0},
            "page_value": {"/": 0, "/pricing": 1234.5, "/blog/a": 0.1, "/blog/b": 0},
        }),
        (GA4, "google_analytics", "page", {
            "pages_viewed": {"/": 12345, "/pricing": 1200, "/blog/a": 340},
            "time_on_site_seconds": {"/": 65.5, "/pricing": 150.25, "/blog/a": 3601},
            "bounce_rate_percent": {"/": 45.23, "/pricing": 20, "/blog/a": 80},
        }),
        (USERS, "google_analytics", "user", {
            "sessions": {"1000.200": 5, "1001.201": 1, "1002.202": 12},
            "time_on_site_seconds": {"1000.200": 600, "1001.201": 0, "1002.202": 200},
            "bounce_rate_percent": {"1000.200": 20, "1001.201": 100, "1002.202": 8.33},
            "revenue": {"1000.200": 100, "1001.201": 0, "1002.202": 2500.1},
        }),
        (ADOBE, "adobe_analytics", "page", {
            "pages_viewed": {"/": 12345, "/pricing": 1200, "/blog/a": 340},
            "time_on_site_seconds": {"/": 65, "/pricing": 150, "/blog/a": 3601},
            "bounce_rate_percent": {"/": 45.23, "/pricing": 20, "/blog/a": 80},
        }),
        (WAREHOUSE, "adobe_analytics", "visitor", {
            "pages_viewed": {"v1": 10, "v2": 1, "v3": 44},
            "time_on_site_seconds": {"v1": 120.5, "v2": 0, "v3": 300},
            "bounces": {"v1": 0, "v2": 1, "v3": 2},
        }),
    ],
    ids=["universal", "ga4", "users", "workspace", "warehouse"],
)  # fmt: skip
def test_a_report_gives_pages_viewed_time_on_site_and_bounce_rate(
    tmp_path: Path, text: str, tool: str, entity: str, expected: dict[str, dict[str, float]]
) -> None:
    """Requirement 43."""
    table, features = _read(tmp_path / "report.csv", text)
    assert (table.tool, table.shape, table.entity) == (tool, "entities", entity)
    for name, values in expected.items():
        assert _values(features, name) == values
        assert next(m for m in features.measures if m.name == name).forms


def test_totals_and_a_second_table_below_are_named_and_not_read(tmp_path: Path) -> None:
    table, _ = _read(tmp_path / "report.csv", UNIVERSAL)
    said = " ".join(n.words for n in table.notes)
    assert "1 row of report.csv left out: totals" in said
    assert '3 lines below it, from "Day Index,Pageviews", are another table' in said
    assert (table.seen, table.used, table.folded, table.set_aside) == (5, 4, 1, 0)


def test_a_column_that_a_flag_names_keeps_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "report.csv", UNIVERSAL)
    (table,), _ = flow.measured(Study(sources=(str(path),), ignore=("Bounce Rate",)))
    roles = {c.name: c.role for c in table.columns}
    assert roles["Bounce Rate"] == "ignore"
    assert "bounce_rate_percent" not in roles


def test_a_header_that_begins_with_a_hash_stays_a_header(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "#,views,sales\n1,2,3\n2,5,4\n3,9,7\n")
    (table,), _ = flow.measured(Study(sources=(str(path),), tool="none"))
    assert [c.name for c in table.columns] == ["#", "views", "sales"]
    assert table.used == 3
