"""New data read with the eyes of an old run: its roles and kinds, not those a few new rows would suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from personae import rule as rules
from personae.errors import UsageError
from personae.model.features import MEANING, Features
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table, Way
from personae.progress import warn

NEW = "the run did not have it"
"""Why a column of new data takes no part."""


def recall(tables: Sequence[Table], recorded: Sequence[Table]) -> tuple[Table, ...]:
    """The tables with the shape and columns of the recorded table each resembles most.

    Columns the run did not have are ignored. Raises UsageError P002 when a table lacks the run's id column.
    """
    models = resembled(tables, recorded)
    return tuple(_as_recorded(t, models[t.source]) if t.measured else t for t in tables)


def resembled(tables: Sequence[Table], recorded: Sequence[Table]) -> dict[str, Table]:
    """The table of the run that each new one resembles most, by the source of the new one: of those with its id, the one that
    shares most columns; of several like it the one of the same file, then the first that none was taken for yet.

    Raises UsageError P002 when a table lacks the run's id column.
    """
    found: dict[str, Table] = {}
    for table in (t for t in tables if t.measured):
        names = {c.name for c in table.columns}
        fitting = [r for r in recorded if (key := r.column(Role.ID)) is not None and key.name in names]
        if not fitting:
            raise _without_id(table, recorded)
        taken = [t.source for t in found.values()]
        found[table.source] = max(
            fitting, key=lambda r: (len(names & {c.name for c in r.columns}), r.source == table.source, r.source not in taken)
        )
    return found


def pinned(study: Study, tables: Sequence[Table], recorded: Sequence[Table]) -> Study:
    """The study for understanding new tables: the run's id, time, event and value where they exist, and nothing else named."""
    there = {c.name for t in tables for c in t.columns}
    known = [c for t in recorded for c in t.columns if c.name in there]
    id, time, event, value = (next((c.name for c in known if c.role == role), "") for role in _PINNED)
    hidden = tuple(e for e in study.ignore if "=" in e)
    free = replace(
        study,
        group_by=(),
        describe=(),
        outcome=(),
        ignore=hidden,
        override="",
        multi=(),
        ordinal=(),
        nps=(),
        quotes=(),
        consent="",
    )
    return replace(free, id=id, time=time, event=event, value=value)


def inherited(study: Study, of: Study, tables: Sequence[Table]) -> Study:
    """The study without what it has from the study `of` a run about columns that new tables lack; what it says itself stays."""
    there = {c.name for t in tables for c in t.columns}

    def kept(name: str) -> tuple[str, ...]:
        said: tuple[str, ...] = getattr(study, name)
        if said != getattr(of, name):
            return said
        return tuple(x for x in said if x.partition("=")[0].strip() in {*there, "none"} or (name == "ignore" and "=" in x))

    changed: dict[str, Any] = {name: kept(name) for name in _NAMED}
    return replace(study, **changed)


_NAMED = ("group_by", "describe", "outcome", "ignore", "multi", "ordinal", "nps", "embed", "quotes")
_PINNED = (Role.ID, Role.TIME, Role.EVENT, Role.VALUE)


def check_inputs(rule: Rule, features: Features, tables: Sequence[Table], recorded: Sequence[Table]) -> None:
    """Warn of columns that the rule reads and new data lack.

    Raises UsageError P002 when they lack all of them, or the column that says what happened where groups rest on events.
    """
    log = next((c for t in recorded if t.shape == "events" and (c := t.column(Role.EVENT)) is not None), None)
    events = rules.events_of(rule)
    wide = [e for e in events if log is None]
    there = {c.name for t in tables for c in t.columns}
    known = {m.name for m in features.measures}
    measures = list(dict.fromkeys(f.column for f in rule.features if f.of == "measure"))
    missing = [e for e in wide if e not in there] + [_source(m, recorded) for m in measures if m not in known]
    asked = len(wide) + len(measures)
    unseen = bool(events) and log is not None and features.counts is None
    if log is not None and events:
        asked += 1
        missing = [*([log.name] if unseen else []), *missing]
    names = list(dict.fromkeys(missing))
    if missing and (unseen or len(missing) == asked):
        kind = "the column that says what happened" if unseen else "a column that the rule reads"
        none = "no such column" if unseen else "none of it"
        like = f"a file like those of the run, which were {_some([t.source for t in recorded])}"
        raise UsageError(
            "P002",
            f"the rule of this run places users by {_some(names)}, and the data have {none}",
            where="; ".join(f"{t.source} has {_some([c.name for c in t.columns])}" for t in tables),
            did="nobody was placed",
            fix=f"bring {kind} ({_some(names)}): {like}",
        )
    if features.counts is not None and features.counts.people and events:
        _check_people(set(events), set(features.counts.events), recorded)
    if missing:
        warn(f"{len(missing):,} of {asked:,} columns that the rule reads are missing and are taken as empty: {_some(names)}")
    done = features.counts.events if features.counts is not None and not features.counts.people else ()
    if done and events and not set(events) & set(done):
        warn(f"the rule counts none of the {_many(len(done), 'kind')} of events in these data: {_some(done, 3)}")


def unread(rule: Rule, features: Features) -> Counter[tuple[str, str]]:
    """Cells that the rule cannot use: ("empty", measure) of numbers, and ("strange", measure) of levels it does not know. Of
    users in parts they add up."""
    read = {f.column for f in rule.features if f.of == "measure"}
    found: Counter[tuple[str, str]] = Counter()
    for m in (m for m in features.measures if m.name in read):
        levels = {str(s.learned["level"]) for f in rule.features if f.column == m.name for s in f.steps if s.name == "level"}
        if m.kind is not Kind.CATEGORY:
            found["empty", m.name] += int(np.isnan(m.values).sum())
        elif levels:
            strange = np.array([v not in levels for v in m.levels], bool)
            found["strange", m.name] += int(strange[m.values[m.values >= 0]].sum())
    return found


def check_values(rule: Rule, cells: Mapping[tuple[str, str], int], users: int, tables: Sequence[Table]) -> None:
    """Warn of values that the rule cannot use: texts in columns of numbers, and categories that are none of its levels; and of
    columns that it has no use for. Each is counted; none becomes a zero."""
    extra = [c.name for t in tables for c in t.columns if c.why == NEW]
    if extra:
        warn(f"{_many(len(extra), 'column')} that the run did not have left out: {_some(extra)}")
    for t in tables:
        for c in t.columns if t.shape == "entities" else ():
            empty = cells.get(("empty", c.name))
            lost = 0 if empty is None or not c.kind.numeric else empty - (users - c.rows) - c.empty
            if lost > 0:
                warn(f'"{c.name}" has {_many(lost, "value")} that cannot be read as numbers: taken as empty')
    for (what, name), n in cells.items():
        if what == "strange" and n:
            levels = {str(s.learned["level"]) for f in rule.features if f.column == name for s in f.steps if s.name == "level"}
            warn(f'"{name}" has {_many(n, "value")} other than the {len(levels):,} the rule knows, counted as none')


def _many(n: int, word: str) -> str:
    return f"{n:,} {word}{'s' if n != 1 else ''}"


def _check_people(known: set[str], there: set[str], recorded: Sequence[Table]) -> None:
    """Things are placed by who took them: P002 where none of those people is in the data, a warning where most are not."""
    both = len(known & there)
    if not both:
        what = f"the rule of this run places things by {len(known):,} people who took them, and none of them is in these data"
        raise UsageError(
            "P002",
            what,
            where=_some([t.source for t in recorded]),
            did="nothing was placed",
            fix="bring data of the same people, or run anew on these",
        )
    if both < len(known) / 2:
        warn(f"of the {len(known):,} people by whom the rule places things, only {both:,} are in these data")


def _source(measure: str, recorded: Sequence[Table]) -> str:
    """The column a measure was made of: its own, the amount it sums up, or the time."""
    plain = measure.partition(MEANING)[0].partition(" (")[0]
    ends = ("", "_total", "_largest", "_mean")
    made = [c.name for t in recorded for c in t.columns if plain in {c.name + e for e in ends}]
    made += [c.name for t in recorded for c in t.columns if c.scheme is not None and _made_of(measure, c)]
    time = [c.name for t in recorded if t.shape == "events" for c in t.columns if c.role is Role.TIME]
    return next(iter((*made, *time)), plain)


def _made_of(measure: str, column: Column) -> bool:
    """Whether a measure is one of those that the scheme of a column makes."""
    scheme = column.scheme
    if scheme is None or scheme.way is not Way.SCORED:
        return measure.startswith(f"{column.name}: ")
    return measure == "".join(("nps_score", *(f": {w}" for w in scheme.words)))


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _without_id(table: Table, recorded: Sequence[Table]) -> UsageError:
    ids = sorted({key.name for r in recorded if (key := r.column(Role.ID)) is not None})
    return UsageError(
        "P002",
        f"there is no id column {' or '.join(map(repr, ids))}, which the run was made with",
        where=f"{table.source}, which has {', '.join(sorted(c.name for c in table.columns))}",
        did="nobody was placed",
        fix=f"rename the id column to {ids[0]!r}",
    )


def _as_recorded(table: Table, model: Table) -> Table:
    known = {c.name: c for c in model.columns}
    return replace(table, shape=model.shape, columns=tuple(_column(c, known.get(c.name)) for c in table.columns))


def _column(column: Column, known: Column | None) -> Column:
    if known is None:
        return replace(column, role=Role.IGNORE, why=NEW)
    return replace(known, native=column.native, rows=column.rows, empty=column.empty)
