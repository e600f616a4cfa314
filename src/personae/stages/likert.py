"""Blocks of answers on one scale: who ticks the same everywhere, and whether people differ mostly in how they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from personae import plugins
from personae.audit.scales import ranks
from personae.errors import UsageError
from personae.model.features import Measure
from personae.model.study import Role, Study
from personae.model.table import Column, Kind, Level, Note, Scheme, Table, Way
from personae.stages.roles import Guess, is_answer, scale_of, within

FEWEST = 5
"""Questions on one scale that make a block."""
LINED = 10
"""Answers that are all the same from which somebody ticked straight down."""
STYLE, TWICE = 0.9, 1.5
"""People differ mostly in style when their mean goes with the first factor so closely, and it is so many times the second."""
SAMPLE = 20_000
"""People whose answers are looked at for style."""
_ASKED = (Role.BEHAVIOUR, Role.ATTITUDE)


def likert(engine: Any, table: Table, key: Column, guesses: Mapping[str, Guess], study: Study) -> Table:
    """The same table with its blocks of answers on one scale marked, and what is to be said of them."""
    others = [c for c in table.columns if c.name != key.name and guesses[c.name][0] in _ASKED]
    scale = scale_of([c for c in table.columns if c.name != key.name])
    marked = {
        c.name: replace(c, scheme=Scheme(Way.RATED, scale))
        for c in others
        if scale is not None and c.scheme is None and is_answer(c) and within(c, scale)
    }
    table = replace(table, columns=tuple(marked.get(c.name, c) for c in table.columns))
    asked = {c.name for c in others}
    found = [[c for c in block if c.name in asked] for block in blocks(table.columns)]
    notes = tuple(n for block in found if len(block) >= FEWEST for n in _notes(engine, table, key, block, study))
    return replace(table, notes=(*table.notes, *notes))


def check_style(tables: Sequence[Table], study: Study) -> None:
    """Raise UsageError P001 when style is to be removed and no table holds a block of answers on one scale."""
    if study.style == "remove" and not any(blocks(t.columns) for t in tables):
        where = ", ".join(t.source for t in tables)
        what = f"no {FEWEST} columns are answers on one scale, so there is no style to remove"
        raise UsageError("P001", what, where=f"--style remove, looked in {where}", fix="leave out --style")


def blocks(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns of answers by their scale, where at least five share it."""
    by: dict[tuple[Way, tuple[str, ...]], list[Column]] = {}
    for c in columns:
        if c.scheme is not None and c.scheme.way in (Way.RATED, Way.RANKED):
            by.setdefault((c.scheme.way, c.scheme.words), []).append(c)
    return [block for block in by.values() if len(block) >= FEWEST]


def without_style(measures: Sequence[Measure], columns: Sequence[Column]) -> list[Measure]:
    """The measures, those of each block less the person's own mean over the block and divided by their own standard deviation
    (ipsatised; Cattell 1944), nothing but the mean taken off where somebody gave the same answer everywhere."""
    made = {m.name: m for m in measures}
    for block in blocks([c for c in columns if c.role in _ASKED]):  # how it ended says nothing of how somebody answers
        mine = [made[c.name] for c in block if c.name in made]
        x = np.column_stack([m.values for m in mine])
        own = ipsatised(x)
        for m, values in zip(mine, own.T, strict=True):
            query = f"({m.query} - own mean of {len(mine)} answers) / own standard deviation"
            label = f"{m.label}, against own average"
            made[m.name] = replace(m, label=label, values=values, unit="points of own spread", kind=Kind.DECIMAL, query=query)
    return [made[m.name] for m in measures]


def ipsatised(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Answers (n, questions), nan for none, less each person's own mean and divided by their own standard deviation."""
    known = np.isfinite(x)
    n = np.maximum(known.sum(axis=1), 1)
    mean = np.where(known, x, 0.0).sum(axis=1) / n
    gap = x - mean[:, None]
    spread = np.sqrt((np.where(known, gap, 0.0) ** 2).sum(axis=1) / n)
    return np.asarray(gap / np.where(spread > 1e-12, spread, 1.0)[:, None])


def _notes(engine: Any, table: Table, key: Column, block: Sequence[Column], study: Study) -> list[Note]:
    """Straight lines, style, and what was done about it."""
    said = f'{len(block)} answers on one scale, "{block[0].name}" to "{block[-1].name}"'
    notes = []
    lined = _lined(engine, table, block) if len(block) >= LINED else 0
    if lined:
        many = f"{lined:,} people" if lined >= study.floor else f"fewer than {study.floor} people"
        words = f"{many} gave the same answer to everything they answered of {said}"
        notes.append(Note(Level.WARN, "P103", words, table.source, "they stay; to leave them out, take their rows out"))
    if study.style == "remove":
        words = f"the style of answering is removed from {said}: each person's own mean is taken off, and divided by their own "
        return [*notes, Note(Level.PASS, "P103", f"{words}standard deviation", table.source)]
    if _mostly_style(_sample(engine, table, key, block)):
        words = f"people differ mostly in how high or low they answer: it is the first factor of {said}"
        fix = "to look at what they answer highest and lowest instead: --style remove"
        notes.append(Note(Level.WARN, "P103", words, table.source, fix))
    return notes


def _lined(engine: Any, table: Table, block: Sequence[Column]) -> int:
    """How many people gave the same answer to all of at least ten questions that they answered."""
    values = [f"lower(trim(CAST({engine.quote(c.name)} AS VARCHAR)))" for c in block]
    some = " + ".join(f"(coalesce({v}, '') <> '')::INTEGER" for v in values)
    listed = ", ".join(f"nullif({v}, '')" for v in values)
    same = f"least({listed}) = greatest({listed}) AND {some} >= {LINED}"
    ((found,),) = engine.rows(f"SELECT count(*) FILTER ({same}) FROM {engine.quote(table.relation)}")
    return int(found)


def _sample(engine: Any, table: Table, key: Column, block: Sequence[Column]) -> npt.NDArray[np.float64]:
    """The answers (n, questions) of some people, nan for none; the same people in any order of rows."""
    typed = plugins.find("engines", "duckdb").typed
    picked = ", ".join(f'{_rank(c, typed(c))} AS "{i}"' for i, c in enumerate(block))
    order = f"md5(CAST({engine.quote(key.name)} AS VARCHAR))"
    found = engine.arrow(f"SELECT {picked} FROM {engine.quote(table.relation)} ORDER BY {order} LIMIT {SAMPLE}")
    return np.column_stack([c.cast("double").to_numpy() for c in found.columns])


def _rank(column: Column, typed: str) -> str:
    """SQL of an answer as a number."""
    if column.scheme is None or column.scheme.way is Way.RATED:
        return f"CAST({typed} AS DOUBLE)"
    clean = f"lower(regexp_replace(trim(replace({typed}, '\u2019', '''')), '\\s+', ' ', 'g'))"
    quoted = ((w.replace("'", "''"), i) for w, i in ranks(column.scheme.words).items())
    return f"CAST(CASE {clean} {' '.join(f'''WHEN '{w}' THEN {i}''' for w, i in quoted)} END AS DOUBLE)"


def _mostly_style(x: npt.NDArray[np.float64]) -> bool:
    """Whether the first factor of answers is the person's own mean."""
    known = np.isfinite(x)
    spread = np.sqrt(np.nanvar(x, axis=0))
    if len(x) < 3 * x.shape[1] or not (spread > 0).all():
        return False
    z = np.where(known, (x - np.nanmean(x, axis=0)) / spread, 0.0)
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    level = z.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    goes = abs(float(np.corrcoef(z @ vectors[:, -1], level)[0, 1]))
    return goes >= STYLE and float(values[-1]) >= TWICE * float(values[-2])
