"""Pains: what gets in the way of each persona, each found by a detector in what users did or wrote, never by a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from personae.facts.compared import Crew, compared, crew, summed
from personae.facts.tally import Item
from personae.model.dossier import Known
from personae.model.fact import Fact
from personae.model.features import Counts
from personae.model.journey import Cell, Journeys
from personae.model.pain import Pain
from personae.model.study import Role
from personae.words.phases import COMPLAINTS, completes, phase, trouble

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

MARGIN = 0.1
"""How much more often something must hit a persona than everyone to be told."""
TIMES = 1.25
"""How many times as often."""
ALPHA = 0.05
LEAST = 0.05
"""The share of a persona's users that must be hit beyond everyone's."""
INFERRED = 0.5
"""What is only inferred from what people do not do weighs half of what was seen to happen."""


@dataclass(frozen=True)
class Seen:
    """What the detectors look at: facts by id, the keys of the personas, and their journeys, if there are any."""

    facts: Mapping[str, Fact]
    keys: tuple[str, ...]
    journeys: Journeys | None
    words: Mapping[str, str]
    """The most frequent event of each kind of trouble."""

    def of(self, key: str, code: str) -> Fact | None:
        """The fact of a persona with that code."""
        return self.facts.get(f"{key}.{code}")


Detector = Callable[[Seen, str], list[Pain]]


def pains(known: Known, journeys: Journeys | None, facts: tuple[Fact, ...]) -> tuple[tuple[Pain, ...], tuple[Fact, ...]]:
    """The pains of each persona in the order of personas, heaviest first, and the facts that they rest on beside those known.

    `facts` are those of the journeys. Things that people take have no pains.
    """
    made, words = _habits(known)
    seen = Seen({f.id: f for f in (*known.facts, *facts, *made)}, tuple(p.key for p in known.shown), journeys, words)
    found = []
    for key in seen.keys:
        own = [p for detect in DETECTORS for p in detect(seen, key) if p.weight >= LEAST]
        found += sorted(own, key=lambda p: (-p.weight, p.kind, p.at))
    return tuple(found), made


# ---------------------------------------------------------------- what users did at all


def _habits(known: Known) -> tuple[tuple[Fact, ...], dict[str, str]]:
    """For each kind of trouble that events tell of, who ever had it, and how large a part of what they do it is."""
    counts = known.features.counts
    if counts is None or counts.people or not known.shown:
        return (), {}
    groups = _kinds(counts)
    if not groups:
        return (), {}
    who = crew(known.placement, known.profiles, known.study.floor)
    often = np.asarray(counts.matrix.sum(axis=0)).ravel()
    words = {kind: counts.events[max(at, key=lambda j: (often[j], -j))] for kind, at in groups.items()}
    return _told(counts, groups, who, known.study.floor), words


def _kinds(counts: Counts) -> dict[str, list[int]]:
    """The events of each kind: those of trouble, those of looking, and those of finishing what was begun."""
    groups: dict[str, list[int]] = {}
    for j, event in enumerate(counts.events):
        for kind in trouble(event):
            groups.setdefault(kind, []).append(j)
        at = phase(event)
        if at in ("discover", "choose"):
            groups.setdefault("look", []).append(j)
        if completes(event):
            groups.setdefault("done", []).append(j)
    return {k: v for k, v in groups.items() if k != "look" or len(v) < len(counts.events)}


def _told(counts: Counts, groups: Mapping[str, list[int]], who: Crew, floor: int) -> tuple[Fact, ...]:
    """The facts of each kind: who ever did it, and its part of all that users do."""
    activity = np.asarray(counts.matrix.sum(axis=1)).ravel()
    items, columns = [], []
    for kind, at in groups.items():
        often = np.asarray(counts.matrix[:, at].sum(axis=1)).ravel()
        with np.errstate(divide="ignore", invalid="ignore"):
            columns += [(often > 0).astype(float), np.where(activity > 0, often / activity, np.nan)]
        items += [_item(counts, kind, at, ever=True), _item(counts, kind, at, ever=False)]
    if "price" in groups and "done" in groups:
        look, done = (np.asarray(counts.matrix[:, groups[k]].sum(axis=1)).ravel() > 0 for k in ("price", "done"))
        columns.append((look & ~done).astype(float))
        items.append(_unsold(counts))
    return compared(summed(tuple(items), who.of, np.column_stack(columns), who.rows), who, floor)


LABELS = {
    "error": "errors and failures", "help": "asking for help", "limits": "meeting limits",
    "social": "sharing and inviting", "price": "looking at prices and offers", "returns": "returns and refunds",
    "retry": "trying again", "look": "looking and choosing", "done": "finished purchases",
}  # fmt: skip
"""What each kind of event is called in a fact."""


def _item(counts: Counts, kind: str, at: list[int], *, ever: bool) -> Item:
    named = ", ".join(f'"{counts.events[j]}"' for j in at[:6]) + (f" and {len(at) - 6} more" if len(at) > 6 else "")
    if ever:
        query, label = f"share of {{users}} with at least one of {named}", f"{LABELS[kind]} (at least once)"
        blank = Item(f"ever.{kind}", "", kind, label, "share", "share of users", Role.BEHAVIOUR, True, counts.source, query)
    else:
        query = f"avg(count of {named} / count of all events) over {{users}}"
        what = LABELS[kind]
        blank = Item(f"part.{kind}", "", kind, what, "mean", "share of activity", Role.BEHAVIOUR, True, counts.source, query)
    return replace(blank, measure=f"{kind} events", proportion=ever, doing=ever)


def _unsold(counts: Counts) -> Item:
    return Item(
        "ever.unsold", "prices without purchase", "price", "looking at prices and offers without ever buying", "share",
        "share of users", Role.BEHAVIOUR, True, counts.source,
        "share of {users} who looked at prices or offers and finished no purchase", proportion=True,
    )  # fmt: skip


# ---------------------------------------------------------------- detectors


def clear(fact: Fact | None, margin: float = MARGIN) -> bool:
    """Whether a share lies clearly above everyone's: the whole interval, by a margin, and tested where it can be."""
    if fact is None or fact.everyone is None or fact.low is None:
        return False
    sure = fact.p < ALPHA if fact.p is not None else fact.low > fact.everyone
    return sure and fact.low > fact.everyone and fact.value - fact.everyone >= margin and fact.value >= TIMES * fact.everyone


def _ever(seen: Seen, key: str, kind: str, margin: float = MARGIN) -> list[Pain]:
    """A pain where a persona has had something clearly more than everyone, told by how many have it or by how often."""
    ever, part = seen.of(key, f"ever.{kind}"), seen.of(key, f"part.{kind}")
    often = part is not None and part.low is not None and part.everyone is not None and part.low > part.everyone
    if (
        ever is None
        or part is None
        or part.everyone is None
        or not (clear(ever, margin) or (often and part.value >= 2 * part.everyone))
    ):
        return []
    hit = ever.value - (ever.everyone or 0.0)
    first = (ever, part) if hit >= margin else (part, ever)
    return [Pain(key, kind, seen.words[kind], round(max(hit, part.value - part.everyone), 6), tuple(f.id for f in first))]


def error(seen: Seen, key: str) -> list[Pain]:
    """Events that failed, more than for everyone."""
    return _ever(seen, key, "error", 0.05)


def help_(seen: Seen, key: str) -> list[Pain]:
    """Support, tickets and help pages, more than everyone."""
    return _ever(seen, key, "help")


def limits(seen: Seen, key: str) -> list[Pain]:
    """Events about limits, quotas and walls, more than everyone."""
    return _ever(seen, key, "limits")


def returns(seen: Seen, key: str) -> list[Pain]:
    """Returns and refunds, more than everyone."""
    return _ever(seen, key, "returns", 0.05)


def social(seen: Seen, key: str) -> list[Pain]:
    """Sharing, inviting and following far less than everyone, where others do: inferred, for nobody must share."""
    ever, part = seen.of(key, "ever.social"), seen.of(key, "part.social")
    if ever is None or ever.everyone is None or ever.high is None or ever.everyone < 0.2:
        return []
    if ever.high >= ever.everyone or ever.value > 0.6 * ever.everyone:
        return []
    weight = INFERRED * (ever.everyone - ever.value)
    return [Pain(key, "social", seen.words["social"], round(weight, 6), (ever.id, *([part.id] if part else [])))]


def price(seen: Seen, key: str) -> list[Pain]:
    """Looking at prices without ever buying, more than everyone."""
    fact = seen.of(key, "ever.unsold")
    if fact is None or not clear(fact):
        return []
    return [Pain(key, "price", seen.words["price"], round(fact.value - (fact.everyone or 0.0), 6), (fact.id,))]


def overwhelmed(seen: Seen, key: str) -> list[Pain]:
    """Much looking and little doing: looking is a larger part of what they do, and finished purchases are a smaller one."""
    look, done = seen.of(key, "part.look"), seen.of(key, "part.done")
    if look is None or look.everyone is None or look.low is None or look.low <= look.everyone:
        return []
    gap = look.value - look.everyone
    few = done is not None and done.everyone is not None and done.high is not None and done.high < done.everyone
    if gap < MARGIN or not few or done is None or done.value > 0.8 * (done.everyone or 0.0):
        return []
    return [Pain(key, "overwhelmed", "looking and choosing", round(INFERRED * gap, 6), (look.id, done.id))]


def drop(seen: Seen, key: str) -> list[Pain]:
    """Visits that stop at a step on the way, more than everyone's."""
    return [p for c in _steps(seen, key) for p in _at(seen, key, "drop", c, c.lost)]


def retry(seen: Seen, key: str) -> list[Pain]:
    """Steps that are done again in the same visit, more than everyone does; and events that say so by their name."""
    return [p for c in _steps(seen, key) for p in _at(seen, key, "retry", c, c.repeats)] + _ever(seen, key, "retry", 0.05)


def wait(seen: Seen, key: str) -> list[Pain]:
    """Long ways to a phase in which something is finished, such as a purchase: more than twice the median of everyone. Whoever
    looks for long before using more has waited for nothing."""
    if seen.journeys is None:
        return []
    ends = {"buy", *(s.phase for s in seen.journeys.steps if s.goal)}
    cells = [c for c in seen.journeys.cells if c.persona == key and c.at == c.phase and c.phase in ends and c.wait]
    return [p for c in cells for p in _at(seen, key, "wait", c, c.late, c.wait)]


def _steps(seen: Seen, key: str) -> list[Cell]:
    """The cells of a persona at single events."""
    return [c for c in seen.journeys.cells if c.persona == key and c.at != c.phase] if seen.journeys else []


def _at(seen: Seen, key: str, kind: str, cell: Cell, id: str, *more: str) -> list[Pain]:
    """A pain where the fact of a cell is clear, weighed by how many users come there."""
    fact, reach = seen.facts.get(id), seen.facts.get(cell.reach) or seen.of("all", cell.reach.partition(".")[2])
    if fact is None or not clear(fact):
        return []
    weight = (fact.value - (fact.everyone or 0.0)) * (reach.value if reach is not None else 1.0)
    cited = (id, *more, *([cell.reach] if cell.reach else []))
    return [Pain(key, kind, cell.at, round(weight, 6), tuple(i for i in cited if i in seen.facts))]


def said(seen: Seen, key: str) -> list[Pain]:
    """Themes of answers that say by a word that something is amiss, mentioned more than by everyone. It weighs half, for only
    those who wrote count."""
    found = []
    for f in seen.facts.values():
        theme = re.match("mentions \u201c(.*?)\u201d", f.label)
        if f.subject == key and theme and COMPLAINTS & set(theme[1].split()) and clear(f):
            found.append(Pain(key, "said", theme[1], round(INFERRED * (f.value - (f.everyone or 0.0)), 6), (f.id,)))
    return sorted(found, key=lambda p: -p.weight)[:2]


DETECTORS: tuple[Detector, ...] = (said, drop, retry, wait, error, help_, limits, returns, social, price, overwhelmed)
"""Each finds one kind of pain; the kinds are "drop", "retry", "wait", "error", "help", "overwhelmed", "limits", "social",
"price", "returns" and "said"."""
