"""Why a user stands where they do, in sentences with their numbers."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from personae.model.fact import Fact
from personae.model.rule import BORDERLINE
from personae.words.names import readable
from personae.words.numbers import amount, percent

SHOWN = 5
"""Names in one sentence."""
_LONG = 60


def standing(name: str, second: str, membership: float, margin: float) -> str:
    """How firmly somebody stands in a persona."""
    if not second:
        return f"in {name}: membership {membership:.2f} of 1"
    near = f"under {BORDERLINE:.2f}, so near the border" if margin < BORDERLINE else f"a border begins under {BORDERLINE:.2f}"
    return f"nearest to {name}: membership {membership:.2f} of 1; {second} is second, margin {margin:.2f} ({near})"


def unlike(reason: str, nearest: str, events: float) -> str:
    """Why somebody stands in no persona."""
    done = f"; {events:,.0f} events were counted" if events else ""
    return f"in no persona: {reason}{done}" + (f"; the nearest is {nearest}" if nearest else "")


def uncounted(events: Sequence[str], known: Sequence[str]) -> str:
    """That the rule does not count some events of a record, the first by name, with the one that may have been meant."""
    more = f" and {len(events) - SHOWN} more" if len(events) > SHOWN else ""
    near = next((n for e in events[:SHOWN] for n in difflib.get_close_matches(e, known, 1, 0.7)), "")
    meant = f"; did you mean {near!r}?" if near else ""
    return f"the rule of this run does not count {', '.join(repr(e[:_LONG]) for e in events[:SHOWN])}{more}{meant}"


def unlisted(column: str, value: str, known: Sequence[str]) -> str:
    """That the rule has nothing for a text of a column."""
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return f"the rule of this run has nothing for {column} = {value[:_LONG]!r}; it reads {', '.join(known[:SHOWN])}{more}"


def did(event: str, times: float, total: float, name: str, fact: Fact) -> str:
    """What share of what somebody does an event takes, beside their persona and everyone."""
    share = percent(times / total) if total else percent(0)
    said = f"{readable(event)}: {share} of what they do ({times:,.0f} of {total:,.0f})"
    return f"{said}; {name} {percent(fact.value)}, everyone {percent(fact.everyone or 0.0)}"


def measured(value: float | str, name: str, fact: Fact) -> str:
    """A value of somebody beside their persona and everyone."""
    everyone = fact.everyone or 0.0
    if fact.statistic in ("share", "rate"):
        said = f"{fact.label}: yes" if isinstance(value, str) or value else f"{fact.label}: no"
        return f"{said}; {name} {percent(fact.value)}, everyone {percent(everyone)}"
    mine = amount(float(value), fact.unit)
    return f"{fact.label}: {mine}; {name} {amount(fact.value, fact.unit)} on average, everyone {amount(everyone, fact.unit)}"


def apart(name: str, claim: str) -> str:
    """What sets a persona apart, said of it."""
    return f"what sets {name} apart: {claim}"
