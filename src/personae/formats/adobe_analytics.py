"""Reports of Adobe Analytics: a table of a workspace with a heading above it, or a request to the data warehouse."""

from __future__ import annotations

from collections.abc import Mapping

from personae.files.names import UNNAMED
from personae.model.format import ROW, Cell, Dialect, Format, Part, Signs
from personae.model.table import Column

_DIMENSION = f"{UNNAMED} 1"
"""A workspace leaves the name of its dimension out of the header and puts it on the row of totals."""
_USERS = ("Experience Cloud Visitor ID", "Marketing Cloud Visitor ID", "Visitor ID", "Visitor_ID", "Customer ID")

FORMAT = Format(
    title="an Adobe Analytics report",
    documented="CSV of a freeform table: a heading of # lines, metrics in the header, a row of totals; data warehouse requests",
    signs=(
        Signs((_DIMENSION, "Page Views"), headed=True),
        Signs((_DIMENSION, "Visits"), headed=True),
        Signs(("Page", "Page Views"), headed=True),
        Signs(("Page", "Page Views", "Visits", "Bounce Rate")),
        Signs(("Experience Cloud Visitor ID", "Page Views", "Visits")),
        Signs(("Marketing Cloud Visitor ID", "Page Views", "Visits")),
        Signs(("Visitor_ID", "Page Views", "Visits")),
    ),
    id=(*_USERS, "Page", "Page Name", _DIMENSION),
    cells=(
        Cell("pages_viewed", "number", ("Page Views",)),
        Cell("pages_per_session", "number", ("Page Views / Visit", "Page Views per Visit")),
        Cell("time_on_site_seconds", "seconds", ("Average Time Spent on Site (seconds)", "Average Time Spent on Site",
             "Time Spent per Visit (seconds)", "Time Spent per Visit", "Average Time on Site", "Total Seconds Spent")),
        Cell("bounce_rate_percent", "percent", ("Bounce Rate",)),
        Cell("exit_rate_percent", "percent", ("Exit Rate",)),
        Cell("sessions", "number", ("Visits",)),
        Cell("users", "number", ("Unique Visitors",)),
        Cell("entrances", "number", ("Entries",)),
        Cell("exits", "number", ("Exits",)),
        Cell("bounces", "number", ("Bounces",)),
        Cell("orders", "number", ("Orders",)),
        Cell("revenue", "number", ("Revenue",)),
    ),
    entity="page",
    entities={name.lower(): "visitor" for name in _USERS},
)  # fmt: skip


def shaped(columns: Mapping[str, Column], dialect: Dialect) -> tuple[Part, ...]:
    """The report without its totals: the first row of a workspace, which names the dimension, and rows that name nothing."""
    names = [columns[n.lower()].name for n in FORMAT.id if n.lower() in columns]
    word = f"coalesce(trim(CAST({dialect.quote(names[0])} AS VARCHAR)), '')"
    totals = f"{word} NOT IN ('', 'Total', 'Totals')"
    if names[0].lower() == _DIMENSION:
        totals += f" AND {dialect.quote(ROW)} > 1"
    return (Part(where=totals, left="totals"),)
