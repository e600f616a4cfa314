"""Numbers as charts and pages print them: as in sentences, but tied to their units, and never below the floor."""

from __future__ import annotations

import math

from personae.model.fact import Fact
from personae.words import numbers
from personae.words.names import plural
from personae.words.numbers import count

__all__ = [
    "NBSP",
    "amount",
    "bounded",
    "count",
    "in_words",
    "listing",
    "one",
    "percent",
    "plain",
    "plural",
    "sentence",
    "span",
    "those",
    "times",
    "value",
    "value_of",
]

NBSP = "\u00a0"
SIZE = "share of users"
"""The measure that says how large a group is."""


def percent(share: float) -> str:
    """0.184 as "18 %", with a space that does not break."""
    return f"{'-' if share < 0 else ''}{numbers.percent(abs(share)).replace(' ', NBSP)}"


def plain(value: float) -> str:
    """A number with the digits that matter; "-" when it is not finite."""
    return numbers.amount(value) if math.isfinite(value) else "-"


def times(multiple: float) -> str:
    """5.23 as "5.2×"."""
    return "0×" if multiple <= 0 else numbers.times(multiple).replace(" times", "×")


def in_words(multiple: float, statistic: str) -> str:
    """5.23 of a mean as "5.2 times the average", of a share as "5.2 times as common as among everyone"."""
    share = statistic in ("share", "rate")
    if multiple <= 0:
        return "none at all"
    if multiple < numbers.LITTLE:
        return "almost none"
    if 0.95 <= multiple <= 1.05:
        return "as common as among everyone" if share else "about the average"
    return f"{times(multiple)[:-1]} times {'as common as among everyone' if share else 'the average'}"


def amount(value: float, statistic: str, unit: str) -> str:
    """A fact's value in its unit: shares, rates and means of shares as percentages."""
    if statistic in ("share", "rate") or unit.startswith("share"):
        return percent(value)
    if statistic == "multiple":
        return times(value)
    text = count(value) if statistic == "count" else plain(value)
    unit = one(unit) if text == "1" else unit
    return f"{text}{NBSP}{unit}" if unit else text


def one(unit: str) -> str:
    """A unit of a single thing: "events a week" as "event a week"."""
    first, space, rest = unit.partition(" ")
    if len(first) > 3 and first.endswith("ies"):
        first = f"{first[:-3]}y"
    elif first.islower() and len(first) > 2 and first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    return first + space + rest


def value(fact: Fact, floor: int) -> str:
    """A fact's value; a share that stands for fewer users than the floor, or for all but fewer, is given as a bound only."""
    if bounded(fact, floor):
        if fact.least:
            return f"over{NBSP}{percent(fact.value)}"
        few = fact.value * fact.n < floor
        return f"under{NBSP}{percent(floor / fact.n)}" if few else f"over{NBSP}{percent(1 - floor / fact.n)}"
    return amount(fact.value, fact.statistic, fact.unit)


def bounded(fact: Fact, floor: int) -> bool:
    """Whether a share stands for fewer users than the floor, or for all but fewer, so that only a bound may be told. The size
    of a group as a share of everyone is no such share: its base is everyone, and its part the group."""
    if fact.least:
        return True
    if fact.statistic not in ("share", "rate") or fact.measure == SIZE:
        return False
    inside = fact.value * fact.n
    return 0.5 <= inside < floor - 0.5 or 0.5 <= fact.n - inside < floor - 0.5


def value_of(value: float | None, statistic: str) -> str:
    """A value by its statistic alone; "-" where it may not be shown."""
    return "-" if value is None else amount(value, statistic, "")


def span(low: float | None, high: float | None, statistic: str, unit: str = "") -> str:
    """An interval as "0.96 to 1.04"; empty when there is none."""
    if low is None or high is None:
        return ""
    kept = unit if unit.startswith("share") else ""
    return f"{amount(low, statistic, kept)} to {amount(high, statistic, kept)}"


def sentence(text: str) -> str:
    """A text with a capital at its start and a stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", "…")) or not text else ".")


def those(n: int, one: str, more: str) -> str:
    """`one` for a single thing, `more` for any other number of them."""
    return one if n == 1 else more


def listing(words: tuple[str, ...], last: str = "and") -> str:
    """("a", "b", "c") as "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""
