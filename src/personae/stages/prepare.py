"""From tables to one row per user: event counts, habits, and the columns of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from personae.errors import DataError
from personae.model.features import Counts, Features, LeftOut, Measure
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Kind, Match, Table, telling
from personae.progress import tell, warn
from personae.sql import joins, per_user
from personae.stages import hidden
from personae.stages.apart import ALL_NEW, Called, apart
from personae.stages.asked import asked
from personae.stages.log import from_log
from personae.stages.part import Part, keyed
from personae.stages.summed import TIMES, from_sums
from personae.stages.traits import from_table

if TYPE_CHECKING:
    import pyarrow as pa

_NEARLY = 0.999
"""Share of users with one value from which on a measure tells nobody apart."""


OfLog = Callable[[Any, Table, Study, int], Part]
"""What gives the part of a log: engine, log, study and number of users to a Part."""


def prepare(
    engine: Any,
    tables: tuple[Table, ...],
    study: Study,
    rule: Rule | None = None,
    then: Called = ALL_NEW,
    log: OfLog | None = None,
) -> Features:
    """One row per user of all tables together, in the order of the md5 of the ids.

    With a `rule` that is to place the users nothing is judged anew: columns are counts where the rule reads them as events, and
    measures stay however little they vary among a few users; `then` are the names that the run gave. `log` gives what is known
    of a log where its rows are not here.

    Raises:
        DataError: P111 when there is no user, P103 when times cannot be used.
        UsageError: P001 for a window or a time zone that does not exist.
    """
    tables = tuple(t for t in tables if t.measured)
    if rule is None:
        hidden.check(study, tables)
    engine.execute(per_user.users([named_ids(engine, t) for t in tables]))
    ids = _ids(engine)
    if not len(ids):
        raise DataError("P111", "no row has an id, so there is no user", where=", ".join(t.source for t in tables))
    matches = matched(engine, tables)
    parts = [_part(engine, t, study, len(ids), rule, log) for t in tables]
    if rule is None:
        _check_made(study, parts)
    counts = _joined([(t.source, p.counts) for t, p in zip(tables, parts, strict=True) if p.counts is not None], then.events)
    named = _named([(t, p.asked + p.measures) for t, p in zip(tables, parts, strict=True)], then.measures)
    wanted = frozenset(m.name for p in parts for m in p.asked)
    measures, useless = _useful(named, wanted) if rule is None else (named, ())
    left_out = tuple(x for p in parts for x in p.left_out) + useless
    if counts is not None and study.group_by and not _asked(tables, parts, study):
        left_out += (LeftOut(f"events of {counts.source}", "not among the columns that were named to form groups"),)
        counts = None
    _say(counts, measures, left_out)
    window = next((p.window for p in parts if p.window), None)
    return Features(ids, counts, measures, window, left_out, matches)


def _part(engine: Any, table: Table, study: Study, users: int, rule: Rule | None, log: OfLog | None) -> Part:
    if table.shape == "events" and log is not None:
        return log(engine, table, study, users)
    if table.sums:
        return from_sums(engine, table, study, users)
    if table.shape == "events":
        seen, away = hidden.shown(engine, table, study, strict=rule is None)
        part = from_log(engine, seen, study, users, rule)
        return replace(part, left_out=part.left_out + away)
    return from_table(engine, table, study, users, rule)


def _asked(tables: Sequence[Table], parts: Sequence[Part], study: Study) -> bool:
    """Whether --group-by names the events: the event column, or columns that were taken as counts."""
    events = (t.column(Role.EVENT) for t in tables)
    wide = any(t.shape == "entities" and p.counts is not None for t, p in zip(tables, parts, strict=True))
    return wide or any(e is not None and e.name in study.group_by for e in events)


def named_ids(engine: Any, table: Table) -> tuple[str, str]:
    """The smallest relation that holds every id of a table, and the id column, quoted."""
    relation, id = keyed(engine, table)
    return (engine.quote(table.ids) if table.ids else relation), id


def _ids(engine: Any) -> pa.StringArray:
    import pyarrow as pa

    column = engine.arrow(per_user.ids()).column(0).cast(pa.string()).combine_chunks()
    return column if isinstance(column, pa.Array) else pa.concat_arrays(column.chunks)


def matched(engine: Any, tables: Sequence[Table]) -> tuple[Match, ...]:
    """How the ids of every two tables fit together."""
    found = []
    often = [_several(engine, t) if len(tables) > 1 else 0 for t in tables]
    for (i, a), (j, b) in combinations(enumerate(tables), 2):
        both, left, right = engine.rows(per_user.matched([named_ids(engine, a), named_ids(engine, b)]))[0]
        found.append(Match(a.source, b.source, both, left, right, often[i], often[j]))
        if 2 * both < both + min(left, right):
            _doubt(engine, a, b, both, both + min(left, right))
    shapes = {t.source: t.shape for t in tables}
    for m in telling(found):
        _tell(m, shapes[m.left], shapes[m.right])
    return tuple(found)


def _tell(m: Match, left: str, right: str) -> None:
    if {left, right} == {"events", "entities"}:
        quiet, unknown = (m.only_left, m.only_right) if left == "entities" else (m.only_right, m.only_left)
        tell("match", f"{m.both:,} users have events, {quiet:,} have none, {unknown:,} have events but no row of their own")
    else:
        alone = f"{m.only_left:,} only in the first, {m.only_right:,} in the second"
        tell("match", f"{m.both:,} users in both {m.left} and {m.right}, {alone}")


def _several(engine: Any, table: Table) -> int:
    """Users with more than one row; tables of one row a user have none by now."""
    if table.shape != "events":
        return 0
    rows = f"sum({TIMES})" if table.sums else "count(*)"
    return int(engine.rows(per_user.several(*keyed(engine, table), rows))[0][0])


def _doubt(engine: Any, a: Table, b: Table, both: int, least: int) -> None:
    """Warn where few ids meet; and say what the match would be if ids were numbers, 007 and 7 the same (ids stay text)."""
    (left, x), (right, y) = named_ids(engine, a), named_ids(engine, b)
    numbers = engine.rows(joins.numbers(left, x, right, y))[0][0]
    said = f"read as numbers, {numbers:,} would" if numbers > both else ""
    if both == 0:
        warn(f"no id of {a.source} appears in {b.source}{' as text; ' if said else ''}{said}: check that both name users alike")
    elif said:
        warn(
            f"only {both:,} of {least:,} ids appear in both {a.source} and {b.source} as text; {said}: write them alike in both"
        )


def _joined(found: Sequence[tuple[str, Counts]], then: Mapping[str, Sequence[str]]) -> Counts | None:
    """The counts of several tables side by side; an event of the same name in a later table gets that table's number."""
    counts = [c for _, c in found]
    if len(counts) < 2 and not then:
        return counts[0] if counts else None
    if not counts:
        return None
    from scipy.sparse import hstack

    names = apart([(source, c.events) for source, c in found], then)
    order = sorted(range(len(names)), key=lambda i: names[i].encode())
    matrix = hstack([c.matrix for c in counts], format="csr")[:, order].tocsr()
    matrix.sort_indices()
    why = " ".join(c.why for c in counts if c.why)
    column = counts[0].column if len({c.column for c in counts}) == 1 else ""
    return Counts(
        matrix,
        tuple(names[i] for i in order),
        " and ".join(c.source for c in counts),
        why,
        column,
        all(c.people for c in counts),
    )


def _named(parts: Sequence[tuple[Table, tuple[Measure, ...]]], then: Mapping[str, Sequence[str]]) -> tuple[Measure, ...]:
    """All measures, those of the same name told apart; their labels say the source."""
    flat = [(t, m) for t, measures in parts for m in measures]
    often = Counter(m.name for _, m in flat)
    names = apart([(t.source, [m.name for m in measures]) for t, measures in parts], then)
    return tuple(
        replace(m, name=n, label=f"{m.label} ({t.source})") if often[m.name] > 1 or n != m.name else m
        for (t, m), n in zip(flat, names, strict=True)
    )


def _check_made(study: Study, parts: Sequence[Part]) -> None:
    """Raise DataError P115 for a recipe that no log can feed."""
    logs = [p for p in parts if p.log]
    for recipe in asked(study.features):
        wrong = [dict(p.refused).get(recipe.text) for p in logs]
        if not logs:
            what = f'the recipe "{recipe.text}" needs a log: many rows a {study.entity}, each an event'
            raise DataError("P115", what, where="--features", fix="bring the events, or leave --features out")
        if all(wrong) and wrong[0] is not None:
            raise wrong[0]


def _useful(
    measures: Sequence[Measure], wanted: frozenset[str] = frozenset()
) -> tuple[tuple[Measure, ...], tuple[LeftOut, ...]]:
    """Measures that can tell users apart; empty ones, constants, near constants and copies are left out (FEA-03), except
    copies that were `wanted`. What is kept forms groups where the copy would have."""
    kept: list[Measure] = []
    left: list[LeftOut] = []
    seen: dict[bytes, int] = {}
    for m in measures:
        mark = m.values.tobytes()
        reason = _constant(m) or (f"copy of {kept[seen[mark]].name}" if mark in seen and m.name not in wanted else "")
        if reason:
            left.append(LeftOut(m.name, reason))
            if mark in seen and m.forms and kept[seen[mark]].role is m.role:
                kept[seen[mark]] = replace(kept[seen[mark]], forms=True)
        else:
            seen.setdefault(mark, len(kept))
            kept.append(m)
    return tuple(kept), tuple(left)


def _constant(measure: Measure) -> str:
    """Why a measure tells nobody apart, "" when it does."""
    values = (
        measure.values[measure.values >= 0] if measure.kind is Kind.CATEGORY else measure.values[np.isfinite(measure.values)]
    )
    if not len(values):
        return "empty"
    first = values == values[0]
    if first.all():
        return "constant: the same value for everyone"
    if 1 - _NEARLY < first.mean() < _NEARLY:
        return ""
    most = int(np.unique(values, return_counts=True)[1].max())
    rare = len(values) - most
    return f"nearly constant: another value for {rare:,} of {len(values):,} users" if most >= _NEARLY * len(values) else ""


def _say(counts: Counts | None, measures: Sequence[Measure], left_out: Sequence[LeftOut]) -> None:
    """One line: what there is, what was left out and why."""
    kinds = Counter(x.reason.partition(":")[0].partition(" of ")[0] for x in left_out)
    listed = ", ".join(f"{n:,} {why}" for why, n in kinds.most_common(4))
    events = f"{counts.matrix.shape[1]:,} kinds of events, " if counts is not None else ""
    left = f"; {len(left_out):,} left out ({listed}{', ...' if len(kinds) > 4 else ''})" if left_out else ""
    tell("measure", f"{events}{len(measures):,} measures{left}")
