"""Cells that are written for people, as numbers: durations, shares, amounts of money; and times with their zone."""

from __future__ import annotations


def number(expression: str) -> str:
    """SQL of the text without anything but digits, marks and a minus: "$1,234.50" is "1,234.50"."""
    return f"nullif(regexp_replace(CAST({expression} AS VARCHAR), '[^0-9.,-]', '', 'g'), '')"


def percent(expression: str, *, share: bool) -> str:
    """SQL of per cents as text: "45.2%" is "45.2"; with `share`, numbers without a sign are shares of one: 0.452 is 45.2."""
    plain = number(expression)
    if not share:
        return plain
    return f"CAST(round(TRY_CAST({plain} AS DECIMAL(18,9)) * 100, 6) AS VARCHAR)"


def seconds(expression: str) -> str:
    """SQL of a duration in seconds as text: "1:02:03" and "1h 2m 3s" are 3723, "62.5" stays; other texts give NULL."""
    text = f"trim(CAST({expression} AS VARCHAR), ' <')"
    parts = f"list_reverse(string_split({text}, ':'))"
    clock = " + ".join(f"{per} * coalesce(TRY_CAST({parts}[{i}] AS DOUBLE), 0)" for i, per in ((1, 1), (2, 60), (3, 3600)))
    spelled = " + ".join(
        f"{per} * coalesce(TRY_CAST(regexp_extract({text}, '([0-9.]+) ?{unit}', 1) AS DOUBLE), 0)"
        for unit, per in (("s", 1), ("m", 60), ("h", 3600))
    )
    units = "([0-9]+ ?h)? ?([0-9]+ ?m(in)?)? ?([0-9.]+ ?s(ec)?)?"
    found = (
        f"CASE WHEN regexp_full_match({text}, '[0-9]+(:[0-9]+){{1,2}}([.][0-9]+)?') THEN {clock} "
        f"WHEN regexp_full_match({text}, '{units}') AND length({text}) > 0 THEN {spelled} "
        f"ELSE TRY_CAST({text} AS DOUBLE) END"
    )
    return f"regexp_replace(CAST({found} AS VARCHAR), '[.]0$', '')"


def utc(expression: str) -> str:
    """SQL of a time that names no zone as text that names UTC."""
    return f"CAST(TRY_CAST(trim(CAST({expression} AS VARCHAR)) AS TIMESTAMP) AS VARCHAR) || 'Z'"
