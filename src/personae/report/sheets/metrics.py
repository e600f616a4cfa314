"""Metrics that every product has, and what each persona is to reach."""

from __future__ import annotations

from collections.abc import Iterable

from personae.model.cast import Cast
from personae.model.fact import Fact
from personae.model.sheet import Cell, Heading, Sheet
from personae.model.target import Target
from personae.report.proof import facts_shown
from personae.words.metrics import BUYERS, REVENUE, UNIVERSAL, measured, universal
from personae.words.names import plural
from personae.words.numbers import amount, percent
from personae.words.stating import EVERYONE, stated
from personae.words.targets import target


def metrics(cast: Cast) -> Sheet | None:
    """Engagement, retention, NPS, tickets and revenue per user of everyone and of each persona, those that the data hold; None
    where they hold none."""
    facts = facts_shown(cast)
    rows: list[tuple[Cell, ...]] = []
    for metric, _ in UNIVERSAL:
        whole = universal(metric, _of(facts.values(), EVERYONE))
        if whole is None:
            continue
        code = whole.id.partition(".")[2]
        found = [("Everyone", whole), *((p.name, f) for p in cast.personas if (f := facts.get(f"{p.key}.{code}")) is not None)]
        told = BUYERS if metric == REVENUE and whole.n < cast.users else metric
        rows += [(told, name, stated(f), f.n) for name, f in found]
    if not rows:
        return None
    return Sheet(
        id="metrics",
        title="The usual metrics, for everyone and each persona",
        about="Only what the data hold. What is missing was not measured, or rests on too few, and is not zero. "
        "Revenue per buyer is of those who have an amount.",
        headings=(
            Heading("metric"), Heading("who"), Heading("value"), Heading(f"of how many {plural(cast.study.entity)}", "count"),
        ),
        rows=tuple(rows),
        part="use",
    )  # fmt: skip


def targets(cast: Cast) -> Sheet | None:
    """What was set as a goal, what it is now, and how that stands; None where no goal was set."""
    wanted = [target(t) for t in cast.study.target]
    if not wanted:
        return None
    facts = facts_shown(cast)
    users = plural(cast.study.entity)
    return Sheet(
        id="targets",
        title="Goals, and how they stand",
        about="Met where the value reaches the goal; on the way where it does not and the date is still ahead of the last day "
        "of these data, or there is none; missed where that day has passed; unknown where these data do not hold the metric.",
        headings=(
            Heading("persona"), Heading("metric"), Heading("now"), Heading(f"of how many {users}", "count"), Heading("goal"),
            Heading("by"), Heading("status"),
        ),
        rows=tuple(_row(cast, t, facts.values()) for t in wanted),
        part="use",
    )  # fmt: skip


def _row(cast: Cast, wanted: Target, facts: Iterable[Fact]) -> tuple[Cell, ...]:
    """One goal."""
    names = {p.name.casefold(): p for p in cast.personas} | {p.key.casefold(): p for p in cast.personas}
    persona = names.get(wanted.persona.casefold())
    key = persona.key if persona else EVERYONE if wanted.persona.casefold() in ("all", "everyone") else ""
    fact = measured(wanted.metric, _of(facts, key), part=wanted.part) if key else None
    who = persona.name if persona else "Everyone" if key else wanted.persona
    value = percent(wanted.value) if wanted.part else amount(wanted.value)
    goal = f"{'at most' if wanted.most else 'at least'} {value}"
    end = cast.window.end[:10] if cast.window else ""
    now, base = (stated(fact), fact.n) if fact is not None else (None, None)
    return who, wanted.metric, now, base, goal, wanted.date or None, status(wanted, fact.value if fact else None, end)


def status(wanted: Target, value: float | None, end: str) -> str:
    """ "met", "on the way", "missed" or "unknown"; `end` is the day behind the last of the data (ISO, "" where none is known).

    >>> status(Target("P1", "churn", 0.05, True, most=True), 0.04, "")
    'met'
    """
    if value is None:
        return "unknown"
    if (value <= wanted.value) if wanted.most else (value >= wanted.value):
        return "met"
    return "missed" if wanted.date and end and end > wanted.date else "on the way"


def _of(facts: Iterable[Fact], key: str) -> list[Fact]:
    return [f for f in facts if f.subject == key]
