"""Some users against the rest, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from personae.model.portrait import Difference, Portrait
from personae.words import numbers
from personae.words.names import plural

PARTS = {"who": "Who they are", "says": "What they say", "does": "What they do", "outcome": "How it ended"}
"""Titles of the parts of a portrait, in the order in which they are told."""


def percent_of(rows: Sequence[Difference]) -> str:
    """What the percentages of a table are of, for the head of its first column; "" where each row says so itself."""
    return "%: of all that each does" if any(d.unit == "share of activity" for d in rows) else ""


def number(value: float, statistic: str, unit: str) -> str:
    """A value in its unit."""
    if statistic in ("share", "rate") or unit.startswith("share"):
        return numbers.percent(value) if value >= 0 else f"-{numbers.percent(-value)}"
    return numbers.amount(value, "" if unit.startswith("points") else unit)


def span(low: float | None, high: float | None, statistic: str, unit: str) -> str:
    """An interval; "" where there is none."""
    if low is None or high is None:
        return ""
    kept = unit if unit.startswith("share") else ""
    return f"{number(low, statistic, kept)} to {number(high, statistic, kept)}"


def lift(d: Difference) -> str:
    """ "1.5 times (1.3 to 1.8)"; "" where a multiple makes no sense."""
    if d.lift is None or d.lift_low is None or d.lift_high is None:
        return ""
    low, high = (numbers.times(x).removesuffix(" times") for x in (d.lift_low, d.lift_high))
    return f"{numbers.times(d.lift)} ({low} to {high})"


def difference(d: Difference, many: str) -> str:
    """One difference as a sentence."""
    own, other = number(d.value, d.statistic, d.unit), number(d.rest, d.statistic, d.unit)
    if d.statistic in ("share", "rate"):
        times = "" if d.lift is None else f": {lift(d)} as common"
        return f"{d.label}: {own} of them, {other} of the other {many}{times}."
    times = "" if d.lift is None else f": {lift(d)} as much"
    what = "on average" if d.unit != "share of activity" else "of what they do"
    return f"{d.label}: {own} {what}, {other} among the other {many}{times}."


def told(made: Portrait) -> Portrait:
    """The portrait with its sentences."""
    many = plural(made.entity)
    some = made.entity if made.users == 1 else many
    whole = "of those of whom it is known" if made.unknown != 0 else "of all"
    head = f"{numbers.count(made.users)} {some}, {numbers.percent(made.share)} {whole}: {made.who}."
    rows = tuple(replace(d, words=difference(d, many)) for d in made.differences)
    lines = [head]
    if made.unknown != 0:
        some = "a few" if made.unknown is None else numbers.count(made.unknown)
        lines.append(f"Of {some} it is not known; they count neither here nor among the rest.")
    if not any(d.sure for d in rows):
        lines.append(f"Nothing that was measured tells them surely apart from the other {many}.")
    for part in PARTS:
        lines += [d.words for d in rows if d.part == part and d.sure][:3]
    if made.alike:
        names = ", ".join(made.alike[:8]) + (f" and {len(made.alike) - 8} more" if len(made.alike) > 8 else "")
        lines.append(f"No sure difference in: {names}.")
    return replace(made, differences=rows, words=tuple(lines))
