"""Phases: which events make which phase of a journey, as the user said or as their names and their order propose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from personae import plugins
from personae.errors import UsageError
from personae.model.journey import Step
from personae.model.study import Study
from personae.progress import warn
from personae.sql import journeys as sql
from personae.sql import per_user
from personae.words.names import plural
from personae.words.phases import PHASES, completes, phase

MOST_EVENTS = 500
"""Events that may be steps: those that most users did."""
ASIDE = ("get help", "help", "support", "leave", "churn")
"""Phases beside the way: nobody has to come there."""
LEAST = 0.5
"""Share of events that names must place, so that phases are proposed at all."""
LOOSE = ("discover", "choose", "use")
"""Phases whose steps have no order: one looks at things in any."""
EARLY = 0.25
"""Events whose names say nothing and that come in this first part of visits are taken for discovering."""


def said(entries: Sequence[str]) -> dict[str, str]:
    """The phase of each event that was named: "buy=pay", "purchase" gives both to buy. Raises UsageError P001."""
    found: dict[str, str] = {}
    current = ""
    for entry in entries:
        name, equals, event = entry.partition("=")
        current, event = (name.strip().strip("\"'"), event) if equals else (current, entry)
        if not current or not event.strip():
            fix = 'write them as --phases "buy=pay,purchase", or name a file of such lines'
            raise UsageError("P001", f'"{entry}" names no phase', where="--phases", fix=fix)
        found[event.strip()] = current
    return found


def candidates(engine: Any, log: tuple[str, str, str], study: Study) -> list[str]:
    """The events that may be steps, in the order of their names: those that most users did, and those of --phases, each by at
    least the floor. `log` is its relation, event and id as SQL. Warns of events of --phases that nobody or too few did."""
    relation, event, id = log
    users = dict(engine.rows(per_user.reach(relation, event, id, MOST_EVENTS)))
    if given := said(study.phases):
        texts = [plugins.find("engines", "duckdb").text(e) for e in given]
        found = dict(engine.rows(per_user.reach(sql.only(relation, event, texts), event, id)))
        _say_missing(given, found, [e for e, n in users.items() if n >= study.floor], study)
        users |= found
    return sorted((e for e, n in users.items() if n >= study.floor and e.strip()), key=lambda n: n.encode())


def _say_missing(given: Iterable[str], found: Mapping[str, int], known: Sequence[str], study: Study) -> None:
    """Warn of events that were named and are no steps."""
    for e in given:
        near = get_close_matches(e, known, 1, 0.5)
        if e not in found:
            meant = f': did you mean "{near[0]}"?' if near else ""
            warn(f'no {study.entity} did "{e}", which --phases names{meant}')
        elif found[e] < study.floor:
            warn(f'fewer than {study.floor} {plural(study.entity)} did "{e}", which --phases names: it is left out')


def phases(
    events: Mapping[str, tuple[int, float]], often: Mapping[str, int], entries: Sequence[str], paid: Mapping[str, float]
) -> tuple[tuple[str, ...], tuple[Step, ...]]:
    """The phases in order and each event's place, in the order of the way; nothing where names say too little.

    `events` gives users and mean place in visits, from 1, `often` rows, `paid` the share of rows with an amount.
    """
    given = said(entries)
    named = {e: given.get(e, "" if given else phase(e)) for e in events}
    if not given and not _enough(named, often):
        return (), ()
    places = sorted(p for _, p in events.values())
    early = places[int(len(places) * EARLY)] if places else 0.0
    steps = []
    for e, at in named.items():
        why = "as you said" if e in given else "its name" if at else "when it comes"
        at = at or ("" if given else "discover" if events[e][1] <= early else "use")
        if at:
            steps.append(Step(e, at, why, _goal(e, at, paid)))
    order = tuple(dict.fromkeys(given.values())) if given else tuple(p for p in PHASES if any(s.phase == p for s in steps))
    written = list(given)

    def rank(s: Step) -> tuple[object, ...]:
        where = written.index(s.event) if given else events[s.event][1]
        return order.index(s.phase), s.goal, where, s.event.encode()

    steps.sort(key=rank)
    return order, _with_goal(order, steps)


def _enough(named: Mapping[str, str], often: Mapping[str, int]) -> bool:
    """Whether names place most of what happens, in two phases or more."""
    total, known = sum(often.values()), sum(often[e] for e, at in named.items() if at)
    return len({at for at in named.values() if at}) > 1 and known >= LEAST * total


def _goal(event: str, at: str, paid: Mapping[str, float]) -> bool:
    return at == "buy" and (completes(event) or paid.get(event, 0.0) > 0.5)


def _with_goal(order: Sequence[str], steps: list[Step]) -> tuple[Step, ...]:
    """The steps, of which the last one to buy ends a purchase where no name says so."""
    if any(s.goal for s in steps) or "buy" not in order:
        return tuple(steps)
    last = max(i for i, s in enumerate(steps) if s.phase == "buy")
    return tuple(Step(s.event, s.phase, s.why, i == last) for i, s in enumerate(steps))


def on_way(phases: Sequence[str], steps: Sequence[Step]) -> dict[str, int]:
    """The place of each event on the way (-1 beside it): phases in their order, up to the end of a purchase if there is one.

    Steps of a phase to try or to buy, and of phases of the user's own, come one after another; elsewhere all share one place.
    The events that end a purchase share the last one.
    """
    last = phases.index("buy") if any(s.goal for s in steps) else len(phases) - 1
    place: dict[str, int] = {}
    at, before = -1, ""
    for s in steps:
        on = s.phase not in ASIDE and phases.index(s.phase) <= last
        if on and (s.phase != before or s.phase not in LOOSE) and not (s.goal and at >= 0 and _ended(steps, s)):
            at += 1
        before = s.phase if on else before
        place[s.event] = at if on else -1
    return place


def _ended(steps: Sequence[Step], step: Step) -> bool:
    """Whether another event that ends a purchase comes before this one."""
    return next(s for s in steps if s.goal) != step
