"""Apart: measures and events of one name in several tables get different names, and in new data those of the run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from personae.model.cast import Listed
from personae.model.table import Table

_NUMBER = re.compile(r"(.*) \((\d+)\)", re.DOTALL)


@dataclass(frozen=True)
class Called:
    """The names that a run gave, by the source of the new table that resembles the one they are of."""

    measures: Mapping[str, Sequence[str]] = field(default_factory=dict)
    events: Mapping[str, Sequence[str]] = field(default_factory=dict)


ALL_NEW = Called()


def apart(names: Sequence[tuple[str, Sequence[str]]], then: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of all tables, (source, names) each, told apart: the second "view" is "view (2)".

    With the names that a run gave `then`, each gets its own, and what the run did not have gets none of them.
    """
    seen: Counter[str] = Counter()
    known, given = {n for names_ in then.values() for n in names_}, set[str]()
    made: list[str] = []
    for source, own in names:
        before = _by_plain(then.get(source, ()))
        for name in own:
            seen[name] += 1
            free = (n for n in before.get(name, ()) if n not in given)
            new = (n for k in count(seen[name]) if (n := _numbered(name, k)) not in known and n not in given)
            made.append(next(free, None) or next(new))
            given.add(made[-1])
    return made


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name} ({number})"


def _by_plain(names: Sequence[str]) -> dict[str, list[str]]:
    """The names by what they are called where nothing has to be told apart; the plain one first."""
    found: dict[str, list[str]] = {n: [n] for n in names}
    for name in names:
        if number := _NUMBER.fullmatch(name):
            found.setdefault(number[1], []).append(name)
    return found


def called(models: Mapping[str, Table], recorded: Sequence[Table], listed: Sequence[Listed]) -> Called:
    """What a run called things, for new tables of which each resembles one of the `models`; `recorded` are all of the run."""
    measures = {s: [x.name for x in listed if x.kind != "event" and x.source == m.source] for s, m in models.items()}
    events = [x for x in listed if x.kind == "event"]
    logs = [t.source for t in recorded if events and t.source in events[0].source.split(" and ")]
    if len(logs) < 2:
        return Called(measures)
    names = [x.name for x in events]
    places = {s: logs.index(m.source) + 1 for s, m in models.items() if m.source in logs}
    return Called(measures, {s: _of_place(names, place) for s, place in places.items()})


def _of_place(names: Sequence[str], place: int) -> list[str]:
    """The events of one log by its place among the logs: of those that were told apart the highest number it can have."""
    highest: dict[str, tuple[int, str]] = {}
    for name in names:
        number = _NUMBER.fullmatch(name)
        plain, k = (number[1], int(number[2])) if number and number[1] in names else (name, 1)
        if k <= place:
            highest[plain] = max(highest.get(plain, (0, "")), (k, name))
    return [name for _, name in highest.values()]
