"""Numbers as a reader wants them: thousands separators, no false precision, a space before the percent sign."""

from __future__ import annotations

import math

from personae.model.fact import Fact

NBSP = "\u00a0"
IRREGULAR = {"person": "people", "child": "children"}


def count(n: float) -> str:
    """12837 as "12,837"."""
    return f"{round(n):,}"


def percent(share: float) -> str:
    """0.184 as "18 %"; below 1 % and just below 100 % one decimal is kept, so that nothing rounds to none or to all."""
    p = 100 * share
    if 0 < p < 0.1:
        return f"under{NBSP}0.1{NBSP}%"
    if 99.9 < p < 100:
        return f"over{NBSP}99.9{NBSP}%"
    return f"{p:.1f}{NBSP}%" if 0 < p < 0.95 or 99.5 <= p < 100 else f"{p:.0f}{NBSP}%"


def plain(value: float) -> str:
    """Three significant digits, thousands separated: 3.14159 as "3.14", 25431.2 as "25,431"."""
    if not math.isfinite(value):
        return "-"
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    digits = (
        1 if abs(value) >= 10 else 2 if abs(value) >= 0.995 else max(2, 1 - math.floor(math.log10(abs(value))) if value else 0)
    )
    return f"{value:,.{min(digits, 6)}f}"


def times(multiple: float) -> str:
    """5.23 as "5.2×"."""
    if not math.isfinite(multiple):
        return "-"
    return (
        f"{multiple:,.0f}×"
        if multiple >= 9.95
        else f"{multiple:.1f}×"
        if multiple >= 0.095 or multiple == 0
        else f"{multiple:.2f}×"
    )


def in_words(multiple: float) -> str:
    """5.23 as "5.2 times the average", 1 as "about the average"."""
    return "about the average" if 0.95 <= multiple <= 1.05 else f"{times(multiple)[:-1]} times the average"


def amount(value: float, statistic: str, unit: str) -> str:
    """A fact's value in its unit: shares and rates as percentages."""
    if statistic in ("share", "rate"):
        return percent(value)
    if statistic == "multiple":
        return times(value)
    text = count(value) if statistic == "count" else plain(value)
    return f"{text}{NBSP}{unit}" if unit else text


def value(fact: Fact, floor: int) -> str:
    """A fact's value; a share that stands for fewer users than the floor is given as a bound only."""
    few = fact.statistic in ("share", "rate") and 0 < fact.value * fact.n < floor - 0.5
    return f"under{NBSP}{percent(floor / fact.n)}" if few else amount(fact.value, fact.statistic, fact.unit)


def span(low: float | None, high: float | None, statistic: str) -> str:
    """An interval as "0.96 to 1.04"; empty when there is none."""
    if low is None or high is None:
        return ""
    return f"{amount(low, statistic, '')} to {amount(high, statistic, '')}"


def shares(parts: tuple[int, ...]) -> tuple[str, ...]:
    """Shares of a whole with one decimal that add up to 100.0 % (largest remainders)."""
    total = sum(parts)
    if not total:
        return tuple(f"0.0{NBSP}%" for _ in parts)
    floors = [1000 * p // total for p in parts]
    order = sorted(range(len(parts)), key=lambda i: (-(1000 * parts[i] % total), i))
    for i in order[: 1000 - sum(floors)]:
        floors[i] += 1
    return tuple(f"{f // 10}.{f % 10}{NBSP}%" for f in floors)


def plural(noun: str) -> str:
    """The plural of an entity: "customer", "company", "person"."""
    if noun in IRREGULAR:
        return IRREGULAR[noun]
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


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
