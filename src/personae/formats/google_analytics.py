"""Reports of Google Analytics: pages, landing pages, single users, with a heading above the table."""

from __future__ import annotations

from collections.abc import Mapping

from personae.model.format import Cell, Dialect, Format, Part, Signs
from personae.model.table import Column

_PAGES = ("Page", "Page path and screen class", "Page title and screen name", "Page path + query string", "Page path",
          "Page path level 1", "Page Title", "Landing Page", "Landing page + query string", "Exit Page")  # fmt: skip
_USERS = ("Client Id", "User explorer", "Effective user ID", "User ID", "User Id")

FORMAT = Format(
    title="a Google Analytics report",
    documented="CSV of a report (Universal Analytics and GA4): lines that begin with #, the table, a row of totals, days below",
    signs=(
        Signs(("Page", "Pageviews", "Bounce Rate")),
        Signs(("Page", "Pageviews", "Avg. Time on Page")),
        Signs(("Page", "Pageviews"), headed=True),
        Signs(("Page path level 1", "Pageviews")),
        Signs(("Landing Page", "Sessions", "Bounce Rate")),
        Signs(("Client Id", "Sessions", "Bounce Rate")),
        Signs(("Client Id", "Sessions", "Avg. Session Duration")),
        Signs(("Page path and screen class", "Views")),
        Signs(("Page title and screen name", "Views")),
        Signs(("Page path", "Views"), headed=True),
        Signs(("Landing page", "Sessions"), headed=True),
        Signs(("Effective user ID", "Event count"), headed=True),
    ),
    id=(*_USERS, *_PAGES),
    cells=(
        Cell("pages_viewed", "number", ("Pageviews", "Views", "Screen Views")),
        Cell("unique_pages_viewed", "number", ("Unique Pageviews",)),
        Cell("pages_per_session", "number", ("Pages / Session", "Views per session")),
        Cell("views_per_user", "number", ("Views per user", "Views per active user")),
        Cell("time_on_site_seconds", "seconds", ("Avg. Time on Page", "Avg. Session Duration", "Average session duration",
             "Average engagement time", "Average engagement time per session", "Average engagement time per active user")),
        Cell("bounce_rate_percent", "percent", ("Bounce Rate",)),
        Cell("engagement_rate_percent", "percent", ("Engagement rate",)),
        Cell("exit_rate_percent", "percent", ("% Exit",)),
        Cell("new_sessions_percent", "percent", ("% New Sessions",)),
        Cell("conversion_rate_percent", "percent", ("Goal Conversion Rate", "Ecommerce Conversion Rate")),
        Cell("sessions", "number", ("Sessions",)),
        Cell("entrances", "number", ("Entrances",)),
        Cell("users", "number", ("Users", "Active users", "Total users")),
        Cell("events", "number", ("Event count",)),
        Cell("transactions", "number", ("Transactions",)),
        Cell("page_value", "number", ("Page Value",)),
        Cell("revenue", "number", ("Revenue", "Total revenue")),
    ),
    entity="page",
    entities={name.lower(): "user" for name in _USERS},
)  # fmt: skip


def shaped(columns: Mapping[str, Column], dialect: Dialect) -> tuple[Part, ...]:
    """The report without its totals, which stand on a row that names no page."""
    names = [columns[n.lower()].name for n in FORMAT.id if n.lower() in columns]
    if not names:
        return (Part(),)
    named = f"coalesce(trim(CAST({dialect.quote(names[0])} AS VARCHAR)), '') NOT IN ('', 'Total', 'Totals', 'Grand total')"
    return (Part(where=named, left="totals"),)
