"""Gates: whether new data are fit to be grouped at all. A broken feed is not drift, and stops before anything is fitted."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from personae.errors import GateError, UsageError
from personae.model.cast import Cast
from personae.model.drift import Gate
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table
from personae.sql import repeats
from personae.stages.keys import NUMBERED
from personae.words import gating

GATES = tuple(gating.FIXES)
"""The names of all gates, in the order in which they are looked at."""
FEWEST = 0.3
"""Under this share of the rows, or of the users, of the run before a feed is taken to be cut off."""
SHORTER = 0.1
"""The same where the time is shorter and each day has as many: a month after half a year is no broken feed."""
OFTEN = 1.5
"""From so many times the rows on it is looked whether they are there more than once."""
BAD = 1 / 3
"""Above this share of the columns that formed groups it is no longer one bad column among many."""
_CLOCKS = ("s", "ms", "us")
_TIMES = (Kind.DATE, Kind.TIMESTAMP)


def gates(before: Cast, tables: Sequence[Table], study: Study, engine: Any = None) -> tuple[Gate, ...]:
    """What was read, before columns get their meaning: every gate that says no, then what a few bad columns were found to be.

    Nothing is returned of what is as it should be. With an `engine` repeated rows are looked for where there are many more.
    """
    if _same(before, tables) and _set(before.study) == _set(study):
        return (_no("unchanged", gating.unchanged()),)
    pairs, missing = _pairs(before, tables)
    found = [_absent(before, study, pairs, missing)] if missing else []
    for old, new in pairs:
        found += _rows(old, new, engine)
        found += _columns(old, new, study)
    bad = [g for g in found if g.passed]
    formed = [c for t in before.tables for c in t.columns if c.role in (Role.BEHAVIOUR, Role.VALUE, Role.EVENT)]
    spoilt = {n for g in bad for n in g.columns} & {c.name for c in formed}
    if too_many(len(spoilt), len(formed)):
        found.append(_no("columns", gating.many(len(spoilt), len(formed))))
    return ordered(found)


def too_many(bad: int, of: int) -> bool:
    """Whether these are more than one bad column among many."""
    return bad > BAD * of and (bad > 1 or of <= 2)


def fewest(days_before: int, days: int, part: float) -> float:
    """Under which share of the rows or users a feed is taken to be cut off; 0 days where these are not known."""
    shorter = 0 < days < 0.8 * days_before
    return SHORTER if shorter and part >= 0.5 * days / days_before else FEWEST


def hold(found: Sequence[Gate], allow: Collection[str], run: str = "") -> tuple[Gate, ...]:
    """The gates, those of `allow` open: they pass and say so. `run` is the one that stays current.

    Raises GateError P401 where another one says no: its name, what was seen, and what to type; UsageError P001 for a gate there
    is not.
    """
    for name in allow:
        if name not in GATES:
            fix = f"use one of {', '.join(GATES)}"
            raise UsageError("P001", f'there is no gate "{name}"', where="--allow", did="nothing was fitted", fix=fix)
    closed = [g for g in found if not g.passed and g.name not in allow]
    if closed:
        first, *more = closed
        names = ",".join(dict.fromkeys((*allow, *(g.name for g in closed))))
        raise GateError(
            "P401",
            f"gate {first.name} says no: {first.words}",
            where="; ".join(f"{g.name}: {g.words}" for g in more),
            did=f"nothing was fitted; {run or 'the last good run'} stays the current run",
            fix=f"{first.fix}, or, if it is meant: personae refresh FILES --allow {names}",
        )
    return tuple(g if g.passed else replace(g, passed=True, words=f"{g.words}: allowed", fix="") for g in found)


def without(study: Study, found: Sequence[Gate]) -> Study:
    """The study without the columns that say nothing any more."""
    bad = {n for g in found if g.passed for n in g.columns}
    if not bad:
        return study
    group_by, describe, outcome = (tuple(x for x in n if x not in bad) for n in (study.group_by, study.describe, study.outcome))
    ignore = tuple(dict.fromkeys((*study.ignore, *sorted(bad))))
    return replace(study, ignore=ignore, group_by=group_by, describe=describe, outcome=outcome)


def shut(name: str, words: str) -> Gate:
    """A gate that says no."""
    return _no(name, words)


def ordered(found: Sequence[Gate]) -> tuple[Gate, ...]:
    """Gates that say no first, in the order of GATES."""
    return tuple(sorted(found, key=lambda g: (g.passed, GATES.index(g.name))))


def _no(name: str, words: str) -> Gate:
    return Gate(name, False, words, gating.FIXES[name])


def _same(before: Cast, tables: Sequence[Table]) -> bool:
    """Whether all files are those of the run before, byte for byte, without the same people; tables of no file are not told."""
    old, new = (sorted((h for _, h, _ in t.files), key=str) for t in (_all(before.tables), _all(tables)))
    whole = all(t.files for t in (*before.tables, *tables))
    return whole and bool(old) and old == new and _out(before.tables) == _out(tables)


def _out(tables: Sequence[Table]) -> tuple[object, ...]:
    """Who was left out, as far as can be told: by which lists, and how many rows of theirs."""
    return {r.sha256 for t in tables for r in t.rolls}, sum(t.excluded for t in tables)


def _set(study: Study) -> Study:
    """The settings that change a result."""
    return replace(study, sources=(), memory="", threads=0)


def _all(tables: Sequence[Table]) -> Table:
    """One table with the files of all, each once."""
    files = {f[1]: f for t in tables for f in t.files}
    return replace(tables[0], files=tuple(files.values()))


def _pairs(before: Cast, tables: Sequence[Table]) -> tuple[list[tuple[Table, Table]], list[Table]]:
    """Each table of the run with the new one that resembles it most, the likest two first, and those without one."""
    alike = {(i, j): _alike(old, new) for i, old in enumerate(before.tables) for j, new in enumerate(tables)}
    taken: dict[int, int] = {}
    for i, j in sorted(alike, key=lambda at: alike[at], reverse=True):
        if i not in taken and j not in taken.values() and any(alike[i, j]):
            taken[i] = j
    pairs = [(old, tables[taken[i]]) for i, old in enumerate(before.tables) if i in taken]
    return pairs, [old for i, old in enumerate(before.tables) if i not in taken]


def _alike(old: Table, new: Table) -> tuple[bool, float]:
    """Whether two tables are of the same file, and the share of the columns of either that both have."""
    one, other = ({c.name for c in t.columns} for t in (old, new))
    return old.source == new.source, len(one & other) / max(len(one | other), 1)


def _absent(before: Cast, study: Study, pairs: Sequence[tuple[Table, Table]], missing: Sequence[Table]) -> Gate:
    """Tables of the run that were not brought, what goes with them, and the command that brings all."""
    known = {c.name for _, new in pairs for c in new.columns}
    lost = [c.name for t in missing for c in t.columns if c.role not in (Role.ID, Role.IGNORE) and c.name not in known]
    brought = {old.source: _path(new, study) for old, new in pairs}
    files = dict.fromkeys(shlex.quote(brought.get(t.source) or _path(t, before.study)) for t in before.tables)
    fix = f"{gating.FIXES['sources']}: personae refresh {' '.join(files)}"
    return Gate("sources", False, gating.absent([t.source for t in missing], lost), fix)


def _path(table: Table, study: Study) -> str:
    """How a study names the file of a table, which itself knows no folder."""
    return next((s for s in study.sources if f"{table.source}, ".startswith(f"{Path(s).name}, ")), table.source)


def _rows(old: Table, new: Table, engine: Any) -> list[Gate]:
    """Far fewer rows, or the same ones again and again."""
    if new.used < fewest(_days(old, old), _days(old, new), new.used / max(old.used, 1)) * old.used:
        return [_no("rows", gating.rows(new.source, old.used, new.used))]
    if engine is None or new.sums or new.used < OFTEN * old.used:
        return []
    ((different,),) = engine.rows(repeats.once_each(engine.quote(new.relation)))
    if new.used < OFTEN * different or different > OFTEN * old.used:
        return []
    return [_no("duplicates", gating.twice(new.source, new.used, different))]


def _days(known: Table, table: Table) -> int:
    """Days from the first to the last time of a table, in the time column of the run; 0 where there is none."""
    name = next((c.name for c in known.columns if c.role is Role.TIME), "")
    column = next((c for c in table.columns if c.name == name), None)
    if known.shape != "events" or column is None or column.kind not in _TIMES or not column.low:
        return 0
    with suppress(ValueError):  # years of more than four figures are no days to count
        return (date.fromisoformat(column.high[:10]) - date.fromisoformat(column.low[:10])).days + 1
    return 0


def _columns(old: Table, new: Table, study: Study) -> list[Gate]:
    """Columns that took part, one after another."""
    there = {c.name: c for c in new.columns}
    made = (Role.IGNORE, Role.TEXT)
    took = [c for c in old.columns if c.role not in made and c.why != NUMBERED and c.name not in study.ignore]
    gone = [c.name for c in took if c.name not in there]
    found = [_no("columns", gating.gone(new.source, gone))] if gone else []
    zero = [c.name for c in took if c.name in there and _zeroed(c, there[c.name])]
    found += [_no("zeros", gating.zeros(zero))] if zero else []
    for c in took:
        if c.name in there and c.name not in zero:
            found += _column(old, c, there[c.name])
    return found


def _column(table: Table, old: Column, new: Column) -> list[Gate]:
    """One column that is there."""
    must = old.role is Role.ID or (table.shape == "events" and old.role in (Role.TIME, Role.EVENT))
    if new.rows and new.empty == new.rows and old.empty < old.rows:
        words = gating.empty(old.name)
        return [_no("columns", words)] if must else [Gate("columns", True, words, "", (old.name,))]
    if old.distinct > 1 and new.distinct == 1 and not must:
        return [Gate("columns", True, gating.constant(old.name), "", (old.name,))]
    if old.format in _CLOCKS and new.format in _CLOCKS and old.format != new.format:
        return [_no("units", gating.clock(table.source, old.name, old.format, new.format))]
    lost = (old.kind.numeric and new.kind in (Kind.TEXT, Kind.CATEGORY)) or (old.kind in _TIMES and new.kind not in _TIMES)
    return [_no("columns", gating.kind(table.source, old.name, old.kind.value, new.kind.value))] if lost else []


def _zeroed(old: Column, new: Column) -> bool:
    """Whether a number with several values is 0 in every row."""
    return old.kind.numeric and old.distinct > 1 and new.distinct == 1 and _is_zero(new.low) and _is_zero(new.high)


def _is_zero(text: str) -> bool:
    try:
        return float(text.replace(",", ".")) == 0
    except ValueError:
        return False
