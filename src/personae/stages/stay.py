"""The run before as its own refresh: where nothing changed, and where new data are not fit to take its place."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from personae import rule as rules
from personae.errors import GateError, UsageError
from personae.model.cast import Cast
from personae.model.descent import Descent
from personae.model.drift import Drift, Gate
from personae.model.evidence import Evidence
from personae.model.features import Features
from personae.model.rule import Rule
from personae.model.study import Study
from personae.model.table import Table
from personae.stages.diff import diff
from personae.stages.since import since
from personae.words.names import plural


@dataclass(frozen=True, eq=False)
class Again:
    """New data as those of a run were read: `features` measured as by a run, `reads` with all that its rule reads."""

    tables: tuple[Table, ...]
    features: Features
    reads: Features
    gates: tuple[Gate, ...] = ()
    """What was found of them, and was let pass."""

    @classmethod
    def of(cls, tables: tuple[Table, ...], features: Features) -> Again:
        """Data whose features have all that the rule reads."""
        return cls(tables, features, features)


def stay(before: Cast, gates: tuple[Gate, ...] = ()) -> Cast:
    """The run before, with a change that says that every persona is the same."""
    descents = tuple(Descent("same", (p.key,), (p.key,), (p.name,), (p.name,), 1.0, 1.0) for p in before.personas)
    none = Drift(0, (), before.users, before.users)
    change = replace(diff(before, before), descents=descents, drift=none, gates=gates)
    return replace(before, change=change, since=since(before, before))


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


def check_groups(before: Cast) -> None:
    """Raise UsageError P201 where a run has no groups that could go on."""
    if before.rule is None or not before.personas:
        what = f"{before.run or 'the run before'} found no groups, so there is nothing to refresh"
        raise UsageError("P201", what, did="nothing was read", fix="begin anew: personae run FILES")


def no_groups(found: Evidence, study: Study, run: str) -> GateError:
    """The refusal of new data without groups."""
    what = f"the new data hold no groups that could take the place of those known. {found.verdict.why}"
    did = f"nothing was recorded; {run or 'the last good run'} stays, and goes on placing {plural(study.entity)}"
    fix = f"bring more {plural(study.entity)} or a longer window; to look closer: personae run FILES"
    return GateError("P401", what, did=did, fix=fix)


def readable(rule: Rule, features: Features) -> bool:
    """Whether features have all that a rule reads."""
    events = set() if features.counts is None else set(features.counts.events)
    measures = {m.name for m in features.measures}
    wanted = {f.column for f in rule.features if f.of == "measure"}
    return set(rules.events_of(rule)) <= events and wanted <= measures
