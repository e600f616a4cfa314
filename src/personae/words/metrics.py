"""The metrics that every product has, and the facts that hold them where the data do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from personae.model.fact import Fact
from personae.words.names import readable

REVENUE, BUYERS = "revenue per user", "revenue per buyer"
"""The metric of amounts, and what it is called where some users have none."""
UNIVERSAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("engagement", ("active days", "sessions", "visits", "logins", "login frequency", "events")),
    ("retention", ("renewed", "retained", "retention", "active in the last", "churned", "churn", "attrition", "exited")),
    ("NPS", ("nps",)),
    ("tickets", ("tickets", "ticket", "support", "complaints", "complaint", "help")),
    (REVENUE, ("revenue", "total amount", "spend", "spent", "amount", "monetary", "sales", "turnover")),
)  # fmt: skip
"""Metric, and the words by which it is known, best first."""


def universal(metric: str, facts: Iterable[Fact]) -> Fact | None:
    """The fact that holds a universal metric among those of one subject; None where there is none. A rate or a share of users
    is taken before a mean, and a share of what they do or a median never."""
    words = dict(UNIVERSAL)[metric]
    usable = [f for f in facts if _usable(f, metric)]
    for word in words:
        found = [f for f in usable if re.search(rf"\b{word}\b", named(f))]
        if found:
            return min(found, key=lambda f: (f.statistic != "rate", f.statistic != "share", len(f.label)))
    return None


def _usable(fact: Fact, metric: str) -> bool:
    """Whether a fact is a level of something per user, and of the right kind for the metric."""
    if fact.statistic not in ("rate", "share", "mean") or fact.unit in ("share of activity", "share", "Jaccard", "bits"):
        return False
    if metric == "NPS":
        return fact.unit == "points"
    if metric in ("engagement", REVENUE):
        return fact.statistic == "mean" and not re.search(r"\b(per|since|largest|average|mean)\b", named(fact))
    return not fact.label.startswith("mentions ")


def named(fact: Fact) -> str:
    """What a fact is called, in lower case and without a level that says yes."""
    text = f"{readable(fact.label)} {readable(fact.measure)}".lower()
    return re.sub(r"\s*[=:]\s*(yes|true|1)\b", "", text.replace("_", " "))


def measured(metric: str, facts: Iterable[Fact], *, part: bool) -> Fact | None:
    """The fact that a target speaks of, among those of one subject: a universal metric by its name, else the fact whose name
    is the metric's, else the shortest name that holds all its words. With `part` only shares are taken."""
    own = [
        f for f in facts if f.statistic in ("rate", "share", "mean", "growth") and (f.statistic, f.unit) != ("share", "share")
    ]
    fitting = [f for f in own if (f.statistic in ("rate", "share") or f.unit == "share") == part]
    wanted = metric.lower().replace("_", " ").strip()
    wanted = REVENUE if wanted == BUYERS else wanted
    for name, _ in UNIVERSAL:
        if name.lower() == wanted and (found := universal(name, fitting)) is not None:
            return found
    whole = [f for f in fitting if wanted in (readable(f.label).lower(), readable(f.measure).lower(), named(f))]
    words = set(re.findall(r"\w+", wanted))
    held = [f for f in fitting if words and words <= set(re.findall(r"\w+", named(f)))]
    return min(whole or held, key=lambda f: (f.unit == "share of activity", len(f.label), f.id), default=None)
