"""A fact as a short sentence, for tables: "place order (at least once): 46 % of them, against 60 % of everyone"."""

from __future__ import annotations

from personae.model.fact import Fact
from personae.model.persona import Claim
from personae.words import numbers
from personae.words.names import capital

EVERYONE = "all"


def stated(fact: Fact, *, against: bool = True) -> Claim:
    """The fact as a claim; `against` compares it with everyone where it has that number and it is another when written."""
    people = is_part(fact) and fact.unit != "share of activity"
    if people:
        base = " of everyone" if fact.subject == EVERYONE else " of them"
    elif fact.unit == "share of activity":
        base = " of what they do"
    else:
        base = "" if fact.statistic in ("growth", "count") else " on average"
    other = ""
    own, all_ = written(fact, fact.value), "" if fact.everyone is None else written(fact, fact.everyone)
    if against and all_ not in ("", own) and fact.subject != EVERYONE:
        other = f", against {all_} {'of' if people else 'for'} everyone"
    return Claim(capital(f"{fact.label}: {own}{base}{other}."), "M", (fact.id,))


def written(fact: Fact, value: float) -> str:
    """A value of a fact in its unit; of a lower bound "over 90 %"."""
    if fact.least and value == fact.value:
        return f"over {numbers.percent(value)}"
    if is_part(fact) or fact.statistic == "growth" or fact.unit == "share":
        return numbers.percent(value)
    if fact.unit.startswith("points"):
        return f"{round(value, 1) + 0.0:.1f}"
    return numbers.amount(value, fact.unit)


def is_part(fact: Fact) -> bool:
    """Whether a fact is a share of users or of what they do."""
    return fact.statistic in ("share", "rate") or fact.unit in ("share of users", "share of activity")
