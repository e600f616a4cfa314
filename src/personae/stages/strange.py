"""What a record tells that the rule has nothing for: mostly a name that was mistyped."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from personae import rule as rules
from personae.model.intake import Unknown
from personae.model.rule import Rule
from personae.words import placed as words

NONE = Unknown()
SHOWN, LONG = 3, 60
"""Names that an answer tells, and signs of each."""


def unknown(known: Container[str], done: Iterable[str]) -> Unknown:
    """The events of a record that are not among those that are known."""
    others = tuple(dict.fromkeys(e for e in done if e and e not in known))
    return Unknown(len(others), tuple(e[:LONG] for e in others[:SHOWN])) if others else NONE


def strange(rule: Rule, done: Iterable[str], values: Mapping[str, Any]) -> Iterator[str]:
    """A sentence on the events (names) that the rule does not count, and one on each text that it has no level for.

    A log may hold new events, and rare ones that the run left out: nothing of this is an error.
    """
    known = rules.events_of(rule)
    others = tuple(dict.fromkeys(e for e in done if e and e not in set(known))) if known else ()
    if others:
        yield words.uncounted(others, tuple(known))
    levels: dict[str, list[str]] = {}
    for f in rule.features:
        for step in f.steps:
            if step.name == "level":
                levels.setdefault(f.column, []).append(str(step.learned["level"]))
    for column, some in levels.items():
        value = values.get(column, "")
        if isinstance(value, str) and value and value not in some:
            yield words.unlisted(column, value, tuple(some))
