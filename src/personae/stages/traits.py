"""A table of one row a user: every column as a measure, or all of them as event counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from personae import plugins
from personae.habits import DAY, variety
from personae.model.features import Counts, LeftOut, Measure
from personae.model.rule import Rule
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Table, Way
from personae.model.vocabulary import Topic, topics, words
from personae.progress import tell
from personae.sql import per_user
from personae.stages.answers import answered, blank_is_no
from personae.stages.likert import without_style
from personae.stages.meanings import meanings
from personae.stages.mentions import language, mentions, tokens
from personae.stages.part import LEVELS, Part, floats, keyed, scattered, spoken
from personae.stages.satisfaction import recommended, satisfied

_TOGETHER = 64
"""Columns fetched at once."""


def from_table(engine: Any, table: Table, study: Study, users: int, rule: Rule | None = None) -> Part:
    """The columns of a table of one row a user, in the order of the users; with a rule, counts are what it reads as events."""
    used = [c for c in table.columns if c.role not in (Role.ID, Role.IGNORE, Role.TEXT)]
    left_out = tuple(LeftOut(c.name, c.why) for c in table.columns if c.role is Role.IGNORE)
    typed = plugins.find("engines", "duckdb").typed
    measures: list[Measure] = []
    for start in range(0, len(used), _TOGETHER):
        some = used[start : start + _TOGETHER]
        found = engine.arrow(per_user.traits(*keyed(engine, table), [typed(c) for c in some]))
        rows = found.column(0).to_numpy()
        for i, c in enumerate(some):
            measures += _measures(c, rows, found.column(i + 1), users, table.source, study, placing=rule is not None)
    measures = blank_is_no(measures, [c for c in used if c.scheme is not None])
    if study.style == "remove":
        measures = without_style(measures, used)
    plain = study.scale != "auto" and study.weigh == "auto"  # a scaling was chosen for these columns, and no weighing
    taken = ([] if plain else _like_counts(measures)) if rule is None else _read_as_events(measures, rule)
    told, texts = _texts(engine, table, study, users) if rule is None else ([], ())
    told += _about(engine, table, study, users)
    measures, left_out = [*measures, *told], (*left_out, *texts)
    if not taken:
        return Part(None, tuple(measures), None, left_out)
    counts = _counts(taken, table)
    known = tuple(
        Measure(h.name, h.label, Role.BEHAVIOUR, Kind.DECIMAL, h.values, (), h.unit, table.source, h.how)
        for h in variety(counts.matrix)
    )
    return Part(counts, (*known, *(m for m in measures if m not in taken)), None, left_out)


def _texts(engine: Any, table: Table, study: Study, users: int) -> tuple[list[Measure], tuple[LeftOut, ...]]:
    """What people mention in columns of text, and what is to be said of each column; texts form no groups and place nobody."""
    columns = [c for c in table.columns if c.role is Role.TEXT]
    if not columns:
        return [], ()
    typed = plugins.find("engines", "duckdb").typed
    names = [c for c in table.columns if c.role is Role.IGNORE and c.why == "personal data"]
    found = engine.arrow(per_user.traits(*keyed(engine, table), [typed(c) for c in (*columns, *names)]))
    known = (found.column(len(columns) + i + 1).cast("string").to_pylist() for i in range(len(names)))
    masked = frozenset(w for values in known for v in values if v for w in tokens(v) if w)
    told: list[Measure] = []
    said: list[LeftOut] = []
    for i, c in enumerate(columns):
        plain = Measure(c.name, spoken(c.name), c.role, c.kind, np.zeros(0), (), "", table.source, c.name)
        texts = coded(plain, found.column(0).to_numpy(), found.column(i + 1), users)
        made = mentions(texts, study.floor, masked=masked, several=len(columns) > 1)
        tongue = language(texts.levels) or "unknown"
        terms = f"{len(made)} terms of at least {study.floor} people describe" if made else "no term is used by enough people"
        forms = "what it is about forms groups; " if c.name in study.embed else ""
        said.append(LeftOut(c.name, f"free text: {forms}{terms}; language: {tongue}"))
        told += made
    return told, tuple(said)


def _about(engine: Any, table: Table, study: Study, users: int) -> list[Measure]:
    """What the texts that were named for it are about."""
    named = [c for c in table.columns if c.role is Role.TEXT and c.name in study.embed]
    made: list[Measure] = []
    for c in named:
        found = engine.arrow(per_user.traits(*keyed(engine, table), [plugins.find("engines", "duckdb").typed(c)]))
        made += meanings(c.name, found.column(0).to_numpy(), found.column(1).to_pylist(), users, table.source)
    return made


def _measures(
    column: Column, rows: npt.NDArray[Any], values: Any, users: int, source: str, study: Study, *, placing: bool = False
) -> tuple[Measure, ...]:
    """A column as one measure, or as many as its scheme makes of it; where users are only placed a category keeps every level,
    so that nobody's place depends on who else is there."""
    made = _measure(column, rows, values, users, source, study, placing)
    if column.scheme is None or column.scheme.way is Way.RATED:
        return (made, *satisfied(made, column))
    if column.scheme.way is Way.SCORED:
        return recommended(made, column.scheme)
    first, *others = answered(made, column.scheme)
    return (first, *others, *(satisfied(first, column) if column.scheme.way is Way.RANKED else ()))


def _measure(
    column: Column, rows: npt.NDArray[Any], values: Any, users: int, source: str, study: Study, placing: bool
) -> Measure:
    """A column as a measure, by its kind."""
    forms = column.name in study.group_by if study.group_by else column.role is Role.BEHAVIOUR
    said = spoken(column.name)
    made = Measure(
        column.name, said, column.role, column.kind, np.zeros(0), (), "", source, column.name, forms, block=column.block
    )
    if column.scheme is not None and column.scheme.way not in (Way.SCORED, Way.RATED):
        return coded(made, rows, values, users)
    if column.kind in (Kind.DATE, Kind.TIMESTAMP):
        return _date(made, rows, values, users)
    if column.kind is Kind.BOOLEAN:
        true = column.format.partition("|")[0]
        flags = scattered(rows, floats(values.cast("int8")), users)
        return replace(made, label=f"{said} = {true}" if true else said, values=flags, unit="share")
    if column.kind.numeric:
        flag = column.distinct == 2 and (column.low, column.high) == ("0", "1")
        return replace(made, kind=Kind.BOOLEAN if flag else column.kind, values=scattered(rows, floats(values), users))
    if placing and column.role is not Role.OUTCOME:
        return coded(made, rows, values, users)
    made = category(made, rows, values, users)
    if column.role is Role.OUTCOME and len(made.levels) == 2:
        return flagged(made)
    return replace(made, forms=made.forms and (len(made.levels) <= LEVELS))


def _date(made: Measure, rows: npt.NDArray[Any], values: Any, users: int) -> Measure:
    """A date as whole days before the newest one: it describes and never forms groups."""
    import pyarrow as pa

    days = np.floor(floats(values.cast(pa.timestamp("s"), safe=False).cast(pa.int64())) / DAY)
    before = np.nanmax(days) - days if np.isfinite(days).any() else days
    label = f"days from {made.label} to the newest one"
    return replace(
        made,
        role=Role.BEHAVIOUR,
        kind=Kind.INTEGER,
        label=label,
        unit="days",
        forms=False,
        values=scattered(rows, before, users),
    )


def category(made: Measure, rows: npt.NDArray[Any], texts: Any, users: int) -> Measure:
    """Texts (an Arrow column, blank is empty) as codes of sorted levels; beyond the most frequent levels, "other"."""
    made = coded(made, rows, texts, users)
    levels = made.levels
    names = _ordered(levels)
    if len(levels) > LEVELS:
        often = np.bincount(made.values[made.values >= 0], minlength=len(levels))
        top = sorted(range(len(levels)), key=lambda i: (-often[i], levels[i].encode()))[:LEVELS]
        names = [*_ordered([levels[i] for i in top]), "other"]
    at = {n: i for i, n in enumerate(names)}
    codes = np.array([at.get(v, len(names) - 1) for v in levels] + [-1], np.int32)
    return replace(made, values=codes[made.values], levels=tuple(names))


def coded(made: Measure, rows: npt.NDArray[Any], texts: Any, users: int) -> Measure:
    """Texts (an Arrow column, blank is empty) as codes of all different texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = texts.cast(pa.string())
    plain = pc.if_else(pc.equal(pc.utf8_trim_whitespace(plain), ""), pa.scalar(None, pa.string()), plain)
    whole = plain.combine_chunks() if isinstance(plain, pa.ChunkedArray) else plain
    found = (whole.chunk(0) if isinstance(whole, pa.ChunkedArray) and whole.num_chunks else whole).dictionary_encode()
    found = found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found
    raw = found.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    values = np.full(users, -1, np.int32)
    values[rows] = raw
    return replace(made, kind=Kind.CATEGORY, values=values, levels=tuple(found.dictionary.to_pylist()))


def _ordered(levels: Sequence[str]) -> list[str]:
    """Levels in the order of their bytes, numbers in the order of numbers."""
    if levels and all(v.isascii() and v.isdigit() for v in levels):
        return sorted(levels, key=lambda v: (int(v), v))
    return sorted(levels, key=lambda v: v.encode())


_YES = frozenset(
    ("yes", "true", "1", "y", "ja", "oui", "si", "sí", "sim", "wahr", "vrai", "verdadero", "verdadeiro", "churn", "churned")
)


def flagged(measure: Measure) -> Measure:
    """A category of two levels as 0 and 1; the label says which is 1: the one that says yes, else the rarer."""
    said = [i for i, level in enumerate(measure.levels) if level.strip().lower() in _YES]
    often = np.bincount(measure.values[measure.values >= 0], minlength=2)
    yes = said[0] if len(said) == 1 else int(np.argmin(often))
    values = np.where(measure.values < 0, np.nan, (measure.values == yes).astype(np.float64))
    label = f"{measure.label} = {measure.levels[yes]}"
    return replace(measure, kind=Kind.BOOLEAN, values=values, levels=(), label=label, unit="share")


_UNITS = frozenset(
    (
        "age",
        "days",
        "hours",
        "minutes",
        "seconds",
        "years",
        "income",
        "price",
        "amount",
        "rate",
        "share",
        "pct",
        "percent",
        "score",
    )
)
_FEWEST = 8
_ZEROS = 0.3


def _like_counts(measures: Sequence[Measure]) -> list[Measure]:
    """The forming columns when all of them count like things: non-negative integers, many of them zero, none of another unit.

    Answers are no counts: where most columns end at the same number of at most 10, or are only 0 and 1, nothing is taken.
    """
    forming = [m for m in measures if m.forms]
    whole = [m for m in forming if m.kind is Kind.INTEGER]
    if len(forming) < _FEWEST or any(m.kind not in (Kind.INTEGER, Kind.BOOLEAN) for m in forming):
        return []
    if len(whole) < 0.5 * len(forming) or any(m.unit.startswith("points") or _has_unit(m.name) for m in forming):
        return []
    columns = [m.values[np.isfinite(m.values)] for m in forming]
    if any(len(c) == 0 or c.min() < 0 for c in columns):
        return []
    ends = [float(c.max()) for c in columns]
    same = max(ends.count(e) for e in set(ends) if e <= 10) if min(ends) <= 10 else 0
    low = [float(c.min()) for c in columns]
    bounded = same >= 0.8 * len(ends) and len(set(low)) == 1
    zeros = sum(int((c == 0).sum()) for c in columns) / sum(len(c) for c in columns)
    return forming if zeros >= _ZEROS and not bounded else []


def _has_unit(name: str) -> bool:
    return bool(_UNITS & set(words(name))) or Topic.AMOUNT in topics(name)


def _read_as_events(measures: Sequence[Measure], rule: Rule) -> list[Measure]:
    """The columns of a table that the rule counts."""
    events = {f.column for f in rule.features if f.of == "event"}
    return [m for m in measures if m.name in events]


def _counts(taken: Sequence[Measure], table: Table) -> Counts:
    """Columns as counts of events."""
    from scipy.sparse import csr_matrix

    ordered = sorted(taken, key=lambda m: m.name.encode())
    dense = np.column_stack([np.nan_to_num(m.values) for m in ordered])
    why = f"{len(ordered)} columns of {table.source} count like things, with many zeros: taken as how often each was done"
    tell("measure", why)
    return Counts(csr_matrix(dense), tuple(m.name for m in ordered), table.source, why)
