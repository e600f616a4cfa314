"""The run before as its own refresh: where nothing changed, and where new data are not fit to take its place."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from personae import rule as rules
from personae.model.cast import Cast
from personae.model.descent import Descent
from personae.model.drift import Gate
from personae.model.evidence import Evidence
from personae.model.features import Features
from personae.model.rule import Rule
from personae.model.study import Study
from personae.model.table import Table
from personae.stages.diff import diff
from personae.words.names import plural


@dataclass(frozen=True, eq=False)
class Again:
    """New data as those of a run were read: `features` measured as by a run, `reads` with all that its rule reads."""

    tables: tuple[Table, ...]
    features: Features
    reads: Features


def stay(before: Cast, *gates: Gate) -> Cast:
    """The run before, with a change that says that every persona is the same, and which gates stopped the new data."""
    descents = tuple(Descent("same", (p.key,), (p.key,), (p.name,), (p.name,), 1.0, 1.0) for p in before.personas)
    return replace(before, change=replace(diff(before, before), descents=descents, gates=gates))


def unchanged(before: Cast, seen: Again, study: Study) -> bool:
    """Whether the tables hold the bytes of the run before, under the same names and settings, of the same users."""
    tables = seen.tables
    same = [f.name for f in fields(Study) if f.name not in ("sources", "memory", "threads")]
    if any(getattr(before.study, n) != getattr(study, n) for n in same) or len(tables) != len(before.tables):
        return False
    return seen.features.ids.equals(before.ids) and all(
        bool(t.files) and (t.source, t.files, t.seen, t.used) == (b.source, b.files, b.seen, b.used)
        for t, b in zip(tables, before.tables, strict=True)
    )


def no_groups(found: Evidence, study: Study) -> Gate:
    """The gate that new data without groups do not pass."""
    words = f"the new data hold no groups: {found.verdict.why}"
    return Gate("groups", False, words, f"bring more {plural(study.entity)} or a longer window, or look: personae run FILES")


def readable(rule: Rule, features: Features) -> bool:
    """Whether features have all that a rule reads."""
    events = set() if features.counts is None else set(features.counts.events)
    measures = {m.name for m in features.measures}
    wanted = {f.column for f in rule.features if f.of == "measure"}
    return set(rules.events_of(rule)) <= events and wanted <= measures
