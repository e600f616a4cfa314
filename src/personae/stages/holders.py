"""Which tables have the id of the person themselves, and in which column."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from personae.errors import UsageError
from personae.files.rows import waiting
from personae.model.study import Role, Study
from personae.model.table import Column, Table
from personae.model.vocabulary import Topic, singular, topics, words
from personae.stages.keys import id_columns, ranked
from personae.stages.ways import bare, different, flag, names_row_of, same, shared, stem

SURE = 2.0
"""Score of a name from which on it means a person."""
MOST = 0.5
"""Share of values in common from which on two columns are likely to hold the same ids."""


def holders(engine: Any, tables: Sequence[Table], study: Study, ids: Collection[str]) -> dict[int, Column] | None:
    """The id column of each table that has one; None where the tables are better understood one by one.

    With an id that was named: the tables that have it, by name, by the same words, or as the "id" of the file it names
    (customer_id is the id of customers.csv). Raises UsageError P003 and P114 where only the user can know.
    """
    if study.id or ids:
        return _named(engine, tables, study, [n for n in (study.id, *ids) if n])
    return _guessed(engine, tables, study)


def of_others(table: Table, study: Study) -> bool:
    """Whether a table has a column that names people, as employee_id does."""
    entity = {singular(w) for w in words(study.entity)}
    return any(score >= SURE and not bare(column) for score, column in ranked(table, entity, study)[:1])


def _named(engine: Any, tables: Sequence[Table], study: Study, names: Sequence[str]) -> dict[int, Column] | None:
    found: dict[int, Column] = {}
    for i, table in enumerate(tables):
        column = _said(table, names)
        if column is not None and not (bare(column) and _of_something_else(tables, i, column, study)):
            found[i] = column
    if not found:
        return None
    for i in range(len(tables)):
        if i not in found and not study.link and (way := _unsaid(engine, tables, i, found, study)):
            raise way
    return found


def _said(table: Table, names: Sequence[str]) -> Column | None:
    """The column with one of the names; with the same words; or the bare id of the file that the name is about."""
    exact = [c for n in names for c in table.columns if c.name == n]
    alike = [c for n in names for c in table.columns if "".join(words(n)) == "".join(words(c.name)) != ""]
    own = [c for c in table.columns if bare(c) and any(names_row_of(_as(n), table) for n in names)]
    return next(iter((*(c for c in table.columns if c.role is Role.ID), *exact, *alike, *own)), None)


def _as(name: str) -> Column:
    return waiting([name])[0]


def _of_something_else(tables: Sequence[Table], i: int, column: Column, study: Study) -> bool:
    """Whether the bare "id" of a table is that of a thing: it is another in every row, and another file names it so, its rows
    name those of another file, or the file is named after things beside one that is named after people."""
    table, others = tables[i], [t for j, t in enumerate(tables) if j != i]
    if not different(column) or _about_people(table, study):
        return False
    named = any(names_row_of(c, table) for t in others for c in t.columns)
    names = any(names_row_of(c, t) for t in others for c in table.columns if not bare(c))
    things = any(Topic.THING in topics(w) for w in words(stem(table))) and any(_about_people(t, study) for t in others)
    return named or names or things


def _about_people(table: Table, study: Study) -> bool:
    """Whether a file is named after people."""
    entity = {singular(w) for w in words(study.entity)}
    return any(singular(w) in entity or Topic.PERSON in topics(w) for w in words(stem(table)))


def _unsaid(engine: Any, tables: Sequence[Table], i: int, found: dict[int, Column], study: Study) -> UsageError | None:
    """P114 for a table that has a person's id under another name whose values are those of the id that was named."""
    table = tables[i]
    entity = {singular(w) for w in words(study.entity)}
    for score, column in ranked(table, entity, study):
        for j, key in sorted(found.items()):
            if score < SURE or any(same(column, c) for k, t in enumerate(tables) if k != i for c in t.columns):
                continue
            matched, filled, numbers = shared(engine, table, column, tables[j], key)
            if _chance(column) or max(matched, numbers) < MOST * filled:
                continue
            what = f'{table.source} has no column "{key.name}", and {matched:,} of {filled:,} rows of its "{column.name}" hold '
            what += f'values of "{key.name}" of {tables[j].source}'
            more = f" ({numbers:,} if both were read as numbers: write them alike in both files)" if numbers > matched else ""
            return UsageError(
                "P114",
                what + more,
                where=table.source,
                fix=f"if they name the same people: {flag(table, column, tables[j], key)}",
            )
    return None


def _chance(column: Column) -> bool:
    """Whether numbers run from about 1 without gaps, so that any two such columns have values in common."""
    if not column.kind.numeric:
        return False
    try:
        low, high = float(column.low), float(column.high)
    except ValueError:
        return True
    return high - low < 4 * column.distinct


def _guessed(engine: Any, tables: Sequence[Table], study: Study) -> dict[int, Column] | None:
    """The tables whose names say a person, where others have none and could be linked to them."""
    entity = {singular(w) for w in words(study.entity)}
    sure: list[int] = []
    for i, table in enumerate(tables):
        fits = ranked(table, entity, study)
        if fits and fits[0][0] >= SURE and not (bare(fits[0][1]) and _of_something_else(tables, i, fits[0][1], study)):
            sure.append(i)
    if not sure:
        return None
    some = [tables[i] for i in sure]
    keys = dict(zip(sure, id_columns(some, study, ()), strict=True))
    found = {i: k for i, k in keys.items() if k is not None}
    for i, table in enumerate(tables):
        fits = ranked(table, entity, study) if i not in found else []
        if fits and _same_values(engine, tables, i, fits[0][1], found):
            found[i] = fits[0][1]
    return found


def _same_values(engine: Any, tables: Sequence[Table], i: int, column: Column, found: dict[int, Column]) -> bool:
    """Whether a column holds the ids of people although its name does not say so."""
    if _chance(column) or not different(column):
        return False
    for j, key in sorted(found.items()):
        matched, filled, _ = shared(engine, tables[i], column, tables[j], key)
        if filled and matched >= MOST * filled:
            return True
    return False
