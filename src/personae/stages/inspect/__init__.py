"""Inspect: what is wrong or worth knowing in the data, before anything is grouped."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from personae.errors import DataError, UsageError
from personae.model.features import Features
from personae.model.inspection import KINDS, Finding, Inspection, Looked
from personae.model.study import Study
from personae.model.table import Level, Table
from personae.progress import step
from personae.stages.inspect import crowd, days, empties, leaks, pairs, people, values
from personae.stages.inspect.sketches import sketches
from personae.stages.inspect.view import Checked, View
from personae.words.findings import said

_LOOKS: tuple[tuple[str, Callable[[View], Checked]], ...] = (
    ("leak", leaks.leaks), ("small", crowd.size), ("infinite", values.infinite), ("gap", days.over_time),
    ("personal", people.personal_data), ("sensitive", people.sensitive), ("identifier", values.identifiers),
    ("code", values.codes), ("missing", empties.missing), ("marker", empties.markers), ("constant", values.constants),
    ("copy", pairs.numbers), ("repeated", pairs.answers), ("extreme", values.extremes), ("few", values.few),
    ("profiles", crowd.profiles), ("heavy", crowd.heavy), ("imbalance", crowd.imbalance), ("reading", crowd.known),
)  # fmt: skip
STOPPING = ("leak", "overlap")
"""Kinds of findings that stop a run and can be accepted; too few users and rows set aside have errors of their own."""
_ORDER = (Level.STOP, Level.WARN, Level.PASS)


def inspect(engine: Any, tables: tuple[Table, ...], features: Features, study: Study) -> Inspection:
    """Every look at the data: findings in the order of their weight, looks that found nothing, and pictures of the columns.

    Columns are compared over at most 20,000 users, by hash of the id; nothing depends on the order of rows. Raises UsageError
    P001 for an accepted finding of a kind that does not exist.
    """
    view = View(engine, tables, features, study)
    made: list[tuple[str, Checked]] = []
    for i, (kind, look) in enumerate(_LOOKS):
        step("inspect", KINDS[kind], i, len(_LOOKS), "looks")
        made.append((kind, look(view)))
    found = _accepted(_once([f for _, c in made for f in c.findings]), study)
    hidden = frozenset(n for f in found if f.kind == "personal" for n in f.columns)
    return Inspection(
        users=len(features),
        findings=tuple(sorted(found, key=_weight)),
        passed=tuple(Looked(k, c.looked) for k, c in made if c.looked and not c.findings),
        pairs=tuple(p for _, c in made for p in c.pairs),
        sketches=sketches(view, hidden),
        days=tuple(d for _, c in made for d in c.days),
        bounds=tuple(b for b in (view.sampled, *(c.bound for _, c in made)) if b),
    )


def halt(tables: tuple[Table, ...], features: Features, study: Study) -> tuple[Finding, ...]:
    """The findings that would stop a run and were accepted.

    Raises DataError P113 when one was not, naming all of them and what to type. Only what can stop is looked for.
    """
    found = _accepted(leaks.leaks(View(None, tables, features, study)).findings, study)
    stops = [f for f in found if f.level is Level.STOP]
    if not stops:
        return tuple(f for f in found if f.accepted)
    what = said(stops[0]) if len(stops) == 1 else f"{len(stops)} columns give an outcome away"
    where = "; ".join(said(f) for f in stops) if len(stops) > 1 else stops[0].done
    fix = "\n".join(f.flag for f in stops) if len(stops) == 1 else _all_flags(stops)
    raise DataError("P113", what, where=where, did="groups were not looked for", fix=fix)


def _all_flags(stops: Iterable[Finding]) -> str:
    """One flag for all of them, to leave them out or to go on."""
    from personae.words.findings import typed

    names = tuple(dict.fromkeys(n for f in stops for n in f.columns))
    out = tuple(dict.fromkeys(n for f in stops if "--ignore" in f.flag for n in f.columns))
    on = f"--accept {typed(tuple(f'leak:{n}' for n in names))}"
    return f"--ignore {typed(out)} or {on}" if out else on


def _accepted(found: Iterable[Finding], study: Study) -> list[Finding]:
    """The findings, those that the study accepts made warnings that say so."""
    for word in study.accept:
        if word.partition(":")[0] not in STOPPING:
            fix = "write leak:COLUMN or overlap"
            raise UsageError("P001", f'"{word}" is no finding that stops a run', where="--accept", fix=fix)
    return [_as_accepted(f) if f.level is Level.STOP and _names(f) & set(study.accept) else f for f in found]


def _once(found: list[Finding]) -> list[Finding]:
    """The findings without those that only repeat that a column gives an outcome away."""
    away = {c for f in found if f.kind == "leak" for c in f.columns}
    return [
        f for f in found if not (f.kind == "missing" and f.level is Level.WARN and len(f.columns) == 2 and f.columns[0] in away)
    ]


def _names(finding: Finding) -> set[str]:
    return {finding.kind, *(f"{finding.kind}:{c}" for c in finding.columns)}


def _as_accepted(finding: Finding) -> Finding:
    word = f"{finding.kind}:{finding.columns[0]}" if finding.columns else finding.kind
    return replace(finding, level=Level.WARN, done=f"accepted because you said --accept {word}", flag="", accepted=True)


def _weight(finding: Finding) -> tuple[int, int]:
    return _ORDER.index(finding.level), list(KINDS).index(finding.kind)
